import { FailureError } from '../domain/failure.ts'
import type { HeatBudget } from '../domain/heat/heat-reads.ts'
import type { HeatSource } from '../domain/heat/shard-heat.ts'
import type { SplitAdvice } from '../domain/heat/split-advice.ts'
import type { StreamHeat } from '../domain/heat/stream-heat.ts'
import { counted } from '../domain/quantity-text.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { Event } from '../state/event.ts'
import type { HeatSnapshot } from '../state/heat-state.ts'
import type { Context } from './command.ts'
import { fetchMetricBoard } from './metric-heat-source.ts'
import { ObservedHeat } from './observed-heat.ts'

/** Shards that advice is worked out for: the hottest ones. */
const MOST_ADVICE = 16

export type Look = {
  readonly stream: StreamRef
  readonly source: HeatSource
  /** How long to read, or over how many seconds CloudWatch is asked. */
  readonly seconds: number
  readonly budget: Partial<HeatBudget>
  readonly shardIds?: readonly string[]
}

/**
 * One look at the heat of a stream, from the beginning to its end: what a console shows over time, as one snapshot.
 * Yields what happens on the way; returns undefined where nothing could be measured (the failure was yielded).
 */
export async function* lookAtHeat(
  context: Context,
  look: Look,
): AsyncGenerator<Event, { readonly snapshot: HeatSnapshot; readonly heat?: StreamHeat } | undefined> {
  const { stream, source } = look
  yield { type: 'heat-started', stream, source }
  return source === 'cloudwatch' ? await lookAtMetrics(context, look) : yield* lookAtRecords(context, look)
}

async function lookAtMetrics(context: Context, { stream, seconds }: Look) {
  const minutes = Math.max(1, Math.round(seconds / 60))
  const found = await fetchMetricBoard(context, stream, minutes, context.signal)
  return {
    snapshot: {
      source: 'cloudwatch',
      board: found.board,
      advice: new Map(),
      requestedMetrics: found.requestedCount,
      ...(found.missingMetrics === undefined ? {} : { missingMetrics: found.missingMetrics }),
    } satisfies HeatSnapshot,
  }
}

async function* lookAtRecords(
  context: Context,
  { stream, seconds, budget, shardIds }: Look,
): AsyncGenerator<Event, { readonly snapshot: HeatSnapshot; readonly heat: StreamHeat } | undefined> {
  const { clock, signal } = context
  const stop = new AbortController()
  const over = AbortSignal.any([signal, stop.signal])
  const observed = new ObservedHeat({
    context,
    stream,
    signal: over,
    budget,
    ...(shardIds === undefined ? {} : { shardIds }),
  })
  const reading = observed.run()
  const text = `Reading ${stream.streamName} gently for ${counted(seconds, 'second')}.`
  yield { type: 'noticed', notice: { level: 'info', text, at: clock.now() } }
  await Promise.race([reading, clock.sleep(seconds * 1_000, over)])
  const [board, { heat, failure }] = [observed.board(), observed]
  const reads = observed.reads()
  stop.abort()
  await reading
  if (failure !== undefined) {
    yield { type: 'heat-failed', stream, failure }
    return undefined
  }
  if (board === undefined || heat === undefined) {
    const trouble = observed.trouble ?? nothingRead(stream).failure
    yield { type: 'heat-failed', stream, failure: trouble }
    return undefined
  }
  return {
    heat,
    snapshot: { source: 'observed', board, reads, advice: adviceFor(heat, board) },
  }
}

/** Advice on the hottest shards. */
export function adviceFor(
  heat: StreamHeat,
  board: HeatSnapshot['board'],
  most = MOST_ADVICE,
): ReadonlyMap<string, SplitAdvice> {
  const hottest = board.shards
    .filter(shard => shard.isOpen && shard.utilisation !== undefined)
    .sort((a, b) => (b.utilisation ?? 0) - (a.utilisation ?? 0))
    .slice(0, most)
  return new Map(
    hottest.flatMap(({ shard }) => {
      const advice = heat.advice(board.at, shard.shardId)
      return advice === undefined ? [] : [[shard.shardId, advice] as const]
    }),
  )
}

function nothingRead(stream: StreamRef): FailureError {
  return new FailureError({
    kind: 'incomplete',
    action: 'heat',
    message: `nothing of ${stream.streamName} was read in that time`,
    nextStep: 'Look for longer with --for 60s.',
    retryable: true,
  })
}
