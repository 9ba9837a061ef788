import { Malformed } from './byte-reader.ts'
import { documentOf, narrowed, type PlainValue } from './plain-value.ts'
import { readWireFields, type WireField } from './protobuf-wire.ts'
import type { ByteStage } from './stage.ts'
import { readText } from './text.ts'

/** Hand-written messages number their fields from one; larger numbers are rather chance. */
const MAX_LIKELY_FIELD_NUMBER = 1_000
const MAX_MESSAGE_DEPTH = 32
const MAX_FIELDS = 200_000

/**
 * Protobuf without its schema: field numbers with what their bytes can mean. Without a mark, so only guessed: all bytes must
 * be fields with likely numbers, and one of them must hold text.
 */
export const protobufStage: ByteStage = {
  stage: 'protobuf',
  unwrap(bytes) {
    if (!looksLikeMessage(bytes)) return undefined
    try {
      const fields = readWireFields(bytes) ?? []
      const document = documentOf(messageOf(fields, { left: MAX_FIELDS }, 0))
      const notes = [
        'Protobuf is a guess; without its schema fields have numbers, and texts, bytes and messages look alike',
      ]
      return {
        outcome: 'content',
        content: { kind: 'json', documents: [document] },
        label: 'Protobuf?',
        notes,
      }
    } catch (error) {
      if (error instanceof Malformed) return undefined
      throw error
    }
  },
}

export function looksLikeMessage(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false
  const fields = readWireFields(bytes, MAX_FIELDS)
  if (fields === undefined || fields.length === 0) return false
  return (
    fields.every(field => field.fieldNumber <= MAX_LIKELY_FIELD_NUMBER) &&
    fields.some(field => holdsText(field, 0))
  )
}

function holdsText(field: WireField, depth: number): boolean {
  if (field.wireType !== 'length-delimited' || field.bytes.length < 3) return false
  if (readText(field.bytes) !== undefined) return true
  if (depth >= MAX_MESSAGE_DEPTH) return false
  const inner = readWireFields(field.bytes, MAX_FIELDS)
  return (
    inner?.every(one => one.fieldNumber <= MAX_LIKELY_FIELD_NUMBER) === true &&
    inner.some(one => holdsText(one, depth + 1))
  )
}

/** Fields by number; a number that comes several times is an array. */
function messageOf(fields: readonly WireField[], budget: { left: number }, depth: number): PlainValue {
  budget.left -= fields.length
  if (budget.left < 0) throw new Malformed('holds too many fields')
  const members = new Map<string, PlainValue[]>()
  for (const field of fields) {
    const name = String(field.fieldNumber)
    const values = members.get(name)
    if (values === undefined) members.set(name, [fieldValue(field, budget, depth)])
    else values.push(fieldValue(field, budget, depth))
  }
  return new Map(
    [...members].map(([name, values]) => [name, values.length === 1 ? (values[0] ?? null) : values]),
  )
}

function fieldValue(field: WireField, budget: { left: number }, depth: number): PlainValue {
  switch (field.wireType) {
    case 'varint':
      return narrowed(field.value)
    case 'fixed32':
    case 'fixed64':
      return fixedOf(field.bytes)
    case 'length-delimited': {
      const text = readText(field.bytes)
      if (text !== undefined) return text
      const inner = depth < MAX_MESSAGE_DEPTH ? readWireFields(field.bytes, MAX_FIELDS) : undefined
      if (inner?.every(one => one.fieldNumber <= MAX_LIKELY_FIELD_NUMBER) !== true) return field.bytes
      return messageOf(inner, budget, depth + 1)
    }
  }
}

/** Fixed numbers are mostly floating point; those that make no sense as such are shown as integers. */
function fixedOf(bytes: Uint8Array): PlainValue {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const float = bytes.length === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true)
  const size = Math.abs(float)
  if (float === 0 || (size > 1e-9 && size < 1e15))
    return bytes.length === 4 ? Number(float.toPrecision(7)) : float
  return bytes.length === 4 ? view.getInt32(0, true) : narrowed(view.getBigInt64(0, true))
}
