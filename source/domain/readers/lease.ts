import type { SequenceNumber } from '../shard.ts'

/** A value of a DynamoDB item as the wire has it, as far as lease tables use it. Untrusted. */
export type AttributeValue = {
  readonly S?: string
  /** A number as decimal text. */
  readonly N?: string
  readonly SS?: readonly string[]
  readonly L?: readonly AttributeValue[]
  readonly M?: Readonly<Record<string, AttributeValue>>
}
export type TableRow = Readonly<Record<string, AttributeValue>>

/**
 * Where a reader would go on. The four words are states and never positions: the KCL itself sorts LATEST below the oldest
 * record, so they are not to be compared with sequence numbers.
 */
export type Checkpoint =
  | {
      readonly kind: 'sequence-number'
      readonly sequenceNumber: SequenceNumber
      /** Place inside an aggregate; libraries beside the Java one write 0 whatever was done. */
      readonly subSequenceNumber?: number
    }
  | { readonly kind: 'TRIM_HORIZON' | 'LATEST' | 'AT_TIMESTAMP' | 'SHARD_END' }
  /** A text that is neither: a library newer than this program, or no checkpoint at all. */
  | { readonly kind: 'unknown'; readonly text: string }

/** One lease of a KCL application: who reads a shard, and how far it has said to be. There is no time in it. */
export type Lease = {
  /** The shard's id, or `account:stream:creationEpochSeconds:shardId` where one table serves several streams. */
  readonly leaseKey: string
  readonly shardId: string
  /** Only in tables of several streams; otherwise the row does not say which stream it is about. */
  readonly stream?: {
    readonly streamName: string
    readonly accountId?: string
    readonly creationEpochSeconds?: string
  }
  /** Absent: nobody owns it. */
  readonly leaseOwner?: string
  /** During a hand-over: who still reads, while `leaseOwner` is who will. */
  readonly checkpointOwner?: string
  /** Heartbeats as decimal text; only ever compared with an earlier read. */
  readonly leaseCounter?: string
  readonly checkpoint: Checkpoint
  readonly pendingCheckpoint?: Checkpoint
  readonly ownerSwitchesSinceCheckpoint?: number
  /** As the table says; some libraries leave it out, so lineage comes from the shard listing. */
  readonly parentShardIds: readonly string[]
  readonly hashKeyRange?: { readonly startingHashKey: bigint; readonly endingHashKey: bigint }
  readonly throughputKBps?: number
}

/** What a worker of KCL 3 says of itself. */
export type WorkerMetrics = {
  readonly workerId: string
  readonly updatedAt?: Date
  /** Metric (such as `C`, processor use in percent) -> its newest values. */
  readonly values: ReadonlyMap<string, readonly number[]>
}

/** What one row of a lease table, or of the side tables of KCL 3.0 to 3.4, is about. */
export type LeaseTableEntry =
  | { readonly kind: 'lease'; readonly lease: Lease }
  | { readonly kind: 'worker-metrics'; readonly metrics: WorkerMetrics }
  | { readonly kind: 'leader'; readonly ownerName?: string }
  /** Migration states, streams, and whatever a later release adds: no lease. */
  | { readonly kind: 'other'; readonly name: string }
