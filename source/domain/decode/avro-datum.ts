// Avro binary encoding (Avro 1.12 specification). No library: the one on npm makes code out of the schema, which here comes
// with the record and is not to be trusted; it also refuses integers beyond 2^53 and follows any announced count.

import type { AvroType } from './avro-schema.ts'
import { type ByteReader, Malformed } from './byte-reader.ts'
import { MAX_VALUE_DEPTH, narrowed, type PlainValue } from './plain-value.ts'

/** Printing a number takes more than linear time in its length. */
const MAX_DECIMAL_BYTES = 256

/** One value of a type; unions give the branch's value as it is. Throws Malformed. */
export function readAvroDatum(reader: ByteReader, type: AvroType, depth = 0): PlainValue {
  reader.countValue()
  if (depth > MAX_VALUE_DEPTH) throw new Malformed(`is nested deeper than ${MAX_VALUE_DEPTH} levels`)
  switch (type.kind) {
    case 'null':
      return null
    case 'boolean':
      return reader.uint8() !== 0
    case 'int':
    case 'long':
      return logicalNumber(readAvroLong(reader), type.logicalType)
    case 'float':
      return reader.float32(true)
    case 'double':
      return reader.float64(true)
    case 'bytes':
      return logicalBytes(reader.take(readAvroLength(reader)), type)
    case 'fixed':
      return logicalBytes(reader.take(type.size), type)
    case 'string':
      return reader.text(readAvroLength(reader))
    case 'enum': {
      const symbol = type.symbols[Number(readAvroLong(reader))]
      if (symbol === undefined) throw new Malformed(`names a symbol that ${type.name} does not have`)
      return symbol
    }
    case 'union': {
      const branch = type.branches[Number(readAvroLong(reader))]
      if (branch === undefined) throw new Malformed('names a branch that its union does not have')
      return readAvroDatum(reader, branch, depth + 1)
    }
    case 'record': {
      const members = new Map<string, PlainValue>()
      for (const field of type.fields) members.set(field.name, readAvroDatum(reader, field.type, depth + 1))
      return members
    }
    case 'array': {
      const items: PlainValue[] = []
      for (const _ of blockItems(reader)) items.push(readAvroDatum(reader, type.items, depth + 1))
      return items
    }
    case 'map': {
      const members = new Map<string, PlainValue>()
      for (const _ of blockItems(reader)) {
        const key = reader.text(readAvroLength(reader))
        members.set(key, readAvroDatum(reader, type.values, depth + 1))
      }
      return members
    }
  }
}

/** A zig-zag number of at most 64 bits. */
export function readAvroLong(reader: ByteReader): bigint {
  let value = 0n
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = reader.uint8()
    value |= BigInt(byte & 0x7f) << shift
    if (byte < 0x80) return BigInt.asIntN(64, (value >> 1n) ^ -(value & 1n))
  }
  throw new Malformed('a number takes more than ten bytes')
}

export function readAvroLength(reader: ByteReader): number {
  const length = readAvroLong(reader)
  if (length < 0n || length > BigInt(reader.leftBytes)) throw new Malformed('ends too early')
  return Number(length)
}

/** Blocks of items up to an empty one; a negative count is followed by the block's size in bytes. */
function* blockItems(reader: ByteReader): Generator<void, void, void> {
  for (;;) {
    const count = readAvroLong(reader)
    if (count === 0n) return
    if (count < 0n) readAvroLong(reader)
    for (let left = count < 0n ? -count : count; left > 0n; left -= 1n) yield
  }
}

function logicalNumber(value: bigint, logicalType: string | undefined): PlainValue {
  switch (logicalType) {
    case 'date':
      return isoOf(value * 86_400_000n, 1n)?.slice(0, 10) ?? narrowed(value)
    case 'timestamp-millis':
      return isoOf(value, 1n) ?? narrowed(value)
    case 'timestamp-micros':
      return isoOf(value, 1_000n) ?? narrowed(value)
    case 'timestamp-nanos':
      return isoOf(value, 1_000_000n) ?? narrowed(value)
    default:
      return narrowed(value)
  }
}

/** ISO text with all the digits that the unit has: `2026-11-30T12:00:00.000001Z`. */
function isoOf(value: bigint, unitsAMillisecond: bigint): string | undefined {
  const rest = ((value % unitsAMillisecond) + unitsAMillisecond) % unitsAMillisecond
  const date = new Date(Number((value - rest) / unitsAMillisecond))
  if (Number.isNaN(date.getTime())) return undefined
  const digits =
    unitsAMillisecond === 1n ? '' : String(rest).padStart(String(unitsAMillisecond).length - 1, '0')
  return `${date.toISOString().slice(0, -1)}${digits}Z`
}

function logicalBytes(
  bytes: Uint8Array,
  { logicalType, scale = 0 }: { readonly logicalType?: string; readonly scale?: number },
): PlainValue {
  if (logicalType !== 'decimal' || bytes.length === 0 || bytes.length > MAX_DECIMAL_BYTES) return bytes
  if (!Number.isSafeInteger(scale) || scale < 0 || scale > 1_000) return bytes
  const unscaled = BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString('hex')}`))
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0')
  const point = digits.length - scale
  const fraction = scale === 0 ? '' : `.${digits.slice(point)}`
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, point)}${fraction}`
}
