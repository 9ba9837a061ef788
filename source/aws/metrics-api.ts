import type { CallOptions } from './kinesis-api.ts'

export type MetricStatistic = 'Sum' | 'Average' | 'Minimum' | 'Maximum' | 'SampleCount'

/** One metric of the namespace AWS/Kinesis: of a stream, or of one shard where shard-level metrics are on. */
export type MetricQuery = {
  readonly streamName: string
  readonly metricName: string
  readonly statistic: MetricStatistic
  readonly shardId?: string
  /** A registered consumer, for the metrics of SubscribeToShard. */
  readonly consumerName?: string
}

/** `from` included, `to` excluded, both on whole periods; CloudWatch has one point a minute at best. */
export type MetricRange = { readonly from: Date; readonly to: Date; readonly periodSeconds: number }

export type MetricPoint = {
  /** Start of the period. */
  readonly at: Date
  readonly value: number
}

/** The points of one query, oldest first. A period without a point has no data, which is not 0. */
export type MetricSeries = { readonly query: MetricQuery; readonly points: readonly MetricPoint[] }

/**
 * What CloudWatch knows of streams and shards, in domain terms. Each query is billed, so nobody asks on a timer for what
 * is not on screen. Throws only FailureError: `denied` without cloudwatch:GetMetricData, `unsupported` where the
 * endpoint has no CloudWatch.
 */
export type MetricsApi = {
  /** Any number of queries, in the order asked; sent in batches of at most 500. */
  series(
    queries: readonly MetricQuery[],
    range: MetricRange,
    options?: CallOptions,
  ): Promise<readonly MetricSeries[]>
}
