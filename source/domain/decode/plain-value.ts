import type { JsonDocument, JsonValue } from './decoded-record.ts'

/** What the binary formats can say. Integers beyond a JavaScript number are bigints. */
export type PlainValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Date
  | readonly PlainValue[]
  | ReadonlyMap<string, PlainValue>

/** Nesting that readers of binary formats accept, so that what walks the values never runs out of stack. */
export const MAX_VALUE_DEPTH = 200

/**
 * A value as a JSON document. What JSON lacks becomes: bytes `{"$base64":"…"}`, dates ISO strings, NaN and infinities
 * strings. Integers keep all their digits in the text; in `value` they are JavaScript numbers.
 */
export function documentOf(value: PlainValue): JsonDocument {
  const text = jsonText(value)
  return { text, value: JSON.parse(text) as JsonValue }
}

export function jsonText(value: PlainValue): string {
  switch (typeof value) {
    case 'bigint':
      return String(value)
    case 'number':
      if (Object.is(value, -0)) return '-0'
      return Number.isFinite(value) ? String(value) : `"${value}"`
    case 'string':
    case 'boolean':
      return JSON.stringify(value)
  }
  if (value === null) return 'null'
  if (value instanceof Uint8Array) return `{"$base64":"${Buffer.from(value).toString('base64')}"}`
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '"no date"' : JSON.stringify(value)
  if (value instanceof Map) {
    const members: string[] = []
    for (const [name, member] of value as ReadonlyMap<string, PlainValue>) {
      members.push(`${JSON.stringify(name)}:${jsonText(member)}`)
    }
    return `{${members.join(',')}}`
  }
  return `[${(value as readonly PlainValue[]).map(jsonText).join(',')}]`
}

/** A bigint as a number where that loses nothing. */
export function narrowed(value: bigint): number | bigint {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : value
}
