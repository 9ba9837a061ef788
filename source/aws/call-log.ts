import type { ApiCall } from '../domain/api-call.ts'
import type { Clock } from '../domain/clock.ts'
import { failureOf } from '../domain/failure.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { ControlApi } from './control-api.ts'
import type { KinesisApi } from './kinesis-api.ts'
import type { MetricsApi } from './metrics-api.ts'
import type { ServicesApi } from './services-api.ts'

/** Wraps any port so that `onCall` hears of each finished call: for the log on screen and for throttle counts. */
export function withCallLog(
  api: KinesisApi,
  onCall: (call: ApiCall) => void,
  clock: Pick<Clock, 'now'>,
): KinesisApi {
  const logged = logger(onCall, clock)
  const on = (stream: StreamRef, shardId?: string) =>
    shardId === undefined ? stream.streamName : `${stream.streamName} ${shardId}`

  return {
    async *listStreams(options) {
      const pages = api.listStreams(options)[Symbol.asyncIterator]()
      try {
        for (;;) {
          // The end of the listing is found out without a call.
          const page = await logged(
            'ListStreams',
            '',
            () => pages.next(),
            ({ done }) => done !== true,
          )
          if (page.done === true) return
          yield page.value
        }
      } finally {
        await pages.return?.()
      }
    },
    describeStreamSummary: (stream, options) =>
      logged('DescribeStreamSummary', on(stream), () => api.describeStreamSummary(stream, options)),
    listShards: (stream, options) => logged('ListShards', on(stream), () => api.listShards(stream, options)),
    getShardIterator: (stream, shardId, position, options) =>
      logged('GetShardIterator', on(stream, shardId), () =>
        api.getShardIterator(stream, shardId, position, options),
      ),
    getRecords: (stream, shardId, iterator, options) =>
      logged('GetRecords', on(stream, shardId), () => api.getRecords(stream, shardId, iterator, options)),
    listTags: (stream, options) =>
      logged('ListTagsForStream', on(stream), () => api.listTags(stream, options)),
    putRecord: (stream, entry, options) =>
      logged('PutRecord', on(stream), () => api.putRecord(stream, entry, options)),
    putRecords: (stream, entries, options) =>
      logged('PutRecords', on(stream), () => api.putRecords(stream, entries, options)),
    createStream: (streamName, settings, options) =>
      logged('CreateStream', streamName, () => api.createStream(streamName, settings, options)),
    deleteStream: (stream, options) =>
      logged('DeleteStream', on(stream), () => api.deleteStream(stream, options)),
    splitShard: (stream, shardId, key, options) =>
      logged('SplitShard', on(stream, shardId), () => api.splitShard(stream, shardId, key, options)),
    mergeShards: (stream, shardId, adjacentShardId, options) =>
      logged('MergeShards', on(stream, shardId), () =>
        api.mergeShards(stream, shardId, adjacentShardId, options),
      ),
    updateShardCount: (stream, count, options) =>
      logged('UpdateShardCount', on(stream), () => api.updateShardCount(stream, count, options)),
    setRetentionPeriod: (stream, hours, options) =>
      logged(
        hours.targetHours > hours.currentHours
          ? 'IncreaseStreamRetentionPeriod'
          : 'DecreaseStreamRetentionPeriod',
        on(stream),
        () => api.setRetentionPeriod(stream, hours, options),
      ),
    enableShardMetrics: (stream, names, options) =>
      logged('EnableEnhancedMonitoring', on(stream), () => api.enableShardMetrics(stream, names, options)),
    disableShardMetrics: (stream, names, options) =>
      logged('DisableEnhancedMonitoring', on(stream), () => api.disableShardMetrics(stream, names, options)),
    addTags: (stream, tags, options) =>
      logged('AddTagsToStream', on(stream), () => api.addTags(stream, tags, options)),
    removeTags: (stream, tagKeys, options) =>
      logged('RemoveTagsFromStream', on(stream), () => api.removeTags(stream, tagKeys, options)),
  }
}

/** The same for the services around a stream, each call under its IAM action. */
export function withServicesLog(
  services: ServicesApi,
  onCall: (call: ApiCall) => void,
  clock: Pick<Clock, 'now'>,
): ServicesApi {
  const logged = logger(onCall, clock)
  return {
    listEventSourceMappings: (arn, options) =>
      logged('lambda:ListEventSourceMappings', arn, () => services.listEventSourceMappings(arn, options)),
    listTables: options => logged('dynamodb:ListTables', '', () => services.listTables(options)),
    tableKeySchema: (name, options) =>
      logged('dynamodb:DescribeTable', name, () => services.tableKeySchema(name, options)),
    scanTable: (name, options) => logged('dynamodb:Scan', name, () => services.scanTable(name, options)),
    listDeliveryStreams: options =>
      logged('firehose:ListDeliveryStreams', '', () => services.listDeliveryStreams(options)),
    describeDeliveryStream: (name, options) =>
      logged('firehose:DescribeDeliveryStream', name, () => services.describeDeliveryStream(name, options)),
    putDeliveryRecord: (name, data, options) =>
      logged('firehose:PutRecord', name, () => services.putDeliveryRecord(name, data, options)),
    listPipes: (arn, options) => logged('pipes:ListPipes', arn, () => services.listPipes(arn, options)),
    listFlinkApplications: options =>
      logged('kinesisanalytics:ListApplications', '', () => services.listFlinkApplications(options)),
    describeFlinkApplication: (name, options) =>
      logged('kinesisanalytics:DescribeApplication', name, () =>
        services.describeFlinkApplication(name, options),
      ),
    listVideoStreams: options =>
      logged('kinesisvideo:ListStreams', '', () => services.listVideoStreams(options)),
    listChannels: (arn, options) => logged('ListChannels', arn, () => services.listChannels(arn, options)),
    listConsumers: (arn, options) =>
      logged('ListStreamConsumers', arn, () => services.listConsumers(arn, options)),
    throughputCommitment: options =>
      logged('DescribeAccountSettings', '', () => services.throughputCommitment(options)),
    ...(services.schemaRegistry === undefined
      ? {}
      : {
          schemaRegistry: (where: string) => {
            const registry = services.schemaRegistry?.(where)
            if (registry === undefined) throw new Error('a registry that was there is gone')
            const operation = registry.kind === 'glue' ? 'glue:GetSchemaVersion' : 'confluent:GetSchema'
            return {
              ...registry,
              schema: (id: string, signal: AbortSignal) =>
                logged(operation, id, () => registry.schema(id, signal)),
            }
          },
        }),
  }
}

