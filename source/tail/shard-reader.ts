// A little over 300 lines: one generator is the whole life of one shard, and its iterator, place and budget change together.

import type { ChildShard, RecordPage, StartingPosition } from '../aws/kinesis-api.ts'
import { type Failure, failureOf } from '../domain/failure.ts'
import { GET_RECORDS_MAX_BYTES, SHARD_ITERATOR_LIFETIME_MILLIS } from '../domain/limits.ts'
import { countedBytes } from '../domain/record.ts'
import type { ReaderState } from '../domain/tail-event.ts'
import { failureDelayMillis, isWorthRetrying, throttleDelayMillis } from './backoff.ts'
import type { CallScheduler } from './call-scheduler.ts'
import { Place } from './place.ts'
import { ReadBudget } from './read-budget.ts'
import type { ReaderEvent, ReadPageEvent } from './reader-event.ts'
import type { ReadPace, TailOptions } from './tail-options.ts'

/** An iterator this close to its end is not tried any more: the call would only be refused. */
const EXPIRY_MARGIN_MILLIS = 10_000
/** Nearer to the tip than this counts as caught up: endpoints that always say 1 would otherwise be polled hard. */
const CAUGHT_UP_MILLIS = 1_000
/** From here on a page may have been cut by its size and not by the end of the data. */
const FULL_PAGE_BYTES = GET_RECORDS_MAX_BYTES * 0.9
/** A page that blocks its shard for longer is said on screen. */
const LARGE_PAGE_PAYBACK_MILLIS = 2_000
/** Empty answers at the tip after which a shard that is listed as closed counts as read, should the endpoint never end it. */
const DRAINED_PAGES = 5

const FALSE_END: Failure = {
  kind: 'bad-answer',
  action: 'GetRecords',
  message: 'GetRecords answered without a next iterator, yet ListShards shows the shard as open.',
  nextStep: 'Look for a proxy between here and the endpoint that shortens answers.',
  retryable: true,
}

export type ShardReaderOptions = Pick<TailOptions, 'stream' | 'clock' | 'random'> & {
  readonly api: Pick<TailOptions['api'], 'getShardIterator' | 'getRecords'>
  readonly shardId: string
  readonly start: StartingPosition
  readonly pace: ReadPace
  readonly scheduler: CallScheduler
  readonly signal: AbortSignal
  /** Resolves when a page of about so many bytes is welcome (back-pressure, pause); `release` gives the room back. */
  readonly room: { reserve(bytes: number): Promise<void>; release(bytes: number): void }
  /** Whether the last listing has this shard as closed. */
  readonly isListedAsClosed: () => boolean
  /**
   * Called when an answer has no next iterator: resolves to the shard's children, as announced or found in a listing,
   * or to `still-open` where a listing contradicts the end.
   */
  readonly confirmEnd: (announced: readonly ChildShard[]) => Promise<readonly ChildShard[] | 'still-open'>
}

type Answer = { readonly page: RecordPage; readonly requestedAtMillis: number; readonly limit: number }
type Attempt =
  | { readonly outcome: 'iterator-taken' }
  | { readonly outcome: 'answered'; readonly answer: Answer }
  | { readonly outcome: 'failed'; readonly failure: Failure }
type Step = 'go-on' | 'over'

/**
 * Reads one shard from `start` to its end: every record once and in order, whatever happens to iterators and calls.
 * Ends after `ended` or `gave-up`, or silently once the signal is aborted.
 */
export function readShard(options: ShardReaderOptions): AsyncGenerator<ReaderEvent, void, void> {
  return new ShardReader(options).events()
}

class ShardReader {
  readonly #options: ShardReaderOptions
  readonly #budget: ReadBudget
  readonly #place: Place
  #iterator: { readonly value: string; readonly takenAtMillis: number } | undefined
  #isReady = false
  #reservedBytes = 0
  /** In a row, as the two below. */
  #refusalCount = 0
  #expiryCount = 0
  #drainedPageCount = 0
  #failing: { readonly sinceMillis: number; readonly attempt: number } | undefined
  /** When the last page's bytes are earned back. */
  #paidBackAtMillis = 0
  #shown: { readonly state: ReaderState['state']; readonly saidAtMillis: number }

  constructor(options: ShardReaderOptions) {
    this.#options = options
    this.#budget = new ReadBudget(options.pace)
    this.#place = new Place(options.start)
    this.#shown = { state: 'starting', saidAtMillis: options.clock.now() }
  }

