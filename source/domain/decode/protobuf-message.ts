import { ByteReader, Malformed } from './byte-reader.ts'
import { MAX_VALUE_DEPTH, narrowed, type PlainValue } from './plain-value.ts'
import type { ProtobufField, ProtobufMessage } from './protobuf-schema.ts'
import { readVarint, readWireFields, type WireField } from './protobuf-wire.ts'

/** FieldDescriptorProto.Type. */
const DOUBLE = 1
const FLOAT = 2
const INT64 = 3
const UINT64 = 4
const INT32 = 5
const FIXED64 = 6
const FIXED32 = 7
const BOOL = 8
const STRING = 9
const GROUP = 10
const MESSAGE = 11
const BYTES = 12
const UINT32 = 13
const ENUM = 14
const SFIXED32 = 15
const SFIXED64 = 16
const SINT32 = 17
const SINT64 = 18

const WIRE_TYPES: Readonly<Record<number, WireField['wireType']>> = {
  [DOUBLE]: 'fixed64',
  [FLOAT]: 'fixed32',
  [INT64]: 'varint',
  [UINT64]: 'varint',
  [INT32]: 'varint',
  [FIXED64]: 'fixed64',
  [FIXED32]: 'fixed32',
  [BOOL]: 'varint',
  [STRING]: 'length-delimited',
  [MESSAGE]: 'length-delimited',
  [BYTES]: 'length-delimited',
  [UINT32]: 'varint',
  [ENUM]: 'varint',
  [SFIXED32]: 'fixed32',
  [SFIXED64]: 'fixed64',
  [SINT32]: 'varint',
  [SINT64]: 'varint',
}

export type MessageReading = {
  readonly value: PlainValue
  /** Fields whose numbers the message type does not know; shown as `#7`. */
  readonly unknownCount: number
  readonly knownCount: number
}

/** A message with the names of its type. Throws Malformed where the bytes are no such message. */
export function readProtobufMessage(bytes: Uint8Array, message: ProtobufMessage): MessageReading {
  const counts = { unknownCount: 0, knownCount: 0 }
  const value = new MessageReader(new ByteReader(bytes), counts).read(bytes, message, 0)
  return { value, ...counts }
}

class MessageReader {
  /** Only counts the values. */
  readonly #counter: ByteReader
  readonly #counts: { unknownCount: number; knownCount: number }

  constructor(counter: ByteReader, counts: { unknownCount: number; knownCount: number }) {
    this.#counter = counter
    this.#counts = counts
  }

  read(bytes: Uint8Array, message: ProtobufMessage, depth: number): PlainValue {
    if (depth > MAX_VALUE_DEPTH) throw new Malformed(`is nested deeper than ${MAX_VALUE_DEPTH} levels`)
    const wireFields = readWireFields(bytes)
    if (wireFields === undefined) throw new Malformed(`is no ${message.name}`)
    const members = new Map<string, PlainValue>()
    for (const wireField of wireFields) {
      this.#counter.countValue()
      const field = message.fields.get(wireField.fieldNumber)
      if (field === undefined) {
        this.#counts.unknownCount += 1
        append(
          members,
          `#${wireField.fieldNumber}`,
          wireField.wireType === 'varint' ? narrowed(wireField.value) : wireField.bytes,
        )
        continue
      }
      this.#counts.knownCount += 1
      this.#take(members, field, wireField, message, depth)
    }
    return wellKnown(message.name, members) ?? members
  }

