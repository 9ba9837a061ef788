import { areAdjacent, type HashKeyRange } from './hash-key.ts'

/** A sequence number: decimal digits, up to 129 of them. Only ever compared, never counted with. */
export type SequenceNumber = string

export type Shard = {
  readonly shardId: string
  /** The split parent, or the first parent of a merge. May name a shard that has expired. */
  readonly parentShardId?: string
  /** The second parent of a merge. */
  readonly adjacentParentShardId?: string
  readonly hashKeyRange: HashKeyRange
  readonly startingSequenceNumber: SequenceNumber
  /** Present exactly on a closed shard. */
  readonly endingSequenceNumber?: SequenceNumber
}

/** Open shards take writes; closed ones can only be read until their data expires. */
export function isOpen(shard: Shard): boolean {
  return shard.endingSequenceNumber === undefined
}

/** Orders two sequence numbers of one shard as the numbers that they are; negative when `a` is older. */
export function compareSequenceNumbers(a: SequenceNumber, b: SequenceNumber): number {
  if (a.length !== b.length) return a.length - b.length
  return a < b ? -1 : a > b ? 1 : 0
}

/** Along the hash-key space; of two shards with one start, the wider (older) first. */
export function compareByRange(a: Shard, b: Shard): number {
  const [x, y] = [a.hashKeyRange, b.hashKeyRange]
  if (x.startingHashKey !== y.startingHashKey) return x.startingHashKey < y.startingHashKey ? -1 : 1
  if (x.endingHashKey !== y.endingHashKey) return x.endingHashKey > y.endingHashKey ? -1 : 1
  return a.shardId < b.shardId ? -1 : a.shardId > b.shardId ? 1 : 0
}

/** The open shards that a shard could be merged with: at most one on each side, by range and never by id. */
export function mergeNeighbours(shard: Shard, shards: readonly Shard[]): Shard[] {
  if (!isOpen(shard)) return []
  return shards
    .filter(
      other =>
        other.shardId !== shard.shardId &&
        isOpen(other) &&
        areAdjacent(other.hashKeyRange, shard.hashKeyRange),
    )
    .sort(compareByRange)
}
