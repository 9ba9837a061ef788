import type { Failure } from '../domain/failure.ts'

const THROTTLE_BASE_MILLIS = 1_000
const THROTTLE_MAX_MILLIS = 10_000
const FAILURE_BASE_MILLIS = 500
const FAILURE_MAX_MILLIS = 30_000
const CREDENTIALS_BASE_MILLIS = 4_000

/** Kinds that can pass without anybody changing the call: a tail keeps its place and tries again. */
export function isWorthRetrying(failure: Failure): boolean {
  switch (failure.kind) {
    case 'throttled':
    case 'unreachable':
    case 'service':
    case 'bad-answer':
    // Renewed in another window while the tail waits.
    case 'credentials':
    case 'expired-token':
      return true
    default:
      return failure.retryable
  }
}

/**
 * Milliseconds until the next try after `attempt` (1, 2, …) refusals for throughput. The service blocks a shard for
 * about a second; jitter only adds, so that a reader never comes back faster than its pace.
 */
export function throttleDelayMillis(attempt: number, random: () => number): number {
  return withJitter(doubled(THROTTLE_BASE_MILLIS, attempt, THROTTLE_MAX_MILLIS), random)
}

/** Milliseconds until the next try after `attempt` (1, 2, …) failures of another kind. */
export function failureDelayMillis(failure: Failure, attempt: number, random: () => number): number {
  const isCredentials = failure.kind === 'credentials' || failure.kind === 'expired-token'
  const base = isCredentials ? CREDENTIALS_BASE_MILLIS : FAILURE_BASE_MILLIS
  return withJitter(doubled(base, attempt, FAILURE_MAX_MILLIS), random)
}

function doubled(base: number, attempt: number, most: number): number {
  return Math.min(most, base * 2 ** Math.min(attempt - 1, 16))
}

function withJitter(millis: number, random: () => number): number {
  return Math.round(millis * (1 + random() / 2))
}
