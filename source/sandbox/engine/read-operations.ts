import { findShard, findStream, type StreamReference } from './account.ts'
import { invalidArgument, resourceNotFound, ServiceError, throughputExceeded } from './errors.ts'
import { decodeIterator, encodeIterator, ordinalOf } from './iterator.ts'
import { recordMetric, recordShardMetric } from './metrics.ts'
import { type Call, latencyOf, type OperationTable } from './operation.ts'
import { type RecordLog, readRecords, type StoredRecord } from './record-log.ts'
import { recordSequenceNumber, SHARD_READ_BYTES_PER_SECOND, type Shard } from './shard.ts'
import { childrenOf, type Stream, trimShard } from './stream.ts'
import { levelAt, setLevel, take, tryTake } from './token-bucket.ts'

type IteratorInput = StreamReference & {
  ShardId: string
  ShardIteratorType: string
  StartingSequenceNumber?: string
  Timestamp?: number
  DryRun?: boolean
}
type GetRecordsInput = { ShardIterator: string; Limit?: number; StreamARN?: string; DryRun?: boolean }

/** Most bytes one GetRecords answers with; after as much as that the shard rests for five seconds. */
export const MAX_RESPONSE_BYTES = 10 << 20
const MAX_RESPONSE_RECORDS = 10_000

function refuseDryRun(dryRun: boolean | undefined): void {
  if (dryRun === true) {
    throw new ServiceError(
      'DryRunOperationException',
      'The request would have succeeded, but the DryRun flag is set.',
    )
  }
}

function getShardIterator({ account, now }: Call, input: IteratorInput) {
  const stream = findStream(account, input)
  const shard = findShard(account, stream, input.ShardId)
  trimShard(stream, shard, now)
  if (account.limits === 'on' && !tryTake(shard.iteratorCalls, 1, now)) {
    throw throughputExceeded(
      `Rate exceeded for shard ${shard.id} in stream ${stream.name} under account ${account.accountId}.`,
    )
  }
  const ordinal = ordinalOf(
    stream,
    shard,
    {
      type: input.ShardIteratorType,
      ...(input.StartingSequenceNumber === undefined ? {} : { sequenceNumber: input.StartingSequenceNumber }),
      ...(input.Timestamp === undefined ? {} : { timestampMs: input.Timestamp }),
    },
    now,
  )
  refuseDryRun(input.DryRun)
  return { ShardIterator: iteratorText(stream, shard, ordinal, now) }
}

const iteratorText = (stream: Stream, shard: Shard, ordinal: number, issuedAt: number) =>
  encodeIterator({
    streamName: stream.name,
    streamCreatedAt: stream.createdAt,
    shardId: shard.id,
    ordinal,
    issuedAt,
  })

