import type { WireRequest, WireResponse } from './exchange.ts'

const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\]|([a-z0-9-]+\.)+localhost)(:\d+)?$/i

/**
 * Refuses what a web page could send: a browser puts an Origin on every POST, and a name that was made to point at
 * loopback shows in Host. Gives the refusal, or nothing when the request may pass.
 */
export function refuseForeign(request: WireRequest): WireResponse | undefined {
  const host = request.headers[':authority'] ?? request.headers.host ?? ''
  if (request.headers.origin !== undefined) {
    return forbidden(
      'requests with an Origin header (from a web page) are refused; use an AWS SDK or the AWS CLI',
    )
  }
  if (!LOOPBACK_HOST.test(host)) {
    return forbidden(
      `the host ${JSON.stringify(host)} is refused; address the sandbox as 127.0.0.1 or localhost`,
    )
  }
  return undefined
}

function forbidden(reason: string): WireResponse {
  return {
    statusCode: 403,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ __type: 'AccessDeniedException', message: `shardscope sandbox: ${reason}.` }),
  }
}
