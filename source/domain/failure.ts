/** What went wrong, by what the user can do about it. Each kind has one exit code (cli/exit-codes.ts). */
export type FailureKind =
  | 'usage' // a flag, value or file of the caller is wrong
  | 'denied' // IAM or a policy refused the action
  | 'credentials' // none, expired, or not loadable
  | 'not-found'
  | 'throttled' // slow down and it will work
  | 'quota' // a limit is used up; retrying does not help
  | 'conflict' // the stream is in another state than the action needs
  | 'invalid' // the service refused the request's values
  | 'incomplete' // an act was accepted, yet its whole effect was not seen
  | 'nothing-found' // a search came to its end without a result
  | 'over-limit' // a shard is above the threshold that the caller set
  | 'expired-iterator'
  | 'expired-token'
  | 'read-only' // refused here, before any request
  | 'unsupported' // the endpoint does not know the operation
  | 'unreachable' // no connection, DNS, TLS, time-out
  | 'bad-answer' // an answer that is not Kinesis: a proxy's HTML, broken JSON
  | 'service' // the service's own fault (5xx)
  | 'aborted'
  | 'internal' // ours

/** A failure as a value: what was tried, what happened, what to do next. All texts are untrusted until drawn. */
export type Failure = {
  readonly kind: FailureKind
  /** The API operation or the act of ours, e.g. `SplitShard`. */
  readonly action: string
  readonly message: string
  /** What the user should do now, one sentence. */
  readonly nextStep?: string
  /** Whether the same call can work a moment later. */
  readonly retryable: boolean
  /** The service's error name, e.g. `ResourceInUseException`. */
  readonly errorName?: string
  readonly httpStatusCode?: number
}

/** The one error class that crosses layers; carries a Failure. */
export class FailureError extends Error {
  readonly failure: Failure

  constructor(failure: Failure, options?: { cause?: unknown }) {
    super(failure.message, options)
    this.name = 'FailureError'
    this.failure = failure
  }
}

/** The Failure inside anything thrown; what is not a FailureError is our own bug, kind `internal`. */
export function failureOf(error: unknown, action: string): Failure {
  if (error instanceof FailureError) return error.failure
  const message = error instanceof Error ? error.message : String(error)
  return { kind: 'internal', action, message, retryable: false }
}

/** A refusal of the caller's input: names the value, the rule and the next step. */
export function usageFailure(action: string, message: string, nextStep?: string): FailureError {
  return new FailureError({
    kind: 'usage',
    action,
    message,
    retryable: false,
    ...(nextStep === undefined ? {} : { nextStep }),
  })
}
