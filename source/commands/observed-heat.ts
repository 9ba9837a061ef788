import type { Failure } from '../domain/failure.ts'
import type { HeatBudget, HeatReads } from '../domain/heat/heat-reads.ts'
import type { HeatBoard } from '../domain/heat/shard-heat.ts'
import { StreamHeat } from '../domain/heat/stream-heat.ts'
import { isOpen, type Shard } from '../domain/shard.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { HeatReading } from '../tail/heat-calls.ts'
import { type HeatEvent, HeatSampler } from '../tail/heat-sampler.ts'
import type { Context } from './command.ts'

/** Seconds that rates and keys are told over: with many shards each is read less often, so it takes longer. */
function windowSecondsFor(openShardCount: number): number {
  if (openShardCount <= 300) return 60
  return openShardCount <= 2_000 ? 120 : 300
}

/** Single seconds are kept for five minutes, unless thousands of shards would need too much memory for that. */
const HISTORY_SECONDS = 300
const SHORT_HISTORY_SECONDS = 120

export type ObservedHeatOptions = {
  readonly context: Pick<Context, 'tailApi' | 'clock' | 'random'>
  readonly stream: StreamRef
  readonly signal: AbortSignal
  readonly budget?: Partial<HeatBudget>
  readonly shardIds?: readonly string[]
}

/** The heat of one stream while it is read: the sampler and what was made of its observations. */
export class ObservedHeat {
  readonly #options: ObservedHeatOptions
  readonly #sampler: HeatSampler
  readonly #readings = new Map<string, HeatReading>()
  #heat: StreamHeat | undefined
  #shards: readonly Shard[] = []
  #failure: Failure | undefined
  #trouble: Failure | undefined

  constructor(options: ObservedHeatOptions) {
    const { context, stream, signal, budget, shardIds } = options
    this.#options = options
    this.#sampler = new HeatSampler({
      api: context.tailApi,
      stream,
      clock: context.clock,
      random: context.random,
      signal,
      ...(budget === undefined ? {} : { budget }),
      ...(shardIds === undefined ? {} : { shardIds }),
      onEvent: event => this.#take(event),
    })
  }

  /** Reads until the signal aborts, or until the stream cannot be listed at all. */
  run(): Promise<void> {
    return this.#sampler.run()
  }

  /** Why nothing can be read. */
  get failure(): Failure | undefined {
    return this.#failure
  }

  /** A failure of the listing that is tried again. */
  get trouble(): Failure | undefined {
    return this.#trouble
  }

  get shards(): readonly Shard[] {
    return this.#shards
  }

  /** What was folded so far; undefined before the first listing. */
  get heat(): StreamHeat | undefined {
    return this.#heat
  }

  /** The moment on the clock of the arrivals. */
  now(): number {
    return this.#sampler.now()
  }

  board(throttledRecords?: ReadonlyMap<string, number>): HeatBoard | undefined {
    return this.#heat?.board(this.now(), throttledRecords)
  }

  reads(): HeatReads {
    const count = (...modes: readonly HeatReading['mode'][]) =>
      [...this.#readings.values()].filter(({ mode }) => modes.includes(mode)).length
    const notes = new Map<string, string>()
    for (const [shardId, reading] of this.#readings) {
      const note = noteOn(reading)
      if (note !== undefined) notes.set(shardId, note)
    }
    return {
      ...this.#sampler.ownReads(),
      refusedCount: this.#sampler.refusedCount,
      followingCount: count('following'),
      samplingCount: count('sampling'),
      backingOffCount: count('backing-off'),
      failedCount: count('failed', 'stalled'),
      notes,
    }
  }

  #take(event: HeatEvent): void {
    switch (event.type) {
      case 'shards-listed':
        this.#shards = event.shards
        this.#trouble = undefined
        this.#heat ??= this.#newHeat(event.shards.filter(isOpen).length)
        this.#heat.list(event.shards)
        return
      case 'observed':
        this.#heat?.observe(event.observation)
        return
      case 'reading-changed':
        // A shard that was read to its end is not read any more: it is in no count and needs no note.
        if (event.reading.mode === 'ended') this.#readings.delete(event.shardId)
        else this.#readings.set(event.shardId, event.reading)
        return
      case 'listing-failed':
        if (event.isRetried) this.#trouble = event.failure
        else this.#failure = event.failure
    }
  }

  #newHeat(openShardCount: number): StreamHeat {
    const windowSeconds = windowSecondsFor(openShardCount)
    return new StreamHeat({
      windowSeconds,
      historySeconds:
        openShardCount <= 1_000 ? HISTORY_SECONDS : Math.max(windowSeconds, SHORT_HISTORY_SECONDS),
      random: this.#options.context.random,
    })
  }
}

function noteOn(reading: HeatReading): string | undefined {
  switch (reading.mode) {
    case 'following':
    case 'ended':
      return undefined
    case 'sampling':
      return `busy: one second of ${reading.standsFor} is read and scaled up`
    case 'backing-off':
      return 'its reads are refused: other readers go first, slower from now on'
    case 'stalled':
    case 'failed':
      return reading.failure.message
  }
}
