/** Put where something was that gives access. */
export const HIDDEN = '[hidden]'

/** Shorter ones are words, and hiding each of their places would tell more than it hides. */
const SHORTEST = 8
const SECRET_NAME = /SECRET|TOKEN|PASSW|API_?KEY|ACCESS_?KEY|CREDENTIAL/i
/** Such a variable holds the path of a secret, or an address to get one from. */
const PLACE_NAME = /_(?:FILE|PATH|URI|URL|ENDPOINT)$/i

/** Values of an environment that give access: by their variable's name, and passwords inside addresses. */
export function secretsOf(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  return Object.entries(environment).flatMap(([name, value = '']) => [
    ...(SECRET_NAME.test(name) && !PLACE_NAME.test(name) ? [value.trim()] : []),
    ...[...value.matchAll(/\/\/[^/\s:@]*:([^/\s@]+)@/g)].flatMap(([, password = '']) => [
      password,
      decoded(password),
    ]),
  ])
}

/**
 * A text for the terminal or a log without what gives access: the known values, and whatever has the form of a key, a
 * signature, a token or a password of an address. For texts that nobody of us wrote, such as those of a crash.
 */
export function withoutSecrets(text: string, known: Iterable<string> = []): string {
  // The longest first: a short one can be a part of it.
  const values = [...new Set(known)]
    .filter(value => value.length >= SHORTEST)
    .sort((a, b) => b.length - a.length)
  let shown = text
  for (const value of values) {
    for (const form of new Set([value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)])) {
      shown = shown.replaceAll(form, HIDDEN)
    }
  }
  return (
    shown
      // IAM's documented prefixes of access keys.
      .replace(/\b(?:AKIA|ASIA)[A-Z0-9]{12,124}\b/g, HIDDEN)
      .replace(/(\/\/[^/\s:@]*:)[^/\s@]+@/g, `$1${HIDDEN}@`)
      .replace(
        /((?:secret_?access_?key|session_?token|security-token|access_?token|refresh_?token|client_?secret|password)["']?\s*[:=]\s*["']?)[^"'\s,;}&]+/gi,
        `$1${HIDDEN}`,
      )
      .replace(/(\b(?:Signature=|Basic |Bearer ))[A-Za-z0-9+/=._~-]{8,}/g, `$1${HIDDEN}`)
  )
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