  async *events(): AsyncGenerator<ReaderEvent, void, void> {
    const { signal } = this.#options
    yield { type: 'state', reader: { state: 'starting' } }
    try {
      let step: Step = 'go-on'
      while (step === 'go-on' && !signal.aborted) {
        const attempt = await this.#attempt()
        if (signal.aborted) return
        if (attempt.outcome === 'failed') {
          this.#releaseRoom()
          step = yield* this.#afterFailure(attempt.failure)
        } else if (attempt.outcome === 'answered') {
          step = yield* this.#afterAnswer(attempt.answer)
        } else {
          this.#isReady = true
          yield { type: 'ready' }
        }
      }
    } finally {
      this.#releaseRoom()
    }
  }

  /** One iterator, or one page with a fresh iterator where the held one is gone. */
  async #attempt(): Promise<Attempt> {
    const { api, stream, shardId, clock, scheduler, signal } = this.#options
    try {
      if (this.#isReady) await this.#reserveRoom()
      // Looked at after the wait for room, which can outlive an iterator.
      if (this.#iterator === undefined || isTooOld(this.#iterator.takenAtMillis, clock.now())) {
        this.#iterator = undefined
        const takenAtMillis = clock.now()
        const position = this.#place.position()
        const value = await scheduler.run(() => api.getShardIterator(stream, shardId, position, { signal }))
        this.#iterator = { value, takenAtMillis }
        this.#place.iteratorTaken(takenAtMillis)
      }
      if (!this.#isReady) return { outcome: 'iterator-taken' }
      const { value } = this.#iterator
      const limit = this.#budget.nextLimit()
      let requestedAtMillis = 0
      const page = await scheduler.read(() => {
        requestedAtMillis = clock.now()
        return api.getRecords(stream, shardId, value, { signal, limit })
      }, signal)
      return { outcome: 'answered', answer: { page, requestedAtMillis, limit } }
    } catch (error) {
      const action = this.#iterator === undefined ? 'GetShardIterator' : 'GetRecords'
      return { outcome: 'failed', failure: failureOf(error, action) }
    }
  }

  async *#afterFailure(failure: Failure): AsyncGenerator<ReaderEvent, Step, void> {
    if (failure.kind === 'expired-iterator') {
      this.#iterator = undefined
      this.#expiryCount += 1
      if (this.#expiryCount > 1) yield* this.#stall(failure)
      return 'go-on'
    }
    if (!isWorthRetrying(failure)) {
      yield { type: 'gave-up', failure }
      return 'over'
    }
    if (failure.kind === 'throttled') yield* this.#backOff()
    else yield* this.#stall(failure)
    return 'go-on'
  }

  async *#afterAnswer(answer: Answer): AsyncGenerator<ReaderEvent, Step, void> {
    const { clock, signal } = this.#options
    const { page } = answer
    this.#refusalCount = 0
    this.#expiryCount = 0
    const event = pageEvent(answer, clock.now())
    this.#place.sawRecords(page.records)
    this.#budget.learn({ recordCount: page.records.length, byteCount: event.byteCount })
    this.#paidBackAtMillis = event.receivedAtMillis + this.#budget.paybackMillis(event.byteCount)
    yield event
    if (signal.aborted) return 'over'
    if (page.nextShardIterator === undefined) return yield* this.#afterEnd(page.childShards ?? [])

    this.#failing = undefined
    this.#iterator = { value: page.nextShardIterator, takenAtMillis: answer.requestedAtMillis }
    const isNearTip = !event.isFull && (event.millisBehindLatest ?? 0) < CAUGHT_UP_MILLIS
    if (this.#countDrained(isNearTip && page.records.length === 0)) yield { type: 'drained' }
    // A closed shard has an end, which some endpoints tell one answer later.
    const isEnding = this.#options.isListedAsClosed() && this.#drainedPageCount < DRAINED_PAGES
    const isBehind = !isNearTip || isEnding
    const waitMillis = this.#budget.waitMillis({ byteCount: event.byteCount, isBehind })
    const reader = this.#stateAfter(event, isNearTip, waitMillis)
    if (this.#isNews(reader, event)) {
      this.#shown = { state: reader.state, saidAtMillis: event.receivedAtMillis }
      yield { type: 'state', reader }
    }
    this.#releaseRoom()
    const jitterMillis = isBehind ? 0 : Math.round(this.#options.random() * waitMillis * 0.1)
    await clock.sleep(waitMillis + jitterMillis, signal)
    return 'go-on'
  }

  async *#afterEnd(announced: readonly ChildShard[]): AsyncGenerator<ReaderEvent, Step, void> {
    this.#releaseRoom()
    const end = await this.#options.confirmEnd(announced)
    if (this.#options.signal.aborted) return 'over'
    if (end !== 'still-open') {
      yield { type: 'ended', childShards: end }
      return 'over'
    }
    this.#iterator = undefined
    yield* this.#stall(FALSE_END)
    return 'go-on'
  }

  /** The service refused for throughput: the iterator stays good, since a refused call does not move it. */
  async *#backOff(): AsyncGenerator<ReaderEvent, void, void> {
    const { clock, random, signal } = this.#options
    this.#refusalCount += 1
    this.#budget.learnRefusal()
    const now = clock.now()
    const delay = Math.max(throttleDelayMillis(this.#refusalCount, random), this.#paidBackAtMillis - now)
    const reader: ReaderState = {
      state: 'throttled',
      cause: 'refused',
      retryAtMillis: now + delay,
      attempt: this.#refusalCount,
    }
    this.#shown = { state: reader.state, saidAtMillis: now }
    yield { type: 'refused' }
    yield { type: 'state', reader }
    await clock.sleep(delay, signal)
  }

  async *#stall(failure: Failure): AsyncGenerator<ReaderEvent, void, void> {
    const { clock, random, signal } = this.#options
    const now = clock.now()
    const sinceMillis = this.#failing?.sinceMillis ?? now
    const attempt = (this.#failing?.attempt ?? 0) + 1
    this.#failing = { sinceMillis, attempt }
    const delay = failureDelayMillis(failure, attempt, random)
    this.#shown = { state: 'stalled', saidAtMillis: now }
    yield { type: 'retrying', failure, attempt }
    yield {
      type: 'state',
      reader: { state: 'stalled', failure, sinceMillis, retryAtMillis: now + delay, attempt },
    }
    await clock.sleep(delay, signal)
  }

  /** True once, when the shard has been empty for long enough although the endpoint does not end it. */
  #countDrained(isEmptyAtTip: boolean): boolean {
    const counts = isEmptyAtTip && this.#options.isListedAsClosed()
    this.#drainedPageCount = counts ? this.#drainedPageCount + 1 : 0
    return this.#drainedPageCount === DRAINED_PAGES
  }

  #stateAfter(event: ReadPageEvent, isNearTip: boolean, waitMillis: number): ReaderState {
    if (this.#budget.paybackMillis(event.byteCount) >= LARGE_PAGE_PAYBACK_MILLIS) {
      return {
        state: 'throttled',
        cause: 'large-page',
        retryAtMillis: event.receivedAtMillis + waitMillis,
        attempt: 0,
        pageBytes: event.byteCount,
      }
    }
    return {
      state: isNearTip ? 'caught-up' : 'reading',
      ...(event.millisBehindLatest === undefined ? {} : { millisBehindLatest: event.millisBehindLatest }),
    }
  }

  #isNews(reader: ReaderState, event: ReadPageEvent): boolean {
    if (reader.state !== this.#shown.state || reader.state === 'throttled') return true
    // A long way through empty pages is shown too, once a second.
    const isSearching = reader.state === 'reading' && event.records.length === 0
    return isSearching && event.receivedAtMillis - this.#shown.saidAtMillis >= 1_000
  }

  async #reserveRoom(): Promise<void> {
    const expectedBytes = this.#budget.expectedPageBytes()
    await this.#options.room.reserve(expectedBytes)
    this.#reservedBytes = expectedBytes
  }

  #releaseRoom(): void {
    if (this.#reservedBytes > 0) this.#options.room.release(this.#reservedBytes)
    this.#reservedBytes = 0
  }
}

function isTooOld(takenAtMillis: number, nowMillis: number): boolean {
  return nowMillis - takenAtMillis >= SHARD_ITERATOR_LIFETIME_MILLIS - EXPIRY_MARGIN_MILLIS
}

function pageEvent(answer: Answer, receivedAtMillis: number): ReadPageEvent {
  const { page, requestedAtMillis, limit } = answer
  const byteCount = page.records.reduce((sum, record) => sum + countedBytes(record), 0)
  return {
    type: 'page',
    records: page.records,
    byteCount,
    ...(page.millisBehindLatest === undefined ? {} : { millisBehindLatest: page.millisBehindLatest }),
    requestedAtMillis,
    receivedAtMillis,
    answeredAtMillis: receivedAtMillis,
    ...(page.nextShardIterator === undefined ? { isLast: true } : {}),
    isFull: page.records.length >= limit || byteCount >= FULL_PAGE_BYTES,
  }
}
