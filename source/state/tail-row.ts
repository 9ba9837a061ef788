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
  readonly keptBytes: number
}
