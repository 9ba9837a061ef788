import { type Failure, FailureError } from '../domain/failure.ts'
import { isReadingOperation } from './guard.ts'
import { networkVerdict } from './network-errors.ts'
import { NotKinesisAnswer } from './plain-json.ts'
import { DENIED, SERVICE_FAULT, serviceVerdict, THROTTLED } from './service-errors.ts'
import { NOT_IMPLEMENTED, saysNotImplemented } from './unimplemented.ts'
import { firstLine, type Verdict } from './verdict.ts'

/** What the caller knows about a call that failed. */
export type CallContext = {
  /** The API operation, e.g. `SplitShard`. */
  readonly operation: string
  readonly endpointUrl: string
  /** The proxy on the way there, without its password. */
  readonly proxyUrl?: string
  /** Whether the caller's own signal ended the call. */
  readonly isAborted?: boolean
  /** Set when the deadline of the whole call ended it. */
  readonly deadlineMillis?: number
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
  // Before the name: an emulator may call what it lacks an InternalFailure.
  if (facts(error).statusCode === NOT_IMPLEMENTED) return unsupported(context)
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
  // What no JSON parser takes is a page of somebody on the way, whatever its status says.
  if (name === 'SyntaxError' && statusCode !== undefined && statusCode < 500) {
    return {
      kind: 'bad-answer',
      message: `HTTP ${statusCode} with something else than JSON from ${context.endpointUrl}`,
      nextStep: 'Something other than AWS answered: check the endpoint, and proxies and portals on the way.',
    }
  }
  if (name === 'AccessDeniedException' && /unable to determine service\/operation name/i.test(message)) {
    return unsupported(context)
  }
  if (name === 'UnknownOperationException') return unsupported(context)
  const named = serviceVerdict(name, message, context.operation)
  if (named !== undefined) return named
  if (/^Credentials?ProviderError$|^TokenProviderError$/.test(name)) return { kind: 'credentials' }
  if (name === 'EndpointError') return { kind: 'usage', nextStep: 'Check the ARN and the region.' }
  const network = networkVerdict(error, context.endpointUrl, context.proxyUrl)
  if (network !== undefined) return network
  if (statusCode === undefined) return { kind: 'internal' }
  return byStatus({ name, message }, statusCode, context)
}

function unsupported(context: CallContext): Verdict {
  return {
    kind: 'unsupported',
    message: `${context.endpointUrl} does not know the operation ${context.operation}.`,
    nextStep: 'An emulator lacks it; AWS has it.',
  }
}

function byStatus(
  { name, message }: { readonly name: string; readonly message: string },
  statusCode: number,
  context: CallContext,
): Verdict {
  const untyped = name === 'Unknown' || name === 'UnknownError' || name === 'Error'
  if (statusCode === 405 || saysNotImplemented(name, message)) return unsupported(context)
  if (statusCode === 429) return THROTTLED
  if (statusCode >= 500) return SERVICE_FAULT
  if (statusCode === 413) {
    return { kind: 'invalid', message: 'The endpoint refuses a request this large (HTTP 413).' }
  }
  if (statusCode === 403) return DENIED
  if (untyped && statusCode !== 400) {
    return {
      kind: 'bad-answer',
      message: `HTTP ${statusCode} without an error type from ${context.endpointUrl}`,
      nextStep: 'Check --endpoint-url: this does not look like Kinesis.',
    }
  }
  return { kind: 'invalid' }
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

function seconds(millis: number): string {
  return millis < 1_000 ? `${millis} ms` : `${Math.round(millis / 100) / 10} s`
}
