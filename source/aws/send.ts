import type { KinesisClient } from '@aws-sdk/client-kinesis'
import type { FailureError } from '../domain/failure.ts'
import type { Arming } from '../domain/session.ts'
import type { Audit } from './audit.ts'
import type { ClientRole, Clients } from './clients.ts'
import { failureFrom } from './failures.ts'
import { assertAllowed, isReadingOperation } from './guard.ts'
import { DEAD_CREDENTIAL_NAMES } from './service-errors.ts'

type Sdk = typeof import('./sdk.ts')
// biome-ignore lint/suspicious/noExplicitAny: each command has its own types, and answers are read as plain JSON
type Command = any

export type SendOptions = {
  readonly operation: string
  readonly command: (sdk: Sdk) => Command
  readonly signal?: AbortSignal | undefined
}

/** Sends one command with the right client; resolves to the answer as parsed JSON, rejects with a FailureError. */
export type Send = (options: SendOptions) => Promise<Readonly<Record<string, unknown>>>

export function createSend(wiring: {
  readonly clients: Clients
  readonly arming: Readonly<Arming>
  readonly endpointUrl: string
  readonly proxyUrl?: string
  readonly callMillis: number
  /** Told of every call that changes something. */
  readonly audit?: Audit
}): Send {
  const { clients, arming } = wiring
  return async ({ operation, command, signal }) => {
    // Here as well as in the client: a refused act does not even load the SDK.
    assertAllowed(operation, arming)
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(), wiring.callMillis)
    const abortSignal = signal === undefined ? deadline.signal : AbortSignal.any([signal, deadline.signal])
    const attempt = async () => {
      const client = await clients.get(roleOf(operation))
      const sdk = await import('./sdk.ts')
      abortSignal.throwIfAborted()
      return (await client.send(command(sdk) as Parameters<KinesisClient['send']>[0], {
        abortSignal,
      })) as object
    }
    const call = async (): Promise<Readonly<Record<string, unknown>>> => {
      try {
        return (await untilAborted(attempt().catch(again(attempt, abortSignal)), abortSignal)) as Readonly<
          Record<string, unknown>
        >
      } catch (error) {
        throw failureOfCall(error)
      }
    }
    const failureOfCall = (error: unknown) =>
      failureFrom(error, {
        operation,
        endpointUrl: wiring.endpointUrl,
        ...(wiring.proxyUrl === undefined ? {} : { proxyUrl: wiring.proxyUrl }),
        isAborted: signal?.aborted === true || clients.isClosed(),
        ...(deadline.signal.aborted ? { deadlineMillis: wiring.callMillis } : {}),
      }) satisfies FailureError
    try {
      if (wiring.audit === undefined) return await call()
      const sdk = await import('./sdk.ts')
      return await wiring.audit(operation, () => (command(sdk) as { input: object }).input, call)
    } finally {
      clearTimeout(timer)
    }
  }
}

function roleOf(operation: string): ClientRole {
  if (operation === 'GetRecords' || operation === 'GetShardIterator') return 'tail'
  return isReadingOperation(operation) ? 'board' : 'acts'
}

/**
 * One more try where the service refused the signature before it looked at the request, and the next one will differ:
 * the clock offset was learnt from the refusal, or the keys are read anew. Nothing was read or done yet.
 */
function again<T>(attempt: () => Promise<T>, signal: AbortSignal): (error: unknown) => Promise<T> {
  return error => {
    const { name, $metadata } = error as { name?: string; $metadata?: { clockSkewCorrected?: boolean } }
    const helps = $metadata?.clockSkewCorrected === true || DEAD_CREDENTIAL_NAMES.has(name ?? '')
    if (!helps || signal.aborted) throw error
    return attempt()
  }
}

/** Ends with the signal even where the work does not listen to it (loading credentials, reading a body). */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    work.catch(() => {})
    throw signal.reason
  }
  let stop = (): void => {}
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
    work.catch(() => {})
  }
}
