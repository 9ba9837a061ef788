import fc from 'fast-check'
import { type HashKeyRange, MAX_HASH_KEY, middleOf } from '../../source/domain/hash-key.ts'
import type { Shard } from '../../source/domain/shard.ts'

export const hashKey = fc.bigInt({ min: 0n, max: MAX_HASH_KEY })

/** Decimal, up to 129 digits, no leading zero. */
export const sequenceNumber = fc.oneof(
  fc.bigInt({ min: 0n, max: 10n ** 129n - 1n }).map(String),
  fc.bigInt({ min: 0n, max: 10n ** 3n }).map(String),
  fc.bigInt({ min: 10n ** 55n, max: 10n ** 56n - 1n }).map(String),
)

export const hashKeyRange: fc.Arbitrary<HashKeyRange> = fc
  .tuple(hashKey, hashKey)
  .map(([a, b]) =>
    a < b ? { startingHashKey: a, endingHashKey: b } : { startingHashKey: b, endingHashKey: a },
  )

type ReshardStep = { readonly isSplit: boolean; readonly which: number; readonly at: number }

export type ReshardedStream = { readonly shards: readonly Shard[]; readonly steps: readonly ReshardStep[] }

/** The shards of a stream after a random history of splits and merges, in a random order of listing. */
export const reshardedStream: fc.Arbitrary<ReshardedStream> = fc
  .record({
    shardCount: fc.integer({ min: 1, max: 5 }),
    steps: fc.array(fc.record({ isSplit: fc.boolean(), which: fc.nat(30), at: fc.nat(1_000) }), {
      maxLength: 25,
    }),
    order: fc.infiniteStream(fc.nat()),
  })
  .map(({ shardCount, steps, order }) => {
    const shards = reshard(shardCount, steps)
    const ranked = shards.map(shard => ({ shard, rank: order.next().value ?? 0 }))
    return { shards: ranked.toSorted((a, b) => a.rank - b.rank).map(({ shard }) => shard), steps }
  })

/** Bounds by hand: equal parts of 2^128, the rest in the last one. */
export function equalRanges(shardCount: number): HashKeyRange[] {
  const width = (MAX_HASH_KEY + 1n) / BigInt(shardCount)
  return Array.from({ length: shardCount }, (_, index) => ({
    startingHashKey: width * BigInt(index),
    endingHashKey: index === shardCount - 1 ? MAX_HASH_KEY : width * BigInt(index + 1) - 1n,
  }))
}

function reshard(shardCount: number, steps: readonly ReshardStep[]): Shard[] {
  const shards: Shard[] = []
  let sequence = 1_000n
  const next = () => {
    sequence += 10n
    return String(sequence)
  }
  const create = (hashKeyRange: HashKeyRange, parents: Partial<Shard> = {}) => {
    const shardId = `shardId-${String(shards.length).padStart(12, '0')}`
    shards.push({ shardId, hashKeyRange, startingSequenceNumber: next(), ...parents })
  }
  const close = (shard: Shard) => {
    shards[shards.indexOf(shard)] = { ...shard, endingSequenceNumber: next() }
  }
  for (const range of equalRanges(shardCount)) create(range)
  for (const { isSplit, which, at } of steps) {
    const open = shards
      .filter(shard => shard.endingSequenceNumber === undefined)
      .toSorted((a, b) => (a.hashKeyRange.startingHashKey < b.hashKeyRange.startingHashKey ? -1 : 1))
    const lower = open[which % open.length]
    const upper = open[(which % open.length) + 1]
    if (lower === undefined) continue
    const { startingHashKey, endingHashKey } = lower.hashKeyRange
    if (isSplit && endingHashKey - startingHashKey > 3n) {
      const offset = ((endingHashKey - startingHashKey) * BigInt(at)) / 1_001n
      const middle = at % 2 === 0 ? middleOf(lower.hashKeyRange) : startingHashKey + offset + 1n
      close(lower)
      create({ startingHashKey, endingHashKey: middle - 1n }, { parentShardId: lower.shardId })
      create({ startingHashKey: middle, endingHashKey }, { parentShardId: lower.shardId })
    } else if (!isSplit && upper !== undefined) {
      close(lower)
      close(upper)
      create(
        { startingHashKey, endingHashKey: upper.hashKeyRange.endingHashKey },
        { parentShardId: lower.shardId, adjacentParentShardId: upper.shardId },
      )
    }
  }
  return shards
}
