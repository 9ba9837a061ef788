import { FailureError } from '../domain/failure.ts'
import { type HashKey, hashKeyOf, rangeContains } from '../domain/hash-key.ts'
import type { StreamHeat } from '../domain/heat/stream-heat.ts'
import type { ObservedLoads } from '../domain/heat/what-if.ts'
import {
  type LoadBasis,
  type PeakRates,
  peakLoads,
  peakRatesOf,
  shardsWithoutPeak,
} from '../domain/plan/load-basis.ts'
import { bestAboveTarget, type Obstacle, obstaclesOf, unreachableText } from '../domain/plan/reachable.ts'
import { type HotKey, keyUses, loadsOf, planShards, type StreamLoads } from '../domain/plan/shard-plan.ts'
import { enoughUniform, uniformScaling } from '../domain/plan/uniform-scaling.ts'
import { counted, shareText } from '../domain/quantity-text.ts'
import { isOpen, type Shard } from '../domain/shard.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { PlanView } from '../state/plan-state.ts'
import type { Context } from './command.ts'
import { refuseOnDemand } from './look-up.ts'
import { type ReshapeFacts, reshapeFacts, reshapePreview } from './reshape-preview.ts'

/** Keys whose names are kept: hot ones are among the heaviest. */
const NAMED_KEYS = 64

/** What was seen of a stream's load, wherever it was seen. */
export type SeenLoads = {
  readonly loads: ObservedLoads
  readonly windowSeconds: number
  readonly recordCount?: number
  /** Busiest seconds by shard; absent where no single seconds are known. */
  readonly peaks?: PeakRates
  readonly keyNames: ReadonlyMap<HashKey, string>
}

/** `lookedSeconds` where the look was shorter than the window that rates are told over. */
export function seenLoads(heat: StreamHeat, atMillis: number, lookedSeconds?: number): SeenLoads {
  const names = (['bytes', 'records'] as const).flatMap(measure =>
    heat.topKeys(atMillis, measure, NAMED_KEYS).map(({ partitionKey }) => partitionKey),
  )
  const { shards, sampleRecords } = heat.board(atMillis)
  // No shard was looked at for longer than this: a minute is not claimed after five seconds.
  const seconds = shards.map(({ shard }) => heat.loadOf(shard.shardId)?.rates(atMillis)?.spanSeconds ?? 0)
  const seenSeconds = Math.round(seconds.reduce((most, of) => Math.max(most, of), 0))
  const atMost = Math.min(heat.windowSeconds, lookedSeconds ?? heat.windowSeconds)
  return {
    loads: { bytes: heat.spreads(atMillis, 'bytes'), records: heat.spreads(atMillis, 'records') },
    windowSeconds: Math.min(atMost, seenSeconds),
    ...(sampleRecords === undefined ? {} : { recordCount: sampleRecords }),
    peaks: peakRatesOf(shards),
    keyNames: new Map(names.map(name => [hashKeyOf(name), name])),
  }
}

/**
 * A plan from what was seen, with UpdateShardCount beside it and everything that is to be known before it is run.
 * @throws FailureError where a shard's load is not known, or shards are the service's own matter
 */
export async function makePlan(
  context: Context,
  stream: StreamRef,
  seen: SeenLoads,
  targetUtilisation: number,
  basis: LoadBasis = 'average',
): Promise<{ readonly view: PlanView; readonly facts: ReshapeFacts }> {
  const looked = await reshapeFacts(context, stream)
  refuseOnDemand(looked.summary, 'plan')
  const peaks = basis === 'peak' ? (seen.peaks ?? new Map()) : undefined
  const means = knownLoads(stream, looked.shards, seen.loads)
  const loads = peaks === undefined ? means : knownLoads(stream, looked.shards, peakLoads(seen.loads, peaks))
  const facts: ReshapeFacts = { ...looked, loads }
  const { ranges, limits } = facts
  const room =
    limits?.shardLimit === undefined || limits.openShardCount === undefined
      ? {}
      : { mostOpenShards: ranges.length + Math.max(0, limits.shardLimit - limits.openShardCount) }
  const plan = planShards({ ranges, loads, targetUtilisation, ...room })
  const enough =
    plan.hotKeys.length > 0 ? undefined : enoughUniform(ranges, loads, targetUtilisation, plan.after.length)
  const best = bestAboveTarget(plan)
  const goal =
    best === undefined
      ? `each under ${shareText(targetUtilisation)}`
      : `at best ${shareText(best)}, above the target of ${shareText(targetUtilisation)}`
  const title = `Plan for ${stream.streamName}: ${counted(ranges.length, 'shard')} to ${plan.after.length}, ${goal}`
  return {
    facts,
    view: {
      stream,
      at: context.clock.now(),
      windowSeconds: seen.windowSeconds,
      ...(seen.recordCount === undefined ? {} : { recordCount: seen.recordCount }),
      basis,
      plan,
      shards: looked.shards.filter(isOpen),
      ...(limits?.shardLimit === undefined || limits.openShardCount === undefined
        ? {}
        : { limits: { shardLimit: limits.shardLimit, openShardCount: limits.openShardCount } }),
      ...(peaks === undefined
        ? {}
        : {
            averageKeyUse: new Map(
              keyUses(means).map(({ hashKey, utilisation }) => [hashKey, utilisation] as const),
            ),
            shardsWithoutPeak: shardsWithoutPeak(seen.loads, peaks),
          }),
      keyNames: seen.keyNames,
      uniformSame: uniformScaling(ranges, plan.after.length, loads),
      ...(enough === undefined ? {} : { uniformEnough: enough }),
      preview: reshapePreview(facts, { title, steps: plan.steps }),
    },
  }
}

