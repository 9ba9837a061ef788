import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export type SeenRequest = {
  readonly operation: string
  readonly body: Readonly<Record<string, unknown>>
  readonly headers: IncomingMessage['headers']
  /** Which connection it came on: 1 for the first. */
  readonly connection: number
}

export type Reply =
  | { readonly json: unknown; readonly status?: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly text: string; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** Takes the request and never says a word. */
  | 'silent'
  /** Half of an answer, then the connection is torn down. */
  | 'reset-in-body'
  /** Half of an answer, then silence. */
  | 'stall-in-body'
  /** Torn down before any answer. */
  | 'reset'

export type ScriptedServer = {
  readonly url: string
  readonly requests: readonly SeenRequest[]
  connectionCount(): number
  close(): Promise<void>
}

/** A loopback server that answers as a test says and remembers what it was asked. */
export async function scriptedServer(
  answer: (request: SeenRequest) => Reply | Promise<Reply>,
): Promise<ScriptedServer> {
  const requests: SeenRequest[] = []
  const sockets = new Set<Socket>()
  const numbers = new Map<Socket, number>()
  const server = createServer((incoming, outgoing) => {
    void serve(incoming, outgoing)
  })
  server.keepAliveTimeout = 60_000
  server.on('connection', socket => {
    numbers.set(socket, numbers.size + 1)
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
  })
  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString('utf8')
    const request: SeenRequest = {
      operation: String(incoming.headers['x-amz-target'] ?? '')
        .split('.')
        .at(-1) as string,
      body: text.startsWith('{') ? JSON.parse(text) : { text },
      headers: incoming.headers,
      connection: numbers.get(incoming.socket) ?? 0,
    }
    requests.push(request)
    const reply = await answer(request)
    if (reply === 'silent') return
    if (reply === 'reset') {
      incoming.socket.resetAndDestroy()
      return
    }
    if (reply === 'reset-in-body' || reply === 'stall-in-body') {
      outgoing.writeHead(200, { 'content-length': '1000' })
      outgoing.write('{"Records": [')
      if (reply === 'reset-in-body') setTimeout(() => incoming.socket.resetAndDestroy(), 20)
      return
    }
    const body = 'json' in reply ? JSON.stringify(reply.json) : reply.text
    outgoing.writeHead(reply.status ?? 200, {
      'content-type': 'json' in reply ? 'application/x-amz-json-1.1' : 'text/html',
      'content-length': Buffer.byteLength(body),
      ...reply.headers,
    })
    outgoing.end(body)
  }
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    connectionCount: () => numbers.size,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

/** An error answer in the service's JSON form. */
export function serviceError(name: string, message: string, status = 400): Reply {
  return { status, json: { __type: name, message } }
}
