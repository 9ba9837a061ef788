import https from 'node:https'
import type { Duplex } from 'node:stream'
import type { HttpRequest } from '@smithy/core/protocols'
import { NodeHttp2Handler } from '@smithy/node-http-handler'
import { isExempt } from './no-proxy.ts'
import type { ProxyVariables } from './proxy.ts'

/** What an SDK client takes for its `requestHandler`. */
export type PushTransport = Pick<
  NodeHttp2Handler,
  'metadata' | 'handle' | 'destroy' | 'updateHttpClientConfig' | 'httpHandlerConfigs'
>

type Options = {
  readonly proxy: ProxyVariables
  /** From the first packet to the proxy until HTTP/2 can be spoken with the service behind it. */
  readonly tunnelMillis: number
  readonly sessionMillis: number
  readonly ca?: readonly string[]
}

/**
 * HTTP/2 through a proxy, which Node's HTTP/2 knows nothing of: its HTTPS agent makes the tunnel and the TLS in it. Each
 * request has a tunnel of its own, as each subscription has a session of its own.
 */
export function createProxiedPush({ proxy, tunnelMillis, sessionMillis, ca }: Options): PushTransport {
  const trust = ca === undefined ? {} : { ca: [...ca] }
  const direct = new NodeHttp2Handler({ sessionTimeout: sessionMillis, nodeHttp2ConnectOptions: trust })
  const open = new Set<Duplex>()
  return {
    metadata: { handlerProtocol: 'h2' },
    httpHandlerConfigs: () => ({}),
    updateHttpClientConfig() {},
    async handle(request, options = {}) {
      const port = request.port ?? 443
      const isDirect =
        request.protocol !== 'https:' ||
        proxy.HTTPS_PROXY === undefined ||
        isExempt(proxy.NO_PROXY, request.hostname, port)
      if (isDirect) return direct.handle(request, options)
      const deadline = AbortSignal.timeout(tunnelMillis)
      const caller = options.abortSignal as AbortSignal | undefined
      const signal = caller === undefined ? deadline : AbortSignal.any([caller, deadline])
      const tunnel = await tunnelTo(request, new https.Agent({ proxyEnv: proxy, ...trust }), signal).catch(
        error => {
          throw deadline.aborted && caller?.aborted !== true ? silent(tunnelMillis) : error
        },
      )
      open.add(tunnel)
      tunnel.once('close', () => open.delete(tunnel))
      const handler = new NodeHttp2Handler({
        sessionTimeout: sessionMillis,
        nodeHttp2ConnectOptions: { createConnection: () => tunnel },
      })
      return handler.handle(request, { ...options, isEventStream: true })
    },
    destroy() {
      direct.destroy()
      for (const tunnel of open) tunnel.destroy()
    },
  }
}

/** A TLS connection to the request's host that speaks HTTP/2. @throws the network's error, or the signal's reason */
function tunnelTo({ hostname, port }: HttpRequest, agent: https.Agent, signal: AbortSignal): Promise<Duplex> {
  const host = hostname.replace(/^\[|\]$/g, '')
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const giveUp = (error: unknown, ...sockets: (Duplex | null | undefined)[]) => {
      signal.removeEventListener('abort', callOff)
      for (const socket of sockets) {
        // Destroyed in the middle of a handshake, it may have one more error to tell.
        socket?.on('error', () => {})
        socket?.destroy()
      }
      reject(error)
    }
    let toProxy: Duplex | null | undefined
    const callOff = () => giveUp(signal.reason, toProxy)
    signal.addEventListener('abort', callOff)
    const wanted = {
      ...agent.options,
      host,
      port: port ?? 443,
      servername: host,
      ALPNProtocols: ['h2'],
    }
    toProxy = agent.createConnection(wanted, (error, tunnel) => {
      if (error) return giveUp(error, tunnel, toProxy)
      if ((tunnel as { alpnProtocol?: unknown }).alpnProtocol !== 'h2') {
        return giveUp(notHttp2(host), tunnel, toProxy)
      }
      signal.removeEventListener('abort', callOff)
      // Called off at this very moment: whoever waits is gone.
      if (signal.aborted) return giveUp(signal.reason, tunnel, toProxy)
      resolve(tunnel)
    })
  })
}

/** In the words of Node's own errors, so that one place (network-errors.ts) tells them all. */
function silent(millis: number): Error {
  return Object.assign(new Error(`It has not opened a tunnel within ${millis} ms.`), {
    code: 'ERR_PROXY_TUNNEL',
  })
}

function notHttp2(host: string): Error {
  return Object.assign(new Error(`What answers for ${host} behind the proxy does not speak HTTP/2.`), {
    code: 'ERR_PROXY_TUNNEL',
  })
}
