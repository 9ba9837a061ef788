import { isReadingOperation } from './guard.ts'
import type { Verdict } from './verdict.ts'

/** What an error that the service named means, or undefined for a name that is not known. */
export function serviceVerdict(name: string, message: string, operation: string): Verdict | undefined {
  if (name === 'LimitExceededException') return limitVerdict(message, operation)
  // The name is the endpoint's text: `constructor` must not find anything.
  return Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined
}

/** Rate and quota share one exception; only its text tells them apart, and a reading call can only be too fast. */
function limitVerdict(message: string, operation: string): Verdict {
  const isRate = /rate exceeded|throttl|too many requests|too fast|slow down|per second|\btps\b/i.test(
    message,
  )
  if (isRate || isReadingOperation(operation)) return THROTTLED
  if (operation === 'UpdateShardCount') {
    return {
      kind: 'quota',
      nextStep:
        'UpdateShardCount works 10 times in 24 hours and stream, within the shard limit; single splits and merges do not count.',
    }
  }
  return {
    kind: 'quota',
    nextStep: 'A limit of the account is used up: see DescribeLimits and Service Quotas.',
  }
}

/** Error names with which the service says that the keys are dead or unknown, so that reading them anew can help. */
export const DEAD_CREDENTIAL_NAMES: ReadonlySet<string> = new Set([
  'ExpiredTokenException',
  'ExpiredToken',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
])

const KMS_STEP = 'Look at the KMS key of the stream: its state, its policy and your rights to it.'
const EXPIRED_STEP = 'Renew the credentials (for SSO: `aws sso login`); the console goes on by itself.'

/** Too many calls, however it is said. */
export const THROTTLED: Verdict = {
  kind: 'throttled',
  nextStep: 'Go slower; the limit is shared by the account.',
  retryable: true,
}
export const SERVICE_FAULT: Verdict = {
  kind: 'service',
  nextStep: 'The fault is on the side of the service: try again.',
  retryable: true,
  isUncertain: true,
}
export const DENIED: Verdict = {
  kind: 'denied',
  nextStep: 'Ask for the permission named above, or choose another profile.',
}

const BY_NAME: Readonly<Record<string, Verdict>> = {
  ResourceNotFoundException: {
    kind: 'not-found',
    nextStep: 'Check the name, the account and the region.',
  },
  ResourceInUseException: {
    kind: 'conflict',
    nextStep: 'Wait until the stream is ACTIVE again, or choose a name that is free.',
  },
  InvalidArgumentException: { kind: 'invalid' },
  ValidationException: { kind: 'invalid' },
  ValidationError: { kind: 'invalid' },
  SerializationException: { kind: 'invalid' },
  ExpiredIteratorException: { kind: 'expired-iterator', retryable: true },
  ExpiredNextTokenException: { kind: 'expired-token', retryable: true },
  ProvisionedThroughputExceededException: {
    kind: 'throttled',
    nextStep: 'The shard is shared with other readers and writers: go slower.',
    retryable: true,
  },
  ThrottlingException: THROTTLED,
  Throttling: THROTTLED,
  TooManyRequestsException: THROTTLED,
  RequestLimitExceeded: THROTTLED,
  SlowDown: THROTTLED,
  KMSThrottlingException: {
    kind: 'throttled',
    nextStep: 'KMS, not Kinesis, is the bottleneck.',
    retryable: true,
  },
  AccessDeniedException: DENIED,
  AccessDenied: DENIED,
  OptInRequired: { kind: 'denied', nextStep: 'The region or the service is not enabled for the account.' },
  KMSAccessDeniedException: { kind: 'denied', nextStep: KMS_STEP },
  KMSDisabledException: { kind: 'conflict', nextStep: KMS_STEP },
  KMSInvalidStateException: { kind: 'conflict', nextStep: KMS_STEP },
  KMSNotFoundException: { kind: 'not-found', nextStep: KMS_STEP },
  KMSOptInRequired: { kind: 'denied', nextStep: KMS_STEP },
  ExpiredTokenException: { kind: 'credentials', nextStep: EXPIRED_STEP },
  ExpiredToken: { kind: 'credentials', nextStep: EXPIRED_STEP },
  UnrecognizedClientException: {
    kind: 'credentials',
    nextStep: 'The keys are unknown to this endpoint: check profile and region, or renew them.',
  },
  InvalidClientTokenId: {
    kind: 'credentials',
    nextStep: 'The access key is unknown: check profile and region.',
  },
  InvalidSignatureException: {
    kind: 'credentials',
    nextStep: 'Check the secret key, and the clock of this machine.',
  },
  SignatureDoesNotMatch: {
    kind: 'credentials',
    nextStep: 'Check the secret key, and the clock of this machine.',
  },
  IncompleteSignatureException: { kind: 'credentials' },
  MissingAuthenticationTokenException: { kind: 'credentials' },
  RequestExpired: { kind: 'credentials', nextStep: 'Set the clock of this machine.' },
  InternalFailure: SERVICE_FAULT,
  InternalFailureException: SERVICE_FAULT,
  InternalServerError: SERVICE_FAULT,
  ServiceUnavailable: SERVICE_FAULT,
}
