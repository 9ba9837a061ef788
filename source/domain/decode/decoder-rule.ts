import type { ForcedDecoding } from './forced-decoder.ts'

/** What the user laid down about the records of some streams. */
export type DecoderRule = {
  /** A stream's name, or a pattern with `*` for any characters. */
  readonly stream: string
  /** Only under this profile. */
  readonly profile?: string
  /** Only at this endpoint: a URL or a host. */
  readonly endpoint?: string
  readonly forced?: ForcedDecoding
  /** As `--schema` takes it; paths are absolute. */
  readonly schema?: string
  /** `glue`, or the address of a Confluent registry. */
  readonly registry?: string
}

export type RecordOrigin = {
  readonly streamName: string
  readonly profile?: string
  readonly endpoint: string
}

/** The first rule, in the order of the file, that is about this stream. */
export function ruleFor(rules: readonly DecoderRule[], origin: RecordOrigin): DecoderRule | undefined {
  return rules.find(
    rule =>
      matchesPattern(rule.stream, origin.streamName) &&
      (rule.profile === undefined || rule.profile === origin.profile) &&
      (rule.endpoint === undefined || isEndpoint(rule.endpoint, origin.endpoint)),
  )
}

/** Without regular expressions, whose time grows with what the user wrote: each part is looked for in turn. */
function matchesPattern(pattern: string, name: string): boolean {
  const parts = pattern.split('*')
  const [first = '', ...others] = parts
  if (others.length === 0) return pattern === name
  const last = others.pop() ?? ''
  if (!name.startsWith(first) || name.length < first.length + last.length || !name.endsWith(last))
    return false
  let at = first.length
  const end = name.length - last.length
  for (const part of others) {
    const found = name.indexOf(part, at)
    if (found < 0 || found + part.length > end) return false
    at = found + part.length
  }
  return true
}

function isEndpoint(wanted: string, endpoint: string): boolean {
  const plain = (text: string): string =>
    text
      .replace(/^https?:\/\//, '')
      .replace(/\/+$/, '')
      .toLowerCase()
  return plain(wanted) === plain(endpoint)
}
