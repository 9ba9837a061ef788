import { Readable } from 'node:stream'
import { HttpResponse } from '@smithy/core/protocols'
import type { Answer, WireResponse } from './exchange.ts'

/** What an AWS SDK client gives a handler, as far as it is needed here. */
type SdkRequest = {
  method: string
  path: string
  hostname: string
  port?: number
  headers: Record<string, string>
  body?: unknown
}

/** A `requestHandler` for AWS SDK clients in the same process: no socket, no port, the same answers. */
export type InProcessHandler = {
  metadata: { handlerProtocol: string }
  handle(request: SdkRequest, options?: { abortSignal?: AbortSignal }): Promise<{ response: HttpResponse }>
  destroy(): void
  updateHttpClientConfig(): void
  httpHandlerConfigs(): object
}

/** A handler over the sandbox's answers. Several clients may share one. */
export function createInProcessHandler(answer: Answer): InProcessHandler {
  return {
    metadata: { handlerProtocol: 'h2' },
    async handle(request, { abortSignal } = {}) {
      abortSignal?.throwIfAborted()
      const gone = new AbortController()
      abortSignal?.addEventListener('abort', () => gone.abort(), { once: true })
      const answered = answer({
        method: request.method,
        path: request.path,
        headers: { ...lowerCased(request.headers), host: '127.0.0.1' },
        body: bytesOf(request.body),
        signal: gone.signal,
      })
      const response = await untilAborted(answered, abortSignal)
      if (response.instead === 'reset') throw connectionReset()
      if (response.instead === 'silence') await untilAborted(new Promise<never>(() => {}), abortSignal)
      return {
        response: new HttpResponse({
          statusCode: response.statusCode,
          headers: response.headers,
          body: streamOf(response.body),
        }),
      }
    },
    destroy() {},
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  }
}

const lowerCased = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

function bytesOf(body: unknown): Uint8Array {
  if (body === undefined || body === null) return new Uint8Array(0)
  if (typeof body === 'string') return Buffer.from(body)
  if (body instanceof Uint8Array) return body
  throw new TypeError('the in-process sandbox takes request bodies as text or bytes')
}

/** A readable stream, which is what the SDK reads every answer from. */
function streamOf(body: WireResponse['body']): Readable {
  if (typeof body === 'string' || body instanceof Uint8Array) {
    const stream = new Readable({ read() {} })
    if (body.length > 0) stream.push(body)
    stream.push(null)
    return stream
  }
  return Readable.from(body, { objectMode: false })
}

function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const abort = () => reject(abortError())
    signal.addEventListener('abort', abort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

const abortError = () => Object.assign(new Error('Request aborted'), { name: 'AbortError' })

const connectionReset = () => Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
