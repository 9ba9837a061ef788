import { Readable, Transform } from 'node:stream'
import type { HttpRequest, HttpResponse } from '@smithy/core/protocols'
import type { NodeHttpHandler } from '@smithy/node-http-handler'
import type { Deadlines } from './connection.ts'
import type { RequestHandler } from './request-handler.ts'

/**
 * What a client needs around such a handler, so that it ends calls as one over sockets does: deadlines for the answer
 * and for silence in it, the caller's signal, and the end of the client. The handler itself outlives it.
 */
export function createInProcessTransport(
  handler: RequestHandler,
  deadlines: Pick<Deadlines, 'answerMillis' | 'idleMillis'>,
) {
  const running = new Set<(error: Error) => void>()
  return {
    metadata: handler.metadata ?? { handlerProtocol: 'http/1.1' },
    async handle(
      request: HttpRequest,
      options: Parameters<NodeHttpHandler['handle']>[1] = {},
    ): Promise<{ response: HttpResponse }> {
      // The SDK's type still allows for signals of its own, which it makes no more.
      const abortSignal = options.abortSignal as AbortSignal | undefined
      const gone = new AbortController()
      let end = (_error: Error): void => {}
      const ended = new Promise<never>((_, reject) => {
        end = error => {
          reject(error)
          gone.abort()
        }
      })
      const abort = () => end(named('AbortError', 'Request aborted'))
      if (abortSignal?.aborted === true) throw named('AbortError', 'Request aborted')
      abortSignal?.addEventListener('abort', abort, { once: true })
      running.add(end)
      const forget = () => {
        abortSignal?.removeEventListener('abort', abort)
        running.delete(end)
      }
      const timer = setTimeout(() => end(late('no answer', deadlines.answerMillis)), deadlines.answerMillis)
      try {
        const { response } = await Promise.race([
          handler.handle(request, { abortSignal: gone.signal }),
          ended,
        ])
        if (!(response.body instanceof Readable)) forget()
        else response.body = neverIdle(response.body, deadlines.idleMillis).once('close', forget)
        return { response }
      } catch (error) {
        forget()
        throw error
      } finally {
        clearTimeout(timer)
        // Nobody listens to what comes after the answer, or instead of it.
        ended.catch(() => {})
      }
    },
    destroy() {
      const error = Object.assign(new Error('The client was closed.'), { code: 'ECONNRESET' })
      for (const end of [...running]) end(error)
    },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  }
}

/** The same stream, failing once nothing has come for so long. */
function neverIdle(body: Readable, idleMillis: number): Readable {
  const timer = setTimeout(() => body.destroy(late('nothing new in an answer', idleMillis)), idleMillis)
  const watched = new Transform({
    transform(chunk, _encoding, pass) {
      timer.refresh()
      pass(null, chunk)
    },
  })
  body.once('error', error => watched.destroy(error))
  watched.once('close', () => {
    clearTimeout(timer)
    body.destroy()
  })
  // Told to whoever reads; nobody may be reading any more.
  watched.on('error', () => {})
  return body.pipe(watched)
}

const late = (what: string, millis: number) => named('TimeoutError', `${what} within ${millis} ms`)

const named = (name: string, message: string) => Object.assign(new Error(message), { name })
