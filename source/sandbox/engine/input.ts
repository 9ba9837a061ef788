import { ServiceError, validationFailed } from './errors.ts'
import { INPUT_SHAPES } from './input-shapes.ts'

type Bounds = { minimum?: number; maximum?: number }
type Shape =
  | ({ kind: 'string'; pattern?: RegExp; patternText?: string } & Bounds)
  | ({ kind: 'blob' | 'integer' } & Bounds)
  | ({ kind: 'list'; member: string } & Bounds)
  | ({ kind: 'map'; key: string; value: string } & Bounds)
  | { kind: 'enum'; values: string[] }
  | { kind: 'boolean' | 'timestamp' }
  | { kind: 'struct'; members: { name: string; shape: string; required: boolean }[] }

export type ShapeTable = Map<string, Shape>

/** How a wire format writes what JSON has no word for. Both give nothing for a value that is not of that kind. */
export type ValueCodec = {
  /** Epoch milliseconds. */
  timestamp(value: unknown): number | undefined
  blob(value: unknown): Uint8Array | undefined
}

/** Values as a caller inside the process has them: bytes as bytes, times as Date or epoch milliseconds. */
export const plainValues: ValueCodec = {
  timestamp: value =>
    value instanceof Date ? value.getTime() : typeof value === 'number' ? value : undefined,
  blob: value => (value instanceof Uint8Array ? value : undefined),
}

/** Parses the table of input shapes; done once for each sandbox. */
export function parseShapes(text: string = INPUT_SHAPES): ShapeTable {
  const lines = text.trim().split('\n')
  return new Map(lines.map(line => [line.split(' ', 1)[0] ?? '', parseShape(line)]))
}

function parseShape(line: string): Shape {
  const [, kind = '', ...rest] = line.split(' ')
  const bounds = /^(\d*)\.\.(\d*)$/.exec(rest[0] ?? '')
  const limits: Bounds = {
    ...(bounds?.[1] ? { minimum: Number(bounds[1]) } : {}),
    ...(bounds?.[2] ? { maximum: Number(bounds[2]) } : {}),
  }
  const words = bounds === null ? rest : rest.slice(1)
  switch (kind) {
    case 'struct':
      return { kind, members: words.map(parseMember) }
    case 'enum':
      return { kind, values: words.join(' ').split('|') }
    case 'list':
      return { kind, ...limits, member: words[0] ?? '' }
    case 'map':
      return { kind, ...limits, key: words[0] ?? '', value: words[1] ?? '' }
    case 'string': {
      const patternText = words.join(' ').slice(1, -1)
      return {
        kind,
        ...limits,
        ...(patternText === '' ? {} : { pattern: new RegExp(`^(?:${patternText})$`), patternText }),
      }
    }
    case 'blob':
    case 'integer':
      return { kind, ...limits }
    default:
      return { kind: kind === 'boolean' ? kind : 'timestamp' }
  }
}

function parseMember(word: string) {
  const [name = '', shape = ''] = word.split(':')
  return { name: name.replace('!', ''), shape, required: name.endsWith('!') }
}

/**
 * Turns what came over the wire into an operation's input: known members only, bytes and times decoded, every
 * constraint of the model checked. Errors: SerializationException (wrong kind of value), ValidationException (a
 * constraint, all of them in one message, as the service words it).
 */
export function readInput(shapes: ShapeTable, shape: string, raw: unknown, codec: ValueCodec): object {
  const complaints: string[] = []
  const value = read(shapes, shape, raw, codec, '', complaints)
  if (complaints.length > 0) {
    const count = complaints.length === 1 ? '1 validation error' : `${complaints.length} validation errors`
    throw validationFailed(`${count} detected: ${complaints.join('; ')}`)
  }
  return value as object
}

const lowerFirst = (name: string) => name.charAt(0).toLowerCase() + name.slice(1)