function getRecords(call: Call, input: GetRecordsInput) {
  const { account, now } = call
  const iterator = decodeIterator(input.ShardIterator, now)
  const stream = findStream(account, {
    StreamName: iterator.streamName,
    ...(input.StreamARN === undefined ? {} : { StreamARN: input.StreamARN }),
  })
  if (stream.createdAt !== iterator.streamCreatedAt) {
    throw resourceNotFound(
      `Stream ${stream.name} under account ${account.accountId} was deleted and created again.`,
    )
  }
  const shard = findShard(account, stream, iterator.shardId)
  trimShard(stream, shard, now)
  if (iterator.ordinal > shard.log.nextOrdinal) throw invalidArgument('Invalid ShardIterator.')
  refuseDryRun(input.DryRun)
  const metric = (name: string, value: number, shardName?: string) => {
    recordMetric(account.metrics, { streamName: stream.name }, name, value, now)
    if (shardName !== undefined) {
      recordShardMetric(account.metrics, stream, shard.id, shardName, value, now)
    }
  }
  if (account.limits === 'on' && !mayRead(shard, now)) {
    metric('ReadProvisionedThroughputExceeded', 1, 'ReadProvisionedThroughputExceeded')
    metric('GetRecords.Success', 0)
    metric('GetRecords.Latency', latencyOf(call))
    throw throughputExceeded(
      `Rate exceeded for shard ${shard.id} in stream ${stream.name} under account ${account.accountId}.`,
    )
  }
  const { records, bytes } = readRecords(
    shard.log,
    iterator.ordinal,
    input.Limit ?? MAX_RESPONSE_RECORDS,
    MAX_RESPONSE_BYTES,
  )
  if (account.limits === 'on') payForRead(shard, bytes, now)
  const next = (records.at(-1)?.ordinal ?? Math.max(iterator.ordinal, shard.log.firstOrdinal) - 1) + 1
  const ended = shard.closedAt !== undefined && next >= shard.log.nextOrdinal
  const behind = millisBehindLatest(shard, records, next, now)
  metric('GetRecords.Success', 1)
  metric('GetRecords.Latency', latencyOf(call))
  metric('GetRecords.Bytes', bytes, 'OutgoingBytes')
  metric('GetRecords.Records', records.length, 'OutgoingRecords')
  metric('GetRecords.IteratorAgeMilliseconds', behind, 'IteratorAgeMilliseconds')
  metric('ReadProvisionedThroughputExceeded', 0, 'ReadProvisionedThroughputExceeded')
  return {
    Records: records.map(record => recordStructure(shard, record)),
    ...(ended ? {} : { NextShardIterator: iteratorText(stream, shard, next, now) }),
    MillisBehindLatest: behind,
    ...(ended ? { ChildShards: childShards(stream, shard) } : {}),
  }
}

/** Five calls a second, and none while an earlier answer of more than two MiB is being paid back. */
function mayRead(shard: Shard, now: number): boolean {
  return levelAt(shard.readBytes, now) > 0 && tryTake(shard.readCalls, 1, now)
}

function payForRead(shard: Shard, bytes: number, now: number): void {
  if (bytes > SHARD_READ_BYTES_PER_SECOND) setLevel(shard.readBytes, -bytes, now)
  else take(shard.readBytes, bytes, now)
}

/**
 * How far the position after this answer lies behind the present: 0 at the tip of an open shard, else the age of the
 * last record given out (of the next one, when none was). A closed shard that is read to its end counts from its
 * closing and never comes to 0.
 */
export function millisBehindLatest(
  shard: Shard,
  records: readonly StoredRecord[],
  next: number,
  now: number,
): number {
  if (next >= shard.log.nextOrdinal)
    return shard.closedAt === undefined ? 0 : Math.max(0, now - shard.closedAt)
  const at = records.at(-1)?.arrivalMs ?? arrivalOf(shard.log, next)
  return Math.max(0, now - (at ?? now))
}

const arrivalOf = (log: RecordLog, ordinal: number) => readRecords(log, ordinal, 1, 1).records[0]?.arrivalMs

/** The Record structure of the API. */
export function recordStructure(shard: Shard, record: StoredRecord) {
  return {
    SequenceNumber: recordSequenceNumber(shard, record.ordinal, record.arrivalMs),
    ApproximateArrivalTimestamp: new Date(record.arrivalMs),
    Data: record.data,
    ...(record.partitionKey === undefined ? {} : { PartitionKey: record.partitionKey }),
    ...(record.encrypted ? { EncryptionType: 'KMS' } : {}),
  }
}

/** The ChildShard structures a reader is handed at the end of a closed shard. */
export function childShards(stream: Stream, shard: Shard) {
  return childrenOf(stream, shard).map(child => ({
    ShardId: child.id,
    ParentShards: [child.parentShardId, child.adjacentParentShardId].filter(id => id !== undefined),
    HashKeyRange: {
      StartingHashKey: child.startingHashKey.toString(),
      EndingHashKey: child.endingHashKey.toString(),
    },
  }))
}

export const readOperations: OperationTable = { GetShardIterator: getShardIterator, GetRecords: getRecords }
