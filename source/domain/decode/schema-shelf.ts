import { avroFingerprint } from './avro-fingerprint.ts'
import { type AvroType, parseAvroSchemaText } from './avro-schema.ts'
import { reasonOf } from './byte-reader.ts'

/** The Avro schemas that the user gave, for records that only name theirs. */
export class SchemaShelf {
  readonly #byFingerprint = new Map<bigint, AvroType>()
  readonly #byId = new Map<string, AvroType>()
  #onlyOne: AvroType | undefined
  #count = 0

  /**
   * Adds a schema text (the content of an .avsc file). `id` is the registry's name for it: a Glue schema-version id or a
   * Confluent schema id. Returns why it could not be read, or undefined.
   */
  add(text: string, id?: string): string | undefined {
    try {
      const type = parseAvroSchemaText(text)
      this.#count += 1
      this.#onlyOne = this.#count === 1 ? type : undefined
      this.#byFingerprint.set(avroFingerprint(type), type)
      if (id !== undefined) this.#byId.set(id.toLowerCase(), type)
      return undefined
    } catch (error) {
      return reasonOf(error)
    }
  }

  byFingerprint(fingerprint: bigint): AvroType | undefined {
    return this.#byFingerprint.get(fingerprint)
  }

  /** The schema with this id; else the only one there is, which the reader must be told was not checked. */
  byId(id: string): { readonly type: AvroType; readonly isCertain: boolean } | undefined {
    const type = this.#byId.get(id.toLowerCase())
    if (type !== undefined) return { type, isCertain: true }
    return this.#onlyOne === undefined ? undefined : { type: this.#onlyOne, isCertain: false }
  }
}
