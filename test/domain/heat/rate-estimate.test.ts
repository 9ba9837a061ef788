import { describe, expect, test } from 'vitest'
import { estimateRate, studentQuantile975 } from '../../../source/domain/heat/rate-estimate.ts'
import { seededRandom } from './seeded-random.ts'

/** Bytes of each second over five minutes: a wave, bursts, and sizes with a long tail. */
function syntheticTraffic(random: () => number): number[] {
  const phase = random() * 2 * Math.PI
  const swing = random() * 0.6
  return Array.from({ length: 300 }, (_, second) => {
    const wave = 1 + swing * Math.sin(phase + (second / 300) * 4 * Math.PI)
    const burst = random() < 0.05 ? 3 : 1
    let bytes = 0
    const records = Math.round(60 * wave * burst * (0.5 + random()))
    for (let record = 0; record < records; record += 1) {
      const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
      bytes += 200 * Math.exp(normal)
    }
    return bytes
  })
}

describe('rate estimate', () => {
  test.each([
    { stratumSeconds: 2, spanSeconds: 60 },
    { stratumSeconds: 5, spanSeconds: 60 },
    { stratumSeconds: 15, spanSeconds: 300 },
  ])(
    'one second out of each $stratumSeconds over $spanSeconds s: the 95 % interval holds the true rate in at least 93 % of 1,000 seeded trials',
    ({ stratumSeconds, spanSeconds }) => {
      let held = 0
      for (let trial = 0; trial < 1000; trial += 1) {
        const random = seededRandom(trial + 1)
        const traffic = syntheticTraffic(random).slice(0, spanSeconds)
        const truth = traffic.reduce((sum, bytes) => sum + bytes, 0) / spanSeconds
        const windows = Array.from({ length: spanSeconds / stratumSeconds }, (_, stratum) => {
          const second = stratum * stratumSeconds + Math.floor(random() * stratumSeconds)
          return { seconds: 1, amount: traffic[second] ?? 0, spanSeconds: stratumSeconds }
        })
        const estimate = estimateRate(windows)
        if (estimate?.kind !== 'estimated' || estimate.interval === undefined) continue
        if (estimate.interval.low <= truth && truth <= estimate.interval.high) held += 1
      }
      expect(held).toBeGreaterThanOrEqual(930)
    },
  )

  test('is unbiased, also where seconds that were seen whole stand beside sampled ones', () => {
    // 10 quiet seconds seen whole, then 20 busy ones of which every second one is drawn.
    const truth = (10 * 100 + 20 * 1000) / 30
    const windows = [
      ...Array.from({ length: 10 }, () => ({ seconds: 1, amount: 100, spanSeconds: 1 })),
      ...Array.from({ length: 10 }, () => ({ seconds: 1, amount: 1000, spanSeconds: 2 })),
    ]
    expect(estimateRate(windows)).toMatchObject({
      perSecond: truth,
      windowCount: 10,
      seconds: 20,
      spanSeconds: 30,
    })
  })

  test('four windows by hand: mean 25, spread 166.67, half seen, t of 3 degrees', () => {
    const windows = [10, 20, 30, 40].map(amount => ({ seconds: 1, amount, spanSeconds: 2 }))
    // 3.182 * sqrt(166.6667 / 4 * (1 - 1/2)) = 14.523 below. Above, with a fifth window of 40 + 15 = 55:
    // mean 31, squares 441 + 121 + 1 + 81 + 576 = 1220, spread 305: 3.182 * sqrt(305 / 4 / 2) = 19.647
    expect(estimateRate(windows)).toMatchObject({
      perSecond: 25,
      interval: { low: expect.closeTo(10.477, 2), high: expect.closeTo(44.647, 2) },
    })
  })

  test('a span seen whole is measured', () => {
    const windows = [10, 20, 30, 40].map(amount => ({ seconds: 1, amount, spanSeconds: 1 }))
    expect(estimateRate(windows)).toEqual({ kind: 'measured', perSecond: 25, seconds: 4 })
  })

  test('three windows are too few to say how sure one is, none says nothing', () => {
    const estimate = estimateRate([1, 2, 3].map(amount => ({ seconds: 1, amount, spanSeconds: 10 })))
    expect(estimate).toEqual({ kind: 'estimated', perSecond: 2, windowCount: 3, seconds: 3, spanSeconds: 30 })
    expect(estimateRate([])).toBeUndefined()
  })

  test("Student's t agrees with published tables", () => {
    expect(studentQuantile975(4)).toBe(2.776)
    expect(studentQuantile975(11)).toBeCloseTo(2.201, 3)
    expect(studentQuantile975(14)).toBeCloseTo(2.145, 3)
    expect(studentQuantile975(30)).toBeCloseTo(2.042, 3)
    expect(studentQuantile975(120)).toBeCloseTo(1.98, 2)
  })
})
