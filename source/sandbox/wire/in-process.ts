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
      if (abortSignal?.aborted === true) throw abortError()
      const gone = new AbortController()
      const leave = () => gone.abort()
      abortSignal?.addEventListener('abort', leave, { once: true })
      const response = await untilGone(
        answerLater(answer, {
          method: request.method,
          path: request.path,
          headers: { ...lowerCased(request.headers), host: '127.0.0.1' },
          body: bytesOf(request.body),
          signal: gone.signal,
        }),
        gone.signal,
      )
      if (response.instead === 'reset') throw connectionReset()
      if (response.instead === 'silence') await untilGone(new Promise<never>(() => {}), gone.signal)
      const isWhole = typeof response.body === 'string' || response.body instanceof Uint8Array
      if (isWhole) abortSignal?.removeEventListener('abort', leave)
      return {
        response: new HttpResponse({
          statusCode: response.statusCode,
          headers: { date: httpDate(), ...response.headers },
          body: isWhole
            ? bytesOf(response.body)
            : streamOf(response.body as AsyncIterable<Uint8Array>, gone.signal),
        }),
      }
    },
    destroy() {},
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  }
}

/** As a socket does, this gives timers and input their turn, however many calls follow one another. */
async function answerLater(answer: Answer, request: Parameters<Answer>[0]): Promise<WireResponse> {
  await new Promise<void>(resolve => setImmediate(resolve))
  return answer(request)
}

const lowerCased = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

/** The Date header that an HTTP server adds: clients learn from it how far their clock is off. */
const httpDate = () => new Date().toUTCString()

function bytesOf(body: unknown): Uint8Array {
  if (body === undefined || body === null) return new Uint8Array(0)
  if (typeof body === 'string') return Buffer.from(body)
  if (body instanceof Uint8Array) return body
  throw new TypeError('the in-process sandbox takes request bodies as text or bytes')
}

/** An event stream as the SDK reads it: it fails for a reader who has gone, as one on a socket would. */
function streamOf(body: AsyncIterable<Uint8Array>, gone: AbortSignal): Readable {
  const stream = Readable.from(body, { objectMode: false })
  const leave = () => stream.destroy(abortError())
  gone.addEventListener('abort', leave, { once: true })
  stream.once('close', () => gone.removeEventListener('abort', leave))
  // Whoever reads hears of it by reading; without this, a failure that nobody reads any more would be an uncaught one.
  stream.on('error', () => {})
  return stream
}

function untilGone<Value>(promise: Promise<Value>, gone: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(abortError())
    gone.addEventListener('abort', leave, { once: true })
    promise.then(resolve, reject).finally(() => gone.removeEventListener('abort', leave))
  })
}

const abortError = () => Object.assign(new Error('Request aborted'), { name: 'AbortError' })

const connectionReset = () => Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
