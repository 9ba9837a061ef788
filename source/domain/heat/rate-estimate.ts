/** One stretch of time in which everything was seen, and the longer stretch that it was drawn from at random. */
export type SampleWindow = {
  readonly seconds: number
  readonly amount: number
  /** Seconds that the window stands for; its own length where everything was seen. */
  readonly spanSeconds: number
}

/** A rate and how sure it is. `measured` saw everything of `seconds`; `estimated` scales windows up. */
export type RateEstimate =
  | { readonly kind: 'measured'; readonly perSecond: number; readonly seconds: number }
  | {
      readonly kind: 'estimated'
      readonly perSecond: number
      /** The 95 % interval; absent while too few windows were seen to tell one. `low` is never negative. */
      readonly interval?: { readonly low: number; readonly high: number }
      /** Windows that stand for more than themselves. */
      readonly windowCount: number
      /** Seconds that were seen, out of `spanSeconds`. */
      readonly seconds: number
      readonly spanSeconds: number
    }

/** Fewer windows than this give no interval worth the name. */
export const MIN_SAMPLE_WINDOWS = 4

/**
 * The mean rate over a span of time of which only windows were seen. Each window is drawn at random out of the stretch
 * that it stands for (stratified sampling), so its rate is weighted by that stretch. The 95 % interval comes from the
 * spread between windows (Student's t with n - 1 degrees of freedom, finite-population correction for the part that was
 * seen); the spread within strata is no larger than that, so the interval errs on the wide side. Traffic has bursts and
 * few windows miss them, so its upper end is told as if one more window had been seen, as far above the highest as that
 * lies above the mean.
 * Undefined without any window. Source: Cochran, Sampling Techniques, stratified random sampling.
 */
export function estimateRate(windows: readonly SampleWindow[]): RateEstimate | undefined {
  const spanSeconds = sumOf(windows, window => window.spanSeconds)
  const seconds = sumOf(windows, window => window.seconds)
  if (seconds <= 0 || spanSeconds <= 0) return undefined
  const perSecond = weightedMean(windows)
  const sampled = windows.filter(window => window.spanSeconds > window.seconds)
  const count = sampled.length
  if (count === 0) return { kind: 'measured', perSecond, seconds }
  const estimate = { kind: 'estimated', perSecond, windowCount: count, seconds, spanSeconds } as const
  if (count < MIN_SAMPLE_WINDOWS) return estimate
  const sampledRate = weightedMean(sampled)
  const highest = sampled.reduce((most, window) => Math.max(most, rateOf(window)), 0)
  const meanSpan = sumOf(sampled, window => window.spanSeconds) / count
  const unseenBurst = { seconds: 1, amount: 2 * highest - sampledRate, spanSeconds: meanSpan }
  const error = standardError(sampled, spreadOf(sampled), spanSeconds)
  const errorAbove = standardError(sampled, spreadOf([...sampled, unseenBurst]), spanSeconds)
  const quantile = studentQuantile975(count - 1)
  return {
    ...estimate,
    interval: {
      low: Math.max(0, perSecond - quantile * error),
      high: perSecond + quantile * Math.max(error, errorAbove),
    },
  }
}

function rateOf(window: SampleWindow): number {
  return window.amount / window.seconds
}

function weightedMean(windows: readonly SampleWindow[]): number {
  const span = sumOf(windows, window => window.spanSeconds)
  return sumOf(windows, window => rateOf(window) * window.spanSeconds) / span
}

function spreadOf(windows: readonly SampleWindow[]): number {
  const mean = weightedMean(windows)
  const squares = sumOf(windows, window => (rateOf(window) - mean) ** 2 * window.spanSeconds)
  const span = sumOf(windows, window => window.spanSeconds)
  return (squares / span) * (windows.length / (windows.length - 1))
}

function standardError(windows: readonly SampleWindow[], spread: number, spanSeconds: number): number {
  const variance = sumOf(
    windows,
    window => (window.spanSeconds / spanSeconds) ** 2 * (1 - window.seconds / window.spanSeconds) * spread,
  )
  return Math.sqrt(variance)
}

function sumOf(windows: readonly SampleWindow[], of: (window: SampleWindow) => number): number {
  return windows.reduce((sum, window) => sum + of(window), 0)
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
