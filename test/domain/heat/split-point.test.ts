import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hashKeyOf, MAX_HASH_KEY } from '../../../source/domain/hash-key.ts'
import { bestSplit, forecastSplit } from '../../../source/domain/heat/split-point.ts'

const smallRange = fc
  .tuple(fc.bigInt({ min: 0n, max: 50n }), fc.bigInt({ min: 0n, max: 40n }))
  .map(([start, width]) => ({ startingHashKey: start, endingHashKey: start + width }))
const loads = fc.array(
  fc.record({ hashKey: fc.bigInt({ min: 0n, max: 95n }), load: fc.integer({ min: 0, max: 100 }) }),
  { maxLength: 12 },
)

describe('best split', () => {
  test('equals trying every boundary that Kinesis accepts', () => {
    fc.assert(
      fc.property(smallRange, loads, (range, observed) => {
        let smallestLarger = Infinity
        for (let at = range.startingHashKey + 2n; at < range.endingHashKey; at += 1n) {
          const { lowerLoad, upperLoad } = forecastSplit(range, observed, at)
          smallestLarger = Math.min(smallestLarger, Math.max(lowerLoad, upperLoad))
        }
        const best = bestSplit(range, observed)
        if (smallestLarger === Infinity) {
          expect(best).toBeUndefined()
          return
        }
        expect(best).toBeDefined()
        if (best === undefined) return
        expect(best.newStartingHashKey > range.startingHashKey + 1n).toBe(true)
        expect(best.newStartingHashKey < range.endingHashKey).toBe(true)
        expect(Math.max(best.lowerLoad, best.upperLoad)).toBe(smallestLarger)
        expect(forecastSplit(range, observed, best.newStartingHashKey)).toEqual(best)
      }),
      { numRuns: 500 },
    )
  })

  test('conserves the load inside the range', () => {
    fc.assert(
      fc.property(smallRange, loads, fc.bigInt({ min: 0n, max: 95n }), (range, observed, at) => {
        const inside = observed
          .filter(({ hashKey }) => hashKey >= range.startingHashKey && hashKey <= range.endingHashKey)
          .reduce((sum, { load }) => sum + load, 0)
        const { lowerLoad, upperLoad } = forecastSplit(range, observed, at)
        expect(lowerLoad + upperLoad).toBe(inside)
      }),
    )
  })

  test('separates two equally hot keys of one shard', () => {
    const range = { startingHashKey: 0n, endingHashKey: MAX_HASH_KEY }
    const [a, b] = [hashKeyOf('a'), hashKeyOf('user-1')] // 1.69e37 and 2.85e38, domain vectors
    const best = bestSplit(range, [
      { hashKey: a, load: 500 },
      { hashKey: b, load: 500 },
    ])
    expect(best).toEqual({ newStartingHashKey: 1n << 127n, lowerLoad: 500, upperLoad: 500 })
  })
})
