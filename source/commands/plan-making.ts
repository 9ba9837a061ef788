import { FailureError } from '../domain/failure.ts'
import { type HashKey, hashKeyOf } from '../domain/hash-key.ts'
import type { StreamHeat } from '../domain/heat/stream-heat.ts'
import type { ObservedLoads } from '../domain/heat/what-if.ts'
import { type LoadBasis, type PeakRates, peakLoads, peakRatesOf } from '../domain/plan/load-basis.ts'
import { bestAboveTarget, unreachableText } from '../domain/plan/reachable.ts'
import { loadsOf, planShards, type StreamLoads } from '../domain/plan/shard-plan.ts'
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
  const observed =
    basis === 'peak' && seen.peaks !== undefined ? peakLoads(seen.loads, seen.peaks) : seen.loads
  const loads = knownLoads(stream, looked.shards, observed)
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
      keyNames: seen.keyNames,
      uniformSame: uniformScaling(ranges, plan.after.length, loads),
      ...(enough === undefined ? {} : { uniformEnough: enough }),
      preview: reshapePreview(facts, { title, steps: plan.steps }),
    },
  }
}

/** Where a plan's target cannot be had: why, and what is the best; undefined where it can. */
export function unreachableOf({ plan, keyNames }: Pick<PlanView, 'plan' | 'keyNames'>): string | undefined {
  const [key] = plan.hotKeys
  const name = key === undefined ? undefined : keyNames.get(key.hashKey)
  const who =
    key === undefined
      ? 'there is no room for more open shards.'
      : `${name === undefined ? `hash key ${key.hashKey}` : `key "${name}"`} alone takes ${shareText(key.utilisation)} of a shard, and no split divides a key.`
  return unreachableText(plan, who)
}

/** What the loads of a plan are, in words. */
export function basisText({
  windowSeconds,
  recordCount,
  basis,
}: Pick<PlanView, 'windowSeconds' | 'recordCount' | 'basis'>): string {
  const from = `${counted(windowSeconds, 'second')} of traffic${recordCount === undefined ? '' : `, ${counted(recordCount, 'record')} read`}`
  return basis === 'peak'
    ? `the busiest second of each shard (measured; its spread over keys estimated) in ${from}`
    : `the average of ${from}`
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
    message: `the load of ${unknown.slice(0, 5).join(', ')}${unknown.length > 5 ? ` and ${unknown.length - 5} more` : ''} of ${stream.streamName} is not known, and not known is not zero`,
    nextStep: 'Look for longer, such as --for 2m.',
    retryable: true,
  })
}
