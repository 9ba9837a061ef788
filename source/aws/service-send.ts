import { FailureError, failureOf } from '../domain/failure.ts'
import { endpointText } from '../domain/session.ts'
import type { Audit } from './audit.ts'
import type { ClientWiring } from './clients.ts'
import { failureFrom } from './failures.ts'
import { assertAllowed } from './guard.ts'
import { quietLogger } from './quiet-logger.ts'
import { guardServiceClient, type ServiceName } from './service-guard.ts'

export type Json = Readonly<Record<string, unknown>>

/** Whole calls of these services end after this long: a view waits for the slowest of seven. */
const CALL_MILLIS = 10_000

// biome-ignore lint/suspicious/noExplicitAny: each client and command has types of its own; answers are read as plain JSON
type Any = any

export type ServiceSend<Sdk> = (
  operation: string,
  command: (sdk: Sdk) => Any,
  signal: AbortSignal | undefined,
  /** For an act: what the audit log is told of its input. */
  told?: object,
) => Promise<Json>

/** What a client of another service needs of the connection. */
export type ServiceWiring = ClientWiring & { readonly audit?: Audit }

export type ServiceOptions<Sdk> = {
  readonly service: ServiceName
  /** For messages, e.g. `Lambda`. */
  readonly title: string
  /** Absent: AWS's own endpoint of the region. */
  readonly endpointUrl?: string
  readonly load: () => Promise<Sdk>
}

/** Sends commands of one service; its client and code are made at the first call. */
export function createServiceSend<Sdk extends { readonly Client: Any }>(
  wiring: ServiceWiring,
  options: ServiceOptions<Sdk>,
): { readonly send: ServiceSend<Sdk>; close(): void } {
  const { service } = options
  let made: Promise<{ sdk: Sdk; client: Any }> | undefined
  let isClosed = false
  const ready = () => {
    made ??= createClient(wiring, options)
    return made
  }
  const send: ServiceSend<Sdk> = async (operation, command, signal, told = {}) => {
    const action = `${service}:${operation}`
    assertAllowed(action, wiring.arming)
    if (isClosed) throw closed(action)
    const millis = Math.min(CALL_MILLIS, wiring.deadlines.callMillis)
    const deadline = AbortSignal.timeout(millis)
    const abortSignal = signal === undefined ? deadline : AbortSignal.any([signal, deadline])
    try {
      const { sdk, client } = await untilAborted(ready(), abortSignal)
      const call = (): Promise<Json> => untilAborted(client.send(command(sdk), { abortSignal }), abortSignal)
      return await (wiring.audit === undefined ? call() : wiring.audit(action, () => told, call))
    } catch (error) {
      throw failure(error, action, options, wiring.region, {
        isAborted: signal?.aborted === true || isClosed,
        ...(deadline.aborted ? { deadlineMillis: millis } : {}),
      })
    }
  }
  return {
    send,
    close() {
      isClosed = true
      made?.then(
        ({ client }) => client.destroy(),
        () => {},
      )
    },
  }
}

async function createClient<Sdk extends { readonly Client: Any }>(
  wiring: ClientWiring,
  options: ServiceOptions<Sdk>,
): Promise<{ sdk: Sdk; client: Any }> {
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'
  const [sdk, { createTransport }] = await Promise.all([options.load(), import('./transport.ts')])
  const { endpointUrl } = options
  const { endpointUrl: _kinesis, credentials, onWarning, ...rest } = wiring
  const client = new sdk.Client({
    region: wiring.region,
    ...(endpointUrl === undefined ? {} : { endpoint: endpointUrl }),
    useFipsEndpoint: endpointUrl === undefined && wiring.useFips,
    useDualstackEndpoint: endpointUrl === undefined && wiring.useDualstack,
    // The classic regional host; only DynamoDB has another.
    accountIdEndpointMode: 'disabled',
    maxAttempts: 2,
    retryMode: 'standard',
    // The cache of the connection keeps them; the SDK must not put a memory of its own in front.
    credentials: Object.assign(() => credentials.get(), { memoized: true }),
    requestHandler: createTransport({
      ...rest,
      ...(endpointUrl === undefined ? {} : { endpointUrl }),
      onWarning,
      maxSockets: 8,
      keepIdleMillis: 10_000,
    }),
    logger: quietLogger(onWarning),
  })
  guardServiceClient(client.middlewareStack, wiring.arming, options.service)
  return { sdk, client }
}

function failure(
  error: unknown,
  action: string,
  { title, endpointUrl }: ServiceOptions<unknown>,
  region: string,
  ended: { readonly isAborted: boolean; readonly deadlineMillis?: number },
): FailureError {
  const where = endpointUrl === undefined ? `${title} in ${region}` : endpointText(endpointUrl)
  const found = failureFrom(error, { operation: action, endpointUrl: where, ...ended })
  const told = failureOf(found, action)
  if (told.kind === 'denied') {
    const nextStep = `Ask for ${action}, or choose another profile.`
    return new FailureError({ ...told, nextStep }, { cause: error })
  }
  const isForeign =
    told.kind === 'internal' ||
    told.kind === 'bad-answer' ||
    told.kind === 'unsupported' ||
    // Another service's endpoint answers to what it does not know in many ways.
    /^(UnknownOperation|UnknownOperationException|Unknown|UnknownError|InvalidAction|MissingAction)$/.test(
      told.errorName ?? '',
    ) ||
    (told.httpStatusCode === 404 && told.kind !== 'not-found')
  if (!isForeign || endpointUrl === undefined) return found
  return new FailureError(
    {
      kind: 'unsupported',
      action,
      message: `${where} does not answer as ${title}.`,
      nextStep: `An emulator may lack it; AWS_ENDPOINT_URL_${variableOf(title)} names another endpoint for it.`,
      retryable: false,
    },
    { cause: error },
  )
}

function variableOf(title: string): string {
  return title.toUpperCase().replaceAll(' ', '_')
}

/** Ends with the signal even where the SDK does not listen to it, as while credentials are loaded. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => {}
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
    work.catch(() => {})
  }
}

function closed(action: string): FailureError {
  return new FailureError({
    kind: 'aborted',
    action,
    message: 'This connection was closed.',
    retryable: false,
  })
}
