import { type Account, findStream, type StreamReference } from './account.ts'
import { invalidArgument, resourceNotFound, ServiceError, validationFailed } from './errors.ts'
import { entryFor, hashKeyOf, LARGEST_HASH_KEY } from './hash-ring.ts'
import { recordMetric, recordShardMetric } from './metrics.ts'
import { noteLoad } from './on-demand.ts'
import { type Call, latencyOf, type OperationTable } from './operation.ts'
import { append } from './record-log.ts'
import { parseSequenceNumber } from './sequence-number.ts'
import { recordSequenceNumber, type Shard } from './shard.ts'
import type { Stream } from './stream.ts'
import { levelAt, take } from './token-bucket.ts'

type Entry = { Data: Uint8Array; PartitionKey?: string; ExplicitHashKey?: string }
type PutRecordInput = StreamReference & Entry & { SequenceNumberForOrdering?: string; DryRun?: boolean }
type PutRecordsInput = StreamReference & { Records: Entry[]; DryRun?: boolean }

/** Most bytes of data and partition keys in one PutRecords. */
const MAX_REQUEST_BYTES = 10 << 20

/** What one call wrote, shard by shard: metrics count calls as well as records. */
type Tally = Map<Shard, { bytes: number; records: number; throttled: number }>

function writableStream(account: Account, input: StreamReference): Stream {
  const stream = findStream(account, input)
  // Nothing takes records before the shards exist.
  if (stream.openShards.length > 0) return stream
  throw resourceNotFound(`Stream ${stream.name} under account ${account.accountId} not found.`)
}

/** Bytes an entry counts for: its data and the UTF-8 of its partition key. */
const sizeOf = (entry: Entry) =>
  entry.Data.length + (entry.PartitionKey === undefined ? 0 : Buffer.byteLength(entry.PartitionKey))

/**
 * The shard the `position`th entry of a call goes to. What is refused must leave no trace, since only what is done is kept
 * for a restart: the turn of the next keyless record moves on when one is written. Errors: Validation, InvalidArgument.
 */
function routeOf(stream: Stream, entry: Entry, position = 0): Shard {
  const shards = stream.openShards
  let shard: Shard | undefined
  if (stream.recordDistribution === 'AUTO') {
    shard = shards[(stream.nextAutoShard + position) % shards.length]
  } else if (entry.PartitionKey === undefined) {
    throw validationFailed(
      "1 validation error detected: Value null at 'partitionKey' failed to satisfy constraint: Member must not be null",
    )
  } else if (entry.ExplicitHashKey === undefined) shard = entryFor(shards, hashKeyOf(entry.PartitionKey))
  else shard = entryFor(shards, checkedHashKey(entry.ExplicitHashKey))
  if (shard === undefined) throw new ServiceError('InternalFailure', `no open shard in ${stream.name}`, 500)
  return shard
}

/** The shards of a call's entries. A key that follows itself, as a hot one does, is hashed once. */
function routesOf(stream: Stream, entries: readonly Entry[]): Shard[] {
  const byKey = stream.recordDistribution === 'USER_PARTITION_KEY'
  let last: { key: string; shard: Shard } | undefined
  return entries.map((entry, index) => {
    const { PartitionKey: key, ExplicitHashKey } = entry
    if (byKey && ExplicitHashKey === undefined && key !== undefined && key === last?.key) return last.shard
    const shard = routeOf(stream, entry, index)
    if (key !== undefined && ExplicitHashKey === undefined) last = { key, shard }
    return shard
  })
}

function checkedHashKey(text: string): bigint {
  const hashKey = BigInt(text)
  if (hashKey <= LARGEST_HASH_KEY) return hashKey
  throw invalidArgument(
    `Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was ${text}`,
  )
}

function checkSize(stream: Stream, entry: Entry): number {
  const bytes = sizeOf(entry)
  const most = stream.maxRecordSizeInKiB * 1024
  if (bytes <= most) return bytes
  throw invalidArgument(
    `The record is ${bytes} bytes (data and partition key), more than the ${most} bytes that stream ${stream.name} allows.`,
  )
}

/** Writes one entry, or gives nothing when its shard has no throughput left. */
function write(
  call: Call,
  stream: Stream,
  shard: Shard,
  entry: Entry,
  bytes: number,
  tally: Tally,
): string | undefined {
  const { account, now } = call
  let counts = tally.get(shard)
  if (counts === undefined) {
    counts = { bytes: 0, records: 0, throttled: 0 }
    tally.set(shard, counts)
  }
  if (account.limits === 'on') {
    if (levelAt(shard.writeBytes, now) < bytes || levelAt(shard.writeRecords, now) < 1) {
      counts.throttled++
      return undefined
    }
    take(shard.writeBytes, bytes, now)
    take(shard.writeRecords, 1, now)
  }
  counts.bytes += bytes
  counts.records++
  stream.nextAutoShard = (stream.nextAutoShard + 1) % stream.openShards.length
  const key = stream.recordDistribution === 'AUTO' ? undefined : entry.PartitionKey
  const ordinal = append(shard.log, entry.Data, key, now, stream.encryptionKeyId !== undefined)
  return recordSequenceNumber(shard, ordinal, now)
}

