import type { MetricsName } from '@aws-sdk/client-kinesis'
import { failureOf, usageFailure } from '../domain/failure.ts'
import { DEFAULT_MAX_RECORD_SIZE_KIB } from '../domain/limits.ts'
import { countedBytes } from '../domain/record.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { KinesisApi, PutEntry, StartingPosition } from './kinesis-api.ts'
import { listShards, listStreams, listTags } from './listings.ts'
import { assertRecordSizes, EVERY_STREAM_TAKES_BYTES } from './record-size.ts'
import type { Send } from './send.ts'
import { putOutcomes, putReceipt, recordPage, shardIterator, shardMetrics, streamSummary } from './shapes.ts'
import { streamInput } from './stream-input.ts'

export type SdkKinesisOptions = {
  readonly send: Send
  readonly region: string
  readonly hasCustomEndpoint: boolean
  /** Told the ARN of each of the account's own streams, which names the account. */
  readonly onArn: (streamArn: string) => void
}

/** The port over the AWS SDK. See kinesis-api.ts for what each operation promises. */
export function createSdkKinesis(options: SdkKinesisOptions): KinesisApi {
  const { send, onArn } = options
  const input = (stream: StreamRef) => streamInput(stream, options)

  const describe = async (stream: StreamRef, signal?: AbortSignal) => {
    const named = input(stream)
    const answer = await send({
      operation: 'DescribeStreamSummary',
      command: sdk => new sdk.DescribeStreamSummaryCommand(named),
      signal,
    })
    const summary = streamSummary(stream.streamName, answer)
    if (stream.streamArn === undefined && summary.streamArn !== undefined) onArn(summary.streamArn)
    return summary
  }

  /** Asks the stream for its maximum only when an entry is larger than every stream takes. */
  const checkSizes = async (
    operation: string,
    stream: StreamRef,
    entries: readonly PutEntry[],
    signal?: AbortSignal,
  ) => {
    if (entries.every(entry => countedBytes(entry) <= EVERY_STREAM_TAKES_BYTES)) return
    const summary = await describe(stream, signal).catch((error: unknown) => {
      const { kind } = failureOf(error, 'DescribeStreamSummary')
      // A producer's role may lack the permission, an emulator the operation: then the service itself is the judge.
      if (kind === 'unsupported' || kind === 'denied') return undefined
      throw error
    })
    if (summary === undefined) return
    const { maxRecordSizeInKiB = DEFAULT_MAX_RECORD_SIZE_KIB } = summary
    assertRecordSizes(operation, stream.streamName, entries, maxRecordSizeInKiB)
  }

  return {
    async *listStreams({ signal } = {}) {
      for await (const page of listStreams(send, signal)) {
        for (const stream of page) if (stream.streamArn !== undefined) onArn(stream.streamArn)
        yield page
      }
    },
    describeStreamSummary: (stream, { signal } = {}) => describe(stream, signal),
    listShards: async (stream, { signal, at } = {}) => {
      const filter = at === undefined ? {} : { ShardFilter: { Type: 'AT_TIMESTAMP', Timestamp: at } as const }
      return listShards(send, { ...input(stream), ...filter }, signal)
    },
    listTags: async (stream, { signal } = {}) => listTags(send, input(stream), signal),

    async getShardIterator(stream, shardId, position, { signal } = {}) {
      const named = input(stream)
      const answer = await send({
        operation: 'GetShardIterator',
        command: sdk => new sdk.GetShardIteratorCommand({ ...named, ShardId: shardId, ...startOf(position) }),
        signal,
      })
      return shardIterator(answer)
    },
    async getRecords(stream, shardId, iterator, { signal, limit } = {}) {
      // The iterator says which shard; the ARN only routes the request to another account.
      const { StreamName, ...named } = input(stream)
      const answer = await send({
        operation: 'GetRecords',
        command: sdk =>
          new sdk.GetRecordsCommand({
            ShardIterator: iterator,
            ...(options.hasCustomEndpoint ? {} : named),
            ...(limit === undefined ? {} : { Limit: limit }),
          }),
        signal,
      })
      return recordPage(stream.streamName, shardId, answer)
    },

    async putRecord(stream, entry, { signal } = {}) {
      const named = input(stream)
      await checkSizes('PutRecord', stream, [entry], signal)
      const answer = await send({
        operation: 'PutRecord',
        command: sdk =>
          new sdk.PutRecordCommand({
            ...named,
            ...entryOf(entry),
            ...(entry.sequenceNumberForOrdering === undefined
              ? {}
              : { SequenceNumberForOrdering: entry.sequenceNumberForOrdering }),
          }),
        signal,
      })
      return putReceipt('PutRecord', answer)
    },
    async putRecords(stream, entries, { signal } = {}) {
      const named = input(stream)
      await checkSizes('PutRecords', stream, entries, signal)
      const answer = await send({
        operation: 'PutRecords',
        command: sdk => new sdk.PutRecordsCommand({ ...named, Records: entries.map(entryOf) }),
        signal,
      })
      return putOutcomes(entries.length, answer)
    },

    async createStream(streamName, settings, { signal } = {}) {
      await send({
        operation: 'CreateStream',
        command: sdk =>
          new sdk.CreateStreamCommand({
            StreamName: streamName,
            StreamModeDetails: { StreamMode: settings.mode },
            ...(settings.mode === 'PROVISIONED' ? { ShardCount: settings.shardCount } : {}),
          }),
        signal,
      })
    },
    async deleteStream(stream, { signal, enforceConsumerDeletion } = {}) {
      const named = input(stream)
      await send({
        operation: 'DeleteStream',
        command: sdk =>
          new sdk.DeleteStreamCommand({
            ...named,
            ...(enforceConsumerDeletion === undefined
              ? {}
              : { EnforceConsumerDeletion: enforceConsumerDeletion }),
          }),
        signal,
      })
    },
    async splitShard(stream, shardId, newStartingHashKey, { signal } = {}) {
      const named = input(stream)
      await send({
        operation: 'SplitShard',
        command: sdk =>
          new sdk.SplitShardCommand({
            ...named,
            ShardToSplit: shardId,
            NewStartingHashKey: String(newStartingHashKey),
          }),
        signal,
      })
    },
    async mergeShards(stream, shardId, adjacentShardId, { signal } = {}) {
      const named = input(stream)
      await send({
        operation: 'MergeShards',
        command: sdk =>
          new sdk.MergeShardsCommand({
            ...named,
            ShardToMerge: shardId,
            AdjacentShardToMerge: adjacentShardId,
          }),
        signal,
      })
    },
    async updateShardCount(stream, targetShardCount, { signal } = {}) {
      const named = input(stream)
      await send({
        operation: 'UpdateShardCount',
        command: sdk =>
          new sdk.UpdateShardCountCommand({
            ...named,
            TargetShardCount: targetShardCount,
            ScalingType: 'UNIFORM_SCALING',
          }),
        signal,
      })
    },
    async setRetentionPeriod(stream, { currentHours, targetHours }, { signal } = {}) {
      if (currentHours === targetHours) {
        throw usageFailure(
          'SetRetentionPeriod',
          `The retention of ${stream.streamName} is ${targetHours} hours already.`,
        )
      }
      const named = { ...input(stream), RetentionPeriodHours: targetHours }
      await (targetHours > currentHours
        ? send({
            operation: 'IncreaseStreamRetentionPeriod',
            command: sdk => new sdk.IncreaseStreamRetentionPeriodCommand(named),
            signal,
          })
        : send({
            operation: 'DecreaseStreamRetentionPeriod',
            command: sdk => new sdk.DecreaseStreamRetentionPeriodCommand(named),
            signal,
          }))
    },
    async enableShardMetrics(stream, metricNames, { signal } = {}) {
      const named = { ...input(stream), ShardLevelMetrics: metricNames as MetricsName[] }
      const answer = await send({
        operation: 'EnableEnhancedMonitoring',
        command: sdk => new sdk.EnableEnhancedMonitoringCommand(named),
        signal,
      })
      return shardMetrics(answer)
    },
    async disableShardMetrics(stream, metricNames, { signal } = {}) {
      const named = { ...input(stream), ShardLevelMetrics: metricNames as MetricsName[] }
      const answer = await send({
        operation: 'DisableEnhancedMonitoring',
        command: sdk => new sdk.DisableEnhancedMonitoringCommand(named),
        signal,
      })
      return shardMetrics(answer)
    },
    async addTags(stream, tags, { signal } = {}) {
      const named = input(stream)
      await send({
        operation: 'AddTagsToStream',
        command: sdk => new sdk.AddTagsToStreamCommand({ ...named, Tags: Object.fromEntries(tags) }),
        signal,
      })
    },
    async removeTags(stream, tagKeys, { signal } = {}) {
      const named = input(stream)
      await send({
        operation: 'RemoveTagsFromStream',
        command: sdk => new sdk.RemoveTagsFromStreamCommand({ ...named, TagKeys: [...tagKeys] }),
        signal,
      })
    },
  }
}

function startOf(position: StartingPosition) {
  switch (position.type) {
    case 'AT_TIMESTAMP':
      return { ShardIteratorType: position.type, Timestamp: position.timestamp }
    case 'AT_SEQUENCE_NUMBER':
    case 'AFTER_SEQUENCE_NUMBER':
      return { ShardIteratorType: position.type, StartingSequenceNumber: position.sequenceNumber }
    default:
      return { ShardIteratorType: position.type }
  }
}

function entryOf(entry: PutEntry) {
  return {
    Data: entry.data,
    // Absent only on streams with service-managed distribution; the SDK's type knows that, its own docs do not.
    PartitionKey: entry.partitionKey,
    ...(entry.explicitHashKey === undefined ? {} : { ExplicitHashKey: String(entry.explicitHashKey) }),
  }
}
