import type { Deadline, ReaderLag } from './reader.ts'

/**
 * When the oldest unread data expires: with a lag that changes by `trend` seconds a second, retention is reached after
 * (retention - lag) / trend. A reader whose rate is not known is taken to stand still, which is the worst that it can do.
 */
export function deadlineOf(lag: ReaderLag, retentionPeriodHours: number): Deadline {
  if (lag.lagMillis <= 0) return { kind: 'none' }
  const left = retentionPeriodHours * 3_600_000 - lag.lagMillis
  if (left <= 0) return { kind: 'reached' }
  if (lag.trend === undefined) return { kind: 'in', millis: left, isAtPresentRate: false }
  if (lag.trend <= 0) return { kind: 'never' }
  return { kind: 'in', millis: left / lag.trend, isAtPresentRate: true }
}

/** Change of the lag for each second, by a straight line through the points (least squares); undefined below two. */
export function trendOf(
  points: readonly { readonly at: number; readonly lagMillis: number }[],
): number | undefined {
  const first = points[0]
  if (first === undefined || points.length < 2) return undefined
  const times = points.map(({ at }) => at - first.at)
  const lags = points.map(({ lagMillis }) => lagMillis - first.lagMillis)
  const meanTime = mean(times)
  const meanLag = mean(lags)
  let above = 0
  let below = 0
  times.forEach((time, index) => {
    above += (time - meanTime) * ((lags[index] ?? 0) - meanLag)
    below += (time - meanTime) ** 2
  })
  return below === 0 ? undefined : above / below
}

/** `catching up`, `standing still` and so on, in words for a line. */
export function trendText(trend: number | undefined): string {
  if (trend === undefined) return '-'
  if (trend >= 0.95) return 'standing'
  if (trend > 0.02) return 'falling behind'
  if (trend >= -0.02) return 'steady'
  return 'catching up'
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
