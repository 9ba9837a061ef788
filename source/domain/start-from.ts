import type { SequenceNumber } from './shard.ts'

/** Where a tail starts. `sequence-number` reads one shard from that record on (the record included), then its children. */
export type StartFrom =
  | { readonly type: 'latest' }
  | { readonly type: 'oldest' }
  | { readonly type: 'timestamp'; readonly timestamp: Date }
  | { readonly type: 'sequence-number'; readonly sequenceNumber: SequenceNumber }
