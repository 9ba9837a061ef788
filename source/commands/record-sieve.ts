import { type DecodeOptions, decodeRecord } from '../domain/decode/decode-record.ts'
import type { DecodedRecord } from '../domain/decode/decoded-record.ts'
import { opensAggregate } from '../domain/decode/kpl.ts'
import type { Filter } from '../domain/filter/filter.ts'
import { filterSubject } from '../domain/filter/subject.ts'
import type { HashKeyRange } from '../domain/hash-key.ts'
import type { StreamRecord } from '../domain/record.ts'
import type { ReadRecord } from '../state/event.ts'

export type SieveOptions = {
  readonly key?: string
  readonly filter?: Filter
  /** How the records are read: a rule, schemas. */
  readonly decode?: DecodeOptions
  readonly now: () => number
}

/** Decodes the records of a headless tail and keeps those that are wanted; each is decoded once. */
export class RecordSieve {
  readonly #options: SieveOptions
  readonly #decoded = new WeakMap<StreamRecord, readonly DecodedRecord[]>()

  constructor(options: SieveOptions) {
    this.#options = options
  }

  /** For a tail's `accepts`; undefined where everything is wanted. */
  get accepts(): ((record: StreamRecord) => boolean) | undefined {
    const { key, filter } = this.#options
    if (key === undefined && filter === undefined) return undefined
    return record => {
      // Nine records of ten have another key: no need to look into these.
      if (key !== undefined && record.partitionKey !== key && !opensAggregate(record.data)) return false
      const decoded = this.#decode(record)
      const isWanted = decoded.some(part => this.#isWanted(record, part))
      if (isWanted) this.#decoded.set(record, decoded)
      return isWanted
    }
  }

  /** `shardRange`: of the record's shard, so that user records which do not belong there are marked. */
  read(record: StreamRecord, shardRange: HashKeyRange | undefined): ReadRecord {
    const known = this.#decoded.get(record)
    const isAggregate = known?.[0]?.userRecord !== undefined
    const decoded = known === undefined || isAggregate ? this.#decode(record, shardRange) : known
    const { key, filter } = this.#options
    if (decoded.length < 2 || (key === undefined && filter === undefined)) return { record, decoded }
    return { record, decoded, matching: decoded.filter(part => this.#isWanted(record, part)) }
  }

  #decode(record: StreamRecord, shardRange?: HashKeyRange): readonly DecodedRecord[] {
    const { decode } = this.#options
    return decodeRecord(record, { ...decode, ...(shardRange === undefined ? {} : { shardRange }) })
  }

  #isWanted(record: StreamRecord, part: DecodedRecord): boolean {
    const { key, filter, now } = this.#options
    if (key !== undefined && record.partitionKey !== key && part.userRecord?.partitionKey !== key)
      return false
    return filter === undefined || filter.matches(filterSubject(record, part), now())
  }
}
