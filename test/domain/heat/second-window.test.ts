import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { SecondWindow } from '../../../source/domain/heat/second-window.ts'

describe('second window', () => {
  test('24 MiB in 4 seconds of a minute: the mean looks quiet, the peak second does not', () => {
    const window = new SecondWindow(60)
    for (let second = 20; second < 24; second += 1) window.add(second * 1000 + 500, 6 * 1_048_576, 600)
    const rates = window.rates(60_000, 0)
    expect(rates).toMatchObject({
      seconds: 60,
      bytesPerSecond: (24 * 1_048_576) / 60,
      peakBytesPerSecond: 6 * 1_048_576,
      peakRecordsPerSecond: 600,
      totalRecords: 2400,
    })
  })

  test('is zero after its window and never negative', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ at: fc.integer({ min: 0, max: 100_000 }), bytes: fc.integer({ min: 0, max: 1e6 }) }),
        ),
        fc.integer({ min: 0, max: 400_000 }),
        (arrivals, now) => {
          const window = new SecondWindow(30)
          for (const { at, bytes } of arrivals) window.add(at, bytes)
          const rates = window.rates(now, 0)
          if (now < 1000) expect(rates).toBeUndefined()
          if (rates === undefined) return
          expect(rates.totalBytes).toBeGreaterThanOrEqual(0)
          if (now >= 131_000) expect(rates.totalBytes).toBe(0)
        },
      ),
    )
  })

  test('says nothing before a complete second was seen, and does not count seconds that were not watched', () => {
    const window = new SecondWindow(60)
    window.add(10_200, 1000)
    expect(window.rates(10_900, 10_100)).toBeUndefined()
    window.add(11_500, 3000)
    // Watched from 10.1 s on: the first whole second is 11.
    expect(window.rates(12_000, 10_100)).toMatchObject({ seconds: 1, bytesPerSecond: 3000, totalRecords: 1 })
  })

  test('counts what came too late instead of putting it into another second', () => {
    const window = new SecondWindow(2)
    window.add(100_000, 10)
    window.add(1_000 * (100 - 6), 10) // the slot of second 94 holds second 100: 2 * 2 + 2 slots
    expect(window.lateRecords).toBe(1)
    expect(window.at(94)).toEqual({ bytes: 0, records: 0 })
    expect(window.at(100)).toEqual({ bytes: 10, records: 1 })
  })
})
