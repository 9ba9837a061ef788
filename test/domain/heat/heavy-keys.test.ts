import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HeavyKeys } from '../../../source/domain/heat/heavy-keys.ts'

const addition = fc.record({
  key: fc.integer({ min: 0, max: 40 }),
  weight: fc.integer({ min: 1, max: 1000 }),
})

function exactOf(additions: readonly { key: number; weight: number }[]): Map<number, number> {
  const exact = new Map<number, number>()
  for (const { key, weight } of additions) exact.set(key, (exact.get(key) ?? 0) + weight)
  return exact
}

describe('heavy keys', () => {
  test('hold every true weight between their two bounds, whatever the order', () => {
    fc.assert(
      fc.property(
        fc.array(addition, { maxLength: 400 }),
        fc.integer({ min: 1, max: 20 }),
        (additions, capacity) => {
          const sketch = new HeavyKeys<number>(capacity)
          for (const { key, weight } of additions) sketch.add(key, weight)
          const exact = exactOf(additions)
          expect(sketch.totalWeight).toBe(additions.reduce((sum, { weight }) => sum + weight, 0))
          expect(sketch.size).toBeLessThanOrEqual(capacity)
          for (const [key, weight] of exact) {
            const bounds = sketch.weightOf(key)
            expect(bounds.atLeast).toBeLessThanOrEqual(weight)
            expect(bounds.atMost).toBeGreaterThanOrEqual(weight)
          }
        },
      ),
    )
  })

  test('keep the bounds when sketches are merged', () => {
    fc.assert(
      fc.property(
        fc.array(addition, { maxLength: 200 }),
        fc.array(addition, { maxLength: 200 }),
        fc.integer({ min: 1, max: 20 }),
        (first, second, capacity) => {
          const [left, right] = [new HeavyKeys<number>(capacity), new HeavyKeys<number>(capacity)]
          for (const { key, weight } of first) left.add(key, weight)
          for (const { key, weight } of second) right.add(key, weight)
          left.merge(right)
          const exact = exactOf([...first, ...second])
          expect(left.totalWeight).toBe([...exact.values()].reduce((sum, weight) => sum + weight, 0))
          for (const [key, weight] of exact) {
            const bounds = left.weightOf(key)
            expect(bounds.atLeast).toBeLessThanOrEqual(weight)
            expect(bounds.atMost).toBeGreaterThanOrEqual(weight)
          }
        },
      ),
    )
  })

  test('find every key above one per cent among 200,000 light ones, within 3.5 / capacity of the total', () => {
    const sketch = new HeavyKeys<string>(1024)
    const heavy = new Map([
      ['hot', 30_000],
      ['warm', 6_000],
      ['one-per-cent', 2_500],
    ])
    const left = new Map(heavy)
    for (let light = 0; light < 200_000; light += 1) {
      sketch.add(`light-${light}`, 1)
      for (const [key, count] of left) {
        if (count > 0 && light % Math.floor(200_000 / (heavy.get(key) ?? 1)) === 0) {
          sketch.add(key, 1)
          left.set(key, count - 1)
        }
      }
    }
    for (const [key, count] of left) for (let rest = 0; rest < count; rest += 1) sketch.add(key, 1)
    expect(sketch.totalWeight).toBe(238_500)
    expect(sketch.errorBound).toBeLessThanOrEqual((3.5 / 1024) * 238_500)
    expect(sketch.top(3).map(({ key }) => key)).toEqual(['hot', 'warm', 'one-per-cent'])
  })

  test('are exact while nothing had to go', () => {
    const sketch = new HeavyKeys<string>(10)
    sketch.add('a', 5)
    sketch.add('b', 2)
    sketch.add('a', 1)
    expect(sketch.errorBound).toBe(0)
    expect(sketch.top(2)).toEqual([
      { key: 'a', atLeast: 6, atMost: 6 },
      { key: 'b', atLeast: 2, atMost: 2 },
    ])
  })
})
