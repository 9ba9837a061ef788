import type { HashKey } from '../domain/hash-key.ts'
import type { StreamRecord } from '../domain/record.ts'
import type { SequenceNumber, Shard } from '../domain/shard.ts'
import type { StreamListing, StreamRef, StreamSummary } from '../domain/stream.ts'

/** Where a shard iterator starts (API GetShardIterator). */
export type StartingPosition =
  | { readonly type: 'TRIM_HORIZON' }
  | { readonly type: 'LATEST' }
  | { readonly type: 'AT_TIMESTAMP'; readonly timestamp: Date }
  | { readonly type: 'AT_SEQUENCE_NUMBER'; readonly sequenceNumber: SequenceNumber }
  | { readonly type: 'AFTER_SEQUENCE_NUMBER'; readonly sequenceNumber: SequenceNumber }

/** One answer of GetRecords. */
export type RecordPage = {
  readonly records: readonly StreamRecord[]
  /** Absent at the end of a closed shard, and only there. */
  readonly nextShardIterator?: string
  /** Distance of this answer's position from the tip; absent where the endpoint does not say. */
  readonly millisBehindLatest?: number
  /** Sent at the end of a shard that was split or merged; absent on some emulators. */
  readonly childShards?: readonly ChildShard[]
}

export type ChildShard = {
  readonly shardId: string
  readonly parentShardIds: readonly string[]
  readonly hashKeyRange: Shard['hashKeyRange']
}

export type PutEntry = {
  readonly data: Uint8Array
  /** May be left out only on streams with service-managed record distribution. */
  readonly partitionKey?: string
  readonly explicitHashKey?: HashKey
  /** PutRecord alone: the new record gets a larger number than this one of the same key. */
  readonly sequenceNumberForOrdering?: SequenceNumber
}

export type PutReceipt = {
  readonly shardId: string
  readonly sequenceNumber: SequenceNumber
  readonly encryptionType?: string
}

/** Fate of one entry of PutRecords, by index; a call can succeed while entries fail. */
export type PutEntryOutcome =
  | { readonly outcome: 'written'; readonly receipt: PutReceipt }
  | { readonly outcome: 'failed'; readonly errorCode: string; readonly errorMessage: string }

export type CallOptions = { readonly signal?: AbortSignal }

/** What a subscription pushes: at least every five seconds, records or not (API SubscribeToShardEvent). */
export type SubscriptionEvent = {
  readonly records: readonly StreamRecord[]
  /** Where to go on after this event; absent at the end of a closed shard. */
  readonly continuationSequenceNumber?: SequenceNumber
  readonly millisBehindLatest?: number
  /** Not empty at the end of a shard that was split or merged. */
  readonly childShards: readonly ChildShard[]
}

/**
 * One subscription of an enhanced fan-out consumer to a shard: at most five minutes. It resolves with the first message. Its
 * events end without an error for any reason at all; the signal, and nothing else, ends it at the server too. Throws only
 * FailureError.
 */
export type SubscribeToShard = (
  stream: StreamRef,
  consumerArn: string,
  shardId: string,
  position: StartingPosition,
  options: { readonly signal: AbortSignal },
) => Promise<AsyncIterable<SubscriptionEvent>>

/**
 * Every Kinesis operation that the console uses, in domain terms. Implementations page by hand, never send StreamId,
 * and throw only FailureError. Those that change state refuse with kind `read-only` unless the session is armed.
 */
export type KinesisApi = {
  /** Pages of at most 100 streams, in the order of the service. */
  listStreams(options?: CallOptions): AsyncIterable<readonly StreamListing[]>
  describeStreamSummary(stream: StreamRef, options?: CallOptions): Promise<StreamSummary>
  /**
   * All shards in retention, open and closed; an expired page token restarts the listing. With `at`: only those that were
   * open at that moment (some emulators list all the same).
   */
  listShards(stream: StreamRef, options?: CallOptions & { readonly at?: Date }): Promise<Shard[]>
  getShardIterator(
    stream: StreamRef,
    shardId: string,
    position: StartingPosition,
    options?: CallOptions,
  ): Promise<string>
  /** `limit` 1..10,000 records. Never retried inside: the caller paces reads. */
  getRecords(
    stream: StreamRef,
    shardId: string,
    shardIterator: string,
    options?: CallOptions & { readonly limit?: number },
  ): Promise<RecordPage>
  listTags(stream: StreamRef, options?: CallOptions): Promise<ReadonlyMap<string, string>>

  putRecord(stream: StreamRef, entry: PutEntry, options?: CallOptions): Promise<PutReceipt>
  putRecords(
    stream: StreamRef,
    entries: readonly PutEntry[],
    options?: CallOptions,
  ): Promise<readonly PutEntryOutcome[]>
  createStream(
    streamName: string,
    settings: { readonly mode: 'PROVISIONED'; readonly shardCount: number } | { readonly mode: 'ON_DEMAND' },
    options?: CallOptions,
  ): Promise<void>
  deleteStream(
    stream: StreamRef,
    options?: CallOptions & { readonly enforceConsumerDeletion?: boolean },
  ): Promise<void>
  splitShard(
    stream: StreamRef,
    shardId: string,
    newStartingHashKey: HashKey,
    options?: CallOptions,
  ): Promise<void>
  mergeShards(
    stream: StreamRef,
    shardId: string,
    adjacentShardId: string,
    options?: CallOptions,
  ): Promise<void>
  updateShardCount(stream: StreamRef, targetShardCount: number, options?: CallOptions): Promise<void>
  /** Chooses Increase- or DecreaseStreamRetentionPeriod from `currentHours`. */
  setRetentionPeriod(
    stream: StreamRef,
    hours: { readonly currentHours: number; readonly targetHours: number },
    options?: CallOptions,
  ): Promise<void>
  /** Switches shard-level metrics on (billed by CloudWatch, for each shard); resolves to those that will be on. */
  enableShardMetrics(
    stream: StreamRef,
    metricNames: readonly string[],
    options?: CallOptions,
  ): Promise<readonly string[]>
  disableShardMetrics(
    stream: StreamRef,
    metricNames: readonly string[],
    options?: CallOptions,
  ): Promise<readonly string[]>
  addTags(stream: StreamRef, tags: ReadonlyMap<string, string>, options?: CallOptions): Promise<void>
  removeTags(stream: StreamRef, tagKeys: readonly string[], options?: CallOptions): Promise<void>
}
