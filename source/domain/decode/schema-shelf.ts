import { avroFingerprint } from './avro-fingerprint.ts'
import { parseAvroSchemaText } from './avro-schema.ts'
import { Malformed, reasonOf } from './byte-reader.ts'
import type { GivenSchema } from './given-schema.ts'
import { type ProtobufMessage, readDescriptorSet } from './protobuf-schema.ts'

/** The schemas that the user gave, for records that only name theirs or do not even do that. */
export class SchemaShelf {
  readonly #byFingerprint = new Map<bigint, GivenSchema>()
  readonly #byId = new Map<string, GivenSchema>()
  readonly #all: GivenSchema[] = []

  /**
   * Adds the content of an .avsc file, or of a Protobuf descriptor set (protoc --include_imports -o FILE). `id` is the
   * registry's name for it: a Glue schema-version id or a Confluent schema id. `messageName` chooses the Protobuf message
   * where the set has several. Returns why it could not be read, or undefined.
   */
  add(content: Uint8Array | string, id?: string, messageName?: string): string | undefined {
    try {
      const schema = readSchema(content, messageName)
      this.#all.push(schema)
      if (schema.format === 'avro') this.#byFingerprint.set(avroFingerprint(schema.type), schema)
      if (id !== undefined) this.#byId.set(id.toLowerCase(), schema)
      return undefined
    } catch (error) {
      return reasonOf(error)
    }
  }

  /** Every schema, in the order in which they were given. */
  get all(): readonly GivenSchema[] {
    return this.#all
  }

  byFingerprint(fingerprint: bigint): GivenSchema | undefined {
    return this.#byFingerprint.get(fingerprint)
  }

  /** The schema with this id; else the only one there is, which the reader must be told was not checked. */
  byId(id: string): { readonly schema: GivenSchema; readonly isCertain: boolean } | undefined {
    const schema = this.#byId.get(id.toLowerCase())
    if (schema !== undefined) return { schema, isCertain: true }
    const [only] = this.#all
    return only === undefined || this.#all.length > 1 ? undefined : { schema: only, isCertain: false }
  }
}

function readSchema(content: Uint8Array | string, messageName: string | undefined): GivenSchema {
  const text = typeof content === 'string' ? content : new TextDecoder().decode(content)
  if (typeof content === 'string' || /^\s*[[{"]/.test(text)) {
    return { format: 'avro', type: parseAvroSchemaText(text) }
  }
  return { format: 'protobuf', message: chosenMessage(content, messageName) }
}

function chosenMessage(content: Uint8Array, messageName: string | undefined): ProtobufMessage {
  const { messages, ownMessages } = readDescriptorSet(content)
  const [only] = ownMessages
  const name = messageName ?? (ownMessages.length === 1 ? only : undefined)
  if (name === undefined) throw new Malformed(`holds several messages: ${ownMessages.join(', ')}; name one`)
  const message = messages.get(name)
  if (message === undefined) throw new Malformed(`has no message "${name}", but ${ownMessages.join(', ')}`)
  return message
}
