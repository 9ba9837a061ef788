import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SecondWindow } from '../../../source/domain/heat/second-window.ts'

function seeAll(window: SecondWindow, from: number, to: number): void {
  for (let second = from; second < to; second += 1) window.markSeen(second)
}

describe('second window', () => {
  test('24 MiB in 4 seconds of a minute: the mean looks quiet, the peak second does not', () => {
    const window = new SecondWindow(60)
    for (let second = 20; second < 24; second += 1) window.add(second * 1000 + 500, 6 * 1_048_576, 600)
    seeAll(window, 1, 61)
    expect(window.rates(61_000)).toMatchObject({
      bytesPerSecond: { kind: 'measured', perSecond: (24 * 1_048_576) / 60, seconds: 60 },
      peakBytesPerSecond: 6 * 1_048_576,
      peakRecordsPerSecond: 600,
      totalRecords: 2400,
    })
  })

  test('is zero after its window while somebody looks, unknown when nobody does, and never negative', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ at: fc.integer({ min: 1000, max: 100_000 }), bytes: fc.integer({ min: 0, max: 1e6 }) }),
        ),
        fc.integer({ min: 1_000, max: 400_000 }),
        fc.boolean(),
        (arrivals, now, isWatched) => {
          const window = new SecondWindow(30)
          for (const { at, bytes } of arrivals) window.add(at, bytes)
          const to = Math.floor(now / 1000)
          if (isWatched) seeAll(window, Math.max(1, to - 30), to)
          const rates = window.rates(now)
          if (!isWatched) expect(rates).toBeUndefined()
          if (rates === undefined) return
          expect(rates.totalBytes).toBeGreaterThanOrEqual(0)
          expect(rates.bytesPerSecond.perSecond).toBeGreaterThanOrEqual(0)
          if (now >= 132_000) expect(rates.totalBytes).toBe(0)
        },
      ),
    )
  })

  test('says nothing of seconds that were not seen whole', () => {
    const window = new SecondWindow(60)
    window.add(10_200, 1000)
    expect(window.rates(11_000)).toBeUndefined()
    window.add(11_500, 3000)
    window.markSeen(11)
    expect(window.rates(12_000)).toMatchObject({ totalBytes: 3000, totalRecords: 1, seenSeconds: 1 })
    expect(window.at(10)).toBeUndefined()
    expect(window.series(12, 2)).toEqual([undefined, { bytes: 3000, records: 1 }])
  })

  test('a sampled second stands for those that it was drawn out of', () => {
    const window = new SecondWindow(60)
    for (const second of [10, 13, 15, 19]) {
      window.add(second * 1000, 100)
      window.markSeen(second, 3)
    }
    expect(window.rates(20_000)).toMatchObject({
      bytesPerSecond: { kind: 'estimated', perSecond: 100, windowCount: 4, seconds: 4, spanSeconds: 12 },
      spanSeconds: 12,
    })
  })

  test('counts what came too late instead of putting it into another second', () => {
    const window = new SecondWindow(2)
    window.add(100_000, 10)
    window.add(94_000, 10) // 2 + 2 + 2 slots: second 94 shares one with second 100
    window.markSeen(100)
    expect(window.lateRecords).toBe(1)
    expect(window.at(94)).toBeUndefined()
    expect(window.at(100)).toEqual({ bytes: 10, records: 1 })
  })
})
