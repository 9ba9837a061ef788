import { createServer, type IncomingMessage } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'

/** A schema as `GET /schemas/ids/{id}` tells it; `schemaType` is left out for Avro, as the service does. */
export type Stored = {
  readonly schema: string
  readonly schemaType?: string
  readonly references?: readonly {
    readonly name: string
    readonly subject: string
    readonly version: number
  }[]
}

export type Odd = 'silent' | 'huge' | 'html' | 'fault' | 'redirect' | 'torn'

export type FakeConfluent = {
  readonly url: string
  readonly requests: readonly string[]
  readonly ids: Map<string, Stored | Odd>
  readonly subjects: Map<string, Stored>
  close(): Promise<void>
}

/**
 * A registry on loopback, written from the published REST API of Confluent's Schema Registry: ids, versions of subjects,
 * `{"error_code": 40403, "message": "Schema 9 not found"}` with 404, and 401 where it wants a user.
 */
export async function fakeConfluent(
  options: { readonly user?: string; readonly tls?: { readonly cert: string; readonly key: string } } = {},
): Promise<FakeConfluent> {
  const requests: string[] = []
  const ids = new Map<string, Stored | Odd>()
  const subjects = new Map<string, Stored>()
  const sockets = new Set<Socket>()
  const type = 'application/vnd.schemaregistry.v1+json'
  const answer = (incoming: IncomingMessage): { status: number; body: string; type?: string } | Odd => {
    const url = new URL(incoming.url ?? '/', 'http://registry')
    const json = (status: number, value: unknown) => ({ status, body: JSON.stringify(value) })
    if (options.user !== undefined) {
      const wanted = `Basic ${Buffer.from(options.user).toString('base64')}`
      if (incoming.headers.authorization !== wanted) {
        return json(401, { error_code: 401, message: 'Unauthorized' })
      }
    }
    const id = /^\/schemas\/ids\/(\d+)$/.exec(url.pathname)?.[1]
    if (id !== undefined) {
      return ids.get(id) === undefined
        ? json(404, { error_code: 40403, message: `Schema ${id} not found` })
        : typeof ids.get(id) === 'string'
          ? (ids.get(id) as Odd)
          : json(200, ids.get(id))
    }
    const version = /^\/subjects\/([^/]+)\/versions\/(\d+)$/.exec(url.pathname)
    const stored = subjects.get(`${decodeURIComponent(version?.[1] ?? '')} ${version?.[2]}`)
    if (stored !== undefined) return json(200, stored)
    return json(404, { error_code: 40401, message: 'Subject not found.' })
  }
  const serve: Parameters<typeof createServer>[1] = (incoming, outgoing) => {
    requests.push(`${incoming.method} ${incoming.url}`)
    const made = answer(incoming)
    switch (made) {
      case 'silent':
        return
      case 'huge': {
        outgoing.writeHead(200, { 'content-type': type })
        outgoing.on('error', () => {})
        const more = (): void => {
          while (!outgoing.destroyed && outgoing.write('x'.repeat(65_536))) {}
        }
        outgoing.on('drain', more)
        more()
        return
      }
      case 'html':
        outgoing.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in to the network</html>')
        return
      case 'fault':
        outgoing.writeHead(500, { 'content-type': type })
        outgoing.end('{"error_code":50001,"message":"Error in the backend data store"}')
        return
      case 'redirect':
        outgoing.writeHead(302, { location: '/schemas/ids/42' }).end()
        return
      case 'torn':
        outgoing.writeHead(200, { 'content-type': type, 'content-length': '1000' })
        outgoing.write('{"schema":', () => incoming.socket.resetAndDestroy())
        return
      default:
        outgoing.writeHead(made.status, { 'content-type': type }).end(made.body)
    }
  }
  const server = options.tls === undefined ? createServer(serve) : createTlsServer(options.tls, serve)
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    requests,
    ids,
    subjects,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
