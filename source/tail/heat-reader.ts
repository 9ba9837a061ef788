import type { ChildShard, RecordPage, StartingPosition } from '../aws/kinesis-api.ts'
import { type Failure, failureOf } from '../domain/failure.ts'
import type { HeatObservation } from '../domain/heat/stream-heat.ts'
import { GET_RECORDS_MAX_BYTES, SHARD_READ_BYTES_PER_SECOND } from '../domain/limits.ts'
import { countedBytes, type StreamRecord } from '../domain/record.ts'
import { failureDelayMillis, isWorthRetrying, throttleDelayMillis } from './backoff.ts'
import type { CallScheduler } from './call-scheduler.ts'
import type { HeatPace } from './heat-budget.ts'
import type { HeatClock } from './heat-clock.ts'
import type { TailOptions } from './tail-options.ts'

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

export type HeatReaderOptions = Pick<TailOptions, 'api' | 'stream' | 'clock' | 'random'> & {
  readonly shardId: string
  readonly start: StartingPosition
  readonly pace: HeatPace
  readonly heatClock: HeatClock
  readonly scheduler: CallScheduler
  readonly signal: AbortSignal
  readonly onReading: (reading: HeatReading) => void
  readonly onObserved: (observation: HeatObservation) => void
  /** A read was refused for throughput. */
  readonly onRefused: () => void
}

/** Records become visible a moment after their arrival stamp. */
const SETTLE_MILLIS = 300
const FIRST_LIMIT = 100
/** Behind by so much because of our own budget: following has no end, sampling begins. */
const TOO_FAR_BEHIND_MILLIS = 3_000
/** Nearer to the tip than this counts as the tip, for endpoints that always say 1. */
const AT_TIP_MILLIS = 1_000
const FEWEST_STRATUM_SECONDS = 2
const MOST_STRATUM_SECONDS = 60
/** A sampled second that needs more pages than this is given up: its shard is far above every limit. */
const MOST_PAGES_A_SECOND = 8
const MILLIS_BETWEEN_PAGES = 250
/** Samples below the budget in a row after which a shard is followed again. */
const CALM_SAMPLES = 5
const CALM_SHARE = 0.7
/** Seconds that the service's clock may go back before what is seen is told anew. */
const CLOCK_JUMP_SECONDS = 10
const FULL_PAGE_BYTES = GET_RECORDS_MAX_BYTES * 0.9

type Page = {
  readonly records: readonly StreamRecord[]
  readonly bytes: number
  readonly isFull: boolean
  readonly isAtTip: boolean
  readonly next: string | undefined
  readonly childShards: readonly ChildShard[]
  readonly requestedAtMillis: number
  readonly millisBehindLatest: number | undefined
}

/**
 * Reads one shard gently from `start` until it ends or the signal aborts. Quiet shards are followed record by record;
 * those that carry more than the budget are sampled: out of each few seconds one whole second is drawn at random, read
 * from its beginning to its end and told with how many seconds it stands for. The ends of what is read never depend on
 * the traffic, so the estimate has no bias. Resolves to the children at the end of the shard, else to none.
 */
export async function readHeat(options: HeatReaderOptions): Promise<readonly ChildShard[]> {
  return await new HeatReader(options).run()
}

class HeatReader {
  readonly #options: HeatReaderOptions
  #restraint = 1
  #refusals = 0
  #failures = 0
  #meanRecordBytes: number | undefined
  /** Of sampled seconds, newest weighing most. */
  #secondBytes = 0
  #secondRecords = 0
  #calmSamples = 0
  #shown = ''
  #children: readonly ChildShard[] | undefined

  constructor(options: HeatReaderOptions) {
    this.#options = options
  }

