import { type Failure, FailureError, type FailureKind } from '../domain/failure.ts'
import { isReadingOperation } from './guard.ts'
import { NotKinesisAnswer } from './plain-json.ts'

/** What the caller knows about a call that failed. */
export type CallContext = {
  /** The API operation, e.g. `SplitShard`. */
  readonly operation: string
  readonly endpointUrl: string
  /** Whether the caller's own signal ended the call. */
  readonly isAborted?: boolean
  /** Set when the deadline of the whole call ended it. */
  readonly deadlineMillis?: number
}

type Verdict = {
  kind: FailureKind
  message?: string
  nextStep?: string
  retryable?: boolean
  isUncertain?: boolean
}

/** Any error of the SDK or the network as a FailureError, by what the user can do. What is one already passes. */
export function failureFrom(error: unknown, context: CallContext): FailureError {
  if (error instanceof FailureError) return error
  const { name, message, statusCode } = facts(error)
  const verdict = judge(error, context)
  const isAct = !isReadingOperation(context.operation)
  const nextStep =
    verdict.isUncertain === true && isAct
      ? 'Whether it was carried out is unknown: look at the stream before you try again.'
      : verdict.nextStep
  const isServiceError = statusCode !== undefined && name !== 'Error' && name !== 'SyntaxError'
  const failure: Failure = {
    kind: verdict.kind,
    action: context.operation,
    message: verdict.message ?? message,
    retryable: verdict.retryable ?? false,
    ...(nextStep === undefined ? {} : { nextStep }),
    ...(isServiceError ? { errorName: name } : {}),
    ...(statusCode === undefined ? {} : { httpStatusCode: statusCode }),
  }
  return new FailureError(failure, { cause: error })
}

function judge(error: unknown, context: CallContext): Verdict {
  if (context.isAborted === true) return { kind: 'aborted', message: 'Called off.' }
  if (context.deadlineMillis !== undefined) {
    return {
      kind: 'unreachable',
      message: `No complete answer from ${context.endpointUrl} within ${seconds(context.deadlineMillis)}.`,
      nextStep: 'Check the network, VPN and proxy on the way to the endpoint.',
      retryable: true,
      isUncertain: true,
    }
  }
  if (error instanceof NotKinesisAnswer) {
    const isServerSide = error.$metadata.httpStatusCode >= 500
    return {
      kind: 'bad-answer',
      message: `${error.message} from ${context.endpointUrl}`,
      nextStep:
        'Something other than Kinesis answered: check --endpoint-url, and proxies and portals on the way.',
      retryable: isServerSide,
      isUncertain: isServerSide,
    }
  }
  const { name, message, statusCode } = facts(error)
  const byName = BY_NAME[name]
  if (name === 'LimitExceededException') return limitVerdict(message, context.operation)
  if (name === 'AccessDeniedException' && /unable to determine service\/operation name/i.test(message)) {
    return unsupported(context)
  }
  if (byName !== undefined) return byName
  if (/^Credentials?ProviderError$|^TokenProviderError$/.test(name)) return { kind: 'credentials' }
  if (name === 'EndpointError') return { kind: 'usage', nextStep: 'Check the ARN and the region.' }
  const network = networkVerdict(error, context)
  if (network !== undefined) return network
  if (statusCode === undefined) return { kind: 'internal' }
  return byStatus(name, statusCode, context)
}

