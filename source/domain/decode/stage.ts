import type { HashKeyRange } from '../hash-key.ts'
import type { Content, JsonDocument, UserRecord } from './decoded-record.ts'
import type { SchemaShelf } from './schema-shelf.ts'

/** What a stage may use up and knows of the record that it looks at. */
export type DecodeContext = {
  /** Range of the shard that the record was read from, where known. */
  readonly shardRange?: HashKeyRange
  /** Bytes that may still be produced by unpacking this Kinesis record; every unpacking takes from it. */
  readonly inflateBudget: InflateBudget
  /** Schemas that the user gave, for formats that only name theirs. */
  readonly schemas?: SchemaShelf
  /** How many stages already unwrapped something. */
  readonly depth: number
}

export type InflateBudget = { remainingBytes: number; readonly totalBytes: number }

/** What a stage made of the bytes; undefined where they are none of its business. */
export type Unwrapped =
  /** A wrapping around other bytes. */
  | {
      readonly outcome: 'bytes'
      readonly bytes: Uint8Array
      readonly label: string
      readonly notes?: readonly string[]
    }
  /** A wrapping around several records. */
  | {
      readonly outcome: 'user-records'
      readonly userRecords: readonly { readonly userRecord: UserRecord; readonly bytes: Uint8Array }[]
      readonly notes?: readonly string[]
    }
  /** The innermost value. */
  | {
      readonly outcome: 'content'
      readonly content: Content
      readonly label: string
      readonly notes?: readonly string[]
    }
  /** It looks like this stage's format but is not sound: the reason is shown and the bytes stay as they are. */
  | { readonly outcome: 'refused'; readonly reason: string }

/** A format that is recognised by its bytes. Never throws for any input. */
export type ByteStage = {
  readonly stage: string
  unwrap(bytes: Uint8Array, context: DecodeContext): Unwrapped | undefined
}

/** An envelope that is recognised in one JSON document. Never throws for any input. */
export type EnvelopeStage = {
  readonly stage: string
  recognise(document: JsonDocument): { readonly content: Content; readonly label: string } | undefined
}
