import { isIPv4 } from 'node:net'

/**
 * Whether NO_PROXY exempts a host, by the rules of Node's own agents, so that both transports go the same way: `*`, the
 * host, `host:port`, `.domain` (the domain itself too), `*.domain` (not the domain), a range of IPv4 addresses.
 */
export function isExempt(noProxy: string | undefined, host: string, port: number): boolean {
  const name = host.toLowerCase()
  return (noProxy ?? '')
    .split(',')
    .map(entry => entry.trim().toLowerCase())
    .some(
      entry =>
        entry === '*' ||
        entry === name ||
        entry === `${name}:${port}` ||
        (entry.startsWith('.') && (name === entry.slice(1) || name.endsWith(entry))) ||
        (entry.startsWith('*.') && name.endsWith(entry.slice(1))) ||
        isWithin(entry, name),
    )
}

function isWithin(range: string, host: string): boolean {
  const [first = '', last = ''] = range.split('-').map(part => part.trim())
  if (![host, first, last].every(isIPv4)) return false
  return numberOf(first) <= numberOf(host) && numberOf(host) <= numberOf(last)
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}
