// Answers of the SDK's clients as plain JSON: emulators leave members out or send them in other types. A member that makes
// no sense is absent.

export type Json = Readonly<Record<string, unknown>>

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

export function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

export function boolean(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined
}

export function date(value: unknown): Date | undefined {
  return value instanceof Date && !Number.isNaN(value.getTime()) ? value : undefined
}

export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.flatMap(item => text(item) ?? []) : []
}

export function objects(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

export function object(value: unknown): Json {
  return isObject(value) ? value : {}
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A member by its name, or nothing: an absent value must stay absent. */
export function present<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { [K in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { [K in Name]?: Value }
}

/** Facts for people: what is absent is left out. */
export function facts(...pairs: readonly (readonly [string, unknown])[]): (readonly [string, string])[] {
  return pairs.flatMap(([name, value]) => {
    if (value === undefined || value === null || value === '') return []
    return [[name, value instanceof Date ? value.toISOString() : String(value)] as const]
  })
}
