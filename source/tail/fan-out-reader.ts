import type { SubscriptionEvent } from '../aws/kinesis-api.ts'
import { type Failure, failureOf } from '../domain/failure.ts'
import { countedBytes, type StreamRecord } from '../domain/record.ts'
import { compareSequenceNumbers, type SequenceNumber } from '../domain/shard.ts'
import type { ReaderState } from '../domain/tail-event.ts'
import { failureDelayMillis } from './backoff.ts'
import type { FanOut } from './fan-out.ts'
import { Place } from './place.ts'
import type { ReaderEvent } from './reader-event.ts'
import type { ShardReaderOptions } from './shard-reader.ts'

/** After a subscription has begun, another one of the same consumer and shard is refused for so long. */
const EXCLUSIVE_MILLIS = 5_000
/** Something comes every five seconds even from an idle shard: after this a connection counts as dead. */
const SILENCE_MILLIS = 20_000
/** Nearer to the tip than this counts as caught up. */
const CAUGHT_UP_MILLIS = 1_000

/** A subscription lasts no longer: what a reader that waited for so long still holds of it is of long ago. */
const SUBSCRIPTION_MILLIS = 300_000

const SILENT: Failure = {
  kind: 'unreachable',
  action: 'SubscribeToShard',
  message: `Nothing came for ${SILENCE_MILLIS / 1_000} s, not even the sign of life that is sent every 5 s.`,
  nextStep: 'The subscription is begun anew from the last place.',
  retryable: true,
}

export type FanOutReaderOptions = Omit<ShardReaderOptions, 'api' | 'pace' | 'isListedAsClosed'> & {
  readonly fanOut: FanOut
}

type Ending = 'over' | 'again' | { readonly failure: Failure }

/**
 * Reads one shard as readShard does, but pushed: one subscription after the other, each from where the last one was,
 * whatever ended it.
 */
export function readSubscribedShard(options: FanOutReaderOptions): AsyncGenerator<ReaderEvent, void, void> {
  return new FanOutReader(options).events()
}

class FanOutReader {
  readonly #options: FanOutReaderOptions
  readonly #place: Place
  #isReady = false
  #lastSequenceNumber: SequenceNumber | undefined
  #subscribedAtMillis: number | undefined
  #failing: { readonly sinceMillis: number; readonly attempt: number } | undefined
  #shown: ReaderState['state'] = 'starting'

  constructor(options: FanOutReaderOptions) {
    this.#options = options
    this.#place = new Place(options.start)
  }

  async *events(): AsyncGenerator<ReaderEvent, void, void> {
    const { signal, room } = this.#options
    yield { type: 'state', reader: { state: 'starting' } }
    while (!signal.aborted) {
      await this.#waitForTurn()
      // A tail that is paused begins nothing anew.
      await room.reserve(0)
      if (signal.aborted) return
      const subscription = new AbortController()
      let ending: Ending
      try {
        ending = yield* this.#oneSubscription(AbortSignal.any([signal, subscription.signal]))
      } finally {
        // Leaving the loop over its events does not end a subscription; this does.
        subscription.abort()
      }
      if (ending === 'over' || signal.aborted) return
      if (ending === 'again') continue
      if (FINAL.has(ending.failure.kind)) {
        yield { type: 'gave-up', failure: ending.failure }
        return
      }
      yield* this.#stall(ending.failure)
    }
  }

  async *#oneSubscription(signal: AbortSignal): AsyncGenerator<ReaderEvent, Ending, void> {
    const { fanOut, stream, shardId, clock, scheduler } = this.#options
    const { consumerArn, subscribe } = fanOut
    try {
      const beganAtMillis = clock.now()
      const position = this.#place.position()
      const events = await this.#orSilence(
        scheduler.run(() => subscribe(stream, consumerArn, shardId, position, { signal })),
      )
      if (events === 'silence') return { failure: SILENT }
      this.#subscribedAtMillis = clock.now()
      this.#place.iteratorTaken(beganAtMillis)
      if (!this.#isReady) yield { type: 'ready' }
      this.#isReady = true
      const iterator = events[Symbol.asyncIterator]()
      for (;;) {
        const askedAtMillis = clock.now()
        const next = await this.#orSilence(iterator.next())
        if (this.#options.signal.aborted) return 'over'
        if (next === 'silence') return { failure: SILENT }
        // Five minutes are over, or the connection is: an end does not tell which.
        if (next.done) return 'again'
        const end = yield* this.#take(next.value, askedAtMillis)
        if (end !== undefined) return end
      }
    } catch (error) {
      return { failure: failureOf(error, 'SubscribeToShard') }
    }
  }

