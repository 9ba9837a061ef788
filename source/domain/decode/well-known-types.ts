// The types that come with Protobuf itself (google/protobuf/*.proto). Registries do not hand them out with a schema that
// imports them: every reader is taken to have them.

import type { DescriptorSet, ProtobufField, ProtobufMessage } from './protobuf-schema.ts'

const DOUBLE = 1
const FLOAT = 2
const INT64 = 3
const UINT64 = 4
const INT32 = 5
const BOOL = 8
const STRING = 9
const MESSAGE = 11
const BYTES = 12
const UINT32 = 13
const ENUM = 14

type Field = readonly [name: string, type: number, of?: string | undefined, isRepeated?: boolean]

/** Fields in the order of their numbers, from 1 on. */
const FIELDS: Readonly<Record<string, readonly Field[]>> = {
  Timestamp: [
    ['seconds', INT64],
    ['nanos', INT32],
  ],
  Duration: [
    ['seconds', INT64],
    ['nanos', INT32],
  ],
  Any: [
    ['type_url', STRING],
    ['value', BYTES],
  ],
  Empty: [],
  FieldMask: [['paths', STRING, undefined, true]],
  DoubleValue: [['value', DOUBLE]],
  FloatValue: [['value', FLOAT]],
  Int64Value: [['value', INT64]],
  UInt64Value: [['value', UINT64]],
  Int32Value: [['value', INT32]],
  UInt32Value: [['value', UINT32]],
  BoolValue: [['value', BOOL]],
  StringValue: [['value', STRING]],
  BytesValue: [['value', BYTES]],
  Struct: [['fields', MESSAGE, 'Struct.FieldsEntry', true]],
  'Struct.FieldsEntry': [
    ['key', STRING],
    ['value', MESSAGE, 'Value'],
  ],
  Value: [
    ['null_value', ENUM, 'NullValue'],
    ['number_value', DOUBLE],
    ['string_value', STRING],
    ['bool_value', BOOL],
    ['struct_value', MESSAGE, 'Struct'],
    ['list_value', MESSAGE, 'ListValue'],
  ],
  ListValue: [['values', MESSAGE, 'Value', true]],
}

/** The well-known types as messages of a set. */
export function wellKnownMessages(set: DescriptorSet): readonly ProtobufMessage[] {
  return Object.entries(FIELDS).map(([name, fields]) => ({
    name: fullName(name),
    isMapEntry: name.endsWith('Entry'),
    set,
    fields: new Map(fields.map((field, index) => [index + 1, fieldOf(field, index + 1)])),
  }))
}

function fieldOf([name, type, of, isRepeated = false]: Field, number: number): ProtobufField {
  return { name, number, type, isRepeated, ...(of === undefined ? {} : { typeName: fullName(of) }) }
}

function fullName(name: string): string {
  return `google.protobuf.${name}`
}
