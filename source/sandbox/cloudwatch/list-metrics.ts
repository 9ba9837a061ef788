import { pointsBetween } from '../engine/metric-points.ts'
import { allSeries, type MetricSeries } from '../engine/metrics.ts'
import { openToken, sealToken } from '../engine/token.ts'
import type { CloudWatchCall } from './call.ts'
import { CloudWatchError } from './cloudwatch-error.ts'
import type { ListMetricsInput } from './input-shapes.ts'
import { dimensionOf, dimensionsOf, KINESIS_NAMESPACE } from './namespace.ts'

const PAGE_SIZE = 500
const TWO_WEEKS_MINUTES = 14 * 24 * 60
const THREE_HOURS_MINUTES = 180

/** Metrics with data in the last two weeks (or three hours), 500 a page. */
export function listMetrics(call: CloudWatchCall, input: ListMetricsInput) {
  const { NextToken, ...filter } = input
  const from = NextToken === undefined ? 0 : placeIn(NextToken, filter)
  const minutes = input.RecentlyActive === undefined ? TWO_WEEKS_MINUTES : THREE_HOURS_MINUTES
  const since = Math.floor(call.now / 60_000) - minutes
  const found =
    input.Namespace === undefined || input.Namespace === KINESIS_NAMESPACE
      ? [...allSeries(call.metrics)].filter(
          series => matches(series, input) && hasPoints(series, since, call.publishedBefore),
        )
      : []
  const more = found.length > from + PAGE_SIZE
  return {
    Metrics: found.slice(from, from + PAGE_SIZE).map(series => ({
      Namespace: KINESIS_NAMESPACE,
      MetricName: series.metricName,
      Dimensions: dimensionsOf(series),
    })),
    ...(more ? { NextToken: sealToken('metrics', [from + PAGE_SIZE, JSON.stringify(filter)]) } : {}),
  }
}

function placeIn(token: string, filter: object): number {
  const content = openToken('metrics', token)
  if (Array.isArray(content) && content[1] === JSON.stringify(filter)) return content[0] as number
  throw new CloudWatchError('InvalidParameterValue', 'Invalid nextToken: it is not from this listing.')
}

/** All filters must hold; the metric may have more dimensions than were named. */
function matches(series: MetricSeries, { MetricName, Dimensions = [] }: ListMetricsInput): boolean {
  if (MetricName !== undefined && MetricName !== series.metricName) return false
  return Dimensions.every(({ Name, Value }) => {
    const own = dimensionOf(series, Name)
    return own !== undefined && (Value === undefined || Value === own)
  })
}

/** Whether there is any published point since a minute. */
export function hasPoints(series: MetricSeries, since: number, before: number): boolean {
  return pointsBetween(series.points, since, before).next().done !== true
}
