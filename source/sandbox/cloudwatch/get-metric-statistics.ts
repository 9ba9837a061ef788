import { findSeries } from '../engine/metrics.ts'
import { type CloudWatchCall, readTimeRange } from './call.ts'
import { CloudWatchError, validationError } from './cloudwatch-error.ts'
import type { GetMetricStatisticsInput } from './input-shapes.ts'
import { KINESIS_NAMESPACE, readDimensions, unitOf } from './namespace.ts'
import { isPeriod, periodsOf } from './periods.ts'
import { parseStatistic, type Statistic, type StatisticSet, statisticValue } from './statistics.ts'

const MAX_DATAPOINTS = 1440

const badValue = (message: string) => new CloudWatchError('InvalidParameterValue', message)
const badCombination = (message: string) => new CloudWatchError('InvalidParameterCombination', message)

/** Statistics of one metric. The points come in no order, as the service says of itself. */
export function getMetricStatistics(call: CloudWatchCall, input: GetMetricStatisticsInput) {
  const Namespace = required(input, 'Namespace')
  const MetricName = required(input, 'MetricName')
  const startTime = required(input, 'StartTime')
  const endTime = required(input, 'EndTime')
  const period = required(input, 'Period')
  const { Statistics, ExtendedStatistics, Unit, Dimensions = [] } = input
  if ((Statistics === undefined) === (ExtendedStatistics === undefined)) {
    throw badCombination(
      'Specify either Statistics or ExtendedStatistics, not both and not neither of the two.',
    )
  }
  if (!isPeriod(period)) {
    throw badValue(
      `The value ${period} for parameter Period is invalid. Period must be 1, 5, 10, 20, 30 or a multiple of 60.`,
    )
  }
  const range = readTimeRange(call, startTime, endTime, badValue)
  const asked = Math.floor((endTime - startTime) / 1000 / period)
  if (asked > MAX_DATAPOINTS) {
    throw badCombination(
      `You have requested up to ${asked.toLocaleString('en-US')} datapoints, which exceeds the limit of 1,440. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
    )
  }
  const basic = (Statistics ?? []).map(name => ({ name, statistic: statisticNamed(name) }))
  const extended = (ExtendedStatistics ?? []).map(name => ({ name, statistic: statisticNamed(name) }))
  const dimensions = readDimensions(Dimensions)
  const series =
    Namespace === KINESIS_NAMESPACE && dimensions !== undefined
      ? findSeries(call.metrics, dimensions, MetricName)
      : undefined
  const unit = unitOf(MetricName)
  if (series === undefined || (Unit !== undefined && Unit !== unit))
    return { Label: MetricName, Datapoints: [] }
  const Datapoints = [...periodsOf(series, range, period)].map(([second, set]) => ({
    Timestamp: new Date(second * 1000),
    ...valuesOf(basic, set),
    Unit: unit,
    ...(extended.length === 0
      ? {}
      : { ExtendedStatistics: new Map(Object.entries(valuesOf(extended, set))) }),
  }))
  return { Label: MetricName, Datapoints: Datapoints.sort((a, b) => disorder(a) - disorder(b)) }
}

function required<Key extends keyof GetMetricStatisticsInput>(
  input: GetMetricStatisticsInput,
  name: Key,
): NonNullable<GetMetricStatisticsInput[Key]> {
  const value = input[name]
  if (value === undefined) {
    throw new CloudWatchError('MissingParameter', `The parameter ${name} is required.`)
  }
  return value as NonNullable<GetMetricStatisticsInput[Key]>
}

function statisticNamed(name: string): Statistic {
  const statistic = parseStatistic(name)
  if (statistic !== undefined) return statistic
  throw validationError(
    `The value ${name} for parameter ExtendedStatistics is not supported here; percentiles (p50, p99.9) are.`,
  )
}

function valuesOf(wanted: { name: string; statistic: Statistic }[], set: StatisticSet) {
  const values: Record<string, number> = {}
  for (const { name, statistic } of wanted) {
    const value = statisticValue(statistic, set)
    if (value !== undefined) values[name] = value
  }
  return values
}

/** A fixed disorder, so that no client comes to rely on an order that the service does not promise. */
const disorder = ({ Timestamp }: { Timestamp: Date }) => ((Timestamp.getTime() / 60_000) * 40_503) % 65_536
