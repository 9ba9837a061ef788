// Control characters, format characters (bidi, zero width), separators that break lines, lone surrogates and
// private-use characters, and every blank but the space: whatever a terminal could obey, or a reader could not see or would
// take for something else. Two names must not look the same when they are not.
const UNSAFE =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}\p{Variation_Selector}]|[^\P{Zs} ]|\u034f|\u115f|\u1160|\u17b4|\u17b5|\u2800|\u3164|\uffa0|\u{1d159}/gu
const BEYOND_PRINTABLE_ASCII = /[^\x20-\x7e]/
const SHORT: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\x1b': '\\e',
  '\0': '\\0',
}

/** Any untrusted text as one line that no terminal obeys: unsafe characters become visible ASCII escapes. Letters stay. */
export function visibleText(text: string): string {
  if (!BEYOND_PRINTABLE_ASCII.test(text)) return text
  return text.replace(UNSAFE, escapeOf)
}

/** As visibleText, but every character outside printable ASCII is escaped: cell widths are then certain. */
export function visibleAscii(text: string): string {
  if (!BEYOND_PRINTABLE_ASCII.test(text)) return text
  return text.replace(/[^\x20-\x7e]/gu, escapeOf)
}

/** As visibleText, keeping line breaks: for pretty-printed values that are drawn line by line. */
export function visibleLines(text: string): string[] {
  return text.split(/\r\n|\n/).map(visibleText)
}

function escapeOf(character: string): string {
  const short = SHORT[character]
  if (short !== undefined) return short
  const code = character.codePointAt(0) ?? 0
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, '0')}`
  return `\\u{${code.toString(16)}}`
}
