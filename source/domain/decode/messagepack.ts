// MessagePack, as its specification has it. No library: the common one sets aside whatever an array header announces, so
// that five kilobytes of hostile data take all memory.

import { ByteReader, Malformed } from './byte-reader.ts'
import { documentOf, MAX_VALUE_DEPTH, narrowed, type PlainValue } from './plain-value.ts'
import type { ByteStage } from './stage.ts'

/**
 * Without a mark, so only guessed: a map with text keys or an array that fills the bytes to the very end. Arrays of numbers
 * alone are left to be bytes.
 */
export const messagePackStage: ByteStage = {
  stage: 'messagepack',
  unwrap(bytes) {
    if (!opensContainer(bytes[0] ?? 0)) return undefined
    try {
      const reader = new ByteReader(bytes)
      const value = readValue(reader, 0)
      if (!reader.isAtEnd || !isTelling(value)) return undefined
      const content = { kind: 'json' as const, documents: [documentOf(value)] }
      return { outcome: 'content', content, label: 'MessagePack' }
    } catch (error) {
      if (error instanceof Malformed) return undefined
      throw error
    }
  },
}

function opensContainer(byte: number): boolean {
  return (byte >= 0x80 && byte <= 0x9f) || (byte >= 0xdc && byte <= 0xdf)
}

/** Whether a value that parsed by chance would be unlikely to look like this. */
export function isTelling(value: PlainValue): boolean {
  if (value instanceof Map) return value.size > 0
  return (
    Array.isArray(value) &&
    value.some(item => isTelling(item) || (typeof item === 'string' && item.length >= 3))
  )
}

function readValue(reader: ByteReader, depth: number): PlainValue {
  reader.countValue()
  if (depth > MAX_VALUE_DEPTH) throw new Malformed(`is nested deeper than ${MAX_VALUE_DEPTH} levels`)
  const byte = reader.uint8()
  if (byte <= 0x7f) return byte
  if (byte <= 0x8f) return readMap(reader, byte & 0x0f, depth)
  if (byte <= 0x9f) return readArray(reader, byte & 0x0f, depth)
  if (byte <= 0xbf) return reader.text(byte & 0x1f)
  if (byte >= 0xe0) return byte - 0x100
  switch (byte) {
    case 0xc0:
      return null
    case 0xc2:
      return false
    case 0xc3:
      return true
    case 0xc4:
      return reader.take(reader.uint8())
    case 0xc5:
      return reader.take(reader.uint16())
    case 0xc6:
      return reader.take(reader.uint32())
    case 0xc7:
      return readExtension(reader, reader.uint8())
    case 0xc8:
      return readExtension(reader, reader.uint16())
    case 0xc9:
      return readExtension(reader, reader.uint32())
    case 0xca:
      return reader.float32()
    case 0xcb:
      return reader.float64()
    case 0xcc:
      return reader.uint8()
    case 0xcd:
      return reader.uint16()
    case 0xce:
      return reader.uint32()
    case 0xcf:
      return narrowed(reader.uint64())
    case 0xd0:
      return reader.int8()
    case 0xd1:
      return reader.int16()
    case 0xd2:
      return reader.int32()
    case 0xd3:
      return narrowed(reader.int64())
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8:
      return readExtension(reader, 1 << (byte - 0xd4))
    case 0xd9:
      return reader.text(reader.uint8())
    case 0xda:
      return reader.text(reader.uint16())
    case 0xdb:
      return reader.text(reader.uint32())
    case 0xdc:
      return readArray(reader, reader.uint16(), depth)
    case 0xdd:
      return readArray(reader, reader.uint32(), depth)
    case 0xde:
      return readMap(reader, reader.uint16(), depth)
    case 0xdf:
      return readMap(reader, reader.uint32(), depth)
    default:
      throw new Malformed('byte 0xc1 is never used')
  }
}

function readArray(reader: ByteReader, length: number, depth: number): PlainValue {
  const items: PlainValue[] = []
  for (let index = 0; index < length; index += 1) items.push(readValue(reader, depth + 1))
  return items
}

function readMap(reader: ByteReader, length: number, depth: number): PlainValue {
  const members = new Map<string, PlainValue>()
  for (let index = 0; index < length; index += 1) {
    const name = readValue(reader, depth + 1)
    if (typeof name !== 'string') throw new Malformed('a key is not text')
    members.set(name, readValue(reader, depth + 1))
  }
  return members
}

function readExtension(reader: ByteReader, byteCount: number): PlainValue {
  const type = reader.int8()
  const body = new ByteReader(reader.take(byteCount))
  if (type === -1) return readTimestamp(body)
  return new Map<string, PlainValue>([
    ['extension', type],
    ['data', body.take(byteCount)],
  ])
}

/** The three timestamp forms: seconds; nanoseconds and seconds in 64 bits; both apart in 96 bits. */
function readTimestamp(body: ByteReader): PlainValue {
  switch (body.leftBytes) {
    case 4:
      return new Date(body.uint32() * 1_000)
    case 8: {
      const word = body.uint64()
      return new Date(Number(word & 0x3_ffff_ffffn) * 1_000 + Math.floor(Number(word >> 34n) / 1_000_000))
    }
    case 12: {
      const nanoseconds = body.uint32()
      return new Date(Number(body.int64()) * 1_000 + Math.floor(nanoseconds / 1_000_000))
    }
    default:
      throw new Malformed('a timestamp has no such length')
  }
}
