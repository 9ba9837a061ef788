import type { ChildShard, StartingPosition } from '../aws/kinesis-api.ts'
import { failureOf } from '../domain/failure.ts'
import type { HeatObservation } from '../domain/heat/stream-heat.ts'
import { SHARD_READ_BYTES_PER_SECOND } from '../domain/limits.ts'
import { countedBytes, type StreamRecord } from '../domain/record.ts'
import { type HeatCallOptions, HeatCalls, type HeatPage, newestArrival } from './heat-calls.ts'

export type HeatReaderOptions = HeatCallOptions & {
  readonly start: StartingPosition
  readonly onObserved: (observation: HeatObservation) => void
}

/** Records become visible a moment after their arrival stamp. */
const SETTLE_MILLIS = 300
const FIRST_LIMIT = 100
/** Behind by so much because of our own budget: following has no end, sampling begins. */
const TOO_FAR_BEHIND_MILLIS = 3_000
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
  readonly #calls: HeatCalls
  /** Of sampled seconds, newest weighing most. */
  #secondBytes = 0
  #secondRecords = 0
  #calmSamples = 0
  #children: readonly ChildShard[] | undefined

  constructor(options: HeatReaderOptions) {
    this.#options = options
    this.#calls = new HeatCalls(options)
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
      if (!signal.aborted) this.#calls.show({ mode: 'failed', failure: failureOf(error, 'GetRecords') })
      return []
    }
    if (this.#children !== undefined) this.#calls.show({ mode: 'ended' })
    return this.#children ?? []
  }

  async #page(iterator: string, limit: number): Promise<HeatPage | undefined> {
    const page = await this.#calls.page(iterator, limit)
    if (page !== undefined && page.next === undefined) this.#children = page.childShards
    return page
  }

  #isOver(): boolean {
    return this.#options.signal.aborted || this.#children !== undefined
  }

  /** Until the shard ends, or carries more than can be followed. */
  async #follow(start: StartingPosition): Promise<void> {
    const { clock, pace, heatClock, random, signal } = this.#options
    let iterator = await this.#calls.iterator(start)
    let startedAt = this.#startOf(start)
    let nextSecond = 0
    this.#calls.show({ mode: 'following' })
    while (iterator !== undefined && !this.#isOver()) {
      const interval = pace.intervalMillis * this.#calls.restraint
      const mean = this.#calls.meanRecordBytes
      const page: HeatPage | undefined = await this.#page(
        iterator,
        mean === undefined ? FIRST_LIMIT : pace.limitFor(mean, interval),
      )
      if (page === undefined) {
        // The iterator is gone: what lies between is not seen, and not counted as seen.
        iterator = await this.#calls.iterator({ type: 'LATEST' })
        startedAt = this.#startOf({ type: 'LATEST' })
        continue
      }
      this.#calls.show({ mode: 'following' })
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
      this.#calls.show({ mode: 'sampling', standsFor })
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
        clock.now() + Math.max(pace.intervalMillis * this.#calls.restraint, pace.paybackMillis(bytes))
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
    let iterator = await this.#calls.iterator({ type: 'AT_TIMESTAMP', timestamp: new Date(from) })
    for (let pages = 0; iterator !== undefined && pages < MOST_PAGES_A_SECOND; pages += 1) {
      if (pages > 0)
        await clock.sleep(Math.max(MILLIS_BETWEEN_PAGES, servicePaybackMillis(lastBytes)), signal)
      const wanted = Math.ceil(Math.max(FIRST_LIMIT, this.#secondRecords * 1.2 - inside.length))
      const page: HeatPage | undefined = await this.#page(iterator, Math.min(wanted, 5_000))
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
    const byReads = (2 * pace.intervalMillis * this.#calls.restraint) / 1_000
    const byBytes = (this.#secondBytes * this.#calls.restraint) / pace.bytesPerSecond
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
    if (this.#calmSamples < CALM_SAMPLES || this.#calls.restraint > 1.5) return false
    this.#calmSamples = 0
    return true
  }

  /** From when on, on our clock, everything is seen. A child is new: before its first record nothing was written to it. */
  #startOf(start: StartingPosition): number {
    const now = this.#options.clock.now()
    return start.type === 'TRIM_HORIZON' ? now - 1_000 : now
  }

  /** Up to when, on the service's clock, everything was in this or earlier pages. */
  #seenUntil(page: HeatPage): number {
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
}

/** Milliseconds in which a shard earns `bytes` back for all of its readers. */
function servicePaybackMillis(bytes: number): number {
  return Math.ceil((bytes / SHARD_READ_BYTES_PER_SECOND) * 1_000)
}
