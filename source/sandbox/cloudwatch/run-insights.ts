import { allSeries, type MetricSeries } from '../engine/metrics.ts'
import type { CloudWatchCall } from './call.ts'
import { type InsightsFunction, type InsightsQuery, parseInsightsQuery } from './insights-query.ts'
import { dimensionOf, KINESIS_NAMESPACE, schemaOf } from './namespace.ts'
import { periodsOf, type TimeRange } from './periods.ts'
import { merge, type StatisticSet, statisticValue } from './statistics.ts'
import type { TimeSeries } from './time-series.ts'

const STATISTICS = {
  AVG: 'Average',
  COUNT: 'SampleCount',
  MAX: 'Maximum',
  MIN: 'Minimum',
  SUM: 'Sum',
} as const

/**
 * Runs a Metrics Insights query: one series, or one for each value of what it groups by. Without ORDER BY the groups
 * come in no promised order; the default direction is ascending. Errors: SyntaxComplaint.
 */
export function runInsights(
  call: CloudWatchCall,
  expression: string,
  range: TimeRange,
  periodSeconds: number,
): { series: TimeSeries[]; isGrouped: boolean } {
  const query = parseInsightsQuery(expression)
  const groups = new Map<string, { periods: Map<number, StatisticSet>; total?: StatisticSet }>()
  for (const series of allSeries(call.metrics)) {
    const name = isWanted(query, series) ? groupOf(query, series) : undefined
    if (name === undefined) continue
    const periods = periodsOf(series, range, periodSeconds)
    if (periods.size === 0) continue
    const group = groups.get(name) ?? { periods: new Map<number, StatisticSet>() }
    groups.set(name, group)
    for (const [second, set] of periods) {
      group.periods.set(second, merge(group.periods.get(second), set))
      group.total = merge(group.total, set)
    }
  }
  const named = [...groups].map(([name, { periods, total }]) => ({
    rank: total === undefined ? 0 : figure(query.orderBy?.aggregate ?? query.aggregate, total),
    series: {
      name,
      periodSeconds,
      points: new Map([...periods].map(([second, set]) => [second, figure(query.aggregate, set)])),
    },
  }))
  if (query.orderBy !== undefined) {
    const sign = query.orderBy.descending ? -1 : 1
    named.sort((a, b) => sign * (a.rank - b.rank))
  }
  return {
    series: named.slice(0, query.limit ?? 500).map(({ series }) => series),
    isGrouped: query.groupBy.length > 0,
  }
}

function isWanted({ namespace, metricName, schema, where }: InsightsQuery, series: MetricSeries): boolean {
  if (namespace !== KINESIS_NAMESPACE || metricName !== series.metricName) return false
  if (schema !== undefined && [...schema].sort().join(',') !== schemaOf(series)) return false
  return where.every(({ label, equal, value }) => (dimensionOf(series, label) === value) === equal)
}

/** What a series is grouped under, or nothing where it lacks such a dimension. */
function groupOf({ groupBy, metricName }: InsightsQuery, series: MetricSeries): string | undefined {
  if (groupBy.length === 0) return metricName
  const values = groupBy.map(label => dimensionOf(series, label))
  return values.includes(undefined) ? undefined : values.join(' ')
}

const figure = (aggregate: InsightsFunction, set: StatisticSet) =>
  statisticValue({ kind: STATISTICS[aggregate] }, set) ?? 0