/** Feeds the metrics (one sample a call for the stream, one for each of its shards) and wakes pushed readers. */
function report({ account, now }: Call, stream: Stream, tally: Tally): void {
  const { metrics } = account
  const total = { bytes: 0, records: 0, throttled: 0 }
  for (const [shard, { bytes, records, throttled }] of tally) {
    total.bytes += bytes
    total.records += records
    total.throttled += throttled
    if (records > 0) {
      recordShardMetric(metrics, stream, shard.id, 'IncomingBytes', bytes, now)
      recordShardMetric(metrics, stream, shard.id, 'IncomingRecords', records, now)
    }
    recordShardMetric(metrics, stream, shard.id, 'WriteProvisionedThroughputExceeded', throttled, now)
    if (records > 0) noteLoad(account, stream, shard, bytes, now)
    if (records > 0) for (const listener of account.shardListeners) listener(stream, shard)
  }
  const streamName = stream.name
  if (total.records > 0) {
    recordMetric(metrics, { streamName }, 'IncomingBytes', total.bytes, now)
    recordMetric(metrics, { streamName }, 'IncomingRecords', total.records, now)
  }
  recordMetric(metrics, { streamName }, 'WriteProvisionedThroughputExceeded', total.throttled, now)
  account.unsettledBytes += total.bytes
  account.throttledWrites += total.throttled
}

const encryptionMember = (stream: Stream) =>
  stream.encryptionKeyId === undefined ? {} : { EncryptionType: 'KMS' }

const throttleMessage = (account: Account, stream: Stream, shard: Shard) =>
  `Rate exceeded for shard ${shard.id} in stream ${stream.name} under account ${account.accountId}.`

function refuseDryRun(dryRun: boolean | undefined): void {
  if (dryRun === true) {
    throw new ServiceError(
      'DryRunOperationException',
      'The request would have succeeded, but the DryRun flag is set.',
    )
  }
}

function putRecord(call: Call, input: PutRecordInput) {
  const { account, now } = call
  const stream = writableStream(account, input)
  const bytes = checkSize(stream, input)
  checkOrdering(stream, input.SequenceNumberForOrdering)
  const shard = routeOf(stream, input)
  refuseDryRun(input.DryRun)
  const tally: Tally = new Map()
  const sequence = write(call, stream, shard, input, bytes, tally)
  report(call, stream, tally)
  const count = (name: string, value: number) =>
    recordMetric(account.metrics, { streamName: stream.name }, `PutRecord.${name}`, value, now)
  count('Success', sequence === undefined ? 0 : 1)
  count('Latency', latencyOf(call))
  if (sequence === undefined) {
    throw new ServiceError('ProvisionedThroughputExceededException', throttleMessage(account, stream, shard))
  }
  count('Bytes', bytes)
  return { ShardId: shard.id, SequenceNumber: sequence, ...encryptionMember(stream) }
}

function checkOrdering(stream: Stream, sequenceNumber: string | undefined): void {
  if (sequenceNumber === undefined) return
  if (stream.recordDistribution === 'AUTO') {
    throw invalidArgument(
      'SequenceNumberForOrdering cannot be given for a stream with record distribution AUTO.',
    )
  }
  // Numbers grow within a shard by themselves; only a number of another making can be refused.
  const parts = parseSequenceNumber(sequenceNumber)
  if (parts === undefined || parts.shardIndex >= stream.nextShardIndex) {
    throw invalidArgument(
      `ExclusiveMinimumSequenceNumber ${sequenceNumber} used in PutRecord on stream ${stream.name} is invalid.`,
    )
  }
}

function putRecords(call: Call, input: PutRecordsInput) {
  const { account, now } = call
  const stream = writableStream(account, input)
  // One bad entry fails the whole call, so every entry is checked before the first is written.
  const sizes = input.Records.map(entry => checkSize(stream, entry))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  if (total > MAX_REQUEST_BYTES) {
    throw invalidArgument(`Records size exceeds 10 MB limit: ${total} bytes of data and partition keys.`)
  }
  const routes = routesOf(stream, input.Records)
  refuseDryRun(input.DryRun)
  const tally: Tally = new Map()
  let failed = 0
  const results = input.Records.map((entry, index) => {
    const shard = routes[index] as Shard
    const sequence = write(call, stream, shard, entry, sizes[index] ?? 0, tally)
    if (sequence !== undefined) return { SequenceNumber: sequence, ShardId: shard.id }
    failed++
    return {
      ErrorCode: 'ProvisionedThroughputExceededException',
      ErrorMessage: throttleMessage(account, stream, shard),
    }
  })
  report(call, stream, tally)
  const count = (name: string, value: number) =>
    recordMetric(account.metrics, { streamName: stream.name }, `PutRecords.${name}`, value, now)
  const written = results.length - failed
  count('Success', written > 0 ? 1 : 0)
  count('Latency', latencyOf(call))
  count(
    'Bytes',
    [...tally.values()].reduce((sum, { bytes }) => sum + bytes, 0),
  )
  count('TotalRecords', results.length)
  count('SuccessfulRecords', written)
  // The name this had before the ones beside it came.
  count('Records', written)
  count('ThrottledRecords', failed)
  count('FailedRecords', 0)
  return { FailedRecordCount: failed, Records: results, ...encryptionMember(stream) }
}

export const writeOperations: OperationTable = { PutRecord: putRecord, PutRecords: putRecords }
