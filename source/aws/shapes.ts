import { FailureError } from '../domain/failure.ts'
import type { HashKeyRange } from '../domain/hash-key.ts'
import type { StreamRecord } from '../domain/record.ts'
import type { Shard } from '../domain/shard.ts'
import type { StreamListing, StreamSummary } from '../domain/stream.ts'
import type { ChildShard, PutEntryOutcome, PutReceipt, RecordPage } from './kinesis-api.ts'
import { PagePayloads } from './page-payloads.ts'

// Answers come as parsed JSON and are not trusted: emulators send nulls, leave members out, write dates as text.
// A member that is merely useful is absent when it makes no sense; one that a value cannot be without fails the call.

type Json = Readonly<Record<string, unknown>>

/** One page of ListStreams: names in the service's order, with what the summaries add. */
export function streamPage(answer: Json): {
  streams: StreamListing[]
  hasMore: boolean
  nextToken: string | undefined
} {
  const summaries = new Map(list(answer.StreamSummaries).map(item => [text(item.StreamName), item]))
  const names = (Array.isArray(answer.StreamNames) ? answer.StreamNames : []).flatMap(
    name => text(name) ?? [],
  )
  for (const name of summaries.keys()) if (name !== undefined && !names.includes(name)) names.push(name)
  return {
    streams: names.map(name => streamListing(name, summaries.get(name) ?? {})),
    hasMore: answer.HasMoreStreams === true,
    nextToken: text(answer.NextToken),
  }
}

export function streamSummary(streamName: string, answer: Json): StreamSummary {
  const raw = answer.StreamDescriptionSummary
  if (!isObject(raw)) throw missing('DescribeStreamSummary', 'StreamDescriptionSummary')
  const warm = isObject(raw.WarmThroughput) ? raw.WarmThroughput : undefined
  const metrics = list(raw.EnhancedMonitoring).flatMap(item =>
    Array.isArray(item.ShardLevelMetrics) ? item.ShardLevelMetrics : [],
  )
  return {
    ...streamListing(text(raw.StreamName) ?? streamName, raw),
    ...present('openShardCount', count(raw.OpenShardCount)),
    ...present('retentionPeriodHours', count(raw.RetentionPeriodHours)),
    ...present('consumerCount', count(raw.ConsumerCount)),
    ...present('channelCount', count(raw.ChannelCount)),
    ...present('encryptionType', text(raw.EncryptionType)),
    ...present('keyId', text(raw.KeyId)),
    ...(raw.EnhancedMonitoring === undefined || raw.EnhancedMonitoring === null
      ? {}
      : { shardLevelMetrics: metrics.flatMap(metric => text(metric) ?? []) }),
    ...present('maxRecordSizeInKiB', count(raw.MaxRecordSizeInKiB)),
    ...(warm === undefined
      ? {}
      : {
          warmThroughputMiBps: {
            ...present('target', count(warm.TargetMiBps)),
            ...present('current', count(warm.CurrentMiBps)),
          },
        }),
    ...present('recordDistributionStrategy', text(raw.RecordDistributionStrategy)),
  }
}

/** The shard-level metrics that will be on once the stream is ACTIVE again. */
export function shardMetrics(answer: Json): string[] {
  const names = answer.DesiredShardLevelMetrics
  return Array.isArray(names) ? names.flatMap(name => text(name) ?? []) : []
}

export function shardPage(answer: Json): { shards: Shard[]; nextToken: string | undefined } {
  return { shards: list(answer.Shards).map(shard), nextToken: text(answer.NextToken) }
}

export function recordPage(streamName: string, shardId: string, answer: Json): RecordPage {
  if (!Array.isArray(answer.Records)) throw missing('GetRecords', 'Records')
  const childShards = list(answer.ChildShards).flatMap(childShard)
  const payloads = new PagePayloads(answer.Records)
  const records: StreamRecord[] = []
  for (const raw of answer.Records) {
    if (isObject(raw)) records.push(streamRecord(streamName, shardId, raw, payloads))
  }
  return {
    records,
    ...present('nextShardIterator', text(answer.NextShardIterator)),
    ...present('millisBehindLatest', count(answer.MillisBehindLatest)),
    ...(childShards.length === 0 ? {} : { childShards }),
  }
}

export function putReceipt(operation: string, answer: Json): PutReceipt {
  const shardId = text(answer.ShardId)
  const sequenceNumber = text(answer.SequenceNumber)
  if (shardId === undefined) throw missing(operation, 'ShardId')
  if (sequenceNumber === undefined) throw missing(operation, 'SequenceNumber')
  return { shardId, sequenceNumber, ...present('encryptionType', text(answer.EncryptionType)) }
}

/** Fates by index. An answer of another length than the request would give records the fates of others. */
export function putOutcomes(entryCount: number, answer: Json): PutEntryOutcome[] {
  const results = list(answer.Records)
  if (results.length !== entryCount) {
    throw broken('PutRecords', `${results.length} results for ${entryCount} records`)
  }
  return results.map(raw => {
    const errorCode = text(raw.ErrorCode)
    if (errorCode === undefined) return { outcome: 'written', receipt: putReceipt('PutRecords', raw) }
    return { outcome: 'failed', errorCode, errorMessage: text(raw.ErrorMessage) ?? '' }
  })
}

