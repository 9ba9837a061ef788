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
  | { readonly format: 'protobuf'; readonly message: ProtobufMessage }

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
  if (schema.format === 'avro') return readWithSchema(bytes, schema)
  const message = afterMessageIndex(bytes)
  const read = message === undefined ? undefined : readWithSchema(message, schema)
  return read?.outcome === 'content' ? read : readWithSchema(bytes, schema)
}

/** Count and indexes of the message type; a lone 0 stands for the first one. Undefined where there is no such index. */
export function afterMessageIndex(body: Uint8Array): Uint8Array | undefined {
  const count = readVarint(body, 0)
  if (count === undefined || count.value > 64n) return undefined
  // Zig-zag: the count 1 is written as 2.
  let left = Number(count.value >> 1n)
  let at = count.end
  for (; left > 0; left -= 1) {
    const index = readVarint(body, at)
    if (index === undefined) return undefined
    at = index.end
  }
  return body.subarray(at)
}

function readMessage(bytes: Uint8Array, message: ProtobufMessage): SchemaReading {
  const { value, unknownCount, knownCount } = readProtobufMessage(bytes, message)
  return reading(value, `Protobuf ${message.name}`, unknownCount === 0 && knownCount > 0)
}

function reading(value: PlainValue, label: string, isExact: boolean): SchemaReading {
  return { outcome: 'content', content: { kind: 'json', documents: [documentOf(value)] }, label, isExact }
}
