import type { HashKey } from '../domain/hash-key.ts'
import type { LoadBasis } from '../domain/plan/load-basis.ts'
import type { ShardPlan } from '../domain/plan/shard-plan.ts'
import type { UniformScaling } from '../domain/plan/uniform-scaling.ts'
import type { Shard } from '../domain/shard.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { ActPreview } from './act-preview.ts'

/** A plan for the shards of a stream, worked out from what was observed. */
export type PlanView = {
  readonly stream: StreamRef
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Seconds that the loads are told over. */
  readonly windowSeconds: number
  /** Records that were read in them; absent where not told. */
  readonly recordCount?: number
  /** What the loads are: the mean where absent. */
  readonly basis?: LoadBasis
  readonly plan: ShardPlan
  /** Today's open shards, to name the one that a load lies in; absent where not told. */
  readonly shards?: readonly Shard[]
  /** Open shards of the account and its quota, as DescribeLimits tells. */
  readonly limits?: { readonly openShardCount: number; readonly shardLimit: number }
  /** For the basis `peak`: use by key in the mean of the window, to tell a burst from a key that is always hot. */
  readonly averageKeyUse?: ReadonlyMap<HashKey, number>
  /** For the basis `peak`: loaded shards of which no busiest second is known, so their mean stands in its place. */
  readonly shardsWithoutPeak?: readonly string[]
  /** Partition keys of hot hash keys, as far as they were seen. Untrusted until drawn. */
  readonly keyNames: ReadonlyMap<HashKey, string>
  /** UpdateShardCount to as many shards as the plan has. */
  readonly uniformSame: UniformScaling
  /** UpdateShardCount to as many as keep the target; absent where none was found. */
  readonly uniformEnough?: UniformScaling
  readonly preview: ActPreview
}
