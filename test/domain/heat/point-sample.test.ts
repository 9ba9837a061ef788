import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PointSample } from '../../../source/domain/heat/point-sample.ts'
import { seededRandom } from './seeded-random.ts'

describe('point sample', () => {
  test('stays small, and its points stand for the whole weight but one piece', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ key: fc.string(), weight: fc.integer({ min: 0, max: 100_000 }) }), {
          maxLength: 300,
        }),
        fc.integer({ min: 1, max: 1_000 }),
        (additions, seed) => {
          const sample = new PointSample({ spacing: 128, mostPoints: 512, random: seededRandom(seed) })
          let total = 0
          for (const { key, weight } of additions) {
            sample.add(key, weight, undefined)
            total += weight
          }
          const points = sample.points()
          expect(points.length).toBeLessThan(512)
          const spacing = points[0]?.weight ?? 128
          const stoodFor = points.reduce((sum, { weight }) => sum + weight, 0)
          expect(Math.abs(stoodFor - total)).toBeLessThanOrEqual(spacing)
        },
      ),
    )
  })

  test('shares of points are shares of weight', () => {
    const sample = new PointSample({ spacing: 1, mostPoints: 512, random: seededRandom(7) })
    for (let index = 0; index < 100_000; index += 1) sample.add(index % 4 === 0 ? 'a' : 'b', 10, undefined)
    const points = sample.points()
    const share = points.filter(({ partitionKey }) => partitionKey === 'a').length / points.length
    // 256 points at least: one standard error of a share of 1/4 is 0.027.
    expect(share).toBeGreaterThan(0.25 - 4 * 0.027)
    expect(share).toBeLessThan(0.25 + 4 * 0.027)
  })

  test('keeps explicit hash keys with the points that they fell on', () => {
    const sample = new PointSample({ spacing: 1, mostPoints: 8, random: seededRandom(3) })
    for (let index = 0; index < 100; index += 1)
      sample.add(`k${index % 2}`, 1, index % 2 === 0 ? 7n : undefined)
    for (const { partitionKey, hashKey } of sample.points())
      expect(hashKey).toBe(partitionKey === 'k0' ? 7n : undefined)
    expect(sample.points().length).toBeLessThan(8)
  })
})
