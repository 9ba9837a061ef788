import type { Failure } from '../failure.ts'

export type ReaderKind =
  | 'fan-out'
  | 'lambda'
  | 'firehose'
  | 'pipe'
  | 'flink'
  | 'channel'
  | 'queue'
  | 'kcl'
  | 'unknown'

/** How far a reader is behind, and how that is known. Absent lag is unknown, never 0. */
export type ReaderLag = {
  /** Age of the oldest record that it has not read, or its distance from the tip; 0 at the tip. */
  readonly lagMillis: number
  readonly source: 'cloudwatch' | 'probe'
  /** Change of the lag for each second that passes: 1 stands still, below 0 catches up. Absent: seen once only. */
  readonly trend?: number
  /** When the lag was so. */
  readonly at: number
}

export type ReaderShard = {
  readonly shardId: string
  /** One word on the lease or reader of the shard. */
  readonly state: string
  readonly owner?: string
  readonly checkpoint?: string
  readonly lag?: ReaderLag
  /** Why there is no lag. */
  readonly lagUnknown?: string
  readonly deadline?: Deadline
  /** One sentence on what is odd. */
  readonly note?: string
}

/** When the oldest unread data of a reader leaves the stream. */
export type Deadline =
  /** Nothing is unread. */
  | { readonly kind: 'none' }
  /** At the present rate it will never be reached. */
  | { readonly kind: 'never' }
  /** In so long; `isAtPresentRate` is false where the rate is not known and it is assumed to stand still. */
  | { readonly kind: 'in'; readonly millis: number; readonly isAtPresentRate: boolean }
  /** It was reached: data is being lost now. */
  | { readonly kind: 'reached' }

/** Somebody who reads a stream. */
export type StreamReader = {
  /** Unique within one look. */
  readonly id: string
  readonly kind: ReaderKind
  readonly name: string
  readonly arn?: string
  /** The service's word, e.g. `ACTIVE`, `Enabled`. */
  readonly state: string
  /** The consumer whose fan-out it uses. */
  readonly consumerArn?: string
  /** Facts for the detail: name and value, in the API's own names. */
  readonly facts: readonly (readonly [string, string])[]
  /** What is missing or odd, one sentence each. */
  readonly warnings: readonly string[]
  /** Where only the whole stream is known. */
  readonly lag?: ReaderLag
  readonly lagUnknown?: string
  readonly deadline?: Deadline
  readonly shards: readonly ReaderShard[]
}

/** What one source of readers (one service) told: its own failure does not touch the others. */
export type ReaderSource = {
  readonly kind: ReaderKind
  /** The IAM action that was tried. */
  readonly action: string
  /** What it was tried on. */
  readonly resource: string
  readonly state: 'asking' | 'told' | 'failed' | 'skipped'
  readonly readerCount?: number
  readonly failure?: Failure
  readonly note?: string
}

export type ReadersSnapshot = {
  readonly at: number
  readonly retentionPeriodHours?: number
  readonly sources: readonly ReaderSource[]
  readonly readers: readonly StreamReader[]
  /** `2 of 20`: registered consumers, which queues share. */
  readonly fanOutSlots?: { readonly used: number; readonly of: number; readonly isCertain: boolean }
  readonly unexplained?: UnexplainedReads
  /** Sentences on what the look cost. */
  readonly costs: readonly string[]
}

/** Bytes that left the stream by GetRecords, against those that known readers would take. */
export type UnexplainedReads = {
  readonly outgoingBytesPerSecond: number
  readonly incomingBytesPerSecond: number
  /** Known readers that poll. */
  readonly knownPollers: number
  readonly verdict: 'explained' | 'unexplained' | 'nobody-polls'
  readonly sentence: string
}
