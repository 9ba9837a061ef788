import type { ApiCall } from '../domain/api-call.ts'
import type { Clock } from '../domain/clock.ts'
import { failureOf } from '../domain/failure.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { KinesisApi } from './kinesis-api.ts'
import type { MetricsApi } from './metrics-api.ts'

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
