import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  areAdjacent,
  HASH_SPACE_SIZE,
  hashKeyOf,
  isSplittableAt,
  MAX_HASH_KEY,
  middleOf,
  parseHashKey,
  rangeContains,
  rangeWidth,
  shareOfSpace,
} from '../../source/domain/hash-key.ts'
import { isOpen } from '../../source/domain/shard.ts'
import { equalRanges, hashKey, hashKeyRange, reshardedStream } from '../support/arbitraries.ts'

describe('where a partition key lies', () => {
  test.each([
    ['a', 16955237001963240173058271559858726497n, 0],
    ['user-1', 285573413173782752570879317399258818820n, 2],
    ['é', 136732923097551493579404309126273812335n, 1],
    ['🙂', 123023304065698440416929998732854817541n, 1],
    ['polygenelubricants', 35760130429622236850467640813133439989n, 0],
  ])('%s', (key, expected, ofThree) => {
    expect(hashKeyOf(key)).toBe(expected)
    expect(equalRanges(3).findIndex(range => rangeContains(range, expected))).toBe(ofThree)
  })

  test('three equal shards start where the service has them', () => {
    expect(equalRanges(3).map(range => range.startingHashKey)).toEqual([
      0n,
      113427455640312821154458202477256070485n,
      226854911280625642308916404954512140970n,
    ])
  })

  test('every partition key falls into exactly one open shard, whatever was split and merged', () => {
    fc.assert(
      fc.property(reshardedStream, fc.string({ unit: 'binary', minLength: 1 }), ({ shards }, key) => {
        const owners = shards.filter(
          shard => isOpen(shard) && rangeContains(shard.hashKeyRange, hashKeyOf(key)),
        )
        expect(owners).toHaveLength(1)
      }),
    )
  })
})

test('hash keys are read strictly', () => {
  expect(parseHashKey('0')).toBe(0n)
  expect(parseHashKey('340282366920938463463374607431768211455')).toBe(MAX_HASH_KEY)
  for (const text of [
    '340282366920938463463374607431768211456',
    '-1',
    '01',
    '',
    '1.0',
    '1e3',
    ' 1',
    '0x1',
    '1\n',
  ]) {
    expect(parseHashKey(text), text).toBeUndefined()
  }
  fc.assert(fc.property(hashKey, key => parseHashKey(String(key)) === key))
})

describe('splitting', () => {
  const splittable = hashKeyRange.filter(range => rangeWidth(range) > 3n)

  test('split then merge restores the range, and the parts cover it without gap or overlap', () => {
    fc.assert(
      fc.property(splittable, range => {
        const middle = middleOf(range)
        const lower = { startingHashKey: range.startingHashKey, endingHashKey: middle - 1n }
        const upper = { startingHashKey: middle, endingHashKey: range.endingHashKey }
        expect(areAdjacent(lower, upper)).toBe(true)
        expect(areAdjacent(upper, lower)).toBe(true)
        expect(rangeWidth(lower) + rangeWidth(upper)).toBe(rangeWidth(range))
        const difference = rangeWidth(upper) - rangeWidth(lower)
        expect(difference === 0n || difference === 1n).toBe(true)
        expect({ startingHashKey: lower.startingHashKey, endingHashKey: upper.endingHashKey }).toEqual(range)
      }),
    )
  })

  test('neither end nor the key after the start may be the new start', () => {
    const range = { startingHashKey: 10n, endingHashKey: 20n }
    const accepted = Array.from({ length: 14 }, (_, index) => BigInt(index + 8)).filter(key =>
      isSplittableAt(range, key),
    )
    expect(accepted).toEqual([12n, 13n, 14n, 15n, 16n, 17n, 18n, 19n])
  })

  test('the middle of the whole space is 2^127', () => {
    expect(middleOf({ startingHashKey: 0n, endingHashKey: MAX_HASH_KEY })).toBe(2n ** 127n)
  })
})

test('shares of the space', () => {
  expect(shareOfSpace({ startingHashKey: 0n, endingHashKey: MAX_HASH_KEY })).toBe(1)
  expect(shareOfSpace({ startingHashKey: 2n ** 126n, endingHashKey: 2n ** 127n - 1n })).toBe(0.25)
  expect(shareOfSpace({ startingHashKey: 5n, endingHashKey: 5n })).toBeCloseTo(0, 15)
  fc.assert(
    fc.property(reshardedStream, ({ shards }) => {
      const open = shards.filter(isOpen)
      const sum = open.reduce((total, shard) => total + rangeWidth(shard.hashKeyRange), 0n)
      expect(sum).toBe(HASH_SPACE_SIZE)
      expect(open.reduce((total, shard) => total + shareOfSpace(shard.hashKeyRange), 0)).toBeCloseTo(1, 10)
    }),
  )
})
