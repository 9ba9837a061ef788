// CBOR, RFC 8949. No library: the strict ones know no tag that they were not told of, and walk deep nesting recursively.

import { ByteReader, Malformed } from './byte-reader.ts'
import { isTelling } from './messagepack.ts'
import { documentOf, jsonText, MAX_VALUE_DEPTH, narrowed, type PlainValue } from './plain-value.ts'
import type { ByteStage } from './stage.ts'

/** Tag 55799, which means nothing but "this is CBOR". */
const SELF_DESCRIBED = [0xd9, 0xd9, 0xf7]
const INDEFINITE = 31
const BREAK = 0xff
/** Printing a number takes more than linear time in its length. */
const MAX_BIGNUM_BYTES = 256

/** With its self-describing tag certain; without it guessed: a map or array that fills the bytes to the very end. */
export const cborStage: ByteStage = {
  stage: 'cbor',
  unwrap(bytes) {
    const isMarked = SELF_DESCRIBED.every((byte, index) => bytes[index] === byte)
    const major = (bytes[0] ?? 0) >> 5
    if (!isMarked && major !== 4 && major !== 5) return undefined
    try {
      const reader = new ByteReader(bytes)
      const value = readValue(reader, 0)
      if (!reader.isAtEnd) throw new Malformed(`${reader.leftBytes} bytes follow`)
      if (!isMarked && !isTelling(value)) return undefined
      const content = { kind: 'json' as const, documents: [documentOf(value)] }
      return { outcome: 'content', content, label: 'CBOR' }
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
      return isMarked ? { outcome: 'refused', reason: error.message } : undefined
    }
  },
}

function readValue(reader: ByteReader, depth: number): PlainValue {
  reader.countValue()
  if (depth > MAX_VALUE_DEPTH) throw new Malformed(`is nested deeper than ${MAX_VALUE_DEPTH} levels`)
  const byte = reader.uint8()
  const minor = byte & 0x1f
  switch (byte >> 5) {
    case 0:
      return narrowed(readArgument(reader, minor))
    case 1:
      return narrowed(-1n - readArgument(reader, minor))
    case 2:
      return minor === INDEFINITE
        ? Buffer.concat(readChunks(reader, 2))
        : reader.take(readLength(reader, minor))
    case 3:
      return minor === INDEFINITE
        ? readChunks(reader, 3)
            .map(chunk => new ByteReader(chunk).text(chunk.length))
            .join('')
        : reader.text(readLength(reader, minor))
    case 4:
      return readArray(reader, minor, depth)
    case 5:
      return readMap(reader, minor, depth)
    case 6:
      return tagged(readArgument(reader, minor), readValue(reader, depth + 1))
    default:
      return readSimple(reader, minor)
  }
}

function readArgument(reader: ByteReader, minor: number): bigint {
  if (minor < 24) return BigInt(minor)
  if (minor === 24) return BigInt(reader.uint8())
  if (minor === 25) return BigInt(reader.uint16())
  if (minor === 26) return BigInt(reader.uint32())
  if (minor === 27) return reader.uint64()
  throw new Malformed(`additional information ${minor} means nothing here`)
}

function readLength(reader: ByteReader, minor: number): number {
  const length = readArgument(reader, minor)
  // Everything that has a length takes at least a byte for each unit of it.
  if (length > BigInt(reader.leftBytes)) throw new Malformed('ends too early')
  return Number(length)
}

function readChunks(reader: ByteReader, major: number): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let byte = reader.uint8(); byte !== BREAK; byte = reader.uint8()) {
    reader.countValue()
    if (byte >> 5 !== major || (byte & 0x1f) === INDEFINITE) throw new Malformed('a chunk is of another kind')
    chunks.push(reader.take(readLength(reader, byte & 0x1f)))
  }
  return chunks
}

/** Whether another item comes: by count, or up to the break. */
function* itemsOf(reader: ByteReader, minor: number): Generator<void, void, void> {
  if (minor !== INDEFINITE) {
    for (let left = readLength(reader, minor); left > 0; left -= 1) yield
    return
  }
  while (reader.peek() !== BREAK) yield
  reader.uint8()
}

function readArray(reader: ByteReader, minor: number, depth: number): PlainValue {
  const items: PlainValue[] = []
  for (const _ of itemsOf(reader, minor)) items.push(readValue(reader, depth + 1))
  return items
}

function readMap(reader: ByteReader, minor: number, depth: number): PlainValue {
  const members = new Map<string, PlainValue>()
  for (const _ of itemsOf(reader, minor)) {
    const key = readValue(reader, depth + 1)
    // Numbers as keys are common in compact protocols; containers inside keys would grow with every level.
    if (key instanceof Map || Array.isArray(key)) throw new Malformed('a key is an array or a map')
    const name = typeof key === 'string' ? key : jsonText(key)
    members.set(name, readValue(reader, depth + 1))
  }
  return members
}

function tagged(tag: bigint, value: PlainValue): PlainValue {
  const seconds = typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined
  if (tag === 1n && seconds !== undefined) return new Date(seconds * 1_000)
  if ((tag === 2n || tag === 3n) && value instanceof Uint8Array && value.length <= MAX_BIGNUM_BYTES) {
    const magnitude = value.length === 0 ? 0n : BigInt(`0x${Buffer.from(value).toString('hex')}`)
    return tag === 2n ? magnitude : -1n - magnitude
  }
  // Text dates and the mark itself say nothing that the value does not.
  if (tag === 0n || tag === 55_799n) return value
  return new Map<string, PlainValue>([
    ['tag', narrowed(tag)],
    ['value', value],
  ])
}

function readSimple(reader: ByteReader, minor: number): PlainValue {
  switch (minor) {
    case 20:
      return false
    case 21:
      return true
    case 22:
    case 23:
      return null
    case 25:
      return halfFloat(reader.uint16())
    case 26:
      return reader.float32()
    case 27:
      return reader.float64()
    default:
      throw new Malformed(`simple value ${minor} has no meaning`)
  }
}

function halfFloat(bits: number): number {
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  const sign = bits & 0x8000 ? -1 : 1
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (1 + fraction / 1_024) * 2 ** (exponent - 15)
}
