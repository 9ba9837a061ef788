import { allSeries, findSeries, type MetricSeries } from '../engine/metrics.ts'
import type { CloudWatchCall } from './call.ts'
import { type CloudWatchError, validationError } from './cloudwatch-error.ts'
import type { MetricDataQuery, MetricStat } from './input-shapes.ts'
import { isInsightsQuery } from './insights-query.ts'
import { SyntaxComplaint } from './lexer.ts'
import { hasPoints } from './list-metrics.ts'
import { parseMathExpression } from './math-expression.ts'
import { evaluate, type MathScope } from './math-functions.ts'
import { dimensionOf, dimensionsOf, KINESIS_NAMESPACE, readDimensions, unitOf } from './namespace.ts'
import { isPeriod, periodsOf, type TimeRange } from './periods.ts'
import { runInsights } from './run-insights.ts'
import { parseSearchQuery } from './search-query.ts'
import { parseStatistic, statisticValue } from './statistics.ts'
import type { TimeSeries, Value } from './time-series.ts'

/** Most series that one search gives. */
const MAX_SEARCH_RESULTS = 500
const DEFAULT_PERIOD_SECONDS = 300

/** The values of a request's queries, each computed once and only when it is needed. */
export class MetricQueries {
  readonly #call: CloudWatchCall
  readonly #range: TimeRange
  readonly #queries: ReadonlyMap<string, MetricDataQuery>
  readonly #values = new Map<string, Value | 'being computed'>()

  constructor(call: CloudWatchCall, range: TimeRange, queries: readonly MetricDataQuery[]) {
    this.#call = call
    this.#range = range
    this.#queries = new Map(queries.map(query => [query.Id, query]))
  }

  /** Errors: CloudWatchError (ValidationError), which names the query. */
  valueOf(query: MetricDataQuery): Value {
    const known = this.#values.get(query.Id)
    if (known === 'being computed') throw inExpression(query, 'it refers to itself')
    if (known !== undefined) return known
    this.#values.set(query.Id, 'being computed')
    const value =
      query.MetricStat === undefined ? this.#expressionValue(query) : this.#statValue(query, query.MetricStat)
    this.#values.set(query.Id, value)
    return value
  }

  #statValue(query: MetricDataQuery, { Metric, Period, Stat, Unit }: MetricStat): Value {
    for (const name of ['Namespace', 'MetricName'] as const) {
      if (Metric[name] === undefined) {
        throw validationError(`The parameter MetricDataQueries, query ${query.Id}, needs Metric.${name}.`)
      }
    }
    const dimensions = readDimensions(Metric.Dimensions ?? [])
    const series =
      Metric.Namespace === KINESIS_NAMESPACE && dimensions !== undefined
        ? findSeries(this.#call.metrics, dimensions, Metric.MetricName ?? '')
        : undefined
    requirePeriod(query, Period)
    const name = Metric.MetricName ?? ''
    const points = this.#points(query, series, Stat, Period)
    const isOfUnit = Unit === undefined || Unit === unitOf(name)
    return {
      kind: 'series',
      series: {
        name,
        periodSeconds: Period,
        points: isOfUnit ? points : new Map(),
        ...(series === undefined ? {} : { source: { series, stat: Stat } }),
      },
    }
  }

  #points(query: MetricDataQuery, series: MetricSeries | undefined, stat: string, periodSeconds: number) {
    const statistic = parseStatistic(stat)
    if (statistic === undefined) {
      throw validationError(
        `The value ${stat} for parameter MetricDataQueries, query ${query.Id}, Stat is not supported here; Sum, Average, Minimum, Maximum, SampleCount and percentiles (p99) are.`,
      )
    }
    const points = new Map<number, number>()
    if (series === undefined) return points
    for (const [second, set] of periodsOf(series, this.#range, periodSeconds)) {
      const value = statisticValue(statistic, set)
      if (value !== undefined) points.set(second, value)
    }
    return points
  }

  #expressionValue(query: MetricDataQuery): Value {
    const expression = query.Expression ?? ''
    try {
      if (isInsightsQuery(expression)) {
        if (query.Period === undefined)
          throw new SyntaxComplaint('a Metrics Insights query needs Period beside it')
        requirePeriod(query, query.Period)
        const { series, isGrouped } = runInsights(this.#call, expression, this.#range, query.Period)
        const first = series[0] ?? { name: '', periodSeconds: query.Period, points: new Map() }
        return isGrouped ? { kind: 'array', array: series } : { kind: 'series', series: first }
      }
      return evaluate(parseMathExpression(expression), this.#scopeOf(query))
    } catch (error) {
      if (error instanceof SyntaxComplaint) throw inExpression(query, error.message)
      throw error
    }
  }

  #scopeOf(query: MetricDataQuery): MathScope {
    return {
      reference: id => {
        const other = this.#queries.get(id)
        if (other === undefined) throw new SyntaxComplaint(`there is no query with the id '${id}'`)
        return this.valueOf(other)
      },
      metrics: part =>
        [...this.#queries.values()]
          .filter(({ Id, MetricStat }) => MetricStat !== undefined && Id.includes(part))
          .flatMap(other => {
            const value = this.valueOf(other)
            return value.kind === 'series' ? [value.series] : []
          }),
      search: (text, stat, period = query.Period ?? DEFAULT_PERIOD_SECONDS) =>
        this.#search(query, text, stat, period),
      grid: periodSeconds => {
        const end = Math.min(this.#range.endMs, this.#call.now) / 1000
        const seconds: number[] = []
        for (let second = this.#range.startSecond; second < end; second += periodSeconds) seconds.push(second)
        return seconds
      },
    }
  }

  /** Metrics that had data in the last two weeks, as the search finds them, each with its points. */
  #search(query: MetricDataQuery, text: string, stat: string, periodSeconds: number): TimeSeries[] {
    requirePeriod(query, periodSeconds)
    const matches = parseSearchQuery(text)
    const { metrics, now, publishedBefore } = this.#call
    const since = Math.floor(now / 60_000) - 14 * 24 * 60
    const found = [...allSeries(metrics)]
      .filter(series => matches(series) && hasPoints(series, since, publishedBefore))
      .slice(0, MAX_SEARCH_RESULTS)
    const nameOf = namesFor(found)
    return found.map(series => ({
      name: nameOf(series),
      periodSeconds,
      points: this.#points(query, series, stat, periodSeconds),
      source: { series, stat },
    }))
  }
}

/** Names that tell the found series apart: whatever is not the same in all of them. */
function namesFor(found: readonly MetricSeries[]): (series: MetricSeries) => string {
  const labels = [...new Set(found.flatMap(series => dimensionsOf(series).map(({ Name }) => Name)))]
  const varying = labels.filter(label => new Set(found.map(series => dimensionOf(series, label))).size > 1)
  const hasSeveralNames = new Set(found.map(({ metricName }) => metricName)).size > 1
  return series => {
    const parts = varying.map(label => dimensionOf(series, label)).filter(value => value !== undefined)
    if (hasSeveralNames || parts.length === 0) parts.push(series.metricName)
    return parts.join(' ')
  }
}

function requirePeriod(query: MetricDataQuery, seconds: number): void {
  if (isPeriod(seconds)) return
  throw validationError(
    `The value ${seconds} for parameter MetricDataQueries, query ${query.Id}, Period is invalid. Period must be 1, 5, 10, 20, 30 or a multiple of 60.`,
  )
}

export const inExpression = (query: MetricDataQuery, complaint: string): CloudWatchError =>
  validationError(`Error in expression '${query.Id}': ${complaint}`)
