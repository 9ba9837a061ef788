import type { HashKey } from '../hash-key.ts'

/** What JSON can say. Numbers are JavaScript's: use the document's text where the digits matter. */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }

/** One step of the chain that was recognised, outermost first. */
export type Badge = {
  /** Short and stable: `kpl`, `gzip`, `cloudwatch-logs`, `json`, … (decode/stages.ts has the table). */
  readonly stage: string
  /** What to draw, e.g. `KPL 1/2`, `gzip 4.1x`, `JSON x2`. */
  readonly label: string
}

/** A user record inside a KPL aggregate. */
export type UserRecord = {
  /** 0, 1, … within the Kinesis record; identity is (sequence number, sub-sequence number). */
  readonly subSequenceNumber: number
  readonly userRecordCount: number
  readonly partitionKey: string
  readonly explicitHashKey?: HashKey
  /** Where it belongs: the explicit hash key, else that of its own partition key. */
  readonly hashKey: HashKey
  /** Its hash key lies outside the shard's range: a KCL reader would drop it. Absent where the range is not known. */
  readonly isOutsideShardRange?: boolean
  /** It, or another user record of its aggregate, lies outside the shard's range: a KCL reader drops them all. */
  readonly isDroppedByKcl?: boolean
}

/** One JSON document as it was written. */
export type JsonDocument = {
  /** The source text, digits and key order untouched. */
  readonly text: string
  readonly value: JsonValue
}

export type LogEvent = { readonly id: string; readonly timestampMillis?: number; readonly message: string }

export type Content =
  | { readonly kind: 'json'; readonly documents: readonly JsonDocument[] }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'empty' }
  | { readonly kind: 'bytes' }
  /** A CloudWatch Logs subscription message. */
  | {
      readonly kind: 'log-events'
      readonly document: JsonDocument
      readonly owner: string
      readonly logGroup: string
      readonly logStream: string
      readonly logEvents: readonly LogEvent[]
    }
  /** The message by which CloudWatch Logs checks that it can reach the stream: not data. */
  | { readonly kind: 'probe'; readonly document: JsonDocument; readonly owner: string }
  /** A known envelope around a change or an event: the document as it was, and what it says in short. */
  | {
      readonly kind: 'envelope'
      readonly document: JsonDocument
      /** What it is in words, e.g. `DynamoDB MODIFY orders`. Untrusted until drawn. */
      readonly title: string
      readonly facts: readonly Fact[]
      /** Members of the old and new image, where the envelope has such; unwrapped from their types. */
      readonly changes: readonly Change[]
    }

/** A name and what it stands for, e.g. `time` and an ISO time. */
export type Fact = { readonly name: string; readonly text: string }

/** One member before and after, as JSON texts; absent where that image does not have it. */
export type Change = { readonly name: string; readonly before?: string; readonly after?: string }

/** One thing that a reader of the stream would call a record: a whole Kinesis record, or a user record of an aggregate. */
export type DecodedRecord = {
  readonly badges: readonly Badge[]
  readonly userRecord?: UserRecord
  /** The bytes after all unwrapping; those of the Kinesis record itself where nothing was unwrapped. */
  readonly bytes: Uint8Array
  readonly content: Content
  /** What did not work or is odd, one sentence each: `gzip: unexpected end of file`. Untrusted until drawn. */
  readonly notes: readonly string[]
}