export function tagPage(answer: Json): { tags: [string, string][]; hasMore: boolean } {
  return {
    tags: list(answer.Tags).flatMap(raw => {
      const key = text(raw.Key)
      return key === undefined ? [] : [[key, text(raw.Value) ?? ''] as [string, string]]
    }),
    hasMore: answer.HasMoreTags === true,
  }
}

export function shardIterator(answer: Json): string {
  return text(answer.ShardIterator) ?? fail(missing('GetShardIterator', 'ShardIterator'))
}

function streamListing(streamName: string, raw: Json): StreamListing {
  const mode = isObject(raw.StreamModeDetails) ? text(raw.StreamModeDetails.StreamMode) : undefined
  return {
    streamName,
    ...present('streamArn', text(raw.StreamARN)),
    ...present('streamStatus', text(raw.StreamStatus)),
    ...present('streamMode', mode),
    ...present('streamCreationTimestamp', time(raw.StreamCreationTimestamp)),
  }
}

function shard(raw: Json): Shard {
  const shardId = text(raw.ShardId) ?? fail(missing('ListShards', 'ShardId'))
  const numbers = isObject(raw.SequenceNumberRange) ? raw.SequenceNumberRange : {}
  return {
    shardId,
    ...present('parentShardId', text(raw.ParentShardId)),
    ...present('adjacentParentShardId', text(raw.AdjacentParentShardId)),
    hashKeyRange: hashKeyRange(raw) ?? fail(missing('ListShards', `HashKeyRange of ${shardId}`)),
    startingSequenceNumber:
      text(numbers.StartingSequenceNumber) ??
      fail(missing('ListShards', `StartingSequenceNumber of ${shardId}`)),
    ...present('endingSequenceNumber', text(numbers.EndingSequenceNumber)),
  }
}

function childShard(raw: Json): ChildShard[] {
  const shardId = text(raw.ShardId)
  const range = hashKeyRange(raw)
  if (shardId === undefined || range === undefined) return []
  const parents = Array.isArray(raw.ParentShards) ? raw.ParentShards : []
  return [{ shardId, parentShardIds: parents.flatMap(parent => text(parent) ?? []), hashKeyRange: range }]
}

/** Built member by member: spreading objects for what is absent costs as much as decoding the payload. */
function streamRecord(streamName: string, shardId: string, raw: Json, payloads: PagePayloads): StreamRecord {
  const record: { -readonly [Member in keyof StreamRecord]: StreamRecord[Member] } = {
    streamName,
    shardId,
    sequenceNumber: text(raw.SequenceNumber) ?? fail(missing('GetRecords', 'SequenceNumber of a record')),
    data: payload(raw.Data, payloads),
  }
  const partitionKey = text(raw.PartitionKey)
  if (partitionKey !== undefined) record.partitionKey = partitionKey
  const arrival = time(raw.ApproximateArrivalTimestamp)
  if (arrival !== undefined) record.approximateArrivalTimestamp = arrival
  const encryptionType = text(raw.EncryptionType)
  if (encryptionType !== undefined) record.encryptionType = encryptionType
  return record
}

function payload(value: unknown, payloads: PagePayloads): Uint8Array {
  if (value === undefined || value === null) return new Uint8Array()
  if (typeof value === 'string') return payloads.decode(value)
  // kinesalite 3.3.3 stores what a CBOR client put as the JSON form of a Node buffer.
  if (isObject(value) && value.type === 'Buffer' && Array.isArray(value.data))
    return Uint8Array.from(value.data)
  return fail(broken('GetRecords', `Data of a record is neither base64 text nor bytes but ${typeof value}`))
}

function hashKeyRange(raw: Json): HashKeyRange | undefined {
  if (!isObject(raw.HashKeyRange)) return undefined
  const startingHashKey = integer(raw.HashKeyRange.StartingHashKey)
  const endingHashKey = integer(raw.HashKeyRange.EndingHashKey)
  if (startingHashKey === undefined || endingHashKey === undefined) return undefined
  return { startingHashKey, endingHashKey }
}

/** Also a negative one: an emulator makes a shard that ends at -1, and the others of its stream must still be listed. */
function integer(value: unknown): bigint | undefined {
  return typeof value === 'string' && /^-?\d{1,39}$/.test(value) ? BigInt(value) : undefined
}

/** Epoch seconds as the protocol has it, epoch milliseconds as some emulators, or text. */
function time(value: unknown): Date | undefined {
  if (typeof value === 'string')
    return time(/^\d+(\.\d+)?$/.test(value) ? Number(value) : Date.parse(value) / 1_000)
  if (typeof value !== 'number') return undefined
  // As seconds this would be the year 5138.
  const date = new Date(value < 1e11 ? Math.round(value * 1_000) : value)
  return Number.isNaN(date.getTime()) ? undefined : date
}

/** A number of things or of milliseconds; one beyond all that a service can count makes no sense. */
function count(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER ? value : undefined
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function list(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A member by its name, or nothing: an absent value must stay absent. */
function present<Name extends string, Value>(name: Name, value: Value | undefined): { [K in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { [K in Name]?: Value }
}

function missing(operation: string, member: string): FailureError {
  return broken(operation, `no ${member}`)
}

function broken(operation: string, what: string): FailureError {
  return new FailureError({
    kind: 'bad-answer',
    action: operation,
    message: `The answer to ${operation} makes no sense: ${what}.`,
    nextStep: 'Check that the endpoint is Kinesis, or an emulator that knows this operation.',
    retryable: false,
  })
}

function fail(failure: FailureError): never {
  throw failure
}
