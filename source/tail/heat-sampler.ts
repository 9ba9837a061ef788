import type { KinesisApi, StartingPosition } from '../aws/kinesis-api.ts'
import type { Clock } from '../domain/clock.ts'
import { type Failure, failureOf } from '../domain/failure.ts'
import type { HeatBudget } from '../domain/heat/heat-reads.ts'
import type { HeatObservation } from '../domain/heat/stream-heat.ts'
import { isOpen, type Shard } from '../domain/shard.ts'
import type { StreamRef } from '../domain/stream.ts'
import { failureDelayMillis, isWorthRetrying } from './backoff.ts'
import { CallScheduler } from './call-scheduler.ts'
import { DEFAULT_HEAT_BUDGET, HeatPace, type OwnReads } from './heat-budget.ts'
import type { HeatReading } from './heat-calls.ts'
import { HeatClock } from './heat-clock.ts'
import { readHeat } from './heat-reader.ts'

export type HeatSamplerOptions = {
  readonly api: Pick<KinesisApi, 'listShards' | 'getShardIterator' | 'getRecords'>
  readonly stream: StreamRef
  readonly clock: Clock
  /** 0 (included) .. 1 (excluded): where samples are drawn, and jitter. */
  readonly random: () => number
  readonly signal: AbortSignal
  readonly budget?: Partial<HeatBudget>
  /** Read these shards and what becomes of them only. */
  readonly shardIds?: readonly string[]
  readonly onEvent: (event: HeatEvent) => void
}

export type HeatEvent =
  /** All shards in retention, at the start and whenever a later listing differs. */
  | { readonly type: 'shards-listed'; readonly shards: readonly Shard[] }
  | { readonly type: 'observed'; readonly observation: HeatObservation }
  | { readonly type: 'reading-changed'; readonly shardId: string; readonly reading: HeatReading }
  /** The listing fails and is tried again, or has passed. */
  | { readonly type: 'listing-failed'; readonly failure: Failure; readonly isRetried: boolean }

const RELIST_MILLIS = 30_000
const CONCURRENT_CALLS = 24

/**
 * Reads a stream for its heat: from the tip of every open shard, gently, through reshards, until the signal aborts.
 * Failures are events; the promise only rejects for faults of our own.
 */
export class HeatSampler {
  readonly #options: HeatSamplerOptions
  readonly #pace: HeatPace
  readonly #heatClock = new HeatClock()
  readonly #scheduler: CallScheduler
  readonly #reading = new Set<string>()
  /** Shards that are or were read: what becomes of them is read too. */
  readonly #wasRead = new Set<string>()
  readonly #tasks = new Set<Promise<void>>()
  #listed = ''
  #refusedCount = 0

  constructor(options: HeatSamplerOptions) {
    this.#options = options
    const budget = { ...DEFAULT_HEAT_BUDGET, ...options.budget }
    this.#pace = new HeatPace(budget)
    this.#scheduler = new CallScheduler({
      clock: options.clock,
      maxConcurrentCalls: CONCURRENT_CALLS,
      maxReadsPerSecond: budget.totalReadsPerSecond,
    })
  }

  /** The moment on the clock of the arrivals. */
  now(): number {
    return this.#heatClock.at(this.#options.clock.now())
  }

  /** What the sampler itself used of late, of the shard it reads most or of one. */
  ownReads(shardId?: string): OwnReads {
    return this.#pace.ownReads(this.#options.clock.now(), shardId)
  }

  /** Reads that were refused for throughput since the start. */
  get refusedCount(): number {
    return this.#refusedCount
  }

  /** Shards that are read now. */
  get readingCount(): number {
    return this.#reading.size
  }

  async run(): Promise<void> {
    const { clock, random, signal, onEvent } = this.#options
    let isFirst = true
    let attempt = 0
    while (!signal.aborted) {
      try {
        const shards = await this.#list()
        if (signal.aborted) break
        attempt = 0
        for (const shard of shards) {
          if (isOpen(shard) && this.#isWanted(shard)) this.#begin(shard.shardId, { type: 'LATEST' })
        }
        isFirst = false
        await clock.sleep(RELIST_MILLIS, signal)
      } catch (error) {
        if (signal.aborted) break
        const failure = failureOf(error, 'ListShards')
        const isRetried = isWorthRetrying(failure) || !isFirst
        // The next one is told even where nothing has changed: it ends what was said of this one.
        this.#listed = ''
        onEvent({ type: 'listing-failed', failure, isRetried })
        if (!isRetried) break
        attempt += 1
        await clock.sleep(failureDelayMillis(failure, attempt, random), signal)
      }
    }
    while (this.#tasks.size > 0) await Promise.all(this.#tasks)
  }

  async #list(): Promise<readonly Shard[]> {
    const { api, stream, signal, onEvent } = this.#options
    const shards = await api.listShards(stream, { signal })
    const listed = shards.map(shard => `${shard.shardId} ${isOpen(shard)}`).join()
    if (listed !== this.#listed) onEvent({ type: 'shards-listed', shards })
    this.#listed = listed
    const ids = new Set(shards.map(({ shardId }) => shardId))
    for (const id of this.#wasRead) if (!ids.has(id) && !this.#reading.has(id)) this.#wasRead.delete(id)
    return shards
  }

  #isWanted(shard: Shard): boolean {
    const { shardIds } = this.#options
    if (shardIds === undefined || shardIds.includes(shard.shardId)) return true
    const parents = [shard.parentShardId, shard.adjacentParentShardId]
    return parents.some(parent => parent !== undefined && this.#wasRead.has(parent))
  }

  #begin(shardId: string, start: StartingPosition): void {
    const { api, stream, clock, random, signal, onEvent } = this.#options
    if (this.#reading.has(shardId)) return
    this.#wasRead.add(shardId)
    this.#reading.add(shardId)
    this.#pace.shardCount = this.#reading.size
    const task = readHeat({
      api,
      stream,
      clock,
      random,
      signal,
      shardId,
      start,
      pace: this.#pace,
      heatClock: this.#heatClock,
      scheduler: this.#scheduler,
      onReading: reading => onEvent({ type: 'reading-changed', shardId, reading }),
      onObserved: observation => onEvent({ type: 'observed', observation }),
      onRefused: () => {
        this.#refusedCount += 1
      },
    })
      .then(async children => {
        this.#reading.delete(shardId)
        this.#pace.forget(shardId)
        this.#pace.shardCount = Math.max(1, this.#reading.size)
        if (signal.aborted) return
        if (children.length > 0) await this.#list()
        for (const child of children) {
          // From its beginning: it is as young as the end of its parent.
          this.#begin(child.shardId, { type: 'TRIM_HORIZON' })
        }
      })
      // The next listing finds the children as well.
      .catch(() => {})
      .finally(() => this.#tasks.delete(task))
    this.#tasks.add(task)
  }
}
