/** One stretch of time in which everything was seen. */
export type SampleWindow = { readonly seconds: number; readonly amount: number }

/** A rate and how sure it is. `measured` saw everything of `seconds`; `estimated` scales windows up. */
export type RateEstimate =
  | { readonly kind: 'measured'; readonly perSecond: number; readonly seconds: number }
  | {
      readonly kind: 'estimated'
      readonly perSecond: number
      /** Bounds of the 95 % interval; `low` is never negative. */
      readonly low: number
      readonly high: number
      readonly windowCount: number
      /** Seconds that were seen, out of `spanSeconds`. */
      readonly seconds: number
      readonly spanSeconds: number
    }

/** Fewer windows than this give no interval worth the name. */
export const MIN_SAMPLE_WINDOWS = 4

/**
 * The rate over a span of time of which only windows were seen: the ratio of amounts to seconds, with a 95 % interval
 * from the spread between windows (ratio estimator, Student's t with n - 1 degrees of freedom, finite-population
 * correction for the part of the span that was seen). Windows must be spread over the span independently of the
 * traffic. Undefined with fewer than `MIN_SAMPLE_WINDOWS` windows.
 * Source: Cochran, Sampling Techniques, ratio estimates.
 */
export function estimateRate(
  windows: readonly SampleWindow[],
  spanSeconds: number,
): RateEstimate | undefined {
  const count = windows.length
  if (count < MIN_SAMPLE_WINDOWS) return undefined
  const seconds = windows.reduce((sum, window) => sum + window.seconds, 0)
  if (seconds <= 0) return undefined
  const amount = windows.reduce((sum, window) => sum + window.amount, 0)
  const perSecond = amount / seconds
  const seenShare = Math.min(1, seconds / spanSeconds)
  const squares = windows.reduce((sum, window) => sum + (window.amount - perSecond * window.seconds) ** 2, 0)
  const standardError = Math.sqrt(((count / (count - 1)) * squares * (1 - seenShare)) / seconds ** 2)
  const margin = studentQuantile975(count - 1) * standardError
  return {
    kind: 'estimated',
    perSecond,
    low: Math.max(0, perSecond - margin),
    high: perSecond + margin,
    windowCount: count,
    seconds,
    spanSeconds,
  }
}

// Two-sided 95 % points of Student's t for 1 to 10 degrees of freedom; beyond, the expansion below errs by < 0.001.
const STUDENT_975 = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228]

/** The 0.975 quantile of Student's t (Abramowitz and Stegun 26.7.5 from 11 degrees of freedom on). */
export function studentQuantile975(degreesOfFreedom: number): number {
  const tabled = STUDENT_975[degreesOfFreedom - 1]
  if (tabled !== undefined) return tabled
  const z = 1.959964
  const n = degreesOfFreedom
  return (
    z +
    (z ** 3 + z) / (4 * n) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * n ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * n ** 3)
  )
}