  async *#take(
    event: SubscriptionEvent,
    askedAtMillis: number,
  ): AsyncGenerator<ReaderEvent, Ending | undefined, void> {
    const { clock, signal, room } = this.#options
    this.#failing = undefined
    const records = this.#newOnes(event.records)
    const byteCount = records.reduce((sum, record) => sum + countedBytes(record), 0)
    const answeredAtMillis = clock.now()
    const isLast = event.childShards.length > 0 || event.continuationSequenceNumber === undefined
    // The next event is not asked for before this one has room: the connection itself then slows the service down.
    await room.reserve(byteCount)
    if (signal.aborted) {
      room.release(byteCount)
      return 'over'
    }
    const receivedAtMillis = clock.now()
    const behind = event.millisBehindLatest
    this.#keepPlace(records, event.continuationSequenceNumber)
    yield {
      type: 'page',
      records,
      byteCount,
      ...(behind === undefined ? {} : { millisBehindLatest: behind }),
      requestedAtMillis: askedAtMillis,
      receivedAtMillis,
      answeredAtMillis,
      ...(isLast ? { isLast } : {}),
      isFull: false,
    }
    room.release(byteCount)
    if (signal.aborted) return 'over'
    if (isLast) {
      const end = await this.#options.confirmEnd(event.childShards)
      if (signal.aborted) return 'over'
      if (end === 'still-open') return 'again'
      yield { type: 'ended', childShards: end }
      return 'over'
    }
    if (receivedAtMillis - answeredAtMillis >= SUBSCRIPTION_MILLIS) return 'again'
    const state = (behind ?? 0) < CAUGHT_UP_MILLIS ? 'caught-up' : 'reading'
    if (state !== this.#shown) {
      this.#shown = state
      yield {
        type: 'state',
        reader: { state, ...(behind === undefined ? {} : { millisBehindLatest: behind }) },
      }
    }
    return undefined
  }

  /** A subscription that begins at a place can begin with the record of that place again. */
  #newOnes(records: readonly StreamRecord[]): readonly StreamRecord[] {
    const last = this.#lastSequenceNumber
    if (last === undefined) return records
    return records.filter(record => compareSequenceNumbers(record.sequenceNumber, last) > 0)
  }

  #keepPlace(records: readonly StreamRecord[], continuation: SequenceNumber | undefined): void {
    const last = records.at(-1)
    if (last !== undefined) this.#lastSequenceNumber = last.sequenceNumber
    this.#place.sawRecords(records)
    // It moves on without records too, so that a quiet shard's place does not expire.
    if (continuation !== undefined) this.#place.reached(continuation)
  }

  async *#stall(failure: Failure): AsyncGenerator<ReaderEvent, void, void> {
    const { clock, random, signal } = this.#options
    const now = clock.now()
    const sinceMillis = this.#failing?.sinceMillis ?? now
    const attempt = (this.#failing?.attempt ?? 0) + 1
    this.#failing = { sinceMillis, attempt }
    const delay =
      failure.kind === 'conflict' ? EXCLUSIVE_MILLIS : failureDelayMillis(failure, attempt, random)
    this.#shown = 'stalled'
    yield { type: 'retrying', failure, attempt }
    yield {
      type: 'state',
      reader: { state: 'stalled', failure, sinceMillis, retryAtMillis: now + delay, attempt },
    }
    await clock.sleep(delay, signal)
  }

  /** Never sooner than the service allows after the last success. */
  async #waitForTurn(): Promise<void> {
    const { clock, signal, random } = this.#options
    if (this.#subscribedAtMillis === undefined) return
    const wait = this.#subscribedAtMillis + EXCLUSIVE_MILLIS - clock.now()
    // A little more, so that clocks which differ in the last digits do not matter.
    if (wait > 0) await clock.sleep(wait + 50 + Math.round(random() * 200), signal)
  }

  async #orSilence<Value>(work: Promise<Value>): Promise<Value | 'silence'> {
    const { clock, signal } = this.#options
    const answered = new AbortController()
    const silence = clock
      .sleep(SILENCE_MILLIS, AbortSignal.any([signal, answered.signal]))
      .then(() => 'silence' as const)
    // Whoever lost the race may still fail.
    work.catch(() => {})
    try {
      return await Promise.race([work, silence])
    } finally {
      answered.abort()
    }
  }
}

/** What no other try can change. Everything else passes: what broke off in the middle of an event has no clear kind. */
const FINAL: ReadonlySet<Failure['kind']> = new Set([
  'denied',
  'not-found',
  'invalid',
  'usage',
  'read-only',
  'unsupported',
])
