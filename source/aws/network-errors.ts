import { firstLine, type Verdict } from './verdict.ts'

/**
 * What an error of connection, name lookup, TLS or HTTP means, or undefined where it is none. Looks below wrappers. With a
 * proxy on the way, what fails first is the way to it.
 */
export function networkVerdict(error: unknown, endpointUrl: string, proxyUrl?: string): Verdict | undefined {
  const { host, hostname } = URL.canParse(endpointUrl)
    ? new URL(endpointUrl)
    : { host: endpointUrl, hostname: endpointUrl }
  for (const link of causes(error)) {
    const code = typeof link.code === 'string' ? link.code : ''
    const text = typeof link.message === 'string' ? link.message : ''
    switch (code) {
      case 'ECONNREFUSED':
        if (proxyUrl !== undefined) {
          return {
            kind: 'unreachable',
            message: `Nothing listens at the proxy ${proxyUrl} on the way to ${host}: connection refused (${code}).`,
            nextStep: 'Start the proxy, or check HTTPS_PROXY, HTTP_PROXY and NO_PROXY.',
            retryable: true,
          }
        }
        return {
          kind: 'unreachable',
          message: `Nothing listens at ${host}: connection refused (${code}).`,
          nextStep: 'Start the emulator or proxy there, or check the endpoint URL.',
          retryable: true,
        }
      case 'ENOTFOUND':
      case 'EAI_AGAIN':
        return {
          kind: 'unreachable',
          message: `The name ${nameLookedUp(link) ?? hostname} cannot be resolved (${code}).`,
          nextStep: 'Check the region and the endpoint URL, then DNS and VPN.',
          retryable: true,
        }
      case 'EHOSTUNREACH':
      case 'ENETUNREACH':
        return {
          kind: 'unreachable',
          message: `There is no route to ${host} (${code}).`,
          nextStep: 'Check the network and the VPN.',
          retryable: true,
        }
      case 'ECONNRESET':
      case 'EPIPE':
      case 'ERR_STREAM_PREMATURE_CLOSE':
        return {
          kind: 'unreachable',
          message: `The connection to ${host} broke before the whole answer was there (${code}).`,
          nextStep: 'Try again; if it stays, look for a proxy or firewall on the way.',
          retryable: true,
          isUncertain: true,
        }
    }
    if (code === 'ETIMEDOUT' || link.name === 'TimeoutError') {
      const via = proxyUrl === undefined ? '' : ` through the proxy ${proxyUrl}`
      const within = timeIn(text)
      const how = within === undefined ? `in time: ${firstLine(text) || code}` : `${within}.`
      return {
        kind: 'unreachable',
        message: `No ${isUnconnected(text) ? 'connection to' : 'answer from'} ${host}${via} ${how}`,
        nextStep: 'Check the network, VPN and proxy on the way to the endpoint.',
        retryable: true,
        isUncertain: true,
      }
    }
    if (CERTIFICATE_CODES.test(code)) {
      return {
        kind: 'unreachable',
        message: `The TLS certificate of ${host} is not trusted: ${firstLine(text)} (${code}).`,
        nextStep: 'If a company proxy signs it, set AWS_CA_BUNDLE (or NODE_EXTRA_CA_CERTS) to its CA file.',
      }
    }
    if (code === 'ERR_PROXY_TUNNEL') {
      if (link.statusCode === 407) {
        return {
          kind: 'unreachable',
          message: `The proxy on the way to ${host} wants a user name and password: ${firstLine(text)}`,
          nextStep: 'Put them into HTTPS_PROXY: http://user:password@proxy.example:3128.',
        }
      }
      return {
        kind: 'unreachable',
        message: `The proxy does not let through to ${host}: ${firstLine(text)}`,
        nextStep: 'Check HTTPS_PROXY and NO_PROXY, and what the proxy allows.',
        retryable: true,
      }
    }
    if (/^(EPROTO|ERR_SSL_)/.test(code)) {
      return {
        kind: 'unreachable',
        message: `${host} does not speak TLS as expected (${code}).`,
        nextStep: 'A plain port wants http:// in the endpoint URL, a TLS port https://.',
      }
    }
    if (code.startsWith('HPE_')) {
      return {
        kind: 'bad-answer',
        message: `What ${host} answers is not HTTP/1.1 (${code}).`,
        nextStep: 'Check scheme and port of the endpoint URL; HTTP/2-only ports do not work.',
        isUncertain: true,
      }
    }
  }
  return undefined
}

/** The transport's words for a connection that was not made in time. */
function isUnconnected(text: string): boolean {
  return /did not establish a connection/.test(text)
}

/** The limit that the transport names, in a person's words. */
function timeIn(text: string): string | undefined {
  const millis = Number(/\b(\d+) ?ms\b/.exec(text)?.[1])
  if (Number.isNaN(millis)) return undefined
  return `within ${millis < 1_000 ? `${millis} ms` : `${millis / 1_000} s`}`
}

const CERTIFICATE_CODES =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_|ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)/

type Link = { code?: unknown; statusCode?: unknown; message?: unknown; name?: unknown; hostname?: unknown }

/** The error, its causes and, of an error that holds several (both address families failed), the first. */
function causes(error: unknown): Link[] {
  const links: Link[] = []
  let next: unknown = error
  while (typeof next === 'object' && next !== null && links.length < 10) {
    links.push(next as Link)
    const { cause, errors } = next as { cause?: unknown; errors?: unknown }
    next = cause ?? (Array.isArray(errors) ? errors[0] : undefined)
  }
  return links
}

function nameLookedUp(link: Link): string | undefined {
  return typeof link.hostname === 'string' ? link.hostname : undefined
}
