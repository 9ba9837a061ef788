import { usageFailure } from '../domain/failure.ts'
import { type HashKey, hashKeyOf } from '../domain/hash-key.ts'
import { utilisationOf } from '../domain/heat/shard-heat.ts'
import { bestSplit } from '../domain/heat/split-point.ts'
import { loadsOf, type StreamLoads } from '../domain/plan/shard-plan.ts'
import { callsTo, uniformSteps } from '../domain/plan/uniform-scaling.ts'
import { compareByRange, isOpen, type Shard } from '../domain/shard.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { ActPreview } from '../state/act-preview.ts'
import type { Context } from './command.ts'
import { durationSeconds } from './heat-arguments.ts'
import { lookAtHeat } from './heat-look.ts'
import { conflict, refuseOnDemand, shardNamed } from './look-up.ts'
import { type SeenLoads, seenLoads } from './plan-making.ts'
import { reshapeFacts, reshapePreview } from './reshape-preview.ts'
import { refuseUnmergeable, splitPoint } from './shard-checks.ts'

/** How a split is told where to cut. */
export type SplitWish = {
  readonly at: HashKey | undefined
  readonly atKey: string | undefined
  readonly atLoad: boolean
  readonly atMiddle: boolean
  readonly for: string | undefined
}

/** What is known of the load: from the screen, or from a look of its own where one was asked for. */
export async function loadsSeen(
  context: Context,
  stream: StreamRef,
  lookFor: string | undefined,
): Promise<SeenLoads | undefined> {
  const held = context.observedLoads?.(stream)
  if (held !== undefined || lookFor === undefined) return held
  const seconds = durationSeconds('split', lookFor, 30)
  const looking = lookAtHeat(context, { stream, source: 'observed', seconds, budget: {} })
  for (;;) {
    const step = await looking.next()
    if (step.done !== true) continue
    const looked = step.value
    return looked?.heat === undefined ? undefined : seenLoads(looked.heat, looked.snapshot.board.at, seconds)
  }
}

/** @throws FailureError `usage` before anything is looked at */
export function refuseTwoWishes(wish: SplitWish): void {
  const given = [
    ...(wish.at === undefined ? [] : ['--at']),
    ...(wish.atKey === undefined ? [] : ['--at-key']),
    ...(wish.atLoad ? ['--at-load'] : []),
    ...(wish.atMiddle ? ['--at-middle'] : []),
  ]
  if (given.length > 1) {
    throw usageFailure('split', `${given.join(' and ')} each say where to split`, 'Give one of them.')
  }
}

/**
 * Where a split cuts, as it was asked for.
 * @throws FailureError `usage` for two wishes at once, and where the load is not known
 */
export function wishedPoint(
  shard: Shard,
  shards: readonly Shard[],
  wish: SplitWish,
  seen: SeenLoads | undefined,
): HashKey {
  refuseTwoWishes(wish)
  if (wish.atKey !== undefined) return splitPoint(shard, hashKeyOf(wish.atKey), shards)
  if (!wish.atLoad) return splitPoint(shard, wish.at, shards)
  // Refuses what cannot be split at all, whatever the load.
  splitPoint(shard, undefined, shards)
  const [bytes, records] = [seen?.loads.bytes.get(shard.shardId), seen?.loads.records.get(shard.shardId)]
  if (bytes === undefined || records === undefined) {
    throw conflict(
      'SplitShard',
      `the load of ${shard.shardId} is not known, so its median is not either`,
      'Look for longer with --for 2m, or split with --at-middle.',
    )
  }
  const { measure } = utilisationOf(bytes.loadPerSecond, records.loadPerSecond)
  const best = bestSplit(shard.hashKeyRange, (measure === 'bytes' ? bytes : records).loads)
  return splitPoint(shard, best?.newStartingHashKey, shards)
}

export async function previewSplit(
  context: Context,
  stream: StreamRef,
  shardId: string,
  wish: SplitWish,
): Promise<ActPreview> {
  refuseTwoWishes(wish)
  const seen = await loadsSeen(context, stream, wish.for ?? (wish.atLoad ? '30s' : undefined))
  const facts = await factsWith(context, stream, seen)
  refuseOnDemand(facts.summary, 'SplitShard')
  const shard = shardNamed(facts.shards, shardId, stream, 'SplitShard')
  const newStartingHashKey = wishedPoint(shard, facts.shards, wish, seen)
  return reshapePreview(facts, {
    title: `Split ${shardId} of ${stream.streamName} at ${newStartingHashKey}`,
    steps: [{ kind: 'split', range: shard.hashKeyRange, newStartingHashKey }],
  })
}

export async function previewMerge(
  context: Context,
  stream: StreamRef,
  oneId: string,
  otherId: string,
): Promise<ActPreview> {
  const facts = await factsWith(context, stream, await loadsSeen(context, stream, undefined))
  refuseOnDemand(facts.summary, 'MergeShards')
  const one = shardNamed(facts.shards, oneId, stream, 'MergeShards')
  const other = shardNamed(facts.shards, otherId, stream, 'MergeShards')
  refuseUnmergeable(one, other, facts.shards)
  const [lower, upper] = compareByRange(one, other) < 0 ? [one, other] : [other, one]
  return reshapePreview(facts, {
    title: `Merge ${lower.shardId} and ${upper.shardId} of ${stream.streamName}`,
    steps: [{ kind: 'merge', lower: lower.hashKeyRange, upper: upper.hashKeyRange }],
  })
}

export async function previewReshard(
  context: Context,
  stream: StreamRef,
  targetShardCount: number,
  refuse: (openShardCount: number) => void,
): Promise<ActPreview> {
  const facts = await factsWith(context, stream, await loadsSeen(context, stream, undefined))
  refuseOnDemand(facts.summary, 'UpdateShardCount')
  refuse(facts.shards.filter(isOpen).length)
  return reshapePreview(facts, {
    title: `UpdateShardCount of ${stream.streamName} to ${targetShardCount}`,
    steps: uniformSteps(facts.ranges, targetShardCount),
    uniformTargets: callsTo(facts.ranges.length, targetShardCount),
  })
}

async function factsWith(context: Context, stream: StreamRef, seen: SeenLoads | undefined) {
  const facts = await reshapeFacts(context, stream)
  const loads: StreamLoads | undefined = seen === undefined ? undefined : loadsOf(facts.shards, seen.loads)
  return loads === undefined ? facts : { ...facts, loads }
}
