import type { Clock } from '../engine/clock.ts'
import { ServiceError } from '../engine/errors.ts'
import type { Service } from '../engine/service.ts'
import { shardIdOf } from '../engine/shard.ts'
import { seedOf } from '../random.ts'
import { preparationTime, prepareStream } from './prepare-stream.ts'
import { entriesInSlot, SLOT_MS } from './producer.ts'
import type { Scenario, ScenarioStream, ScheduledAct } from './scenario.ts'

/** After a pause longer than this (a laptop asleep) the missed traffic is left out instead of written late. */
const MAX_CATCH_UP_WALL_MS = 60_000
const LARGEST_BATCH = 500

export type Traffic = {
  /** Ends the traffic; nothing is written afterwards. */
  stop(): void
  /** Acts of the schedule that the service refused, oldest first. */
  refusals: string[]
}

/** Traffic whose streams are there, but neither their history nor anything new. */
export type PlannedTraffic = {
  /** Writes the history, a little at each step; nobody else may use the service before its end. */
  history(): Iterable<void>
  /** Goes on writing until stopped. */
  begin(): Traffic
}

/**
 * Creates a scenario's streams, fills in their history and goes on writing until stopped. What is written when depends
 * on the scenario, the seed and the clock alone.
 */
export function startTraffic(service: Service, clock: Clock, scenario: Scenario, seed: number): Traffic {
  const planned = planTraffic(service, clock, scenario, seed)
  for (const _ of planned.history());
  return planned.begin()
}

/** The same in steps, for whoever shares its thread with something that must not wait. */
export function planTraffic(
  service: Service,
  clock: Clock,
  scenario: Scenario,
  seed: number,
): PlannedTraffic {
  const refusals: string[] = []
  const startSlot = Math.floor(clock.now() / SLOT_MS)
  const runs = scenario.streams.map(stream => {
    // A stream that was kept from an earlier run has its history already.
    const historyMinutes = service.account.streams.has(stream.name) ? 0 : (stream.historyMinutes ?? 0)
    const nextSlot = startSlot - Math.round((historyMinutes * 60_000) / SLOT_MS)
    const seeds = (stream.producers ?? []).map((_, index) => seedOf(seed, stream.name, index))
    return { stream, seeds, nextSlot, acts: pendingActs(stream, startSlot, nextSlot) }
  })
  const earliestSlot = Math.min(startSlot, ...runs.map(({ nextSlot }) => nextSlot))
  // Streams are made before anything is written, one after the other: the service makes only a few at a time.
  let preparedAt = earliestSlot * SLOT_MS - preparationTime(service, scenario)
  for (const stream of scenario.streams) preparedAt = prepareStream(service, stream, preparedAt)
  type Run = (typeof runs)[number]

  const runSlot = (run: Run, slot: number) => {
    const now = (slot + 1) * SLOT_MS
    for (let act = run.acts[0]; act !== undefined && act.slot <= slot; act = run.acts[0]) {
      run.acts.shift()
      perform(service, run.stream.name, act.act, now, refusals)
    }
    for (const [index, producer] of (run.stream.producers ?? []).entries()) {
      if (slot < startSlot + ((producer.startsAtMinute ?? -Infinity) * 60_000) / SLOT_MS) continue
      const entries = entriesInSlot(producer, run.seeds[index] ?? 0, slot)
      for (let begin = 0; begin < entries.length; begin += LARGEST_BATCH) {
        const Records = entries.slice(begin, begin + LARGEST_BATCH)
        attempt(refusals, () =>
          service.handle('PutRecords', { StreamName: run.stream.name, Records }, { now }),
        )
      }
    }
  }
  const catchUp = () => {
    const endSlot = Math.floor(clock.now() / SLOT_MS)
    const firstSlot = Math.max(
      Math.min(...runs.map(({ nextSlot }) => nextSlot)),
      endSlot - (MAX_CATCH_UP_WALL_MS * clock.speed) / SLOT_MS,
    )
    for (const _ of slots(firstSlot, endSlot));
  }
  // Slot by slot over all streams, so that time never runs backwards for the service.
  const slots = function* (firstSlot: number, endSlot: number): Generator<void> {
    for (let slot = firstSlot; slot < endSlot; slot++) {
      for (const run of runs) if (run.nextSlot <= slot) runSlot(run, slot)
      yield
    }
    for (const run of runs) run.nextSlot = Math.max(run.nextSlot, endSlot)
  }
  const begin = (): Traffic => {
    let cancel = () => {}
    const tick = () => {
      catchUp()
      cancel = clock.after(SLOT_MS * clock.speed, tick)
    }
    cancel = clock.after(SLOT_MS * clock.speed, tick)
    return { stop: () => cancel(), refusals }
  }
  return { history: () => slots(earliestSlot, startSlot), begin }
}

function pendingActs(stream: ScenarioStream, startSlot: number, firstSlot: number) {
  return (stream.schedule ?? [])
    .filter(({ atMinute }) => atMinute >= 0 || firstSlot < startSlot)
    .map(act => ({
      act,
      slot: Math.max(firstSlot + 4, startSlot + Math.round((act.atMinute * 60_000) / SLOT_MS)),
    }))
    .sort((a, b) => a.slot - b.slot)
}

function attempt(refusals: string[], action: () => void): void {
  try {
    action()
  } catch (error) {
    // A stream that somebody deleted or a reshard that came in between ends nothing but that one act.
    if (!(error instanceof ServiceError)) throw error
    if (refusals.length < 100) refusals.push(`${error.name}: ${error.message}`)
  }
}

function perform(service: Service, name: string, act: ScheduledAct, now: number, refusals: string[]): void {
  const call = callFor(service, name, act)
  if (call === undefined) {
    refusals.push(`${act.act} at minute ${act.atMinute}: stream ${name} has no such shard`)
    return
  }
  attempt(refusals, () => service.handle(call.operation, { StreamName: name, ...call.input }, { now }))
}

function callFor(
  service: Service,
  name: string,
  act: ScheduledAct,
): { operation: string; input: object } | undefined {
  switch (act.act) {
    case 'split': {
      const shard = service.account.streams.get(name)?.shards.get(shardIdOf(act.shard))
      if (shard === undefined) return undefined
      const width = shard.endingHashKey - shard.startingHashKey + 1n
      const offset = (width * BigInt(Math.round((act.atShare ?? 0.5) * 1e6))) / 1_000_000n
      const NewStartingHashKey = String(shard.startingHashKey + offset)
      return { operation: 'SplitShard', input: { ShardToSplit: shard.id, NewStartingHashKey } }
    }
    case 'merge': {
      const [ShardToMerge, AdjacentShardToMerge] = act.shards.map(shardIdOf)
      return { operation: 'MergeShards', input: { ShardToMerge, AdjacentShardToMerge } }
    }
    case 'update-shard-count':
      return {
        operation: 'UpdateShardCount',
        input: { TargetShardCount: act.target, ScalingType: 'UNIFORM_SCALING' },
      }
    case 'increase-retention':
      return { operation: 'IncreaseStreamRetentionPeriod', input: { RetentionPeriodHours: act.hours } }
    case 'delete':
      return { operation: 'DeleteStream', input: { EnforceConsumerDeletion: true } }
  }
}