/** Rate and quota share one exception; only its text tells them apart, and a reading call can only be too fast. */
function limitVerdict(message: string, operation: string): Verdict {
  const isRate = /rate exceeded|throttl|too many requests|too fast|slow down|per second|\btps\b/i.test(
    message,
  )
  if (isRate || isReadingOperation(operation)) return BY_NAME.ThrottlingException as Verdict
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

function unsupported(context: CallContext): Verdict {
  return {
    kind: 'unsupported',
    message: `${context.endpointUrl} does not know the operation ${context.operation}.`,
    nextStep: 'An emulator lacks it; AWS has it.',
  }
}

function byStatus(name: string, statusCode: number, context: CallContext): Verdict {
  const untyped = name === 'Unknown' || name === 'UnknownError' || name === 'Error'
  if (statusCode === 501 || statusCode === 405) return unsupported(context)
  if (statusCode === 429) return BY_NAME.ThrottlingException as Verdict
  if (statusCode >= 500) return BY_NAME.InternalFailure as Verdict
  if (statusCode === 413) {
    return { kind: 'invalid', message: 'The endpoint refuses a request this large (HTTP 413).' }
  }
  if (statusCode === 403) return BY_NAME.AccessDeniedException as Verdict
  if (untyped && statusCode !== 400) {
    return {
      kind: 'bad-answer',
      message: `HTTP ${statusCode} without an error type from ${context.endpointUrl}`,
      nextStep: 'Check --endpoint-url: this does not look like Kinesis.',
    }
  }
  return { kind: 'invalid' }
}

function networkVerdict(error: unknown, context: CallContext): Verdict | undefined {
  const where = context.endpointUrl
  const { host, hostname } = URL.canParse(where) ? new URL(where) : { host: where, hostname: where }
  for (const link of causes(error)) {
    const code = typeof link.code === 'string' ? link.code : ''
    const text = typeof link.message === 'string' ? link.message : ''
    switch (code) {
      case 'ECONNREFUSED':
        return {
          kind: 'unreachable',
          message: `Nothing listens at ${host}: connection refused (${code}).`,
          nextStep: 'Start the emulator or proxy there, or check the endpoint URL.',
          retryable: true,
        }
      case 'ENOTFOUND':
      case 'EAI_AGAIN':
        return {
          kind: 'unreachable',
          message: `The name ${nameLookedUp(link) ?? hostname} cannot be resolved (${code}).`,
          nextStep: 'Check the region and the endpoint URL, then DNS and VPN.',
          retryable: true,
        }
      case 'EHOSTUNREACH':
      case 'ENETUNREACH':
        return {
          kind: 'unreachable',
          message: `There is no route to ${host} (${code}).`,
          nextStep: 'Check the network and the VPN.',
          retryable: true,
        }
      case 'ECONNRESET':
      case 'EPIPE':
      case 'ERR_STREAM_PREMATURE_CLOSE':
        return {
          kind: 'unreachable',
          message: `The connection to ${host} broke before the whole answer was there (${code}).`,
          nextStep: 'Try again; if it stays, look for a proxy or firewall on the way.',
          retryable: true,
          isUncertain: true,
        }
    }
    if (code === 'ETIMEDOUT' || link.name === 'TimeoutError') {
      return {
        kind: 'unreachable',
        message: `No answer from ${host} in time: ${firstLine(text) || code}`,
        nextStep: 'Check the network, VPN and proxy on the way to the endpoint.',
        retryable: true,
        isUncertain: true,
      }
    }
    if (CERTIFICATE_CODES.test(code)) {
      return {
        kind: 'unreachable',
        message: `The TLS certificate of ${host} is not trusted: ${firstLine(text)} (${code}).`,
        nextStep: 'If a company proxy signs it, set AWS_CA_BUNDLE (or NODE_EXTRA_CA_CERTS) to its CA file.',
      }
    }
    if (code === 'ERR_PROXY_TUNNEL') {
      return {
        kind: 'unreachable',
        message: `The proxy does not let through to ${host}: ${firstLine(text)}`,
        nextStep: 'Check HTTPS_PROXY and NO_PROXY, and what the proxy allows.',
        retryable: true,
      }
    }
    if (/^(EPROTO|ERR_SSL_)/.test(code)) {
      return {
        kind: 'unreachable',
        message: `${host} does not speak TLS as expected (${code}).`,
        nextStep: 'A plain port wants http:// in the endpoint URL, a TLS port https://.',
      }
    }
    if (code.startsWith('HPE_')) {
      return {
        kind: 'bad-answer',
        message: `What ${host} answers is not HTTP/1.1 (${code}).`,
        nextStep: 'Check scheme and port of the endpoint URL; HTTP/2-only ports do not work.',
        isUncertain: true,
      }
    }
  }
  return undefined
}

const CERTIFICATE_CODES =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_|ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)/

