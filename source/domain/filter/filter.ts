import type { DecodedRecord } from '../decode/decoded-record.ts'
import type { SequenceNumber } from '../shard.ts'

/** What a filter looks at: one record, or one user record of an aggregate. */
export type FilterSubject = {
  readonly shardId: string
  readonly sequenceNumber: SequenceNumber
  readonly partitionKey?: string
  readonly approximateArrivalTimestamp?: Date
  /** Payload and partition key, as Kinesis counts them. */
  readonly byteCount: number
  /** Asked for only where a term needs it. */
  readonly decoded: () => DecodedRecord
  /** What plain texts and patterns look through: key, shard and payload. */
  readonly texts: () => readonly string[]
}

/** From one character to another (excluded) of a text. */
export type TextRange = readonly [start: number, end: number]

/** A filter that was understood. All of its terms must hold. */
export type Filter = {
  readonly text: string
  /** Whether the answer for one record changes with time. */
  readonly dependsOnNow: boolean
  /** Never throws: an expression that cannot be evaluated on a record does not match it. */
  matches(subject: FilterSubject, nowMillis: number): boolean
  /** Where the texts, patterns and keys that are looked for are in a drawn text; ordered, never overlapping. */
  highlights(drawn: string): readonly TextRange[]
  /** How often an expression could not be evaluated so far, and why the first time. */
  readonly trouble: () => { readonly count: number; readonly message: string } | undefined
}

/** One term of a filter. */
export type Term = {
  readonly matches: (subject: FilterSubject, nowMillis: number) => boolean
  readonly dependsOnNow?: boolean
  readonly highlights?: (drawn: string) => readonly TextRange[]
}