  #take(
    members: Map<string, PlainValue>,
    field: ProtobufField,
    wireField: WireField,
    message: ProtobufMessage,
    depth: number,
  ): void {
    const type = field.typeName === undefined ? undefined : message.set.messages.get(field.typeName)
    if (type?.isMapEntry === true && wireField.wireType === 'length-delimited') {
      const entry = this.read(wireField.bytes, type, depth + 1) as ReadonlyMap<string, PlainValue>
      const map =
        (members.get(field.name) as Map<string, PlainValue> | undefined) ?? new Map<string, PlainValue>()
      // Absent members of an entry have their type's zero; the key's is an empty text or 0.
      map.set(String(entry.get('key') ?? ''), entry.get('value') ?? null)
      members.set(field.name, map)
      return
    }
    const values = isPacked(field, wireField)
      ? this.#unpack(wireField.bytes, field, message)
      : [this.#valueOf(wireField, field, message, depth)]
    if (!field.isRepeated) members.set(field.name, values.at(-1) ?? null)
    else
      members.set(field.name, [...((members.get(field.name) as PlainValue[] | undefined) ?? []), ...values])
  }

  #unpack(bytes: Uint8Array, field: ProtobufField, message: ProtobufMessage): PlainValue[] {
    const values: PlainValue[] = []
    const wireType = WIRE_TYPES[field.type]
    const reader = new ByteReader(bytes)
    while (!reader.isAtEnd) {
      this.#counter.countValue()
      const { fieldNumber } = { fieldNumber: field.number }
      if (wireType === 'varint') {
        const varint = readVarint(bytes, reader.at)
        if (varint === undefined) throw new Malformed(`${field.name} is broken`)
        reader.take(varint.end - reader.at)
        values.push(this.#valueOf({ fieldNumber, wireType, value: varint.value }, field, message, 0))
      } else if (wireType === 'fixed32' || wireType === 'fixed64') {
        const item = reader.take(wireType === 'fixed32' ? 4 : 8)
        values.push(this.#valueOf({ fieldNumber, wireType, bytes: item }, field, message, 0))
      } else {
        throw new Malformed(`${field.name} cannot be packed`)
      }
    }
    return values
  }

  #valueOf(wireField: WireField, field: ProtobufField, message: ProtobufMessage, depth: number): PlainValue {
    if (field.type === GROUP || WIRE_TYPES[field.type] !== wireField.wireType) {
      throw new Malformed(`${message.name} has ${field.name} in another form`)
    }
    if (wireField.wireType === 'varint') return varintOf(wireField.value, field, message)
    const reader = new ByteReader(wireField.bytes)
    switch (field.type) {
      case DOUBLE:
        return reader.float64(true)
      case FLOAT:
        return Number(reader.float32(true).toPrecision(7))
      case FIXED64:
        return narrowed(reader.uint64(true))
      case SFIXED64:
        return narrowed(BigInt.asIntN(64, reader.uint64(true)))
      case FIXED32:
        return reader.uint32(true)
      case SFIXED32:
        return reader.uint32(true) | 0
      case STRING:
        return reader.text(wireField.bytes.length)
      case MESSAGE: {
        const type = message.set.messages.get(field.typeName ?? '')
        if (type === undefined)
          throw new Malformed(`the descriptor set lacks ${field.typeName} (use --include_imports)`)
        return this.read(wireField.bytes, type, depth + 1)
      }
      default:
        return wireField.bytes
    }
  }
}

function isPacked(
  field: ProtobufField,
  wireField: WireField,
): wireField is Extract<WireField, { bytes: Uint8Array }> {
  return (
    field.isRepeated &&
    wireField.wireType === 'length-delimited' &&
    WIRE_TYPES[field.type] !== undefined &&
    WIRE_TYPES[field.type] !== 'length-delimited'
  )
}

function varintOf(value: bigint, field: ProtobufField, message: ProtobufMessage): PlainValue {
  switch (field.type) {
    case BOOL:
      return value !== 0n
    case INT32:
      return Number(BigInt.asIntN(32, value))
    case UINT32:
      return Number(BigInt.asUintN(32, value))
    case INT64:
      return narrowed(BigInt.asIntN(64, value))
    case SINT32:
    case SINT64:
      return narrowed((value >> 1n) ^ -(value & 1n))
    case ENUM: {
      const number = Number(BigInt.asIntN(32, value))
      return message.set.enums.get(field.typeName ?? '')?.get(number) ?? number
    }
    default:
      return narrowed(value)
  }
}

/** The types that Protobuf's own JSON form writes as texts. */
function wellKnown(name: string, members: ReadonlyMap<string, PlainValue>): PlainValue | undefined {
  if (name !== 'google.protobuf.Timestamp') return undefined
  const seconds = Number(members.get('seconds') ?? 0)
  const nanos = Number(members.get('nanos') ?? 0)
  const date = new Date(seconds * 1_000)
  if (Number.isNaN(date.getTime()) || nanos < 0 || nanos > 999_999_999) return undefined
  const digits = String(nanos)
    .padStart(9, '0')
    .replace(/(000){1,3}$/, '')
  return `${date.toISOString().slice(0, 19)}${digits === '' ? '' : `.${digits}`}Z`
}

/** Unknown fields are kept as lists, since nobody knows whether they repeat. */
function append(members: Map<string, PlainValue>, name: string, value: PlainValue): void {
  const list = members.get(name) as PlainValue[] | undefined
  if (list === undefined) members.set(name, [value])
  else list.push(value)
}