/** The same for settings of streams and account. Each operation is one call, named by its method's API operation. */
export function withControlLog(
  control: ControlApi,
  onCall: (call: ApiCall) => void,
  clock: Pick<Clock, 'now'>,
): ControlApi {
  const logged = logger(onCall, clock)
  return {
    describeLimits: options => logged('DescribeLimits', '', () => control.describeLimits(options)),
    describeAccountSettings: options =>
      logged('DescribeAccountSettings', '', () => control.describeAccountSettings(options)),
    updateBillingCommitment: (isEnabled, options) =>
      logged('UpdateAccountSettings', '', () => control.updateBillingCommitment(isEnabled, options)),
    updateStreamMode: (stream, mode, options) =>
      logged('UpdateStreamMode', stream.streamName, () => control.updateStreamMode(stream, mode, options)),
    updateWarmThroughput: (stream, mibPerSecond, options) =>
      logged('UpdateStreamWarmThroughput', stream.streamName, () =>
        control.updateWarmThroughput(stream, mibPerSecond, options),
      ),
    updateMaxRecordSize: (stream, kib, options) =>
      logged('UpdateMaxRecordSize', stream.streamName, () =>
        control.updateMaxRecordSize(stream, kib, options),
      ),
    updateRecordDistribution: (stream, strategy, options) =>
      logged('UpdateStreamRecordDistributionStrategy', stream.streamName, () =>
        control.updateRecordDistribution(stream, strategy, options),
      ),
    startEncryption: (stream, keyId, options) =>
      logged('StartStreamEncryption', stream.streamName, () =>
        control.startEncryption(stream, keyId, options),
      ),
    stopEncryption: (stream, keyId, options) =>
      logged('StopStreamEncryption', stream.streamName, () => control.stopEncryption(stream, keyId, options)),
    listConsumers: (stream, options) =>
      logged('ListStreamConsumers', stream.streamName, () => control.listConsumers(stream, options)),
    registerConsumer: (stream, name, options) =>
      logged('RegisterStreamConsumer', `${stream.streamName} ${name}`, () =>
        control.registerConsumer(stream, name, options),
      ),
    deregisterConsumer: (stream, name, options) =>
      logged('DeregisterStreamConsumer', `${stream.streamName} ${name}`, () =>
        control.deregisterConsumer(stream, name, options),
      ),
    getResourcePolicy: (stream, options) =>
      logged('GetResourcePolicy', stream.streamName, () => control.getResourcePolicy(stream, options)),
    putResourcePolicy: (stream, policy, options) =>
      logged('PutResourcePolicy', stream.streamName, () =>
        control.putResourcePolicy(stream, policy, options),
      ),
    deleteResourcePolicy: (stream, options) =>
      logged('DeleteResourcePolicy', stream.streamName, () => control.deleteResourcePolicy(stream, options)),
  }
}

/** The same for CloudWatch. */
export function withMetricsLog(
  metrics: MetricsApi,
  onCall: (call: ApiCall) => void,
  clock: Pick<Clock, 'now'>,
): MetricsApi {
  const logged = logger(onCall, clock)
  return {
    series: (queries, range, options) => {
      const streams = [...new Set(queries.map(({ streamName }) => streamName))].join(' ')
      const target = `${streams} (${queries.length} metrics)`
      return logged('GetMetricData', target, () => metrics.series(queries, range, options))
    },
  }
}

function logger(onCall: (call: ApiCall) => void, clock: Pick<Clock, 'now'>) {
  return async <T>(
    operation: string,
    target: string,
    call: () => Promise<T>,
    wasSent: (result: T) => boolean = () => true,
  ): Promise<T> => {
    const startedAt = clock.now()
    const finished = () => ({ operation, target, startedAt, durationMillis: clock.now() - startedAt })
    try {
      const result = await call()
      if (wasSent(result)) onCall({ ...finished(), outcome: 'ok' })
      return result
    } catch (error) {
      const { kind, message, errorName } = failureOf(error, operation)
      onCall({
        ...finished(),
        outcome: kind,
        message,
        ...(errorName === undefined ? {} : { errorName }),
      })
      throw error
    }
  }
}
