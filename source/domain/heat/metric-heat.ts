import { countText } from '../quantity-text.ts'
import { compareByRange, isOpen, type Shard } from '../shard.ts'
import { compareShards, type HeatBoard, type ShardFigures, utilisationOf } from './shard-heat.ts'

const MINUTE_MILLIS = 60_000
/** The newest minute is still filling, and the one before it may not be complete yet. */
const UNSETTLED_MINUTES = 1

/** Shard-level metrics that the heat is told from; each has to be switched on (EnableEnhancedMonitoring). */
export const SHARD_METRICS = [
  { metricName: 'IncomingBytes', statistic: 'Sum' },
  { metricName: 'IncomingRecords', statistic: 'Sum' },
  { metricName: 'WriteProvisionedThroughputExceeded', statistic: 'Sum' },
  { metricName: 'IteratorAgeMilliseconds', statistic: 'Maximum' },
] as const

/** Their twins of the whole stream, which are always there. */
export const STREAM_METRICS = [
  { metricName: 'IncomingBytes', statistic: 'Sum' },
  { metricName: 'IncomingRecords', statistic: 'Sum' },
  { metricName: 'WriteProvisionedThroughputExceeded', statistic: 'Sum' },
  { metricName: 'GetRecords.IteratorAgeMilliseconds', statistic: 'Maximum' },
] as const

/** List price of 1,000 metrics in one or more GetMetricData calls, us-east-1, 2026-05. */
const DOLLARS_PER_THOUSAND_METRICS = 0.01

/** What asking for so many metrics once a minute costs: `8 metrics a minute, about $0.005 an hour at list price`. */
export function metricCostText(metricCount: number): string {
  const dollarsAnHour = ((metricCount * 60) / 1_000) * DOLLARS_PER_THOUSAND_METRICS
  const digits = dollarsAnHour < 0.1 ? 3 : 2
  return `${countText(metricCount)} metrics a minute while this is open, about $${dollarsAnHour.toFixed(digits)} an hour at list price`
}

/** One metric's points by minute; a minute without a point has no data, which is not 0. */
export type MinuteSeries = {
  /** Absent: of the whole stream. */
  readonly shardId?: string
  readonly metricName: string
  readonly points: readonly { readonly at: Date; readonly value: number }[]
}

/** The newest `minutes` whole minutes that CloudWatch has settled; `to` is excluded. */
export function settledMinutes(
  nowMillis: number,
  minutes: number,
): { readonly from: Date; readonly to: Date } {
  const to = Math.floor(nowMillis / MINUTE_MILLIS) - UNSETTLED_MINUTES
  return { from: new Date((to - minutes) * MINUTE_MILLIS), to: new Date(to * MINUTE_MILLIS) }
}

/** Which shard-level metrics the board lacks; an empty list when all are on. */
export function missingShardMetrics(shardLevelMetrics: readonly string[] | undefined): string[] {
  const on = new Set(shardLevelMetrics ?? [])
  return on.has('ALL') ? [] : SHARD_METRICS.map(({ metricName }) => metricName).filter(name => !on.has(name))
}

/**
 * The board from CloudWatch's minutes `[from, to)`. Rate = Sum / period over the minutes that have data. CloudWatch knows no
 * single seconds, so there is no peak second here.
 */
