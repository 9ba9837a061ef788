/**
 * Whether a URL's host can only be this machine: `localhost` and its subdomains (RFC 6761, also with the root's dot),
 * 127.0.0.0/8 and ::1, also as an IPv4-mapped address. False for what is no URL.
 */
export function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false
  // The URL parser has lower-cased the host and written every form of an IPv4 or IPv6 address in its normal form.
  const { hostname } = new URL(url)
  return (
    /^(?:[^/]+\.)?localhost\.?$/.test(hostname) ||
    /^127(?:\.\d{1,3}){3}$/.test(hostname) ||
    /^\[(?:::1|::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4})\]$/.test(hostname)
  )
}
