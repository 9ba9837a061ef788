import { avroFingerprint } from './avro-fingerprint.ts'
import { parseAvroSchemaText } from './avro-schema.ts'
import { Malformed, reasonOf } from './byte-reader.ts'
import type { GivenSchema } from './given-schema.ts'
import { type DescriptorSet, type ProtobufMessage, readDescriptorSet } from './protobuf-schema.ts'

/** What a registry's answer is at the moment; undefined where nobody asks one. */
export type LookUpState =
  | { readonly state: 'found'; readonly schema: GivenSchema }
  | { readonly state: 'pending' }
  | { readonly state: 'failed'; readonly reason: string }

/** Asks a registry without waiting: what is not known yet is `pending`, and known at a later call. */
export type SchemaLookUp = {
  ask(registry: 'glue' | 'confluent', id: string): LookUpState | undefined
  /** Grows with each answer. */
  readonly revision: number
}

/** The schemas that the user gave, for records that only name theirs or do not even do that. */
export class SchemaShelf {
  /** A registry to ask for what was not given. */
  lookUp: SchemaLookUp | undefined
  #revision = 0
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
      this.#revision += 1
      if (schema.format === 'avro') this.#byFingerprint.set(avroFingerprint(schema.type), schema)
      if (id !== undefined) this.#byId.set(id.toLowerCase(), schema)
      return undefined
    } catch (error) {
      return reasonOf(error)
    }
  }

  /** Changes whenever there is something new to read records with. */
  get revision(): number {
    return this.#revision + (this.lookUp?.revision ?? 0)
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

/**
 * A schema out of its file or a registry's answer.
 * @throws Malformed where it is none, or has several messages and none is named
 */
export function readSchema(content: Uint8Array | string, messageName?: string): GivenSchema {
  const text = typeof content === 'string' ? content : new TextDecoder().decode(content)
  if (typeof content === 'string' || /^\s*[[{"]/.test(text)) {
    return { format: 'avro', type: parseAvroSchemaText(text) }
  }
  const set = readDescriptorSet(content)
  return {
    format: 'protobuf',
    message: chosenMessage(set, messageName),
    ...(messageName === undefined ? { messageAt: set.messageAt } : {}),
  }
}

/**
 * A compiled schema as a registry has it: the records' header says which of its messages they are, the first one as a rule.
 * @throws Malformed where there is no message in it
 */
export function readIndexedSchema(content: Uint8Array): GivenSchema {
  const { messageAt } = readDescriptorSet(content)
  const message = messageAt([0])
  if (message === undefined) throw new Malformed('holds no message')
  return { format: 'protobuf', message, messageAt }
}

function chosenMessage(
  { messages, ownMessages }: DescriptorSet,
  messageName: string | undefined,
): ProtobufMessage {
  const [only] = ownMessages
  const name = messageName ?? (ownMessages.length === 1 ? only : undefined)
  if (name === undefined) throw new Malformed(`holds several messages: ${ownMessages.join(', ')}; name one`)
  const message = messages.get(name)
  if (message === undefined) throw new Malformed(`has no message "${name}", but ${ownMessages.join(', ')}`)
  return message
}
