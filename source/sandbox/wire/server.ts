import { createServer as createHttp1Server, type IncomingMessage, type ServerResponse } from 'node:http'
import {
  createServer as createHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2'
import { createServer as createNetServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from 'node:tls'
import type { Certificate } from './certificate.ts'
import type { Answer, WireRequest, WireResponse } from './exchange.ts'

export type RunningServer = { port: number; stop(): Promise<void> }

type Request = IncomingMessage | Http2ServerRequest
type Response = ServerResponse | Http2ServerResponse

/** Largest body taken: PutRecords of 10 MiB in base64, with room for its keys. */
const MAX_BODY_BYTES = 24 << 20

/** First byte of a TLS handshake record. */
const TLS_HANDSHAKE = 0x16

/**
 * Serves `answer` on one port of 127.0.0.1, for HTTP/1.1, for HTTP/2 with prior knowledge and for TLS with either: the
 * first bytes of a connection tell which, within TLS as well, because AWS's SDK for Java begins HTTP/2 there without
 * ALPN, as the service lets it. Port 0 takes a free one. The certificate is asked for when TLS is first spoken.
 */
export async function startServer(
  answer: Answer,
  port: number,
  certificate: () => Certificate,
): Promise<RunningServer> {
  const listener = (request: Request, response: Response) => void serve(answer, request, response)
  const http1 = createHttp1Server({ keepAliveTimeout: 60_000 }, listener)
  const http2 = createHttp2Server(listener)
  let tls: TlsServer | undefined
  const tlsServer = () => {
    tls ??= createTlsServer({ ...certificate(), ALPNProtocols: ['h2', 'http/1.1'] }, secured)
    return tls
  }
  const secured = (socket: TLSSocket) => {
    socket.on('error', () => socket.destroy())
    if (socket.alpnProtocol === 'h2') http2.emit('connection', socket)
    else dispatch(socket)
  }
  const sockets = new Set<Socket>()
  const dispatch = (socket: Socket | TLSSocket) => {
    socket.once('readable', () => {
      const opening = socket.read() as Buffer | null
      if (opening === null) {
        // Nothing yet; at the end of the stream no further event comes and the socket closes by itself.
        if (!socket.readableEnded) dispatch(socket)
        return
      }
      socket.unshift(opening)
      if (opening.toString('latin1', 0, 3) === 'PRI') {
        // Node's HTTP/2 turns away a TLS socket that did not negotiate it.
        if ('alpnProtocol' in socket) socket.alpnProtocol = 'h2'
        http2.emit('connection', socket)
      } else if (opening[0] === TLS_HANDSHAKE && !('alpnProtocol' in socket)) {
        tlsServer().emit('connection', socket)
      } else http1.emit('connection', socket)
    })
  }
  const front = createNetServer({ noDelay: true }, socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    dispatch(socket)
  })
  await listen(front, port)
  const address = front.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async stop() {
      const closed = new Promise<void>(resolve => front.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      http1.close()
      http2.close()
      tls?.close()
      await closed
    },
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host: '127.0.0.1' }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

async function serve(answer: Answer, request: Request, response: Response): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  // A caller that vanishes mid-answer is its own business, not a fault of the sandbox.
  response.on('error', () => gone.abort())
  try {
    const body = await readBody(request)
    if (body === undefined) return plain(response, 413, 'the request is larger than 24 MiB')
    const wireRequest: WireRequest = {
      method: request.method ?? 'GET',
      path: request.url ?? '/',
      headers: request.headers as WireRequest['headers'],
      body,
      signal: gone.signal,
    }
    await send(await answer(wireRequest), response, gone.signal)
  } catch (error) {
    if (!gone.signal.aborted) plain(response, 500, String(error))
  }
}

async function readBody(request: Request): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length <= MAX_BODY_BYTES) chunks.push(chunk)
  }
  if (length > MAX_BODY_BYTES) return undefined
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)
}

function plain(response: Response, statusCode: number, text: string): void {
  if (response.headersSent) return void response.end()
  response.statusCode = statusCode
  response.setHeader('content-type', 'text/plain')
  ;(response as ServerResponse).end(`${text}\n`)
}

async function send(answer: WireResponse, response: Response, signal: AbortSignal): Promise<void> {
  if (answer.instead === 'silence') return
  if (answer.instead === 'reset') {
    response.socket?.destroy()
    return
  }
  const target = response as ServerResponse
  if (typeof answer.body === 'string' || answer.body instanceof Uint8Array) {
    const length = Buffer.byteLength(answer.body)
    target.writeHead(answer.statusCode, { ...answer.headers, 'content-length': length })
    // Text that is plain ASCII, as most answers are, is written several times faster as Latin-1.
    if (typeof answer.body === 'string' && length === answer.body.length) target.end(answer.body, 'latin1')
    else target.end(answer.body)
    return
  }
  target.writeHead(answer.statusCode, answer.headers)
  for await (const piece of answer.body) {
    if (signal.aborted) return
    if (!target.write(piece)) await drained(target, signal)
  }
  target.end()
}

function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    response.once('drain', resolve)
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
