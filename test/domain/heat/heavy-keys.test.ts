import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HeavyKeys, type Measure } from '../../../source/domain/heat/heavy-keys.ts'

type Addition = { readonly key: number; readonly bytes: number; readonly records: number }

const addition = fc.record({
  key: fc.integer({ min: 0, max: 40 }),
  bytes: fc.integer({ min: 0, max: 1000 }),
  records: fc.integer({ min: 1, max: 3 }),
})
const MEASURES: readonly Measure[] = ['bytes', 'records']

function exactOf(additions: readonly Addition[], measure: Measure): Map<number, number> {
  const exact = new Map<number, number>()
  for (const each of additions) exact.set(each.key, (exact.get(each.key) ?? 0) + each[measure])
  return exact
}

function sketchOf(additions: readonly Addition[], capacity: number): HeavyKeys<number> {
  const sketch = new HeavyKeys<number>(capacity)
  for (const { key, bytes, records } of additions) sketch.add(key, bytes, records)
  return sketch
}

function expectBounds(sketch: HeavyKeys<number>, additions: readonly Addition[]): void {
  for (const measure of MEASURES) {
    const exact = exactOf(additions, measure)
    expect(sketch.total(measure)).toBe([...exact.values()].reduce((sum, weight) => sum + weight, 0))
    for (const [key, weight] of exact) {
      const bounds = sketch.weightOf(key, measure)
      // The cuts are fractions of the totals, so a hair of rounding is allowed.
      expect(bounds.atLeast).toBeLessThanOrEqual(weight + 1e-6)
      expect(bounds.atMost).toBeGreaterThanOrEqual(weight - 1e-6)
    }
  }
}

describe('heavy keys', () => {
  test('hold every true weight between their two bounds in both measures, whatever the order', () => {
    fc.assert(
      fc.property(
        fc.array(addition, { maxLength: 400 }),
        fc.integer({ min: 1, max: 20 }),
        (additions, capacity) => {
          const sketch = sketchOf(additions, capacity)
          expect(sketch.size).toBeLessThanOrEqual(capacity)
          expectBounds(sketch, additions)
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
          const left = sketchOf(first, capacity)
          left.merge(sketchOf(second, capacity))
          expectBounds(left, [...first, ...second])
        },
      ),
    )
  })

  test('find every key above one per cent of bytes or of records among 200,000 light ones, within 4 / capacity', () => {
    const sketch = new HeavyKeys<string>(1024)
    for (let light = 0; light < 200_000; light += 1) {
      sketch.add(`light-${light}`, 100)
      if (light % 8 === 0) sketch.add('hot', 100)
      if (light % 80 === 0) sketch.add('large', 10_000)
      if (light % 70 === 0) sketch.add('many-small', 1)
    }
    // 200,000 light ones, 25,000 of hot, 2,500 of large, 2,858 of many-small.
    expect(sketch.total('records')).toBe(230_358)
    expect(sketch.errorBound('records')).toBeLessThanOrEqual((4 / 1024) * 230_358)
    expect(sketch.errorBound('bytes')).toBeLessThanOrEqual((4 / 1024) * sketch.total('bytes'))
    expect(sketch.top(2, 'bytes').map(({ key }) => key)).toEqual(['large', 'hot'])
    expect(sketch.top(3, 'records').map(({ key }) => key)).toEqual(['hot', 'many-small', 'large'])
  })

  test('are exact while nothing had to go', () => {
    const sketch = new HeavyKeys<string>(10)
    sketch.add('a', 5)
    sketch.add('b', 2, 3)
    sketch.add('a', 1)
    expect([sketch.errorBound('bytes'), sketch.errorBound('records')]).toEqual([0, 0])
    expect(sketch.top(2, 'bytes')).toEqual([
      { key: 'a', bytes: { atLeast: 6, atMost: 6 }, records: { atLeast: 2, atMost: 2 } },
      { key: 'b', bytes: { atLeast: 2, atMost: 2 }, records: { atLeast: 3, atMost: 3 } },
    ])
    expect(sketch.top(1, 'records').map(({ key }) => key)).toEqual(['b'])
  })
})
