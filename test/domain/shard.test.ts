import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_HASH_KEY } from '../../source/domain/hash-key.ts'
import {
  compareByRange,
  compareSequenceNumbers,
  isOpen,
  mergeNeighbours,
  type Shard,
} from '../../source/domain/shard.ts'
import { reshardedStream, sequenceNumber } from '../support/arbitraries.ts'

function shard(id: number, startingHashKey: bigint, endingHashKey: bigint, rest: Partial<Shard> = {}): Shard {
  const shardId = `shardId-${String(id).padStart(12, '0')}`
  return { shardId, hashKeyRange: { startingHashKey, endingHashKey }, startingSequenceNumber: '1', ...rest }
}

test('sequence numbers compare as the numbers that they are', () => {
  expect(compareSequenceNumbers('9', '10')).toBeLessThan(0)
  fc.assert(
    fc.property(sequenceNumber, sequenceNumber, (a, b) => {
      const [x, y] = [BigInt(a), BigInt(b)]
      expect(Math.sign(compareSequenceNumbers(a, b))).toBe(x < y ? -1 : x > y ? 1 : 0)
    }),
  )
})

describe('report 30: shards merge by range, never by id', () => {
  const four = shard(4, 0n, 99n)
  const six = shard(6, 100n, 199n)
  const five = shard(5, 200n, 255n)
  const shards = [five, six, four]
  const ids = (of: Shard) => mergeNeighbours(of, shards).map(neighbour => neighbour.shardId)

  test('4 goes with 6, 6 with both, 5 with 6; 4 and 5 never', () => {
    expect(ids(four)).toEqual([six.shardId])
    expect(ids(six)).toEqual([four.shardId, five.shardId])
    expect(ids(five)).toEqual([six.shardId])
  })

  test('closed shards have and are no neighbours', () => {
    const closed = { ...six, endingSequenceNumber: '9' }
    expect(mergeNeighbours(closed, [four, closed, five])).toEqual([])
    expect(mergeNeighbours(four, [four, closed, five])).toEqual([])
  })

  test('being neighbours is mutual, and only the outermost shards have fewer than two', () => {
    fc.assert(
      fc.property(reshardedStream, ({ shards: all }) => {
        const open = all.filter(isOpen)
        for (const one of open) {
          const neighbours = mergeNeighbours(one, all)
          const { startingHashKey, endingHashKey } = one.hashKeyRange
          expect(neighbours).toHaveLength(
            (startingHashKey > 0n ? 1 : 0) + (endingHashKey < MAX_HASH_KEY ? 1 : 0),
          )
          for (const other of neighbours) expect(mergeNeighbours(other, all)).toContain(one)
        }
      }),
    )
  })
})

test('shards sort along the hash-key space, the wider one first', () => {
  const wide = shard(0, 0n, 9n)
  const low = shard(2, 0n, 4n)
  const high = shard(1, 5n, 9n)
  expect([high, low, wide].toSorted(compareByRange)).toEqual([wide, low, high])
  expect(compareByRange(shard(1, 0n, 9n), shard(2, 0n, 9n))).toBeLessThan(0)
  expect(compareByRange(wide, wide)).toBe(0)
})
