import { findStream, openShardCount, type StreamReference, schedule, streamArn } from './account.ts'
import { invalidArgument, limitExceeded, resourceInUse, ServiceError, validationFailed } from './errors.ts'
import { type Call, type OperationTable, pageSize } from './operation.ts'
import {
  ON_DEMAND_INITIAL_SHARDS,
  ON_DEMAND_STREAMS,
  requireShardQuota,
  SHARDS_PER_STREAM,
  STREAMS_CREATING_AT_ONCE,
  shardLimit,
} from './quotas.ts'
import { describeShard } from './shard.ts'
import {
  addInitialShards,
  createStreamState,
  type RecordDistribution,
  type Stream,
  type StreamMode,
} from './stream.ts'
import { checkTags } from './tag-operations.ts'
import { openToken, sealToken } from './token.ts'
import { shardsForThroughput, warmThroughputFor } from './warm-throughput.ts'

type CreateStreamInput = {
  StreamName: string
  ShardCount?: number
  StreamModeDetails?: { StreamMode: StreamMode }
  Tags?: Map<string, string>
  WarmThroughputMiBps?: number
  MaxRecordSizeInKiB?: number
  RecordDistributionStrategy?: RecordDistribution
}

function createStream({ account, now }: Call, input: CreateStreamInput) {
  const { StreamName: name, ShardCount, Tags } = input
  const mode = input.StreamModeDetails?.StreamMode ?? 'PROVISIONED'
  if (account.streams.has(name)) {
    throw resourceInUse(`Stream ${name} under account ${account.accountId} already exists.`)
  }
  if (mode === 'PROVISIONED' && ShardCount === undefined) {
    throw validationFailed('ShardCount must be given for a stream in the PROVISIONED mode.')
  }
  if (mode === 'ON_DEMAND' && ShardCount !== undefined) {
    throw validationFailed('ShardCount must not be given for a stream in the ON_DEMAND mode.')
  }
  if (mode === 'PROVISIONED' && input.RecordDistributionStrategy === 'AUTO') {
    throw invalidArgument('RecordDistributionStrategy AUTO needs a stream in the ON_DEMAND mode.')
  }
  checkTags(new Map(), Tags ?? new Map(), name)
  const warm = input.WarmThroughputMiBps
  if (warm !== undefined) warmThroughputFor(account, mode, warm)
  const shardCount = ShardCount ?? Math.max(ON_DEMAND_INITIAL_SHARDS, shardsForThroughput(warm ?? 0))
  const streams = [...account.streams.values()]
  if (account.limits === 'on') {
    if (streams.filter(({ status }) => status === 'CREATING').length >= STREAMS_CREATING_AT_ONCE) {
      throw limitExceeded(
        `This request would exceed the limit of ${STREAMS_CREATING_AT_ONCE} streams being created at once in account ${account.accountId}.`,
      )
    }
    if (mode === 'ON_DEMAND' && streams.filter(stream => stream.mode === mode).length >= ON_DEMAND_STREAMS) {
      throw limitExceeded(`This request would exceed the limit of ${ON_DEMAND_STREAMS} on-demand streams.`)
    }
    if (shardCount > SHARDS_PER_STREAM) {
      throw limitExceeded(`A stream may have ${SHARDS_PER_STREAM} shards; ${shardCount} were asked for.`)
    }
  }
  requireShardQuota(account, shardCount)
  const stream = createStreamState(name, streamArn(account, name), mode, now)
  for (const [key, value] of Tags ?? []) stream.tags.set(key, value)
  if (input.MaxRecordSizeInKiB !== undefined) stream.maxRecordSizeInKiB = input.MaxRecordSizeInKiB
  if (input.RecordDistributionStrategy !== undefined)
    stream.recordDistribution = input.RecordDistributionStrategy
  if (warm !== undefined) stream.warmThroughput = { targetMiBps: warm, currentMiBps: warm }
  account.streams.set(name, stream)
  schedule(stream, {
    due: now + account.durations.creating,
    apply: at => {
      addInitialShards(stream, shardCount, at)
      stream.status = 'ACTIVE'
    },
  })
  return {}
}

function deleteStream(
  { account, now }: Call,
  input: StreamReference & { EnforceConsumerDeletion?: boolean },
) {
  const stream = findStream(account, input)
  if (stream.status === 'DELETING') return {}
  if (stream.consumers.size > 0 && input.EnforceConsumerDeletion !== true) {
    throw resourceInUse(
      `Stream ${stream.name} under account ${account.accountId} has registered consumers; give EnforceConsumerDeletion to delete them too.`,
    )
  }
  const channels = [...account.channels.values()].filter(({ streamArn: arn }) => arn === stream.arn).length
  if (channels > 0) throw resourceInUse(`Stream ${stream.name} has ${channels} channels; delete them first.`)
  stream.status = 'DELETING'
  // What was under way no longer matters; a stream that is still being created can be deleted too.
  stream.pending = []
  schedule(stream, {
    due: now + account.durations.deleting,
    apply: () => {
      account.streams.delete(stream.name)
      account.policies.delete(stream.arn)
      for (const listener of account.shardListeners)
        for (const shard of stream.shards.values()) listener(stream, shard)
    },
  })
  return {}
}

