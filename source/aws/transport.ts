import http from 'node:http'
import https from 'node:https'
import { NodeHttp2Handler, NodeHttpHandler } from '@smithy/node-http-handler'
import type { Deadlines } from './connection.ts'
import { createInProcessTransport } from './in-process-transport.ts'
import { canUseProxy, type ProxyVariables, proxyFor } from './proxy.ts'
import { createProxiedPush, type PushTransport } from './push-proxy.ts'
import { quietLogger } from './quiet-logger.ts'
import type { RequestHandler } from './request-handler.ts'
import { sayingNotImplemented } from './unimplemented.ts'

export type TransportOptions = {
  /** Absent: AWS's own hosts, always over TLS. */
  readonly endpointUrl?: string
  readonly deadlines: Deadlines
  readonly maxSockets: number
  /** Idle connections are closed by us after this long, before a server does it under a request. */
  readonly keepIdleMillis: number
  readonly proxy?: ProxyVariables
  /** PEM certificates to trust besides Node's own. */
  readonly caCertificates?: readonly string[]
  readonly onWarning: (text: string) => void
  /** Answers in this process; then no socket is ever opened. */
  readonly requestHandler?: RequestHandler
}

/** What an SDK client takes for its `requestHandler`. */
export type Transport = Pick<
  NodeHttpHandler,
  'metadata' | 'handle' | 'destroy' | 'updateHttpClientConfig' | 'httpHandlerConfigs'
>

/** A subscription lasts five minutes, and nothing of it may end before: silence is judged by whoever reads. */
const LONGEST_SESSION_MILLIS = 600_000

/**
 * HTTP/2 for subscriptions, which the service pushes over nothing else. A request timeout would end a quiet one without an
 * error; without any limit the handler would set one of its own.
 */
export function createPushTransport(options: TransportOptions): Transport | PushTransport {
  const { requestHandler, caCertificates: ca, deadlines } = options
  if (requestHandler !== undefined) return createTransport(options)
  const proxy = proxyFor(options.proxy, options.endpointUrl)
  if (proxy !== undefined && canUseProxy(process.versions.node)) {
    return createProxiedPush({
      proxy,
      tunnelMillis: deadlines.connectMillis + deadlines.answerMillis,
      sessionMillis: LONGEST_SESSION_MILLIS,
      ...(ca === undefined ? {} : { ca }),
    })
  }
  return new NodeHttp2Handler({
    sessionTimeout: LONGEST_SESSION_MILLIS,
    ...(ca === undefined ? {} : { nodeHttp2ConnectOptions: { ca: [...ca] } }),
  })
}

/**
 * HTTP/1.1 with kept-alive connections and limits on every step. The SDK's default for Kinesis is HTTP/2 with a
 * connection for each request, without any time limit, and fails on plain emulators.
 */
export function createTransport(options: TransportOptions): Transport {
  const { deadlines, onWarning, requestHandler } = options
  if (requestHandler !== undefined) return createInProcessTransport(requestHandler, deadlines)
  const proxy = proxyFor(options.proxy, options.endpointUrl)
  const pool = {
    keepAlive: true,
    maxSockets: options.maxSockets,
    timeout: options.keepIdleMillis,
    ...(proxy === undefined ? {} : { proxyEnv: proxy }),
  }
  const ca = options.caCertificates
  const transport = new NodeHttpHandler({
    connectionTimeout: deadlines.connectMillis,
    requestTimeout: deadlines.answerMillis,
    throwOnRequestTimeout: true,
    socketTimeout: deadlines.idleMillis,
    httpAgent: new http.Agent(pool),
    httpsAgent: new https.Agent(ca === undefined ? pool : { ...pool, ca: [...ca] }),
    logger: quietLogger(onWarning),
  })
  return sayingNotImplemented(transport)
}