type Reasoned = Pick<
  PlanView,
  'plan' | 'keyNames' | 'basis' | 'shards' | 'limits' | 'averageKeyUse' | 'shardsWithoutPeak'
>

/** Where a plan's target cannot be had: why, and what is the best; undefined where it can. */
export function unreachableOf(view: Reasoned): string | undefined {
  const obstacles = obstaclesOf(view.plan)
  // One of each kind: the hottest key stands for the others, which are listed by themselves.
  const first = obstacles.filter(
    ({ kind }, index) => obstacles.findIndex(other => other.kind === kind) === index,
  )
  const reasons = first.map(obstacle => obstacleText(view, obstacle))
  return unreachableText(view.plan, reasons.join(' '))
}

/** What helps where a plan's target cannot be had, for the reason that stands first. */
export function waysOutOf(view: Reasoned): string {
  const kinds = new Set(obstaclesOf(view.plan).map(({ kind }) => kind))
  const ways = [
    ...(kinds.has('hot-key') ? ['Spread the key over several'] : []),
    ...(kinds.has('shard-limit') ? ['Ask Service Quotas for more shards'] : []),
  ]
  return ways.length === 0 ? 'Take' : `${ways.join('. ')}, take`
}

function obstacleText(view: Reasoned, obstacle: Obstacle): string {
  switch (obstacle.kind) {
    case 'hot-key':
      return hotKeyText(view, obstacle.key)
    case 'shard-limit': {
      const { neededShards, mostOpenShards } = obstacle
      const { limits } = view
      const used =
        limits === undefined ? '' : ` (${limits.openShardCount} of ${limits.shardLimit} are open in it)`
      return `it needs ${neededShards} open shards, and the shard quota of the account leaves this stream ${mostOpenShards}${used}.`
    }
    case 'crowded-keys': {
      const { range, utilisation } = obstacle
      const shard = shardOf(view, range.startingHashKey)
      return `the hash keys ${range.startingHashKey}..${range.endingHashKey}${shard === undefined ? '' : ` of ${shard}`} take ${shareText(utilisation)} of a shard together and lie too close for a split to part them.`
    }
  }
}

function hotKeyText(view: Reasoned, { hashKey, utilisation }: HotKey): string {
  const name = view.keyNames.get(hashKey)
  const key = name === undefined ? `hash key ${hashKey}` : `key "${name}"`
  const shard = shardOf(view, hashKey)
  const place = shard === undefined ? '' : ` in ${shard}`
  const mean = view.averageKeyUse?.get(hashKey)
  if (mean === undefined || mean > view.plan.targetUtilisation) {
    return `${key} alone takes ${shareText(utilisation)} of a shard${place}, and no split divides a key.`
  }
  return `a burst: in the busiest second${shard === undefined ? ' of its shard' : ` of ${shard}`} ${key} alone takes an estimated ${shareText(utilisation)} of a shard, and no split divides a key; in the mean of the window it takes ${shareText(mean)}.`
}

function shardOf({ shards }: Reasoned, hashKey: HashKey): string | undefined {
  return shards?.find(({ hashKeyRange }) => rangeContains(hashKeyRange, hashKey))?.shardId
}

/** What the loads of a plan are, in words. */
export function basisText({
  windowSeconds,
  recordCount,
  basis,
  shardsWithoutPeak: unknown = [],
}: Pick<PlanView, 'windowSeconds' | 'recordCount' | 'basis' | 'shardsWithoutPeak'>): string {
  const from = `${counted(windowSeconds, 'second')} of traffic${recordCount === undefined ? '' : `, ${counted(recordCount, 'record')} read`}`
  if (basis !== 'peak') return `the average of ${from}`
  const missing =
    unknown.length === 0
      ? ''
      : `; NOT KNOWN for ${namesText(unknown)}, whose average stands in its place, so the plan may be too small there`
  return `the busiest second of each shard (measured; its spread over keys estimated) in ${from}${missing}`
}

function namesText(names: readonly string[]): string {
  return `${names.slice(0, 5).join(', ')}${names.length > 5 ? ` and ${names.length - 5} more` : ''}`
}

/** @throws FailureError `incomplete` that names the shards of which nothing is known */
export function knownLoads(
  stream: StreamRef,
  shards: readonly Shard[],
  observed: ObservedLoads,
): StreamLoads {
  const loads = loadsOf(shards, observed)
  if (loads !== undefined) return loads
  const unknown = shards
    .filter(isOpen)
    .filter(({ shardId }) => !observed.bytes.has(shardId) || !observed.records.has(shardId))
    .map(({ shardId }) => shardId)
  throw new FailureError({
    kind: 'incomplete',
    action: 'plan',
    message: `the load of ${namesText(unknown)} of ${stream.streamName} is not known, and not known is not zero`,
    nextStep: 'Look for longer, such as --for 2m.',
    retryable: true,
  })
}
