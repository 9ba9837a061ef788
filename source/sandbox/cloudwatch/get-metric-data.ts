import { hash } from 'node:crypto'
import { openToken, sealToken } from '../engine/token.ts'
import { type CloudWatchCall, readTimeRange } from './call.ts'
import { CloudWatchError, validationError } from './cloudwatch-error.ts'
import type { GetMetricDataInput, MetricDataQuery } from './input-shapes.ts'
import { isInsightsQuery } from './insights-query.ts'
import { labelOf } from './labels.ts'
import { inExpression, MetricQueries } from './metric-queries.ts'
import { inOrder, type TimeSeries } from './time-series.ts'

const MAX_QUERIES = 500
const MAX_DATAPOINTS = 100_800

/** What is known of the account for labels. */
export type Place = { region: string; accountId: string }

/** A page ends within a series; the next one goes on there, with the points that were published then. */
type Progress = { now: number; publishedBefore: number; series: number; point: number }

/** Several metrics and expressions at once, at most MaxDatapoints points a page, series by series. */
export function getMetricData(call: CloudWatchCall, input: GetMetricDataInput, place: Place) {
  const { MetricDataQueries, StartTime, EndTime, NextToken, MaxDatapoints = MAX_DATAPOINTS } = input
  if (MetricDataQueries === undefined) throw isRequired('MetricDataQueries')
  if (StartTime === undefined) throw isRequired('StartTime')
  if (EndTime === undefined) throw isRequired('EndTime')
  if (MaxDatapoints < 1 || MaxDatapoints > MAX_DATAPOINTS) {
    throw validationError(
      `The value ${MaxDatapoints} for parameter MaxDatapoints is invalid. It must be between 1 and 100,800.`,
    )
  }
  checkQueries(MetricDataQueries)
  const fingerprint = hash('sha1', JSON.stringify({ ...input, NextToken: undefined }), 'base64')
  const progress: Progress =
    NextToken === undefined
      ? { now: call.now, publishedBefore: call.publishedBefore, series: 0, point: 0 }
      : progressIn(NextToken, fingerprint)
  const then: CloudWatchCall = { ...call, now: progress.now, publishedBefore: progress.publishedBefore }
  const range = readTimeRange(then, StartTime, EndTime, validationError)
  const queries = new MetricQueries(then, range, MetricDataQueries)
  const answers = MetricDataQueries.flatMap(query => answersOf(query, queries, place))
  const page = pageOf(answers, progress, MaxDatapoints, input.ScanBy === 'TimestampAscending')
  return {
    MetricDataResults: page.results,
    ...(page.rest === undefined
      ? {}
      : { NextToken: sealToken('metric-data', { ...page.rest, of: fingerprint }) }),
    Messages: [],
  }
}

const isRequired = (name: string) => validationError(`The parameter ${name} is required.`)

function progressIn(token: string, fingerprint: string): Progress {
  const content = openToken('metric-data', token) as (Progress & { of: string }) | undefined
  if (content?.of === fingerprint) return content
  throw new CloudWatchError('InvalidNextToken', 'The token is not from a call with the same parameters.')
}

function checkQueries(queries: readonly MetricDataQuery[]): void {
  if (queries.length === 0) throw validationError('The parameter MetricDataQueries must not be empty.')
  if (queries.length > MAX_QUERIES) {
    throw validationError(
      `The collection MetricDataQueries must not have a size greater than ${MAX_QUERIES}; it has ${queries.length}.`,
    )
  }
  const ids = new Set<string>()
  for (const { Id, MetricStat, Expression } of queries) {
    if (!/^[a-z]\w*$/.test(Id)) {
      throw validationError(
        `The value ${Id} for parameter MetricDataQueries.Id is invalid. An id is a small letter followed by letters, digits and underscores.`,
      )
    }
    if (ids.has(Id))
      throw validationError(`The values for parameter id in MetricDataQueries are not unique: ${Id}.`)
    ids.add(Id)
    if ((MetricStat === undefined) === (Expression === undefined)) {
      throw validationError(
        `Query ${Id} must have either MetricStat or Expression, not both and not neither.`,
      )
    }
  }
  if (queries.every(({ ReturnData }) => ReturnData === false)) {
    throw validationError('At least one query in MetricDataQueries must return data.')
  }
  const insights = queries.filter(({ Expression = '' }) => isInsightsQuery(Expression))
  if (insights.length > 1) {
    throw validationError(
      `A call can have one Metrics Insights query; this has ${insights.length}: ${insights.map(({ Id }) => Id).join(', ')}.`,
    )
  }
}

type AnswerSeries = { id: string; label: string; series: TimeSeries }

/** The series a query gives to the caller. All of one query carry its id. */
function answersOf(query: MetricDataQuery, queries: MetricQueries, place: Place): AnswerSeries[] {
  if (query.ReturnData === false) return []
  const value = queries.valueOf(query)
  if (value.kind === 'scalar') {
    throw inExpression(query, 'it gives a single number; an expression must give time series to be returned')
  }
  const isOneOfSeveral = value.kind === 'array'
  const all = value.kind === 'array' ? value.array : [value.series]
  const isMath = query.Expression !== undefined && !isInsightsQuery(query.Expression)
  return all.map(series => {
    // One line of arithmetic is called by the id of its query, not by the metric it was made of.
    const own = isMath && !isOneOfSeveral ? { ...series, name: query.Id } : series
    return { id: query.Id, label: labelOf(query.Label, own, { isOneOfSeveral, ...place }), series }
  })
}

function pageOf(answers: readonly AnswerSeries[], from: Progress, most: number, isAscending: boolean) {
  const results: object[] = []
  let room = most
  for (let index = from.series; index < answers.length; index++) {
    const { id, label, series } = answers[index] as AnswerSeries
    const points = inOrder(series)
    if (!isAscending) points.reverse()
    const begin = index === from.series ? from.point : 0
    if (room === 0 && points.length > begin)
      return { results, rest: { ...from, series: index, point: begin } }
    const taken = points.slice(begin, begin + room)
    room -= taken.length
    const isWhole = begin + taken.length === points.length
    results.push({
      Id: id,
      Label: label,
      Timestamps: taken.map(([second]) => new Date(second * 1000)),
      Values: taken.map(([, value]) => value),
      StatusCode: isWhole ? 'Complete' : 'PartialData',
    })
    if (!isWhole) return { results, rest: { ...from, series: index, point: begin + taken.length } }
  }
  return { results, rest: undefined }
}
