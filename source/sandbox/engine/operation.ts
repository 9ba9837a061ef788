import type { Account } from './account.ts'

/** What an operation knows besides its input: all state there is, and the moment it happens. */
export type Call = {
  account: Account
  now: number
  /** When the request came in, where it had to wait before it was done; else `now`. */
  arrivedAt?: number
}

/** How long a call took on the sandbox's clock, in milliseconds: what the Latency metrics say. */
export const latencyOf = ({ now, arrivedAt = now }: Call) => now - arrivedAt

/**
 * Operations by name. Inputs have passed the model's constraints already, times are epoch milliseconds, bytes are
 * Uint8Array, maps are Map. Outputs are the API's own structures, with Date for times and Uint8Array for bytes.
 */
export type OperationTable = Record<string, (call: Call, input: never) => object>

/** Limits of pages: what the service sends at most, whatever is asked. */
export const pageSize = (asked: number | undefined, most: number) => Math.min(asked ?? most, most)
