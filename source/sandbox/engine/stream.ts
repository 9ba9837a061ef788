import type { Consumer } from './consumer.ts'
import { equalRanges } from './hash-ring.ts'
import { ordinalAtTime, trimBefore } from './record-log.ts'
import { closeShard, createShard, SHARD_WRITE_BYTES_PER_SECOND, type Shard } from './shard.ts'

export type StreamStatus = 'CREATING' | 'ACTIVE' | 'UPDATING' | 'DELETING'
export type StreamMode = 'PROVISIONED' | 'ON_DEMAND'
export type RecordDistribution = 'AUTO' | 'USER_PARTITION_KEY'

/** A change that is under way: at `due` it takes effect. */
export type Step = { due: number; apply: (at: number) => void }

export type Stream = {
  name: string
  arn: string
  createdAt: number
  status: StreamStatus
  mode: StreamMode
  retentionPeriodHours: number
  encryptionKeyId?: string
  /** Every shard that is not expired, by id, in order of creation. */
  shards: Map<string, Shard>
  /** The open shards, sorted by starting hash key: together they cover the whole space. */
  openShards: Shard[]
  nextShardIndex: number
  tags: Map<string, string>
  shardLevelMetrics: Set<string>
  maxRecordSizeInKiB: number
  warmThroughput?: { targetMiBps: number; currentMiBps: number }
  recordDistribution: RecordDistribution
  /** Where the next record without a partition key goes. */
  nextAutoShard: number
  consumers: Map<string, Consumer>
  /** Times of the UpdateShardCount calls, mode switches and encryption changes that count for a 24-hour rule. */
  shardCountUpdates: number[]
  modeSwitches: number[]
  encryptionStarts: number[]
  encryptionStops: number[]
  pending: Step[]
}

/** A stream as CreateStream leaves it: CREATING, without shards. */
export function createStreamState(name: string, arn: string, mode: StreamMode, now: number): Stream {
  return {
    name,
    arn,
    createdAt: now,
    status: 'CREATING',
    mode,
    retentionPeriodHours: 24,
    shards: new Map(),
    openShards: [],
    nextShardIndex: 0,
    tags: new Map(),
    shardLevelMetrics: new Set(),
    maxRecordSizeInKiB: 1024,
    recordDistribution: 'USER_PARTITION_KEY',
    nextAutoShard: 0,
    consumers: new Map(),
    shardCountUpdates: [],
    modeSwitches: [],
    encryptionStarts: [],
    encryptionStops: [],
    pending: [],
  }
}

/** Gives a new stream its first shards. */
export function addInitialShards(stream: Stream, count: number, now: number): void {
  for (const range of equalRanges(count)) {
    const shard = createShard(stream.nextShardIndex++, range, now, [], writeBurstBytes(stream))
    stream.shards.set(shard.id, shard)
    stream.openShards.push(shard)
  }
}

/** Bytes one shard takes at once: a second's worth, or the largest record the stream allows. */
export const writeBurstBytes = (stream: Stream) =>
  Math.max(SHARD_WRITE_BYTES_PER_SECOND, stream.maxRecordSizeInKiB * 1024)

/** Splits `shard` so that the upper child begins at `newStartingHashKey`; returns the children, lower one first. */
export function splitShard(
  stream: Stream,
  shard: Shard,
  newStartingHashKey: bigint,
  now: number,
): [Shard, Shard] {
  closeShard(shard, now)
  const burst = writeBurstBytes(stream)
  const { startingHashKey, endingHashKey } = shard
  const lower = createShard(
    stream.nextShardIndex++,
    { startingHashKey, endingHashKey: newStartingHashKey - 1n },
    now,
    [shard],
    burst,
  )
  const upper = createShard(
    stream.nextShardIndex++,
    { startingHashKey: newStartingHashKey, endingHashKey },
    now,
    [shard],
    burst,
  )
  stream.openShards.splice(stream.openShards.indexOf(shard), 1, lower, upper)
  stream.shards.set(lower.id, lower)
  stream.shards.set(upper.id, upper)
  return [lower, upper]
}

/** Merges two open shards whose ranges touch; `shard` becomes the child's parent, `adjacent` its adjacent parent. */
export function mergeShards(stream: Stream, shard: Shard, adjacent: Shard, now: number): Shard {
  closeShard(shard, now)
  closeShard(adjacent, now)
  const [lower, upper] =
    shard.startingHashKey < adjacent.startingHashKey ? [shard, adjacent] : [adjacent, shard]
  const child = createShard(
    stream.nextShardIndex++,
    { startingHashKey: lower.startingHashKey, endingHashKey: upper.endingHashKey },
    now,
    [shard, adjacent],
    writeBurstBytes(stream),
  )
  stream.openShards.splice(stream.openShards.indexOf(lower), 2, child)
  stream.shards.set(child.id, child)
  return child
}

/** The shards made from `shard`, by id. */
export function childrenOf(stream: Stream, shard: Shard): Shard[] {
  return [...stream.shards.values()].filter(
    candidate => candidate.parentShardId === shard.id || candidate.adjacentParentShardId === shard.id,
  )
}

/** The oldest moment whose records are kept. A stream younger than its retention begins at its creation. */
export const trimHorizon = (stream: Stream, now: number) =>
  Math.max(stream.createdAt, now - stream.retentionPeriodHours * 3_600_000)

/** Drops the shard's records older than the stream's retention. */
export function trimShard(stream: Stream, shard: Shard, now: number): void {
  if (shard.log.firstOrdinal === shard.log.nextOrdinal) return
  trimBefore(shard.log, ordinalAtTime(shard.log, now - stream.retentionPeriodHours * 3_600_000))
}

/** Trims every shard and forgets closed ones whose last record has passed out of retention. */
export function trimStream(stream: Stream, now: number): void {
  const oldest = now - stream.retentionPeriodHours * 3_600_000
  for (const shard of stream.shards.values()) {
    trimShard(stream, shard, now)
    if (shard.closedAt !== undefined && shard.closedAt < oldest) stream.shards.delete(shard.id)
  }
}
