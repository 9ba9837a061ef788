import type { StreamDecoding } from '../domain/decode/stream-decoding.ts'
import type { StreamRecord } from '../domain/record.ts'

/** One line of a tail: a record, or one user record out of an aggregate (then with its place in it). */
export type TailRow = {
  /** Unique within a tail: shard, sequence number and sub-sequence number. */
  readonly id: string
  readonly record: StreamRecord
  /** Key of the user record; the record's own where it is no aggregate. */
  readonly partitionKey?: string
  /** Payload of the user record; the record's own where it is no aggregate. */
  readonly data: Uint8Array
  readonly subSequenceNumber?: number
  /** User records in the aggregate that this row came out of. */
  readonly aggregateCount?: number
  /** How the payload was unwrapped on arrival, outermost first, e.g. `KPL 1/2`; what lies within is read when drawn. */
  readonly badges?: readonly string[]
  /** What was odd about the unwrapping, one sentence each. Untrusted until drawn. */
  readonly notes?: readonly string[]
  readonly keptBytes: number
  /** How its payload is read; what was made of it holds for one revision of that. */
  readonly decoding?: StreamDecoding
}
