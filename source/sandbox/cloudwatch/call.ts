import type { Metrics } from '../engine/metrics.ts'
import type { CloudWatchError } from './cloudwatch-error.ts'
import { roundedStart, type TimeRange } from './periods.ts'

/** What an operation knows besides its input. */
export type CloudWatchCall = {
  metrics: Metrics
  /** Epoch milliseconds. */
  now: number
  /** Minutes (epoch milliseconds / 60,000) before this one are published; later ones are still on their way. */
  publishedBefore: number
}

/**
 * The range a query covers; `refusal` makes the error of whichever operation asks. Times count in whole seconds, as
 * CloudWatch disregards anything finer.
 */
export function readTimeRange(
  call: CloudWatchCall,
  startMs: number,
  endMs: number,
  refusal: (message: string) => CloudWatchError,
): TimeRange {
  const [start, end] = [startMs, endMs].map(time => Math.floor(time / 1000) * 1000) as [number, number]
  if (start === end) throw refusal('The parameter StartTime must not equal parameter EndTime.')
  if (start > end) throw refusal('The parameter StartTime must be less than the parameter EndTime.')
  return {
    startSecond: roundedStart(start, call.now),
    endMs: end,
    publishedBefore: call.publishedBefore,
  }
}
