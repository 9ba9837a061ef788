import type { Estimate } from '../domain/cost/estimate.ts'
import type { Prices } from '../domain/cost/prices.ts'

/** Traffic that is typed in place of what is observed, as typed; what is absent is observed, or told by the stream. */
export type TypedTraffic = {
  readonly recordsPerSecond?: string | undefined
  /** Data and partition key. */
  readonly averageKib?: string | undefined
  readonly pollingConsumers?: number | undefined
  readonly fanOutConsumers?: number | undefined
  /** Hours. */
  readonly retention?: number | undefined
  /** Average of the month in percent of the highest rate. */
  readonly loadShare?: string | undefined
  /** How long to observe, such as `60s`. */
  readonly for?: string | undefined
}

/** What a stream would cost in each mode, with the prices and the traffic that it was worked out from. */
export type MadeEstimate = {
  readonly estimate: Estimate
  readonly prices: Prices
  /** Where the traffic is from, in words. */
  readonly basis: string
}
