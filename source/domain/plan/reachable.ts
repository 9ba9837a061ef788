import { shareText } from '../quantity-text.ts'
import { hottestOf, type ShardPlan } from './shard-plan.ts'

/** The best load that can be had where the target cannot, or undefined where the plan keeps it. 0..1 of a shard. */
export function bestAboveTarget({ after, hotKeys, targetUtilisation }: ShardPlan): number | undefined {
  const best = hottestOf(after)
  return hotKeys.length > 0 || best > targetUtilisation ? best : undefined
}

/** Says which key stands in the way of the target and what the best is; `who` names the key. */
export function unreachableText(plan: ShardPlan, who: string): string | undefined {
  const best = bestAboveTarget(plan)
  if (best === undefined) return undefined
  return `The target of ${shareText(plan.targetUtilisation)} cannot be reached: ${who} The best that splits and merges achieve is ${shareText(best)} on the hottest shard.`
}
