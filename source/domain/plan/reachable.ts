import { shareText } from '../quantity-text.ts'
import { type CrowdedKeys, type HotKey, hottestOf, type ShardPlan, TARGET_ROUNDING } from './shard-plan.ts'

/** What keeps a plan from its target. */
export type Obstacle =
  /** A key that alone is above it: no split divides a key. */
  | { readonly kind: 'hot-key'; readonly key: HotKey }
  /** The account may not have as many shards open as the target needs. */
  | { readonly kind: 'shard-limit'; readonly neededShards: number; readonly mostOpenShards: number }
  /** Keys that lie too close together for a shard each. */
  | ({ readonly kind: 'crowded-keys' } & CrowdedKeys)

/** The best load that can be had where the target cannot, or undefined where the plan keeps it. 0..1 of a shard. */
export function bestAboveTarget({ after, hotKeys, targetUtilisation }: ShardPlan): number | undefined {
  const best = hottestOf(after)
  return hotKeys.length > 0 || best > targetUtilisation + TARGET_ROUNDING ? best : undefined
}

/** Why a plan is above its target, the heaviest reason first; empty where it keeps it. */
export function obstaclesOf(plan: ShardPlan): readonly Obstacle[] {
  if (bestAboveTarget(plan) === undefined) return []
  const { hotKeys, shardLimit, crowded = [] } = plan
  return [
    ...hotKeys.map(key => ({ kind: 'hot-key', key }) as const),
    ...(shardLimit === undefined ? [] : [{ kind: 'shard-limit', ...shardLimit } as const]),
    ...crowded.map(keys => ({ kind: 'crowded-keys', ...keys }) as const),
  ]
}

/** Says what stands in the way of the target and what the best is; `why` names it. */
export function unreachableText(plan: ShardPlan, why: string): string | undefined {
  const best = bestAboveTarget(plan)
  if (best === undefined) return undefined
  return `The target of ${shareText(plan.targetUtilisation)} cannot be reached: ${why} The best that splits and merges achieve is ${shareText(best)} on the hottest shard.`
}
