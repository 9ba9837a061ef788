import type { FailureKind } from '../domain/failure.ts'

export const EXIT_OK = 0
/** SIGINT, as a shell reports it: 128 + 2. */
export const EXIT_INTERRUPTED = 130
/** SIGTERM: 128 + 15. */
export const EXIT_TERMINATED = 143

/** The exit code of each kind of failure. Published in README.md: a number never changes its meaning. */
export const EXIT_CODES: Readonly<Record<FailureKind, number>> = {
  internal: 1,
  usage: 2,
  'not-found': 3,
  denied: 4,
  credentials: 5,
  'expired-token': 5,
  throttled: 6,
  quota: 7,
  conflict: 8,
  invalid: 9,
  'read-only': 10,
  unsupported: 11,
  unreachable: 12,
  'bad-answer': 13,
  service: 14,
  incomplete: 15,
  'expired-iterator': 16,
  'over-limit': 17,
  'nothing-found': 18,
  // Reported where a signal did not end the program itself: the user called the act off.
  aborted: EXIT_INTERRUPTED,
}

export function exitCodeOf(kind: FailureKind): number {
  return EXIT_CODES[kind]
}
