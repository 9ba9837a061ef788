import { describe, expect, test } from 'vitest'
import { estimateRate, studentQuantile975 } from '../../../source/domain/heat/rate-estimate.ts'

/** Mulberry32: the same numbers for the same seed on every machine. */
function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** Bytes of each tenth of a second over five minutes: a wave, bursts, and sizes with a long tail. */
function syntheticTraffic(random: () => number): number[] {
  const phase = random() * 2 * Math.PI
  const swing = random() * 0.6
  return Array.from({ length: 3000 }, (_, tenth) => {
    const wave = 1 + swing * Math.sin(phase + (tenth / 3000) * 4 * Math.PI)
    const burst = random() < 0.02 ? 4 : 1
    let bytes = 0
    const records = Math.round(12 * wave * burst * (0.5 + random()))
    for (let record = 0; record < records; record += 1) {
      const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
      bytes += 200 * Math.exp(normal)
    }
    return bytes
  })
}

describe('rate estimate', () => {
  test('the 95 % interval holds the true rate in at least 93 % of 1,000 seeded trials', () => {
    let held = 0
    for (let trial = 0; trial < 1000; trial += 1) {
      const random = seededRandom(trial + 1)
      const traffic = syntheticTraffic(random)
      const truth = traffic.reduce((sum, bytes) => sum + bytes, 0) / 300
      // One window of 2 s at a random place in each of 15 strata of 20 s.
      const windows = Array.from({ length: 15 }, (_, stratum) => {
        const start = stratum * 200 + Math.floor(random() * 180)
        return { seconds: 2, amount: traffic.slice(start, start + 20).reduce((sum, bytes) => sum + bytes, 0) }
      })
      const estimate = estimateRate(windows, 300)
      if (estimate?.kind === 'estimated' && estimate.low <= truth && truth <= estimate.high) held += 1
    }
    expect(held).toBeGreaterThanOrEqual(930)
  })

  test('a span seen whole has no margin', () => {
    const windows = [10, 20, 30, 40].map(amount => ({ seconds: 1, amount }))
    expect(estimateRate(windows, 4)).toMatchObject({ perSecond: 25, low: 25, high: 25 })
  })

  test('three windows are too few to say how sure one is', () => {
    expect(
      estimateRate(
        [1, 2, 3].map(amount => ({ seconds: 1, amount })),
        100,
      ),
    ).toBeUndefined()
  })

  test("Student's t agrees with published tables", () => {
    expect(studentQuantile975(4)).toBe(2.776)
    expect(studentQuantile975(11)).toBeCloseTo(2.201, 3)
    expect(studentQuantile975(14)).toBeCloseTo(2.145, 3)
    expect(studentQuantile975(30)).toBeCloseTo(2.042, 3)
    expect(studentQuantile975(120)).toBeCloseTo(1.98, 2)
  })
})
