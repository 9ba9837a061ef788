import { usageFailure } from '../domain/failure.ts'
import { isLoopback } from '../domain/loopback.ts'
import type { Sourced } from '../domain/session.ts'
import { isExempt } from './no-proxy.ts'
import type { AwsSettings } from './settings.ts'

/** The proxy variables as Node's agents want them. */
export type ProxyVariables = {
  readonly HTTPS_PROXY?: string
  readonly HTTP_PROXY?: string
  readonly NO_PROXY?: string
}

/** Node learnt to send an agent's requests through a proxy in this version. */
const PROXY_NODE: readonly [number, number] = [24, 5]

export function canUseProxy(nodeVersion: string): boolean {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number)
  return major > PROXY_NODE[0] || (major === PROXY_NODE[0] && minor >= PROXY_NODE[1])
}

/** Those that are set, or undefined where none names a proxy. */
export function proxyVariables(settings: AwsSettings): ProxyVariables | undefined {
  const names = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'] as const
  const set: ProxyVariables = Object.fromEntries(
    names.flatMap(name => {
      const variable = settings.variables.get(name)
      return variable === undefined ? [] : [[name, variable.value]]
    }),
  )
  return set.HTTPS_PROXY === undefined && set.HTTP_PROXY === undefined ? undefined : set
}

/** The proxy variables to use for an endpoint: none towards this machine, whatever is set. */
export function proxyFor(
  proxy: ProxyVariables | undefined,
  endpointUrl: string | undefined,
): ProxyVariables | undefined {
  return endpointUrl !== undefined && isLoopback(endpointUrl) ? undefined : proxy
}

/**
 * The proxy on the way to the endpoint, for the screen; its password is left out.
 * @throws FailureError `usage` when the variable holds no URL
 */
export function proxyInSight(
  settings: AwsSettings,
  endpointUrl: string,
  onWarning: (text: string) => void,
): Sourced<string> | undefined {
  const name = endpointUrl.startsWith('https:') ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  const variable = settings.variables.get(name)
  if (variable === undefined || proxyFor(proxyVariables(settings), endpointUrl) === undefined)
    return undefined
  const { protocol: scheme, hostname, port } = new URL(endpointUrl)
  const portNumber = port === '' ? (scheme === 'https:' ? 443 : 80) : Number(port)
  if (isExempt(settings.variables.get('NO_PROXY')?.value, hostname, portNumber)) return undefined
  if (!canUseProxy(process.versions.node)) {
    onWarning(`${name} is set, but Node ${process.versions.node} cannot use it here: Node 24.5 or newer can.`)
    return undefined
  }
  if (!URL.canParse(variable.value) || !/^https?:$/.test(new URL(variable.value).protocol)) {
    throw usageFailure(
      'CheckProxy',
      `The proxy in ${name} is not an http URL.`,
      'Write it as http://proxy.example:3128.',
    )
  }
  const { protocol, host } = new URL(variable.value)
  return { value: `${protocol}//${host}`, origin: variable.origin }
}
