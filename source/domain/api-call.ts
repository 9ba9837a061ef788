import type { FailureKind } from './failure.ts'

/** One finished call of a Kinesis operation, for the log of calls and the throttle counts. */
export type ApiCall = {
  /** The operation's API name, e.g. `GetRecords`. */
  readonly operation: string
  /** What it was about: stream name, and shard where there is one. */
  readonly target: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly durationMillis: number
  readonly outcome: 'ok' | FailureKind
  /** The failure's message; absent on success. */
  readonly message?: string
  /** The service's error name, e.g. `LimitExceededException`. */
  readonly errorName?: string
}