const summaryOf = (stream: Stream) => ({
  StreamName: stream.name,
  StreamARN: stream.arn,
  StreamStatus: stream.status,
  StreamModeDetails: { StreamMode: stream.mode },
  StreamCreationTimestamp: new Date(stream.createdAt),
})

const LIST_TOKEN_LIFETIME_MS = 300_000

function listStreams(
  { account, now }: Call,
  input: { Limit?: number; ExclusiveStartStreamName?: string; NextToken?: string },
) {
  const after =
    input.NextToken === undefined ? input.ExclusiveStartStreamName : streamAfterToken(input.NextToken, now)
  const names = [...account.streams.keys()].sort()
  const rest = after === undefined ? names : names.filter(name => name > after)
  const page = rest.slice(0, pageSize(input.Limit, 100))
  const more = page.length < rest.length
  const streams = page.flatMap(name => account.streams.get(name) ?? [])
  return {
    StreamNames: page,
    HasMoreStreams: more,
    ...(more ? { NextToken: sealToken('streams', [page.at(-1), now]) } : {}),
    StreamSummaries: streams.map(summaryOf),
  }
}

function streamAfterToken(token: string, now: number): string {
  const content = openToken('streams', token)
  if (!Array.isArray(content))
    throw new ServiceError('InvalidArgumentException', 'The given NextToken is not valid.')
  const [name, issuedAt] = content
  if (now - issuedAt > LIST_TOKEN_LIFETIME_MS) {
    throw new ServiceError('ExpiredNextTokenException', 'The given NextToken is older than 300 seconds.')
  }
  return name
}

const encryptionOf = (stream: Stream) =>
  stream.encryptionKeyId === undefined
    ? { EncryptionType: 'NONE' }
    : { EncryptionType: 'KMS', KeyId: stream.encryptionKeyId }

const commonDescription = (stream: Stream) => ({
  ...summaryOf(stream),
  RetentionPeriodHours: stream.retentionPeriodHours,
  EnhancedMonitoring: [{ ShardLevelMetrics: [...stream.shardLevelMetrics] }],
  ...encryptionOf(stream),
})

function describeStream(
  { account }: Call,
  input: StreamReference & { Limit?: number; ExclusiveStartShardId?: string },
) {
  const stream = findStream(account, input)
  const after = input.ExclusiveStartShardId
  const shards = [...stream.shards.values()].filter(({ id }) => after === undefined || id > after)
  const page = shards.slice(0, pageSize(input.Limit, 100))
  return {
    StreamDescription: {
      ...commonDescription(stream),
      Shards: page.map(describeShard),
      HasMoreShards: page.length < shards.length,
    },
  }
}

function describeStreamSummary({ account }: Call, input: StreamReference) {
  const stream = findStream(account, input)
  const warm = stream.warmThroughput
  return {
    StreamDescriptionSummary: {
      ...commonDescription(stream),
      OpenShardCount: stream.openShards.length,
      ConsumerCount: stream.consumers.size,
      ...(warm === undefined
        ? {}
        : { WarmThroughput: { TargetMiBps: warm.targetMiBps, CurrentMiBps: warm.currentMiBps } }),
      MaxRecordSizeInKiB: stream.maxRecordSizeInKiB,
      ChannelCount: [...account.channels.values()].filter(({ streamArn: arn }) => arn === stream.arn).length,
      RecordDistributionStrategy: stream.recordDistribution,
    },
  }
}

function describeLimits({ account }: Call) {
  return {
    ShardLimit: shardLimit(account),
    OpenShardCount: openShardCount(account),
    OnDemandStreamCount: [...account.streams.values()].filter(({ mode }) => mode === 'ON_DEMAND').length,
    OnDemandStreamCountLimit: ON_DEMAND_STREAMS,
    ChannelCount: account.channels.size,
    ChannelCountLimit: account.channelLimit,
  }
}

export const streamOperations: OperationTable = {
  CreateStream: createStream,
  DeleteStream: deleteStream,
  ListStreams: listStreams,
  DescribeStream: describeStream,
  DescribeStreamSummary: describeStreamSummary,
  DescribeLimits: describeLimits,
}
