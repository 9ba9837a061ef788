import type { DecodeOptions } from './decode-record.ts'
import type { ForcedDecoding } from './forced-decoder.ts'
import { SchemaShelf } from './schema-shelf.ts'

/** How the records of one stream are read: by the user's rule for it, and with the schemas that are known so far. */
export class StreamDecoding {
  readonly schemas = new SchemaShelf()
  readonly #forced: ForcedDecoding | undefined

  constructor(forced?: ForcedDecoding) {
    this.#forced = forced
  }

  /** What was decoded under another number has to be decoded anew. */
  get revision(): number {
    return this.schemas.revision
  }

  /** For a Kinesis record. */
  get options(): DecodeOptions {
    return {
      schemas: this.schemas,
      ...(this.#forced === undefined ? {} : { forced: this.#forced }),
    }
  }

  /** Producer-library aggregates are taken apart. */
  get splitsAggregates(): boolean {
    const forced = this.#forced
    if (forced === undefined) return true
    return forced.steps.length === 0 ? forced.isAutomatic : forced.steps[0] === 'kpl'
  }

  /** For a user record that was taken out of an aggregate. */
  get userRecordOptions(): DecodeOptions {
    const { options } = this
    const { forced } = options
    if (forced?.steps[0] !== 'kpl') return options
    return { ...options, forced: { ...forced, steps: forced.steps.slice(1) } }
  }
}
