import type { ChildShard, KinesisApi, RecordPage, StartingPosition } from '../aws/kinesis-api.ts'
import type { Clock } from '../domain/clock.ts'
import { type Failure, failureOf } from '../domain/failure.ts'
import { GET_RECORDS_MAX_BYTES } from '../domain/limits.ts'
import { countedBytes, type StreamRecord } from '../domain/record.ts'
import type { StreamRef } from '../domain/stream.ts'
import { failureDelayMillis, isWorthRetrying, throttleDelayMillis } from './backoff.ts'
import type { CallScheduler } from './call-scheduler.ts'
import type { HeatPace } from './heat-budget.ts'
import type { HeatClock } from './heat-clock.ts'

/** How one shard is read for its heat. */
export type HeatReading =
  /** Every record is seen: figures are measured. */
  | { readonly mode: 'following' }
  /** One second out of each `standsFor` is seen: figures are estimated. */
  | { readonly mode: 'sampling'; readonly standsFor: number }
  /** The service refused a read: other readers go first. */
  | { readonly mode: 'backing-off'; readonly retryAtMillis: number; readonly refusals: number }
  | { readonly mode: 'stalled'; readonly failure: Failure; readonly retryAtMillis: number }
  /** Closed and read to its end. */
  | { readonly mode: 'ended' }
  | { readonly mode: 'failed'; readonly failure: Failure }

export type HeatCallOptions = {
  readonly api: Pick<KinesisApi, 'getShardIterator' | 'getRecords'>
  readonly stream: StreamRef
  readonly clock: Clock
  readonly random: () => number
  readonly shardId: string
  readonly pace: HeatPace
  readonly heatClock: HeatClock
  readonly scheduler: CallScheduler
  readonly signal: AbortSignal
  readonly onReading: (reading: HeatReading) => void
  /** A read was refused for throughput. */
  readonly onRefused: () => void
}

/** Nearer to the tip than this counts as the tip, for endpoints that always say 1. */
const AT_TIP_MILLIS = 1_000
const FULL_PAGE_BYTES = GET_RECORDS_MAX_BYTES * 0.9
const MOST_RESTRAINT = 16

/** One answer of GetRecords, and what it tells of the shard. */
export type HeatPage = {
  readonly records: readonly StreamRecord[]
  readonly bytes: number
  readonly isFull: boolean
  readonly isAtTip: boolean
  readonly next: string | undefined
  readonly childShards: readonly ChildShard[]
  readonly requestedAtMillis: number
  readonly millisBehindLatest: number | undefined
}

/** The calls for one shard's heat: tried again until they work, slower after each refusal, within the budget. */
export class HeatCalls {
  readonly #options: HeatCallOptions
  #restraint = 1
  #refusals = 0
  #failures = 0
  #meanRecordBytes: number | undefined
  #shown = ''

  constructor(options: HeatCallOptions) {
    this.#options = options
  }

  /** How many times slower than the budget allows, since reads were refused: 1 .. 16. */
  get restraint(): number {
    return this.#restraint
  }

  /** Undefined before a record was read. */
  get meanRecordBytes(): number | undefined {
    return this.#meanRecordBytes
  }

  /** An iterator, or undefined where the signal aborted. */
  async iterator(position: StartingPosition): Promise<string | undefined> {
    const { api, stream, shardId, scheduler, signal } = this.#options
    return await this.#patiently('GetShardIterator', () =>
      scheduler.run(() => api.getShardIterator(stream, shardId, position, { signal })),
    )
  }

  /** One page, or undefined where the iterator has expired or the signal aborted. */
  async page(iterator: string, limit: number): Promise<HeatPage | undefined> {
    const { api, stream, shardId, scheduler, clock, signal, pace, heatClock } = this.#options
    let requestedAtMillis = 0
    const answer: RecordPage | undefined = await this.#patiently('GetRecords', () =>
      scheduler.read(() => {
        requestedAtMillis = clock.now()
        return api.getRecords(stream, shardId, iterator, { signal, limit })
      }, signal),
    )
    if (answer === undefined) return undefined
    const { nextShardIterator, millisBehindLatest, childShards } = answer
    const records = withArrival(answer.records, heatClock.at(clock.now()))
    const bytes = records.reduce((sum, record) => sum + countedBytes(record), 0)
    pace.used(shardId, clock.now(), bytes)
    if (records.length > 0) {
      const mean = Math.max(1, bytes / records.length)
      this.#meanRecordBytes =
        this.#meanRecordBytes === undefined ? mean : this.#meanRecordBytes * 0.7 + mean * 0.3
    }
    const isFull = records.length >= limit || bytes >= FULL_PAGE_BYTES
    const isAtTip = !isFull && nextShardIterator !== undefined && (millisBehindLatest ?? 0) < AT_TIP_MILLIS
    const newest = newestArrival(records)
    if (isAtTip && newest !== undefined) heatClock.observe(clock.now(), newest)
    return {
      records,
      bytes,
      isFull,
      isAtTip,
      next: nextShardIterator,
      childShards: childShards ?? [],
      requestedAtMillis,
      millisBehindLatest,
    }
  }

  /** Tries a call until it works. Undefined for an expired iterator or an abort; throws what will not pass. */
  async #patiently<T>(action: string, call: () => Promise<T>): Promise<T | undefined> {
    const { clock, random, signal, onRefused, pace, shardId } = this.#options
    while (!signal.aborted) {
      try {
        const answer = await call()
        this.#restraint = Math.max(1, this.#restraint * 0.95)
        this.#refusals = 0
        this.#failures = 0
        return answer
      } catch (error) {
        if (signal.aborted) return undefined
        const failure = failureOf(error, action)
        if (failure.kind === 'expired-iterator') return undefined
        if (!isWorthRetrying(failure)) throw error
        let delay: number
        if (failure.kind === 'throttled') {
          this.#refusals += 1
          // Other readers go first: slower from now on, and only slowly back.
          this.#restraint = Math.min(MOST_RESTRAINT, this.#restraint * 2)
          delay = throttleDelayMillis(this.#refusals, random)
          pace.used(shardId, clock.now(), 0)
          onRefused()
          this.show({ mode: 'backing-off', retryAtMillis: clock.now() + delay, refusals: this.#refusals })
        } else {
          this.#failures += 1
          delay = failureDelayMillis(failure, this.#failures, random)
          this.show({ mode: 'stalled', failure, retryAtMillis: clock.now() + delay })
        }
        await clock.sleep(delay, signal)
      }
    }
    return undefined
  }

  /** Tells how the shard is read; the same is not told twice. */
  show(reading: HeatReading): void {
    const text = reading.mode === 'sampling' ? `sampling ${reading.standsFor}` : reading.mode
    if (text === this.#shown && reading.mode !== 'backing-off') return
    this.#shown = text
    this.#options.onReading(reading)
  }
}

/** Some emulators leave the arrival out: then a record counts in the second in which it was read. */
function withArrival(records: readonly StreamRecord[], nowMillis: number): readonly StreamRecord[] {
  if (records.every(record => record.approximateArrivalTimestamp !== undefined)) return records
  const approximateArrivalTimestamp = new Date(nowMillis)
  return records.map(record => ({ approximateArrivalTimestamp, ...record }))
}

/** The newest arrival stamp of a page; undefined where it has none. */
export function newestArrival(records: readonly StreamRecord[]): number | undefined {
  let newest: number | undefined
  for (const { approximateArrivalTimestamp } of records) {
    const arrival = approximateArrivalTimestamp?.getTime()
    if (arrival !== undefined && (newest === undefined || arrival > newest)) newest = arrival
  }
  return newest
}
