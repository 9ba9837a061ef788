import type { JsonValue } from './decoded-record.ts'
import { compactJson, endOfString, skipBlank } from './json-documents.ts'

export type JsonObject = { readonly [key: string]: JsonValue }

/** The value as an object, or undefined. */
export function objectOf(value: JsonValue | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined
}

/**
 * The members of a sound JSON object text in their order, each with its own compact text, so that digits are kept where a
 * JavaScript number would round them. Of a repeated name the last one counts, as for JSON.parse. Empty for anything else.
 */
export function jsonMembers(text: string): Map<string, string> {
  const members = new Map<string, string>()
  let at = skipBlank(text, 0)
  if (text[at] !== '{') return members
  at = skipBlank(text, at + 1)
  while (text[at] === '"') {
    const nameEnd = (endOfString(text, at) ?? text.length) + 1
    const name = JSON.parse(text.slice(at, nameEnd)) as string
    const start = skipBlank(text, skipBlank(text, nameEnd) + 1)
    const end = endOfValue(text, start)
    members.set(name, compactJson(text.slice(start, end)))
    at = skipBlank(text, end)
    if (text[at] !== ',') break
    at = skipBlank(text, at + 1)
  }
  return members
}

/** The elements of a sound JSON array text, each as its own compact text; empty for anything else. */
export function jsonElements(text: string): string[] {
  const elements: string[] = []
  let at = skipBlank(text, 0)
  if (text[at] !== '[') return elements
  at = skipBlank(text, at + 1)
  while (at < text.length && text[at] !== ']') {
    const end = endOfValue(text, at)
    elements.push(compactJson(text.slice(at, end)))
    at = skipBlank(text, end)
    if (text[at] !== ',') break
    at = skipBlank(text, at + 1)
  }
  return elements
}

/**
 * The compact text of what a path leads to in a sound JSON text: names of members, places of elements (negative ones from
 * the end); undefined where it ends early.
 */
export function jsonTextAt(text: string, path: readonly (string | number)[]): string | undefined {
  let at: string | undefined = text
  for (const step of path) {
    if (at === undefined) return undefined
    at = typeof step === 'number' ? jsonElements(at).at(step) : jsonMembers(at).get(step)
  }
  return at === undefined ? undefined : compactJson(at)
}

/** Index after the value that begins at `start`, up to a comma or bracket of its parent. */
function endOfValue(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at += 1) {
    const character = text[at]
    if (character === '"') at = endOfString(text, at) ?? text.length
    else if (character === '{' || character === '[') depth += 1
    else if (character === '}' || character === ']') {
      if (depth === 0) return at
      depth -= 1
    } else if (character === ',' && depth === 0) return at
  }
  return text.length
}