const KMS_STEP = 'Look at the KMS key of the stream: its state, its policy and your rights to it.'
const EXPIRED_STEP = 'Renew the credentials (for SSO: `aws sso login`); the console goes on by itself.'

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
  ThrottlingException: {
    kind: 'throttled',
    nextStep: 'Go slower; the limit is shared by the account.',
    retryable: true,
  },
  Throttling: { kind: 'throttled', retryable: true },
  TooManyRequestsException: { kind: 'throttled', retryable: true },
  RequestLimitExceeded: { kind: 'throttled', retryable: true },
  SlowDown: { kind: 'throttled', retryable: true },
  KMSThrottlingException: {
    kind: 'throttled',
    nextStep: 'KMS, not Kinesis, is the bottleneck.',
    retryable: true,
  },
  AccessDeniedException: {
    kind: 'denied',
    nextStep: 'Ask for the permission named above, or choose another profile.',
  },
  AccessDenied: {
    kind: 'denied',
    nextStep: 'Ask for the permission named above, or choose another profile.',
  },
  OptInRequired: { kind: 'denied', nextStep: 'The region or the service is not enabled for the account.' },
  KMSAccessDeniedException: { kind: 'denied', nextStep: KMS_STEP },
  KMSDisabledException: { kind: 'conflict', nextStep: KMS_STEP },
  KMSInvalidStateException: { kind: 'conflict', nextStep: KMS_STEP },
  KMSNotFoundException: { kind: 'not-found', nextStep: KMS_STEP },
  KMSOptInRequired: { kind: 'denied', nextStep: KMS_STEP },
  UnknownOperationException: {
    kind: 'unsupported',
    message: 'The endpoint does not know this operation.',
    nextStep: 'An emulator lacks it; AWS has it.',
  },
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
  InternalFailure: {
    kind: 'service',
    nextStep: 'The fault is on the side of the service: try again.',
    retryable: true,
    isUncertain: true,
  },
  InternalFailureException: { kind: 'service', retryable: true, isUncertain: true },
  InternalServerError: { kind: 'service', retryable: true, isUncertain: true },
  ServiceUnavailable: { kind: 'service', retryable: true, isUncertain: true },
}

/** Error names with which the service says that the keys are dead or unknown, so that reading them anew can help. */
export const DEAD_CREDENTIAL_NAMES: ReadonlySet<string> = new Set([
  'ExpiredTokenException',
  'ExpiredToken',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
])

type Link = { code?: unknown; message?: unknown; name?: unknown; hostname?: unknown }

/** The error, its causes and, of an error that holds several (both address families failed), the first. */
function causes(error: unknown): Link[] {
  const links: Link[] = []
  let next: unknown = error
  while (typeof next === 'object' && next !== null && links.length < 10) {
    links.push(next as Link)
    const { cause, errors } = next as { cause?: unknown; errors?: unknown }
    next = cause ?? (Array.isArray(errors) ? errors[0] : undefined)
  }
  return links
}

function facts(error: unknown): { name: string; message: string; statusCode?: number } {
  if (typeof error !== 'object' || error === null) return { name: '', message: String(error) }
  const { name, message, $metadata } = error as {
    name?: unknown
    message?: unknown
    $metadata?: { httpStatusCode?: unknown }
  }
  const statusCode = $metadata?.httpStatusCode
  const shown = typeof name === 'string' ? name : ''
  const text = typeof message === 'string' ? firstLine(message) : ''
  return {
    name: shown,
    message: text === '' || text === 'UnknownError' ? `${shown || 'Error'} without a message` : text,
    ...(typeof statusCode === 'number' ? { statusCode } : {}),
  }
}

function nameLookedUp(link: Link): string | undefined {
  return typeof link.hostname === 'string' ? link.hostname : undefined
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.trim() ?? ''
}

function seconds(millis: number): string {
  return millis < 1_000 ? `${millis} ms` : `${Math.round(millis / 100) / 10} s`
}
