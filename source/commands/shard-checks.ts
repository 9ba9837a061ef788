import {
  areAdjacent,
  type HashKey,
  isSplittableAt,
  middleOf,
  rangeWidth,
  shareOfSpace,
} from '../domain/hash-key.ts'
import { Lineage } from '../domain/lineage.ts'
import { isOpen, mergeNeighbours, type Shard } from '../domain/shard.ts'
import { memoLast } from '../state/memo.ts'
import { conflict, invalid } from './look-up.ts'
import { shareText } from './output-rows.ts'

/**
 * Where a split of this shard cuts.
 * @throws FailureError for a closed shard, a range too narrow, or a hash key that the service would refuse.
 */
export function splitPoint(shard: Shard, at: HashKey | undefined, shards: readonly Shard[]): HashKey {
  if (!isOpen(shard)) throw conflict('SplitShard', closedText(shard, shards), 'Choose an open shard.')
  const point = at ?? middleOf(shard.hashKeyRange)
  if (isSplittableAt(shard.hashKeyRange, point)) return point
  const { startingHashKey, endingHashKey } = shard.hashKeyRange
  if (at === undefined) {
    throw invalid(
      'SplitShard',
      `${shard.shardId} cannot be split: its range ${startingHashKey}..${endingHashKey} has only ${rangeWidth(shard.hashKeyRange)} hash keys`,
      'Merge it with a neighbour first.',
    )
  }
  throw invalid(
    'SplitShard',
    `${shard.shardId} cannot be split at ${at}: the hash key must be greater than ${startingHashKey + 1n} and less than ${endingHashKey}`,
    `Leave out --at to split in the middle, at ${middleOf(shard.hashKeyRange)}.`,
  )
}

/** @throws FailureError unless both are open and their ranges touch; it names the neighbours that would do. */
export function refuseUnmergeable(one: Shard, other: Shard, shards: readonly Shard[]): void {
  if (one.shardId === other.shardId) {
    throw invalid('MergeShards', `${one.shardId} cannot be merged with itself`, neighbourHint(one, shards))
  }
  for (const shard of [one, other]) {
    if (!isOpen(shard)) throw conflict('MergeShards', closedText(shard, shards), 'Choose two open shards.')
  }
  if (areAdjacent(one.hashKeyRange, other.hashKeyRange)) return
  throw invalid(
    'MergeShards',
    `${one.shardId} (${rangeText(one)}) and ${other.shardId} (${rangeText(other)}) do not touch`,
    neighbourHint(one, shards),
  )
}

/** Range and share of a shard, e.g. `0..99, 25.0% of the hash-key space`. */
export function rangeText({ hashKeyRange }: Shard): string {
  return `${hashKeyRange.startingHashKey}..${hashKeyRange.endingHashKey}, ${shareText(shareOfSpace(hashKeyRange))} of the hash-key space`
}

/** The key line asks at each frame, and a stream may have 10,000 shards. */
const lineageOf = memoLast((shards: readonly Shard[]) => new Lineage(shards))

/** Why a closed shard takes no act, with what it became. */
export function closedText(shard: Shard, shards: readonly Shard[]): string {
  const children = lineageOf(shards)
    .childrenOf(shard.shardId)
    .map(child => child.shardId)
  const became = children.length === 0 ? '' : `: it became ${children.join(' and ')}`
  return `${shard.shardId} is closed${became}; it can be read but not split or merged any more`
}

function neighbourHint(shard: Shard, shards: readonly Shard[]): string {
  const neighbours = mergeNeighbours(shard, shards).map(neighbour => neighbour.shardId)
  return neighbours.length === 0
    ? `${shard.shardId} has no open neighbour by range.`
    : `${shard.shardId} can be merged with ${neighbours.join(' or ')}.`
}