  async run(): Promise<readonly ChildShard[]> {
    const { signal } = this.#options
    try {
      let start: StartingPosition = this.#options.start
      while (!this.#isOver()) {
        await this.#follow(start)
        if (!this.#isOver()) await this.#sample()
        start = { type: 'LATEST' }
      }
    } catch (error) {
      if (!signal.aborted) this.#show({ mode: 'failed', failure: failureOf(error, 'GetRecords') })
      return []
    }
    if (this.#children !== undefined) this.#show({ mode: 'ended' })
    return this.#children ?? []
  }

  #isOver(): boolean {
    return this.#options.signal.aborted || this.#children !== undefined
  }

  /** Until the shard ends, or carries more than can be followed. */
  async #follow(start: StartingPosition): Promise<void> {
    const { clock, pace, heatClock, random, signal } = this.#options
    let iterator = await this.#iterator(start)
    let startedAt = this.#startOf(start)
    let nextSecond = 0
    this.#show({ mode: 'following' })
    while (iterator !== undefined && !this.#isOver()) {
      const interval = pace.intervalMillis * this.#restraint
      const mean = this.#meanRecordBytes
      const page: Page | undefined = await this.#page(
        iterator,
        mean === undefined ? FIRST_LIMIT : pace.limitFor(mean, interval),
      )
      if (page === undefined) {
        // The iterator is gone: what lies between is not seen, and not counted as seen.
        iterator = await this.#iterator({ type: 'LATEST' })
        startedAt = this.#startOf({ type: 'LATEST' })
        continue
      }
      this.#show({ mode: 'following' })
      const seenUntil = this.#seenUntil(page)
      const endSecond = Math.floor(seenUntil / 1_000)
      // Told anew at every page: the first arrivals show how far the service's clock is off.
      const firstSecond = Math.ceil(heatClock.at(startedAt) / 1_000)
      if (nextSecond > endSecond + CLOCK_JUMP_SECONDS) nextSecond = 0
      nextSecond = Math.max(nextSecond, firstSecond)
      const seen = []
      for (; nextSecond < endSecond; nextSecond += 1) seen.push({ second: nextSecond, standsFor: 1 })
      this.#observe(page.records, seen, page.millisBehindLatest)
      if (page.next === undefined) return
      const behind = heatClock.at(clock.now()) - seenUntil
      if (page.isFull && mean !== undefined && behind > Math.max(TOO_FAR_BEHIND_MILLIS, 2 * interval)) {
        this.#secondBytes = pace.followableBytesPerSecond * 1.5
        this.#secondRecords = this.#secondBytes / Math.max(1, mean)
        return
      }
      iterator = page.next
      const wait = Math.max(interval, pace.paybackMillis(page.bytes))
      await clock.sleep(Math.round(wait * (1 + random() * 0.1)), signal)
    }
  }

  /** Until the shard ends, or is calm enough to be followed. */
  async #sample(): Promise<void> {
    const { clock, pace, heatClock, random, signal } = this.#options
    let stratumStart = Math.ceil(heatClock.at(clock.now()) / 1_000)
    let earliestAtMillis = 0
    while (!this.#isOver()) {
      const standsFor = this.#stratumSeconds()
      this.#show({ mode: 'sampling', standsFor })
      const second = stratumStart + Math.floor(random() * standsFor)
      const readAt = (second + 1) * 1_000 + SETTLE_MILLIS
      await clock.sleep(
        Math.max(0, readAt - heatClock.at(clock.now()), earliestAtMillis - clock.now()),
        signal,
      )
      if (this.#isOver()) return
      const bytes = await this.#readSecond(second, standsFor)
      if (this.#isOver() || this.#isCalm()) return
      earliestAtMillis =
        clock.now() + Math.max(pace.intervalMillis * this.#restraint, pace.paybackMillis(bytes))
      const now = Math.floor(heatClock.at(clock.now()) / 1_000)
      // Late by more than a stratum: strata that have passed are left out, whatever was in them.
      stratumStart = Math.max(stratumStart + standsFor, now - standsFor)
    }
  }

  /** Reads all records of one second. Resolves to the bytes that this took. */
  async #readSecond(second: number, standsFor: number): Promise<number> {
    const { clock, signal } = this.#options
    const [from, to] = [second * 1_000, (second + 1) * 1_000]
    const inside: StreamRecord[] = []
    let [readBytes, insideBytes, lastBytes] = [0, 0, 0]
    let iterator = await this.#iterator({ type: 'AT_TIMESTAMP', timestamp: new Date(from) })
    for (let pages = 0; iterator !== undefined && pages < MOST_PAGES_A_SECOND; pages += 1) {
      if (pages > 0)
        await clock.sleep(Math.max(MILLIS_BETWEEN_PAGES, servicePaybackMillis(lastBytes)), signal)
      const wanted = Math.ceil(Math.max(FIRST_LIMIT, this.#secondRecords * 1.2 - inside.length))
      const page: Page | undefined = await this.#page(iterator, Math.min(wanted, 5_000))
      if (page === undefined || signal.aborted) return readBytes
      readBytes += page.bytes
      lastBytes = page.bytes
      let newest = Number.NEGATIVE_INFINITY
      for (const record of page.records) {
        const arrival = record.approximateArrivalTimestamp?.getTime() ?? Number.NaN
        if (arrival >= from && arrival < to) {
          inside.push(record)
          insideBytes += countedBytes(record)
        }
        if (arrival > newest) newest = arrival
      }
      if (newest >= to || page.isAtTip || page.next === undefined) {
        this.#learnSecond(insideBytes, inside.length)
        this.#observe(inside, [{ second, standsFor }], page.millisBehindLatest)
        return readBytes
      }
      iterator = page.next
    }
    this.#learnSecond(insideBytes * 2, inside.length * 2)
    return readBytes
  }

  #stratumSeconds(): number {
    const { pace } = this.#options
    const byReads = (2 * pace.intervalMillis * this.#restraint) / 1_000
    const byBytes = (this.#secondBytes * this.#restraint) / pace.bytesPerSecond
    const seconds = Math.max(FEWEST_STRATUM_SECONDS, Math.ceil(byReads - 1e-9), Math.ceil(byBytes - 1e-9))
    return Math.min(MOST_STRATUM_SECONDS, seconds)
  }

  #learnSecond(bytes: number, records: number): void {
    this.#secondBytes = Math.max(bytes, this.#secondBytes * 0.7 + bytes * 0.3)
    this.#secondRecords = Math.max(records, this.#secondRecords * 0.7 + records * 0.3)
    const isCalm = bytes < CALM_SHARE * this.#options.pace.followableBytesPerSecond
    this.#calmSamples = isCalm ? this.#calmSamples + 1 : 0
  }

  #isCalm(): boolean {
    if (this.#calmSamples < CALM_SAMPLES || this.#restraint > 1.5) return false
    this.#calmSamples = 0
    return true
  }

  /** From when on, on our clock, everything is seen. A child is new: before its first record nothing was written to it. */
  #startOf(start: StartingPosition): number {
    const now = this.#options.clock.now()
    return start.type === 'TRIM_HORIZON' ? now - 1_000 : now
  }

  /** Up to when, on the service's clock, everything was in this or earlier pages. */
  #seenUntil(page: Page): number {
    const { heatClock } = this.#options
    if (page.isAtTip) return heatClock.at(page.requestedAtMillis) - SETTLE_MILLIS
    if (page.next === undefined) return heatClock.at(page.requestedAtMillis)
    const newest = newestArrival(page.records)
    if (newest !== undefined) return newest
    return heatClock.at(page.requestedAtMillis) - (page.millisBehindLatest ?? 0)
  }

  #observe(
    records: readonly StreamRecord[],
    seen: HeatObservation['seen'],
    lagMillis: number | undefined,
  ): void {
    const { shardId, onObserved } = this.#options
    onObserved({ shardId, records, seen, ...(lagMillis === undefined ? {} : { lagMillis }) })
  }

  async #iterator(position: StartingPosition): Promise<string | undefined> {
    const { api, stream, shardId, scheduler, signal } = this.#options
    return await this.#patiently('GetShardIterator', () =>
      scheduler.run(() => api.getShardIterator(stream, shardId, position, { signal })),
    )
  }

  /** One page, or undefined where the iterator has expired or the signal aborted. */
  async #page(iterator: string, limit: number): Promise<Page | undefined> {
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
    if (nextShardIterator === undefined) this.#children = childShards ?? []
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
          this.#restraint = Math.min(16, this.#restraint * 2)
          delay = throttleDelayMillis(this.#refusals, random)
          pace.used(shardId, clock.now(), 0)
          onRefused()
          this.#show({ mode: 'backing-off', retryAtMillis: clock.now() + delay, refusals: this.#refusals })
        } else {
          this.#failures += 1
          delay = failureDelayMillis(failure, this.#failures, random)
          this.#show({ mode: 'stalled', failure, retryAtMillis: clock.now() + delay })
        }
        await clock.sleep(delay, signal)
      }
    }
    return undefined
  }

  #show(reading: HeatReading): void {
    const text = reading.mode === 'sampling' ? `sampling ${reading.standsFor}` : reading.mode
    if (text === this.#shown && reading.mode !== 'backing-off') return
    this.#shown = text
    this.#options.onReading(reading)
  }
}

/** Milliseconds in which a shard earns `bytes` back for all of its readers. */
function servicePaybackMillis(bytes: number): number {
  return Math.ceil((bytes / SHARD_READ_BYTES_PER_SECOND) * 1_000)
}

/** Some emulators leave the arrival out: then a record counts in the second in which it was read. */
function withArrival(records: readonly StreamRecord[], nowMillis: number): readonly StreamRecord[] {
  if (records.every(record => record.approximateArrivalTimestamp !== undefined)) return records
  const approximateArrivalTimestamp = new Date(nowMillis)
  return records.map(record => ({ approximateArrivalTimestamp, ...record }))
}

function newestArrival(records: readonly StreamRecord[]): number | undefined {
  let newest: number | undefined
  for (const { approximateArrivalTimestamp } of records) {
    const arrival = approximateArrivalTimestamp?.getTime()
    if (arrival !== undefined && (newest === undefined || arrival > newest)) newest = arrival
  }
  return newest
}
