import { pointsBetween } from '../engine/metric-points.ts'
import { FINE_DAYS, type MetricSeries } from '../engine/metrics.ts'
import { merge, type StatisticSet } from './statistics.ts'

/** The times a query covers. */
export type TimeRange = {
  /** Epoch seconds; included. */
  startSecond: number
  /** Epoch milliseconds; not included. */
  endMs: number
  /** Minutes (epoch) before this one are published; later ones are still on their way. */
  publishedBefore: number
}

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000

/**
 * Puts the start on the grid CloudWatch uses: whole minutes for the last 15 days, five minutes before that, hours for
 * more than 63 days. Periods count from there, so the start decides which timestamps come back.
 */
export function roundedStart(startMs: number, now: number): number {
  const age = now - startMs
  const grid = age <= FINE_DAYS * DAY_MS ? MINUTE_MS : age <= 63 * DAY_MS ? 5 * MINUTE_MS : 60 * MINUTE_MS
  return (Math.floor(startMs / grid) * grid) / 1000
}

/** Whether a period can be asked for at all: a multiple of a minute, or one of the high-resolution ones. */
export const isPeriod = (seconds: number) => seconds % 60 === 0 || [1, 5, 10, 20, 30].includes(seconds)

/**
 * The samples of a series, period by period: epoch second at which the period begins -> statistics. Periods without
 * samples are absent. Points that were rolled up to five minutes answer only periods of a multiple of that.
 */
export function periodsOf(
  series: MetricSeries,
  { startSecond, endMs, publishedBefore }: TimeRange,
  periodSeconds: number,
): Map<number, StatisticSet> {
  const periods = new Map<number, StatisticSet>()
  const endMinute = Math.min(Math.ceil(endMs / MINUTE_MS), publishedBefore)
  for (const point of pointsBetween(series.points, startSecond / 60, endMinute)) {
    if (point.minutes === 5 && periodSeconds % 300 !== 0) continue
    const second = point.minute * 60
    const begin = startSecond + Math.floor((second - startSecond) / periodSeconds) * periodSeconds
    periods.set(begin, merge(periods.get(begin), point))
  }
  return periods
}
