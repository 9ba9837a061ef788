import type { KinesisClient } from '@aws-sdk/client-kinesis'
import { FailureError } from '../domain/failure.ts'
import type { Arming } from '../domain/session.ts'
import type { Deadlines } from './connection.ts'
import { type CredentialCache, fingerprintOf } from './credential-cache.ts'
import { guardClient } from './guard.ts'
import { answerPlainJson } from './plain-json.ts'
import type { ProxyVariables } from './proxy.ts'
import { quietLogger } from './quiet-logger.ts'
import type { RequestHandler } from './request-handler.ts'
import { DEAD_CREDENTIAL_NAMES } from './service-errors.ts'

/**
 * Each role has a client of its own, so that a throttled tail uses up neither the sockets nor the retries of the
 * screens, and no act waits behind either.
 */
export type ClientRole = 'tail' | 'board' | 'acts' | 'push'

const ROLES: Readonly<
  Record<ClientRole, { maxAttempts: number; maxSockets: number; keepIdleMillis: number }>
> = {
  // The tail paces itself and decides itself what to repeat.
  tail: { maxAttempts: 1, maxSockets: 128, keepIdleMillis: 20_000 },
  board: { maxAttempts: 3, maxSockets: 16, keepIdleMillis: 20_000 },
  // An act is sent once: repeating it after a broken connection could do it twice. Acts are rare, so an idle connection
  // is dropped early rather than found dead by the next one.
  acts: { maxAttempts: 1, maxSockets: 8, keepIdleMillis: 3_000 },
  // Subscriptions: events over HTTP/2, which the tail begins anew by itself.
  push: { maxAttempts: 1, maxSockets: 1, keepIdleMillis: 20_000 },
}

export type ClientWiring = {
  readonly region: string
  /** Absent: AWS's own endpoint for the region. */
  readonly endpointUrl?: string
  readonly useFips: boolean
  readonly useDualstack: boolean
  readonly credentials: CredentialCache
  readonly arming: Readonly<Arming>
  readonly deadlines: Deadlines
  readonly proxy?: ProxyVariables
  readonly caCertificates?: readonly string[]
  readonly onWarning: (text: string) => void
  /** Answers the requests of every client in this process, whatever the endpoint is called. */
  readonly requestHandler?: RequestHandler
}

export type Clients = {
  get(role: ClientRole): Promise<KinesisClient>
  isClosed(): boolean
  close(): void
}

const CLOSED = new FailureError({
  kind: 'aborted',
  action: 'Connect',
  message: 'This connection was closed.',
  retryable: false,
})

/** Clients that are made when they are first asked for; the SDK's code is not loaded before. */
export function createClients(wiring: ClientWiring): Clients {
  const made = new Map<ClientRole, Promise<KinesisClient>>()
  let isClosed = false
  return {
    get(role) {
      // A late call must not open sockets again that nobody closes.
      if (isClosed) return Promise.reject(CLOSED)
      const client = made.get(role) ?? createClient(role, wiring)
      made.set(role, client)
      return client
    },
    isClosed: () => isClosed,
    close() {
      isClosed = true
      for (const client of made.values()) {
        client.then(
          ready => ready.destroy(),
          () => {},
        )
      }
    },
  }
}

async function createClient(role: ClientRole, wiring: ClientWiring): Promise<KinesisClient> {
  // Else the SDK writes to stderr in the middle of the screen on a Node that it will drop some day.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'
  const [{ KinesisClient }, { createPushTransport, createTransport }] = await Promise.all([
    import('./sdk.ts'),
    import('./transport.ts'),
  ])
  const { maxAttempts, ...pool } = ROLES[role]
  const client = new KinesisClient({
    region: wiring.region,
    ...(wiring.endpointUrl === undefined ? {} : { endpoint: wiring.endpointUrl }),
    // FIPS and dual stack choose among AWS's hosts; together with a custom one the SDK refuses them.
    useFipsEndpoint: wiring.endpointUrl === undefined && wiring.useFips,
    useDualstackEndpoint: wiring.endpointUrl === undefined && wiring.useDualstack,
    // The classic regional host instead of one per account, which allow-lists of proxies do not know.
    accountIdEndpointMode: 'disabled',
    maxAttempts,
    retryMode: 'standard',
    credentials: ownMemory(wiring.credentials),
    requestHandler:
      role === 'push' ? createPushTransport({ ...wiring, ...pool }) : createTransport({ ...wiring, ...pool }),
    logger: quietLogger(wiring.onWarning),
  })
  // Events are no JSON documents: the SDK's own reading of them stays.
  if (role !== 'push') answerPlainJson(client.config.protocol)
  guardClient(client.middlewareStack, wiring.arming)
  noteDeadCredentials(client.middlewareStack, wiring.credentials)
  return client
}

type Headers = Record<string, string>

/** Tells the cache whose keys a request was signed with when the service calls them expired or unknown. */
function noteDeadCredentials(stack: KinesisClient['middlewareStack'], credentials: CredentialCache): void {
  stack.add(
    next => async args => {
      try {
        return await next(args)
      } catch (error) {
        if (DEAD_CREDENTIAL_NAMES.has((error as { name?: string }).name ?? '')) {
          credentials.refuse(signedBy((args.request as { headers?: Headers }).headers ?? {}))
        }
        throw error
      }
    },
    // After the signing, within the retries.
    { step: 'finalizeRequest', priority: 'low', name: 'shardscopeDeadCredentials' },
  )
}

/** Whose signature a request carries, in the words of fingerprintOf. */
function signedBy(headers: Headers): string {
  const accessKeyId = /Credential=([^/]+)\//.exec(headers.authorization ?? '')?.[1] ?? ''
  const sessionToken = headers['x-amz-security-token']
  return fingerprintOf({ accessKeyId, ...(sessionToken === undefined ? {} : { sessionToken }) })
}

/** A provider that the SDK asks at every request: `memoized` keeps it from putting a memory of its own in front. */
function ownMemory(credentials: CredentialCache) {
  return Object.assign(() => credentials.get(), { memoized: true })
}
