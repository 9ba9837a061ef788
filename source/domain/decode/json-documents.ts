// JSON as it was written: documents are cut out of the text and kept with it, so that digits, key order and repeated keys
// reach the screen untouched; the parsed value is for filters and envelopes.

import type { JsonDocument, JsonValue } from './decoded-record.ts'

/** Deeper values are shown as text: whoever walks them recursively would run out of stack. */
export const MAX_JSON_DEPTH = 200
const MAX_DOCUMENTS = 100_000

export type JsonReading =
  | { readonly outcome: 'documents'; readonly documents: readonly JsonDocument[] }
  | { readonly outcome: 'refused'; readonly reason: string }

/**
 * The objects and arrays that a text consists of, with white space or nothing between them; undefined where it does not
 * open like one. A lone number, word or string is left to be text.
 */
export function readJsonDocuments(text: string): JsonReading | undefined {
  let at = skipBlank(text, 0)
  if (text[at] !== '{' && text[at] !== '[') return undefined
  const documents: JsonDocument[] = []
  while (at < text.length) {
    if (documents.length >= MAX_DOCUMENTS) return refused(`more than ${MAX_DOCUMENTS} documents`)
    const end = endOfDocument(text, at)
    if (typeof end === 'string') return refused(documents.length === 0 ? end : after(documents.length, end))
    const source = text.slice(at, end)
    try {
      documents.push({ text: source, value: JSON.parse(source) as JsonValue })
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      return refused(documents.length === 0 ? reason : after(documents.length, reason))
    }
    at = skipBlank(text, end)
  }
  return { outcome: 'documents', documents }
}

function refused(reason: string): JsonReading {
  return { outcome: 'refused', reason: `not JSON: ${reason}` }
}

function after(count: number, reason: string): string {
  return `after ${count} sound ${count === 1 ? 'document' : 'documents'}: ${reason}`
}

/** Index after the object or array that begins at `start`, or why there is none. */
function endOfDocument(text: string, start: number): number | string {
  if (text[start] !== '{' && text[start] !== '[') return `"${text.slice(start, start + 12)}" follows`
  let depth = 0
  for (let at = start; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case 0x22: {
        const end = endOfString(text, at)
        if (end === undefined) return 'a string is not closed'
        at = end
        break
      }
      case 0x7b:
      case 0x5b:
        depth += 1
        if (depth > MAX_JSON_DEPTH) return `nested deeper than ${MAX_JSON_DEPTH} levels`
        break
      case 0x7d:
      case 0x5d:
        depth -= 1
        if (depth === 0) return at + 1
    }
  }
  return `ends within ${depth} open ${depth === 1 ? 'bracket' : 'brackets'}`
}

/** Index of the quote that closes the string which opens at `start`. */
export function endOfString(text: string, start: number): number | undefined {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let backslashes = 0
    while (text.charCodeAt(at - 1 - backslashes) === 0x5c) backslashes += 1
    if (backslashes % 2 === 0) return at
  }
  return undefined
}

export function skipBlank(text: string, start: number): number {
  let at = start
  while (isBlank(text.charCodeAt(at))) at += 1
  return at
}

/** White space of JSON. */
function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
}

/** A sound JSON text without white space outside its strings; at most about `maxCharacters` of it. */
export function compactJson(text: string, maxCharacters = Number.POSITIVE_INFINITY): string {
  let out = ''
  for (let at = 0; at < text.length && out.length < maxCharacters; ) {
    const code = text.charCodeAt(at)
    if (code === 0x22) {
      const end = (endOfString(text, at) ?? text.length - 1) + 1
      out += text.slice(at, Math.min(end, at + maxCharacters + 1))
      at = end
    } else {
      const from = at
      while (at < text.length && text.charCodeAt(at) !== 0x22 && !isBlank(text.charCodeAt(at))) at += 1
      out += text.slice(from, at)
      at = skipBlank(text, at)
    }
  }
  return out
}

/** A sound JSON text spread over lines, two spaces a level; empty objects and arrays stay on one line. Bounded by the caller. */
export function* prettyJsonLines(text: string): Generator<string, void, void> {
  let depth = 0
  let line = ''
  for (let at = skipBlank(text, 0); at < text.length; at = skipBlank(text, at)) {
    const character = text[at] ?? ''
    at += 1
    if (character === '"') {
      const end = (endOfString(text, at - 1) ?? text.length - 1) + 1
      line += text.slice(at - 1, end)
      at = end
    } else if (character === '{' || character === '[') {
      line += character
      const next = text[skipBlank(text, at)]
      if (next === '}' || next === ']') {
        line += next
        at = skipBlank(text, at) + 1
      } else {
        yield line
        depth += 1
        line = '  '.repeat(depth)
      }
    } else if (character === '}' || character === ']') {
      yield line
      depth -= 1
      line = '  '.repeat(depth) + character
    } else if (character === ',') {
      yield `${line},`
      line = '  '.repeat(depth)
    } else if (character === ':') {
      line += ': '
    } else {
      const from = at - 1
      while (at < text.length && !/[\s,:{}[\]"]/.test(text[at] ?? '')) at += 1
      line += text.slice(from, at)
    }
  }
  if (line !== '') yield line
}
