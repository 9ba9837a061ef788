import type { HashKeyRange } from './hash-ring.ts'
import { createRecordLog, type RecordLog } from './record-log.ts'
import { ENDING_COUNTER, sequenceNumber, shardBase } from './sequence-number.ts'
import { createTokenBucket, type TokenBucket } from './token-bucket.ts'

/** Write and read limits of one shard, in bytes and calls or records a second. */
export const SHARD_WRITE_BYTES_PER_SECOND = 1 << 20
export const SHARD_WRITE_RECORDS_PER_SECOND = 1000
export const SHARD_READ_CALLS_PER_SECOND = 5
export const SHARD_READ_BYTES_PER_SECOND = 2 << 20

/** One shard: open while `closedAt` is absent. Its records stay in it after a split or merge, as the service does it. */
export type Shard = HashKeyRange & {
  id: string
  index: number
  createdAt: number
  /** Creation time inside its sequence numbers: always later than both parents', even within one second. */
  createdSeconds: number
  sequenceBase: bigint
  parentShardId?: string
  adjacentParentShardId?: string
  closedAt?: number
  endingSequenceNumber?: string
  log: RecordLog
  writeBytes: TokenBucket
  writeRecords: TokenBucket
  readCalls: TokenBucket
  readBytes: TokenBucket
  iteratorCalls: TokenBucket
  /** Bytes accepted since `since`, and since when that has been much, for on-demand scaling. */
  load: { since: number; bytes: number; busySince?: number }
}

export const shardIdOf = (index: number) => `shardId-${String(index).padStart(12, '0')}`

/** A new open shard. `parents` are the one split or the two merged shards. */
export function createShard(
  index: number,
  range: HashKeyRange,
  now: number,
  parents: readonly Shard[] = [],
  burstBytes = SHARD_WRITE_BYTES_PER_SECOND,
): Shard {
  const createdSeconds = Math.max(Math.floor(now / 1000), ...parents.map(parent => parent.createdSeconds + 1))
  const [parent, adjacentParent] = parents
  return {
    ...range,
    id: shardIdOf(index),
    index,
    createdAt: now,
    createdSeconds,
    sequenceBase: shardBase(createdSeconds, index),
    ...(parent === undefined ? {} : { parentShardId: parent.id }),
    ...(adjacentParent === undefined ? {} : { adjacentParentShardId: adjacentParent.id }),
    log: createRecordLog(),
    writeBytes: createTokenBucket(SHARD_WRITE_BYTES_PER_SECOND, burstBytes, now),
    writeRecords: createTokenBucket(SHARD_WRITE_RECORDS_PER_SECOND, SHARD_WRITE_RECORDS_PER_SECOND, now),
    readCalls: createTokenBucket(SHARD_READ_CALLS_PER_SECOND, SHARD_READ_CALLS_PER_SECOND, now),
    readBytes: createTokenBucket(SHARD_READ_BYTES_PER_SECOND, SHARD_READ_BYTES_PER_SECOND, now),
    iteratorCalls: createTokenBucket(SHARD_READ_CALLS_PER_SECOND, SHARD_READ_CALLS_PER_SECOND, now),
    load: { since: now, bytes: 0 },
  }
}

/** The number before every record of the shard. */
export const startingSequenceNumber = (shard: Shard) =>
  sequenceNumber(shard.sequenceBase, 0, shard.createdSeconds)

/** The number of the record at `ordinal` of the shard's log. */
export const recordSequenceNumber = (shard: Shard, ordinal: number, arrivalMs: number) =>
  sequenceNumber(shard.sequenceBase, ordinal + 1, Math.floor(arrivalMs / 1000))

/** Ends writing to the shard; what it holds stays readable until its retention is over. */
export function closeShard(shard: Shard, now: number): void {
  shard.closedAt = now
  shard.endingSequenceNumber = sequenceNumber(shard.sequenceBase, ENDING_COUNTER, Math.floor(now / 1000))
}

/** The Shard structure of the API. */
export function describeShard(shard: Shard) {
  return {
    ShardId: shard.id,
    ...(shard.parentShardId === undefined ? {} : { ParentShardId: shard.parentShardId }),
    ...(shard.adjacentParentShardId === undefined
      ? {}
      : { AdjacentParentShardId: shard.adjacentParentShardId }),
    HashKeyRange: {
      StartingHashKey: shard.startingHashKey.toString(),
      EndingHashKey: shard.endingHashKey.toString(),
    },
    SequenceNumberRange: {
      StartingSequenceNumber: startingSequenceNumber(shard),
      ...(shard.endingSequenceNumber === undefined
        ? {}
        : { EndingSequenceNumber: shard.endingSequenceNumber }),
    },
  }
}
