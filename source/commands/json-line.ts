import type { OutputRow } from './command.ts'
import { JsonText } from './json-text.ts'

/** Version of the JSON Lines. Fields may be added under one version; none changes its meaning or goes. */
export const JSON_LINES_VERSION = 1

// What JSON leaves as it is although a terminal could obey it or a reader could not see it; compare visible-text.ts.
const UNSAFE_IN_JSON =
  /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Variation_Selector}]|\u034f|\u115f|\u1160|\u17b4|\u17b5|\u3164|\uffa0/gu

/**
 * One row as one line of JSON with `v` first. Bigints become strings (they exceed what JSON readers keep), dates ISO with
 * milliseconds, bytes base64, maps objects; what is absent stays absent. Control and format characters are written as JSON escapes, so the line is safe on a
 * terminal and still means the same text.
 */
export function jsonLine(row: OutputRow): string {
  const members = Object.entries<unknown>({ v: JSON_LINES_VERSION, ...row }).flatMap(([name, value]) => {
    const text = value instanceof JsonText ? value.text : JSON.stringify(plainValue(value))
    return text === undefined ? [] : [`${JSON.stringify(name)}:${text}`]
  })
  return `${`{${members.join(',')}}`.replace(UNSAFE_IN_JSON, escapeUnits)}\n`
}

function escapeUnits(character: string): string {
  let escaped = ''
  for (let index = 0; index < character.length; index += 1)
    escaped += `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`
  return escaped
}

function plain(row: OutputRow): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, plainValue(value)]))
}

function plainValue(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString()
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
  if (Array.isArray(value)) return value.map(plainValue)
  if (value instanceof Map) return plain(Object.fromEntries(value))
  if (typeof value === 'object' && value !== null) return plain(value as OutputRow)
  return value
}
