import { readAvroDatum } from './avro-datum.ts'
import { type AvroType, nameOf } from './avro-schema.ts'
import { ByteReader, Malformed, reasonOf } from './byte-reader.ts'
import { documentOf, type PlainValue } from './plain-value.ts'
import { readProtobufMessage } from './protobuf-message.ts'
import type { ProtobufMessage } from './protobuf-schema.ts'
import { readVarint } from './protobuf-wire.ts'

/** A schema that the user gave. */
export type GivenSchema =
  | { readonly format: 'avro'; readonly type: AvroType }
  | {
      readonly format: 'protobuf'
      readonly message: ProtobufMessage
      /** The message that a message index of Confluent's header means, where the whole file is known. */
      readonly messageAt?: (indexes: readonly number[]) => ProtobufMessage | undefined
    }
  /** The value is JSON text; its schema says what may be in it. */
  | { readonly format: 'json' }

export type SchemaReading =
  | {
      readonly outcome: 'content'
      readonly content: {
        readonly kind: 'json'
        readonly documents: readonly ReturnType<typeof documentOf>[]
      }
      readonly label: string
      /** Nothing in the bytes was unknown to the schema. */
      readonly isExact: boolean
    }
  | { readonly outcome: 'refused'; readonly reason: string }

/** Reads bytes that are one value of the schema and nothing else. */
export function readWithSchema(bytes: Uint8Array, schema: GivenSchema): SchemaReading {
  try {
    if (schema.format === 'json') return { outcome: 'refused', reason: 'a JSON schema reads no bytes' }
    if (schema.format === 'protobuf') return readMessage(bytes, schema.message)
    const reader = new ByteReader(bytes)
    const value = readAvroDatum(reader, schema.type)
    if (!reader.isAtEnd)
      throw new Malformed(`${reader.leftBytes} bytes are left after ${nameOf(schema.type)}`)
    return reading(value, `Avro ${nameOf(schema.type)}`, true)
  } catch (error) {
    return { outcome: 'refused', reason: reasonOf(error) }
  }
}

/** Behind a registry's header a Protobuf message has an index before it, which says which message of its file it is. */
export function readBehindHeader(bytes: Uint8Array, schema: GivenSchema): SchemaReading {
  if (schema.format !== 'protobuf') return readWithSchema(bytes, schema)
  const index = readMessageIndex(bytes)
  const message = index === undefined ? undefined : schema.messageAt?.(index.indexes)
  const meant = message === undefined ? schema : { ...schema, message }
  const read = index === undefined ? undefined : readWithSchema(index.rest, meant)
  return read?.outcome === 'content' ? read : readWithSchema(bytes, schema)
}

/** What follows the index of the message type; undefined where there is no such index. */
export function afterMessageIndex(body: Uint8Array): Uint8Array | undefined {
  return readMessageIndex(body)?.rest
}

/** Count and indexes of the message type; a lone 0 stands for the first one. Undefined where there is no such index. */
function readMessageIndex(
  body: Uint8Array,
): { readonly indexes: readonly number[]; readonly rest: Uint8Array } | undefined {
  const count = readVarint(body, 0)
  if (count === undefined || count.value > 64n) return undefined
  const indexes: number[] = []
  // Zig-zag: the count 1 is written as 2.
  let at = count.end
  for (let left = Number(count.value >> 1n); left > 0; left -= 1) {
    const index = readVarint(body, at)
    if (index === undefined) return undefined
    indexes.push(Number(index.value >> 1n))
    at = index.end
  }
  return { indexes: indexes.length === 0 ? [0] : indexes, rest: body.subarray(at) }
}

function readMessage(bytes: Uint8Array, message: ProtobufMessage): SchemaReading {
  const { value, unknownCount, knownCount } = readProtobufMessage(bytes, message)
  return reading(value, `Protobuf ${message.name}`, unknownCount === 0 && knownCount > 0)
}

function reading(value: PlainValue, label: string, isExact: boolean): SchemaReading {
  return { outcome: 'content', content: { kind: 'json', documents: [documentOf(value)] }, label, isExact }
}
