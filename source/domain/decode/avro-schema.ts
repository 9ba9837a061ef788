import { Malformed } from './byte-reader.ts'
import type { JsonValue } from './decoded-record.ts'
import { readJsonDocuments } from './json-documents.ts'
import { MAX_VALUE_DEPTH } from './plain-value.ts'

export type AvroPrimitive = 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'bytes' | 'string'
type Logical = { readonly logicalType?: string; readonly scale?: number }

/** A schema with all names resolved; records may contain themselves. */
export type AvroType =
  | ({ readonly kind: AvroPrimitive } & Logical)
  | {
      readonly kind: 'record'
      readonly name: string
      readonly fields: { readonly name: string; readonly type: AvroType }[]
    }
  | { readonly kind: 'enum'; readonly name: string; readonly symbols: readonly string[] }
  | ({ readonly kind: 'fixed'; readonly name: string; readonly size: number } & Logical)
  | { readonly kind: 'array'; readonly items: AvroType }
  | { readonly kind: 'map'; readonly values: AvroType }
  | { readonly kind: 'union'; readonly branches: readonly AvroType[] }

const PRIMITIVES: ReadonlySet<string> = new Set<AvroPrimitive>([
  'null',
  'boolean',
  'int',
  'long',
  'float',
  'double',
  'bytes',
  'string',
])

type Scope = { readonly names: Map<string, AvroType>; readonly namespace: string; readonly depth: number }
type JsonObject = { readonly [key: string]: JsonValue }

/** A schema text: an object, an array (union) or the name of a primitive type in quotes. Throws Malformed. */
export function parseAvroSchemaText(text: string): AvroType {
  const json = readJsonDocuments(text)
  const document =
    json?.outcome === 'documents' && json.documents.length === 1 ? json.documents[0] : undefined
  if (document !== undefined) return parseAvroSchema(document.value)
  const name = /^\s*"([a-z]+)"\s*$/.exec(text)?.[1]
  if (name === undefined) throw new Malformed('its schema is not JSON')
  return parseAvroSchema(name)
}

/** How a type is called on screen. */
export function nameOf(type: AvroType): string {
  return 'name' in type ? type.name : type.kind
}

/** Reads an Avro schema (Avro 1.12 specification). Throws Malformed with what is wrong. */
export function parseAvroSchema(schema: JsonValue): AvroType {
  return parseType(schema, { names: new Map(), namespace: '', depth: 0 })
}

function parseType(schema: JsonValue, outer: Scope): AvroType {
  const scope = { ...outer, depth: outer.depth + 1 }
  if (scope.depth > MAX_VALUE_DEPTH) throw new Malformed('its schema is nested too deeply')
  if (typeof schema === 'string') return named(schema, scope)
  if (Array.isArray(schema))
    return { kind: 'union', branches: schema.map(branch => parseType(branch, scope)) }
  if (schema === null || typeof schema !== 'object')
    throw new Malformed(`its schema has a type ${JSON.stringify(schema)}`)
  const object = schema as JsonObject
  switch (object.type) {
    case 'record':
    case 'error':
      return parseRecord(object, scope)
    case 'enum': {
      const type: AvroType = { kind: 'enum', name: fullName(object, scope), symbols: textsOf(object.symbols) }
      return define(type.name, type, scope)
    }
    case 'fixed': {
      const size = numberOf(object.size, 'size')
      const type: AvroType = { kind: 'fixed', name: fullName(object, scope), size, ...logicalOf(object) }
      return define(type.name, type, scope)
    }
    case 'array':
      return { kind: 'array', items: parseType(required(object.items, 'items'), scope) }
    case 'map':
      return { kind: 'map', values: parseType(required(object.values, 'values'), scope) }
  }
  const type = parseType(required(object.type, 'type'), scope)
  return isPrimitive(type) ? { kind: type.kind, ...logicalOf(object) } : type
}

function parseRecord(object: JsonObject, scope: Scope): AvroType {
  const name = fullName(object, scope)
  const fields: { name: string; type: AvroType }[] = []
  // Known before its fields are read, since they may refer to it.
  const record = define(name, { kind: 'record', name, fields }, scope)
  const inner = { ...scope, namespace: namespaceOf(name) }
  if (!Array.isArray(object.fields)) throw new Malformed(`its schema has a record ${name} without fields`)
  for (const field of object.fields as readonly JsonValue[]) {
    const { name: fieldName, type } = (field ?? {}) as JsonObject
    if (typeof fieldName !== 'string') throw new Malformed(`its schema has a field without a name in ${name}`)
    fields.push({ name: fieldName, type: parseType(required(type, 'type'), inner) })
  }
  return record
}

function named(name: string, scope: Scope): AvroType {
  if (PRIMITIVES.has(name)) return { kind: name as AvroPrimitive }
  const qualified = name.includes('.') || scope.namespace === '' ? name : `${scope.namespace}.${name}`
  const type = scope.names.get(qualified) ?? scope.names.get(name)
  if (type === undefined) throw new Malformed(`its schema does not define "${name}"`)
  return type
}

function define<T extends AvroType>(name: string, type: T, scope: Scope): T {
  if (scope.names.has(name)) throw new Malformed(`its schema defines "${name}" twice`)
  scope.names.set(name, type)
  return type
}

function fullName({ name, namespace }: JsonObject, scope: Scope): string {
  if (typeof name !== 'string' || name === '') throw new Malformed('its schema has a type without a name')
  if (name.includes('.')) return name
  const space = typeof namespace === 'string' ? namespace : scope.namespace
  return space === '' ? name : `${space}.${name}`
}

function namespaceOf(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot === -1 ? '' : name.slice(0, dot)
}

function logicalOf({ logicalType, scale }: JsonObject): Logical {
  return {
    ...(typeof logicalType === 'string' ? { logicalType } : {}),
    ...(typeof scale === 'number' ? { scale } : {}),
  }
}

function isPrimitive(type: AvroType): type is Extract<AvroType, { kind: AvroPrimitive }> {
  return PRIMITIVES.has(type.kind)
}

function required(value: JsonValue | undefined, what: string): JsonValue {
  if (value === undefined) throw new Malformed(`its schema lacks "${what}"`)
  return value
}

function numberOf(value: JsonValue | undefined, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new Malformed(`its schema has no sound "${what}"`)
  }
  return value
}

function textsOf(value: JsonValue | undefined): readonly string[] {
  if (!Array.isArray(value) || !value.every(item => typeof item === 'string')) {
    throw new Malformed('its schema has an enum without symbols')
  }
  return value as readonly string[]
}
