import type { HttpRequest } from '@smithy/core/protocols'
import { FailureError } from '../domain/failure.ts'
import type { ClientWiring } from './clients.ts'
import { networkVerdict } from './network-errors.ts'
import type { Transport } from './transport.ts'

export type HttpAnswer = { readonly status: number; readonly body: string }

export type HttpGetOptions = {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  /** For failures. */
  readonly action: string
  readonly signal: AbortSignal
  readonly callMillis: number
  readonly maxBytes: number
}

export type HttpGet = ((options: HttpGetOptions) => Promise<HttpAnswer>) & { close(): void }

/** What of a connection decides the way to another server: its proxy, its certificates, its limits. */
export type HttpWiring = Pick<ClientWiring, 'deadlines' | 'proxy' | 'caCertificates' | 'onWarning'>

/**
 * GET over the same sockets, proxy and certificates as calls of AWS. Redirects are answers like any other.
 * @throws FailureError `unreachable`, `aborted`, or `bad-answer` for what is larger than the bound
 */
export function httpGet(wiring: HttpWiring, origin: string): HttpGet {
  let made: Promise<Transport> | undefined
  const get = async (options: HttpGetOptions): Promise<HttpAnswer> => {
    const { url, headers, action, signal, callMillis, maxBytes } = options
    const deadline = AbortSignal.timeout(callMillis)
    const abortSignal = AbortSignal.any([signal, deadline])
    const failed = (kind: 'unreachable' | 'aborted' | 'bad-answer', message: string) =>
      new FailureError({ kind, action, message, retryable: kind === 'unreachable' })
    try {
      made ??= import('./transport.ts').then(({ createTransport }) =>
        createTransport({
          deadlines: wiring.deadlines,
          onWarning: wiring.onWarning,
          ...(wiring.proxy === undefined ? {} : { proxy: wiring.proxy }),
          ...(wiring.caCertificates === undefined ? {} : { caCertificates: wiring.caCertificates }),
          endpointUrl: origin,
          maxSockets: 4,
          keepIdleMillis: 10_000,
        }),
      )
      const transport = await made
      const { response } = await transport.handle(requestOf(url, headers), { abortSignal })
      const chunks: Uint8Array[] = []
      let byteCount = 0
      const body = response.body as AsyncIterable<Uint8Array> & { destroy(error?: Error): void }
      const stop = () => body.destroy(new Error('called off'))
      abortSignal.addEventListener('abort', stop, { once: true })
      try {
        for await (const chunk of body) {
          byteCount += chunk.length
          // Leaving the loop ends the answer and its socket.
          if (byteCount > maxBytes) {
            throw failed('bad-answer', `the answer is larger than ${maxBytes / 1_048_576} MiB`)
          }
          chunks.push(chunk)
        }
      } finally {
        abortSignal.removeEventListener('abort', stop)
      }
      return { status: response.statusCode, body: Buffer.concat(chunks).toString('utf8') }
    } catch (error) {
      if (error instanceof FailureError) throw error
      if (signal.aborted) throw failed('aborted', 'called off')
      if (deadline.aborted) throw failed('unreachable', `no answer within ${callMillis / 1_000} s`)
      const verdict = networkVerdict(error, origin)
      throw failed(
        'unreachable',
        verdict?.message ?? (error instanceof Error ? error.message : String(error)),
      )
    }
  }
  return Object.assign(get, {
    close() {
      made?.then(
        transport => transport.destroy(),
        () => {},
      )
    },
  })
}

function requestOf(url: URL, headers: Readonly<Record<string, string>>): HttpRequest {
  const { protocol, hostname, port, pathname, searchParams } = url
  return {
    method: 'GET',
    protocol,
    // As a socket wants an IPv6 address.
    hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
    ...(port === '' ? {} : { port: Number(port) }),
    path: pathname,
    query: Object.fromEntries(searchParams),
    headers: { ...headers, host: url.host },
  } as unknown as HttpRequest
}
