import { FailureError } from '../domain/failure.ts'
import {
  boardFromMetrics,
  missingShardMetrics,
  SHARD_METRICS,
  STREAM_METRICS,
  settledMinutes,
} from '../domain/heat/metric-heat.ts'
import type { HeatBoard } from '../domain/heat/shard-heat.ts'
import { isOpen, type Shard } from '../domain/shard.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { Context } from './command.ts'
import { summaryIfTold } from './look-up.ts'

/** Minutes that a board is told over where nobody says otherwise, and that its curves show on screen. */
export const METRIC_MINUTES = 5
export const METRIC_SERIES_MINUTES = 30

export type MetricBoard = {
  readonly board: HeatBoard
  readonly shards: readonly Shard[]
  /** Shard-level metrics that are off; undefined where the endpoint does not say. */
  readonly missingMetrics?: readonly string[]
  /** Metrics that were asked for: CloudWatch bills them. */
  readonly requestedCount: number
}

/**
 * Asks CloudWatch once for the stream and, where shard-level metrics are on, for its open shards.
 * @throws FailureError, e.g. `unsupported` where the endpoint has no CloudWatch
 */
export async function fetchMetricBoard(
  context: Pick<Context, 'api' | 'metrics' | 'clock'>,
  stream: StreamRef,
  minutes: number,
  signal: AbortSignal,
  /** Minutes of the curves, where they reach further back. */
  seriesMinutes = minutes,
): Promise<MetricBoard> {
  const { api, metrics, clock } = context
  if (metrics === undefined) throw noMetrics()
  const [shards, summary] = await Promise.all([
    api.listShards(stream, { signal }),
    summaryIfTold(api, stream, signal),
  ])
  const missingMetrics = summary === undefined ? undefined : missingShardMetrics(summary.shardLevelMetrics)
  const on = SHARD_METRICS.filter(({ metricName }) => missingMetrics?.includes(metricName) !== true)
  const { streamName } = stream
  const queries = [
    ...STREAM_METRICS.map(metric => ({ streamName, ...metric })),
    ...shards.filter(isOpen).flatMap(({ shardId }) => on.map(metric => ({ streamName, shardId, ...metric }))),
  ]
  const range = settledMinutes(clock.now(), seriesMinutes)
  const series = await metrics.series(queries, { ...range, periodSeconds: 60 }, { signal })
  const board = boardFromMetrics({
    shards,
    series: series.map(({ query, points }) => ({
      metricName: query.metricName,
      ...(query.shardId === undefined ? {} : { shardId: query.shardId }),
      points,
    })),
    ...range,
    rateMinutes: minutes,
    atMillis: clock.now(),
  })
  return {
    board,
    shards,
    requestedCount: queries.length,
    ...(missingMetrics === undefined ? {} : { missingMetrics }),
  }
}

function noMetrics(): FailureError {
  return new FailureError({
    kind: 'unsupported',
    action: 'GetMetricData',
    message: 'there is no CloudWatch here',
    nextStep: 'Use the observed source.',
    retryable: false,
  })
}