function read(
  shapes: ShapeTable,
  name: string,
  raw: unknown,
  codec: ValueCodec,
  path: string,
  complaints: string[],
): unknown {
  const shape = shapes.get(name)
  if (shape === undefined) throw new Error(`the table of input shapes lacks ${name}`)
  switch (shape.kind) {
    case 'struct': {
      if (!isObject(raw)) throw wrongKind(path, 'a structure')
      const result: Record<string, unknown> = {}
      for (const { name: member, shape: memberShape, required } of shape.members) {
        const value = raw[member]
        const memberPath = path === '' ? lowerFirst(member) : `${path}.${lowerFirst(member)}`
        if (value === undefined || value === null) {
          if (required) complain(complaints, null, memberPath, 'Member must not be null')
        } else result[member] = read(shapes, memberShape, value, codec, memberPath, complaints)
      }
      return result
    }
    case 'list': {
      if (!Array.isArray(raw)) throw wrongKind(path, 'a list')
      checkBounds(shape, raw.length, 'length', () => '[...]', path, complaints)
      return raw.map((item, index) =>
        read(shapes, shape.member, item, codec, `${path}.${index + 1}.member`, complaints),
      )
    }
    case 'map': {
      if (!isObject(raw)) throw wrongKind(path, 'a map')
      const entries = Object.entries(raw)
      checkBounds(shape, entries.length, 'length', () => '{...}', path, complaints)
      return new Map(
        entries.map(([key, value]) => [
          read(shapes, shape.key, key, codec, `${path}.key`, complaints),
          read(shapes, shape.value, value, codec, `${path}.${key}.member`, complaints),
        ]),
      )
    }
    case 'string':
      if (typeof raw !== 'string') throw wrongKind(path, 'a string')
      checkBounds(shape, characterCount(raw), 'length', () => raw, path, complaints)
      if (shape.pattern !== undefined && !shape.pattern.test(raw)) {
        complain(
          complaints,
          raw,
          path,
          `Member must satisfy regular expression pattern: ${shape.patternText}`,
        )
      }
      return raw
    case 'enum':
      if (typeof raw !== 'string') throw wrongKind(path, 'a string')
      if (!shape.values.includes(raw)) {
        complain(complaints, raw, path, `Member must satisfy enum value set: [${shape.values.join(', ')}]`)
      }
      return raw
    case 'integer':
      if (typeof raw !== 'number' || !Number.isInteger(raw)) throw wrongKind(path, 'an integer')
      checkBounds(shape, raw, 'value', () => String(raw), path, complaints)
      return raw
    case 'boolean':
      if (typeof raw !== 'boolean') throw wrongKind(path, 'a boolean')
      return raw
    case 'timestamp': {
      const time = codec.timestamp(raw)
      if (time === undefined || !Number.isFinite(time)) throw wrongKind(path, 'a timestamp')
      return time
    }
    case 'blob': {
      const bytes = codec.blob(raw)
      if (bytes === undefined) throw wrongKind(path, 'bytes')
      checkBounds(shape, bytes.length, 'length', () => 'java.nio.HeapByteBuffer', path, complaints)
      return bytes
    }
  }
}

function checkBounds(
  { minimum, maximum }: Bounds,
  amount: number,
  what: 'length' | 'value',
  shown: () => string,
  path: string,
  complaints: string[],
): void {
  const have = what === 'length' ? 'have length' : 'have value'
  if (minimum !== undefined && amount < minimum) {
    complain(complaints, shown(), path, `Member must ${have} greater than or equal to ${minimum}`)
  }
  if (maximum !== undefined && amount > maximum) {
    complain(complaints, shown(), path, `Member must ${have} less than or equal to ${maximum}`)
  }
}

function complain(complaints: string[], value: string | null, path: string, rule: string): void {
  const shown = value === null ? 'null' : `'${value}'`
  complaints.push(`Value ${shown} at '${path}' failed to satisfy constraint: ${rule}`)
}

const wrongKind = (path: string, expected: string) =>
  new ServiceError('SerializationException', `${path === '' ? 'The request body' : path} is not ${expected}.`)

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)

/** Characters, not UTF-16 units: a partition key of 256 emoji is allowed. */
function characterCount(text: string): number {
  let count = text.length
  for (let index = 0; index < text.length - 1; index++) {
    const unit = text.charCodeAt(index)
    if (unit >= 0xd800 && unit <= 0xdbff) count--
  }
  return count
}
