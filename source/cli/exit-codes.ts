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

/** What the manual page says of each code, as README.md does. */
export const EXIT_MEANINGS: readonly (readonly [string, string])[] = [
  ['0', 'Done; also when the reader of a pipe has gone (| head -1), and when sandbox was stopped'],
  ['1', 'A fault of shardscope itself'],
  ['2', 'Wrong usage: a flag, value or file'],
  ['3', 'No such stream or shard'],
  ['4', 'Denied by IAM or a policy'],
  ['5', 'No credentials, or expired ones'],
  ['6', 'Throttled, after retries'],
  ['7', 'A quota is used up; retrying does not help'],
  ['8', 'The stream or shard is in another state than the act needs; the port is taken'],
  ['9', 'Refused values, by the service or by its known rules'],
  ['10', 'Refused because the session is read-only'],
  ['11', 'The endpoint does not know the operation'],
  ['12', 'Nobody answers at the endpoint'],
  ['13', "An answer that is not Kinesis, such as a proxy's page"],
  ['14', 'A fault of the service'],
  ['15', 'The request was taken, but its whole effect was not seen'],
  ['16', 'An iterator expired and could not be renewed'],
  [
    '17',
    'A measured or forecast value is above the limit that was asked for; a plan whose target cannot be reached',
  ],
  ['18', 'find came to the end of the time, and found nothing'],
  ['78', 'Node is too old'],
  ['130, 143', 'Ended by SIGINT (or Ctrl-C), SIGTERM'],
]
