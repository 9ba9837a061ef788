import type { SequenceNumber } from './shard.ts'

/** Where one shard was left: after its last record, at a moment where none had come yet, or read to its end. */
export type ShardPlace =
  | {
      readonly type: 'after'
      readonly sequenceNumber: SequenceNumber
      /** When that record arrived, as the service told it. */
      readonly approximateArrivalTimestamp?: Date
    }
  | { readonly type: 'at'; readonly timestamp: Date }
  | { readonly type: 'ended' }

/** Where a tail starts. `sequence-number` reads one shard from that record on (the record included), then its children. */
export type StartFrom =
  | { readonly type: 'latest' }
  | { readonly type: 'oldest' }
  | { readonly type: 'timestamp'; readonly timestamp: Date }
  | { readonly type: 'sequence-number'; readonly sequenceNumber: SequenceNumber }
  /** Where an earlier tail stopped: these shards, and the descendants of all of them from their beginning. */
  | { readonly type: 'places'; readonly places: ReadonlyMap<string, ShardPlace> }
