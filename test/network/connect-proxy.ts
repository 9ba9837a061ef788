import { once } from 'node:events'
import http2 from 'node:http2'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { type Certificate, selfSignedCertificate } from '../../source/sandbox/wire/certificate.ts'

/** A name that resolves nowhere (RFC 6761), so that whoever reaches it went through the proxy. */
export const BEHIND_PROXY = 'kinesis.behind-the-proxy.test'

export type ConnectProxy = {
  /** With user name and password where they are wanted. */
  readonly url: string
  /** First line and Proxy-Authorization of each request. */
  readonly seen: readonly { readonly line: string; readonly authorization?: string }[]
  openCount(): number
  close(): Promise<void>
}

/** How a proxy answers: opens the tunnel to a loopback port, sends a text, or never says a word. */
export type Conduct = { readonly tunnelTo: number } | { readonly answer: string } | 'silent'

/** A proxy for CONNECT on loopback, in a few lines of its own on raw sockets. */
export async function connectProxy(conduct: () => Conduct, login?: string): Promise<ConnectProxy> {
  const seen: { line: string; authorization?: string }[] = []
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
    socket.once('data', data => {
      const [line = '', ...headers] = data.toString('latin1').split('\r\n')
      const authorization = headers
        .map(header => /^proxy-authorization: *(.*)$/i.exec(header)?.[1])
        .find(value => value !== undefined)
      seen.push({ line, ...(authorization === undefined ? {} : { authorization }) })
      const way = conduct()
      if (way === 'silent') return
      if ('answer' in way) return void socket.end(way.answer)
      const inside = connect(way.tunnelTo, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
        socket.pipe(inside).pipe(socket)
      })
      inside.on('error', () => socket.destroy())
      socket.on('close', () => inside.destroy())
      inside.on('close', () => socket.destroy())
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${login === undefined ? '' : `${login}@`}127.0.0.1:${port}`,
    seen,
    openCount: () => sockets.size,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

export type TlsFront = { readonly port: number; readonly certificate: Certificate; close(): Promise<void> }

/** TLS for the name behind the proxy, HTTP/1.1 and HTTP/2, before a sandbox that wants to be called by loopback's name. */
export async function tlsFront(sandboxUrl: string): Promise<TlsFront> {
  const certificate = selfSignedCertificate(Date.now(), BEHIND_PROXY)
  const inside = http2.connect(sandboxUrl)
  const sessions = new Set<{ destroy(): void }>()
  const server = http2.createSecureServer({ ...certificate, allowHTTP1: true }, (request, response) => {
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(
        ([name]) => !name.startsWith(':') && !/^(host|connection|keep-alive|transfer-encoding)$/.test(name),
      ),
    )
    const stream = inside.request({ ...headers, ':method': request.method, ':path': request.url })
    stream.on('error', () => response.destroy())
    response.on('close', () => stream.close())
    stream.on('response', answered => {
      const passed = Object.entries(answered).filter(([name]) => !name.startsWith(':'))
      response.writeHead(Number(answered[':status']), Object.fromEntries(passed) as Record<string, string>)
      stream.pipe(response as unknown as NodeJS.WritableStream)
    })
    request.pipe(stream)
  })
  server.on('session', session => sessions.add(session))
  server.on('secureConnection', socket => {
    sessions.add(socket)
    socket.on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    certificate,
    async close() {
      inside.destroy()
      for (const session of sessions) session.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