export function boardFromMetrics(question: {
  readonly shards: readonly Shard[]
  readonly series: readonly MinuteSeries[]
  readonly from: Date
  readonly to: Date
  /** Newest minutes that rates and refusals are told over; all where absent. Series always show all. */
  readonly rateMinutes?: number
  readonly atMillis: number
}): HeatBoard {
  const { shards, series, from, to, atMillis } = question
  const minutes = Math.round((to.getTime() - from.getTime()) / MINUTE_MILLIS)
  const tables = new Map<string, Table>()
  for (const { shardId = '', metricName, points } of series) {
    const table = tables.get(shardId) ?? new Map<string, ReadonlyMap<number, number>>()
    tables.set(shardId, table)
    table.set(
      metricName,
      new Map(points.map(({ at, value }) => [Math.floor(at.getTime() / MINUTE_MILLIS), value])),
    )
  }
  const rateMinutes = Math.min(minutes, question.rateMinutes ?? minutes)
  const span = { first: from.getTime() / MINUTE_MILLIS, minutes, rateMinutes }
  const ordered = [...shards].sort((a, b) => Number(isOpen(b)) - Number(isOpen(a)) || compareByRange(a, b))
  const compared = compareShards(
    ordered.map(shard => ({
      shard,
      figures: figuresOf(tables.get(shard.shardId), 'IteratorAgeMilliseconds', span),
    })),
    'of-one-time',
  )
  const whole = figuresOf(tables.get(''), 'GetRecords.IteratorAgeMilliseconds', span)
  const { openShardCount } = compared
  const [bytes, records] = [whole.bytesPerSecond?.perSecond, whole.recordsPerSecond?.perSecond]
  const ofWhole =
    bytes === undefined || records === undefined || openShardCount === 0
      ? undefined
      : utilisationOf(bytes / openShardCount, records / openShardCount).utilisation
  const freshAt = [whole, ...compared.shards].flatMap(figures => figures.freshAt ?? [])
  return {
    ...compared,
    source: 'cloudwatch',
    at: atMillis,
    windowSeconds: rateMinutes * 60,
    seriesSeconds: 60,
    topKeys: [],
    ...(bytes === undefined ? {} : { bytesPerSecond: bytes }),
    ...(records === undefined ? {} : { recordsPerSecond: records }),
    ...(ofWhole === undefined ? {} : { utilisation: ofWhole }),
    ...(whole.throttledRecords === undefined ? {} : { throttledRecords: whole.throttledRecords }),
    ...(whole.lagMillis === undefined ? {} : { lagMillis: whole.lagMillis }),
    ...(freshAt.length === 0 ? {} : { freshAt: freshAt.reduce((newest, at) => Math.max(newest, at)) }),
    series: whole.series.map(value =>
      value === undefined ? undefined : value / Math.max(1, openShardCount),
    ),
  }
}

type Table = Map<string, ReadonlyMap<number, number>>
type Span = { readonly first: number; readonly minutes: number; readonly rateMinutes: number }

function figuresOf(table: Table | undefined, lagMetric: string, span: Span): ShardFigures {
  const bytes = minutesOf(table?.get('IncomingBytes'), span)
  const records = minutesOf(table?.get('IncomingRecords'), span)
  const throttled = minutesOf(table?.get('WriteProvisionedThroughputExceeded'), span)
  const lags = minutesOf(table?.get(lagMetric), span)
  const byteRate = rateOf(bytes.slice(-span.rateMinutes))
  const recordRate = rateOf(records.slice(-span.rateMinutes))
  const refused = throttled.slice(-span.rateMinutes).filter(value => value !== undefined)
  const series = bytes.map((sum, index) => {
    const count = records[index]
    return sum === undefined && count === undefined
      ? undefined
      : utilisationOf((sum ?? 0) / 60, (count ?? 0) / 60).utilisation
  })
  const newest = series.findLastIndex(value => value !== undefined)
  const lag = lags.findLast(value => value !== undefined)
  return {
    series,
    ...(byteRate === undefined ? {} : { bytesPerSecond: byteRate }),
    ...(recordRate === undefined ? {} : { recordsPerSecond: recordRate }),
    ...(byteRate === undefined && recordRate === undefined
      ? {}
      : utilisationOf(byteRate?.perSecond ?? 0, recordRate?.perSecond ?? 0)),
    ...(refused.length > 0 ? { throttledRecords: refused.reduce((sum, value) => sum + value, 0) } : {}),
    ...(lag === undefined ? {} : { lagMillis: lag }),
    ...(newest < 0 ? {} : { freshAt: (span.first + newest + 1) * MINUTE_MILLIS }),
  }
}

function minutesOf(
  points: ReadonlyMap<number, number> | undefined,
  { first, minutes }: Span,
): (number | undefined)[] {
  return Array.from({ length: minutes }, (_, index) => points?.get(first + index))
}

function rateOf(sums: readonly (number | undefined)[]) {
  const known = sums.filter(sum => sum !== undefined)
  if (known.length === 0) return undefined
  const seconds = known.length * 60
  const perSecond = known.reduce((total, value) => total + value, 0) / seconds
  return { kind: 'measured', perSecond, seconds } as const
}
