import type { Failure } from '../domain/failure.ts'
import type { HashKey } from '../domain/hash-key.ts'
import type { HeatReads } from '../domain/heat/heat-reads.ts'
import type { Measure } from '../domain/heat/heavy-keys.ts'
import type { SecondTotals } from '../domain/heat/second-window.ts'
import type { HeatBoard, HeatSource, KeyShare } from '../domain/heat/shard-heat.ts'
import type { SplitAdvice } from '../domain/heat/split-advice.ts'
import type { Change, WhatIf } from '../domain/heat/what-if.ts'
import type { Shard } from '../domain/shard.ts'
import type { StreamRef } from '../domain/stream.ts'

/** One shard from near. */
export type ShardDetail = {
  readonly shardId: string
  /** Single seconds, oldest first; absent where not seen. The last one ends at `untilMillis`. */
  readonly seconds: readonly (SecondTotals | undefined)[]
  readonly untilMillis: number
  readonly topKeys: readonly KeyShare[]
  readonly advice?: SplitAdvice
}

/** The heaviest keys of a stream or of one shard. */
export type KeyTable = {
  readonly measure: Measure
  readonly shardId?: string
  readonly keys: readonly KeyShare[]
}

/** Where a key belongs, and what it weighs. */
export type KeyLocation = {
  /** Untrusted until drawn. */
  readonly partitionKey: string
  readonly hashKey: HashKey
  /** The open shard that takes its writes now. */
  readonly owner?: Shard
  /** The moment that was asked about, and its owner then. */
  readonly at?: Date
  readonly ownerThen?: Shard
  /** How the owner at that moment is known. */
  readonly basis?: 'listing' | 'sequence-numbers'
  /** As observed in each shard that it was seen in; absent where nothing is observed. */
  readonly shares?: readonly KeyShare[]
}

/** A change to be thought through; a split without a place is made where the load says. */
export type PlannedChange =
  | { readonly kind: 'split'; readonly shardId: string; readonly newStartingHashKey?: HashKey }
  | Exclude<Change, { kind: 'split' }>

/** Forecast of a change that is only thought of. */
export type WhatIfView = {
  readonly title: string
  /** Where the load says to split; absent while it says nothing. */
  readonly proposedHashKey?: HashKey
  readonly whatIf?: WhatIf
  /** For a split at the load: the same in the middle, to compare. */
  readonly midpoint?: WhatIf
  readonly refusal?: string
}

/** One look at the heat of a stream. */
export type HeatSnapshot = {
  readonly source: HeatSource
  readonly board: HeatBoard
  /** What the observed source takes from the read limits of the shards. */
  readonly reads?: HeatReads
  /** Advice on single shards, by id. */
  readonly advice: ReadonlyMap<string, SplitAdvice>
  readonly shard?: ShardDetail
  readonly keys?: KeyTable
  readonly located?: KeyLocation
  readonly forecast?: WhatIfView
  /** Shard-level metrics that are off (CloudWatch). */
  readonly missingMetrics?: readonly string[]
  /** Metrics that this look asked CloudWatch for; they are billed. */
  readonly requestedMetrics?: number
  /** A failure that is tried again. */
  readonly trouble?: Failure
}

/** The heat that is looked at now. */
export type HeatState = {
  readonly stream: StreamRef
  readonly source: HeatSource
  readonly phase: 'starting' | 'running' | 'failed'
  readonly snapshot?: HeatSnapshot
  readonly failure?: Failure
}
