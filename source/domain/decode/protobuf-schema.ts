// Message types out of a descriptor set, the compiled form of .proto files (protoc --include_imports -o order.pb order.proto).
// A descriptor set is itself a Protobuf message, whose field numbers are those of google/protobuf/descriptor.proto.

import { Malformed } from './byte-reader.ts'
import { readWireFields, type WireField } from './protobuf-wire.ts'
import { wellKnownMessages } from './well-known-types.ts'

export type ProtobufField = {
  readonly name: string
  readonly number: number
  /** FieldDescriptorProto.Type, 1 (double) .. 18 (sint64). */
  readonly type: number
  readonly isRepeated: boolean
  /** Full name of the message or enum, for types 11 and 14. */
  readonly typeName?: string
}

export type ProtobufMessage = {
  readonly name: string
  readonly fields: ReadonlyMap<number, ProtobufField>
  /** The entry of a map field: key and value. */
  readonly isMapEntry: boolean
  readonly set: DescriptorSet
}

export type DescriptorSet = {
  /** By full name. */
  readonly messages: ReadonlyMap<string, ProtobufMessage>
  readonly enums: ReadonlyMap<string, ReadonlyMap<number, string>>
  /** Top-level messages of the last file, which is the one that was compiled: imports come before it. */
  readonly ownMessages: readonly string[]
  /** By its place in the last file: the place of the top-level message, then of each nested one. */
  readonly messageAt: (indexes: readonly number[]) => ProtobufMessage | undefined
}

const MAX_NESTED_TYPES = 100

/** Reads a descriptor set. Throws Malformed where the bytes are none. */
export function readDescriptorSet(bytes: Uint8Array): DescriptorSet {
  const messages = new Map<string, ProtobufMessage>()
  const enums = new Map<string, ReadonlyMap<number, string>>()
  const files = fieldsOf(bytes).filter(field => field.fieldNumber === 1)
  let ownMessages: string[] = []
  const nestedIn = new Map<string, readonly string[]>()
  const set: DescriptorSet = {
    messages,
    enums,
    get ownMessages() {
      return ownMessages
    },
    messageAt: indexes => {
      let names: readonly string[] = ownMessages
      let name: string | undefined
      for (const index of indexes) {
        name = names[index]
        names = name === undefined ? [] : (nestedIn.get(name) ?? [])
      }
      return name === undefined ? undefined : messages.get(name)
    },
  }
  const found: Found = { set, messages, enums, nestedIn }
  for (const file of files) {
    const fields = fieldsOf(bytesOf(file))
    const prefix = textIn(fields, 2) === undefined ? '' : `${textIn(fields, 2)}.`
    const own = all(fields, 4).map(message => readMessage(message, prefix, found, 0))
    for (const one of all(fields, 5)) readEnum(one, prefix, enums)
    ownMessages = own
  }
  if (messages.size === 0) throw new Malformed('is no descriptor set with messages')
  for (const known of wellKnownMessages(set)) {
    if (!messages.has(known.name)) messages.set(known.name, known)
  }
  return set
}

type Found = {
  readonly set: DescriptorSet
  readonly messages: Map<string, ProtobufMessage>
  readonly enums: Map<string, ReadonlyMap<number, string>>
  /** Names of the messages within a message, by its name. */
  readonly nestedIn: Map<string, readonly string[]>
}

function readMessage(bytes: Uint8Array, prefix: string, found: Found, depth: number): string {
  const { set, messages, enums, nestedIn } = found
  if (depth > MAX_NESTED_TYPES) throw new Malformed('nests its types too deeply')
  const descriptor = fieldsOf(bytes)
  const name = `${prefix}${textIn(descriptor, 1) ?? ''}`
  const fields = all(descriptor, 2).map(readField)
  const options = all(descriptor, 7).flatMap(fieldsOf)
  const isMapEntry = numberIn(options, 7) === 1
  messages.set(name, { name, fields: new Map(fields.map(field => [field.number, field])), isMapEntry, set })
  const nestedNames = all(descriptor, 3).map(nested => readMessage(nested, `${name}.`, found, depth + 1))
  if (nestedNames.length > 0) nestedIn.set(name, nestedNames)
  for (const nested of all(descriptor, 4)) readEnum(nested, `${name}.`, enums)
  return name
}

function readField(bytes: Uint8Array): ProtobufField {
  const fields = fieldsOf(bytes)
  const [name, number, type] = [textIn(fields, 1), numberIn(fields, 3), numberIn(fields, 5)]
  if (name === undefined || number === undefined || type === undefined) {
    throw new Malformed('has a field without name, number or type')
  }
  const typeName = textIn(fields, 6)
  return {
    name,
    number,
    type,
    isRepeated: numberIn(fields, 4) === 3,
    // Full names open with a dot.
    ...(typeName === undefined ? {} : { typeName: typeName.replace(/^\./, '') }),
  }
}

function readEnum(bytes: Uint8Array, prefix: string, enums: Map<string, ReadonlyMap<number, string>>): void {
  const descriptor = fieldsOf(bytes)
  const values = all(descriptor, 2).map(value => {
    const fields = fieldsOf(value)
    // Negative numbers are written as 64 bits.
    return [Number(BigInt.asIntN(32, varintIn(fields, 2) ?? 0n)), textIn(fields, 1) ?? ''] as const
  })
  // Of several names for one number the first is the one that is printed.
  enums.set(`${prefix}${textIn(descriptor, 1) ?? ''}`, new Map(values.toReversed()))
}

function fieldsOf(bytes: Uint8Array): WireField[] {
  const fields = readWireFields(bytes)
  if (fields === undefined) throw new Malformed('is no descriptor set')
  return fields
}

function all(fields: readonly WireField[], fieldNumber: number): Uint8Array[] {
  return fields.filter(field => field.fieldNumber === fieldNumber).map(bytesOf)
}

function bytesOf(field: WireField): Uint8Array {
  if (field.wireType !== 'length-delimited') throw new Malformed('is no descriptor set')
  return field.bytes
}

function textIn(fields: readonly WireField[], fieldNumber: number): string | undefined {
  const field = fields.findLast(one => one.fieldNumber === fieldNumber)
  return field?.wireType === 'length-delimited' ? new TextDecoder().decode(field.bytes) : undefined
}

function numberIn(fields: readonly WireField[], fieldNumber: number): number | undefined {
  const value = varintIn(fields, fieldNumber)
  return value === undefined ? undefined : Number(value)
}

function varintIn(fields: readonly WireField[], fieldNumber: number): bigint | undefined {
  const field = fields.findLast(one => one.fieldNumber === fieldNumber)
  return field?.wireType === 'varint' ? field.value : undefined
}
