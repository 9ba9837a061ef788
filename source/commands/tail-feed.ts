// Longer than most: one tail from its screen to its end, with what it registers and keeps on the way.

import type { StreamDecoding } from '../domain/decode/stream-decoding.ts'
import { type Failure, failureOf, usageFailure } from '../domain/failure.ts'
import type { HashKeyRange } from '../domain/hash-key.ts'
import { inTimeOrder } from '../domain/in-time-order.ts'
import { countedBytes } from '../domain/record.ts'
import type { Shard } from '../domain/shard.ts'
import type { StartFrom } from '../domain/start-from.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { TailEvent } from '../domain/tail-event.ts'
import { parseStartFrom } from '../domain/time-expression.ts'
import type { Event } from '../state/event.ts'
import { type Model, type ScreenState, streamKey } from '../state/model.ts'
import { tailMode } from '../state/update-tail.ts'
import type { FanOut } from '../tail/fan-out.ts'
import { tailStream } from '../tail/stream-tail.ts'
import type { Tail } from '../tail/tail-options.ts'
import type { RunnerContext } from './act-runner.ts'
import { atHand } from './at-hand.ts'
import type { BookmarkKeeper } from './bookmark.ts'
import { consoleBookmark, describeTo, isBookmark } from './console-bookmark.ts'
import { ExpiryNotes } from './expiry-notes.ts'
import { FanOutConsumer } from './fan-out-consumer.ts'
import { ReaderBoard } from './reader-board.ts'
import { showSearch } from './search-feed.ts'
import { tailRowsOf } from './tail-rows.ts'

/** How long a tail that was left keeps its places and rows, so that coming back goes on without a gap. */
const KEPT_MILLIS = 600_000
/** Taking a consumer away is one call, which may be tried again. */
const CLOSE_MILLIS = 5_000
type TailScreen = Extract<ScreenState, { screen: 'tail' }>

type Running = {
  readonly key: string
  /** When the stream that it reads was created; absent as long as nobody has told. */
  createdAt: number | undefined
  readonly stop: AbortController
  /** Absent where it could not even be started: it must not be tried again with every new state. */
  tail: Tail | undefined
  /** Set while no screen shows it: it makes no call. */
  leftAt: AbortController | undefined
  /** It can be left for a while and come back to. */
  readonly isKept: boolean
  /** Keeps its place for the next time; absent for one shard's tail, for a search and in a world without files. */
  keeper: BookmarkKeeper | undefined
  /** That the place cannot be kept was said; it is said once. */
  isKeepingBroken: boolean
}

export type TailFeedOptions = {
  readonly context: RunnerContext
  readonly dispatch: (event: Event) => void
}

/**
 * Runs the tail of the uppermost tail screen. Once that screen is left, reading stops at its places; back on the same
 * tail it goes on from there. Another tail ends the one before.
 */
export class TailFeed {
  readonly #options: TailFeedOptions
  #running: Running | undefined
  readonly #runs = new Set<Promise<void>>()
  #isHeld = false

  constructor(options: TailFeedOptions) {
    this.#options = options
  }

  /** Brings what runs in line with what is on screen. */
  show(model: Model): void {
    if (this.#isHeld) return
    const screen = model.isLeaving ? undefined : shownTail(model)
    const running = this.#running
    if (screen === undefined) {
      if (running !== undefined && running.leftAt === undefined) this.#leave(running)
      return
    }
    const key = keyOf(model, screen)
    const createdAt = creationOf(model, screen.stream)
    if (running?.key === key && model.tail?.isCalledOff && screen.search !== undefined) running.stop.abort()
    if (running?.key === key && !isLaterStream(running.createdAt, createdAt)) {
      running.createdAt ??= createdAt
      if (running.leftAt !== undefined) this.#comeBack(running)
      return
    }
    this.#end()
    this.#start(key, createdAt, screen)
  }

  /** The connection is another one: nothing of the old tail may go on. */
  forget(): void {
    this.#end()
  }

  /**
   * Keeps the places that were read up to now under a name.
   * @returns how many shards have one
   * @throws FailureError `usage` where no tail with places runs
   */
  async saveBookmark(name: string): Promise<number> {
    const keeper = this.#running?.keeper
    if (keeper === undefined) throw usageFailure('bookmark', 'no tail of a whole stream is running here')
    return await keeper.saveAs(name, this.#options.context.clock.now())
  }

  /**
   * Ends what runs, and waits as `close` does, while its connection can still be used; nothing begins before the returned
   * function is called.
   */
  async release(): Promise<() => void> {
    this.#isHeld = true
    await this.close()
    return () => {
      this.#isHeld = false
    }
  }

  /** Resolves when places are kept and consumers are taken away, or after a bound: leaving must not hang. */
  async close(): Promise<void> {
    this.#end()
    if (this.#runs.size === 0) return
    const over = new AbortController()
    await Promise.race([
      Promise.all(this.#runs),
      this.#options.context.clock.sleep(CLOSE_MILLIS, over.signal),
    ])
    over.abort()
  }

  #leave(running: Running): void {
    // A consumer costs, and a search has nobody to find for.
    if (!running.isKept) {
      this.#end()
      return
    }
    running.tail?.pause()
    void this.#keep(running)
    const left = new AbortController()
    running.leftAt = left
    void this.#options.context.clock.sleep(KEPT_MILLIS, left.signal).then(() => {
      if (!left.signal.aborted && this.#running === running) this.#end()
    })
  }

  #comeBack(running: Running): void {
    running.leftAt?.abort()
    running.leftAt = undefined
    running.tail?.resume()
  }

  #end(): void {
    const running = this.#running
    this.#running = undefined
    running?.leftAt?.abort()
    running?.stop.abort()
  }

  #start(key: string, createdAt: number | undefined, screen: TailScreen): void {
    const { dispatch } = this.#options
    const { stream, shardId, from } = screen
    const mode = tailMode(screen)
    // Known as running before anything is dispatched: each new state asks again what runs.
    const running: Running = {
      key,
      createdAt,
      stop: new AbortController(),
      tail: undefined,
      leftAt: undefined,
      isKept: mode === '',
      keeper: undefined,
      isKeepingBroken: false,
    }
    this.#running = running
    dispatch({
      type: 'tail-started',
      stream,
      ...(shardId === undefined ? {} : { shardId }),
      from,
      ...(mode === '' ? {} : { mode }),
    })
    void this.#tellProblem(stream)
    const run = this.#run(running, screen)
      .catch(error => this.#failed(running, error))
      .finally(() => this.#runs.delete(run))
    this.#runs.add(run)
  }

  async #run(running: Running, screen: TailScreen): Promise<void> {
    const { context } = this.#options
    const { signal } = running.stop
    if (screen.search !== undefined) {
      const shown = { ...screen, search: screen.search }
      await showSearch(shown, { ...context, signal }, event => this.#tell(running, event))
      return
    }
    let from: StartFrom
    if (isBookmark(screen.from)) {
      const keeper = consoleBookmark(context, screen.stream, screen.from)
      if (keeper === undefined) throw usageFailure('tail', 'bookmarks cannot be kept here')
      await describeTo(keeper, context, screen.stream, signal)
      const opened = await keeper.open({ type: 'latest' }, context.clock.now())
      running.keeper = keeper
      from = opened.from
      this.#notice(running, opened.notes.join(' '))
    } else {
      const parsed = parseStartFrom(screen.from, context.clock.now())
      from = parsed.from
      if (parsed.assumption !== undefined) this.#notice(running, `${screen.from}: ${parsed.assumption}`)
    }
    const consumer = screen.isFanOut ? new FanOutConsumer({ ...context, signal }, screen.stream) : undefined
    try {
      const fanOut = consumer === undefined ? undefined : await this.#registered(running, consumer)
      if (signal.aborted) return
      if (running.keeper === undefined && screen.shardId === undefined) {
        running.keeper = consoleBookmark(context, screen.stream, '')
        running.keeper?.begin(from, context.clock.now())
        // Beside the tail, which must not wait for it.
        if (running.keeper !== undefined) void describeTo(running.keeper, context, screen.stream, signal)
      }
      await this.#follow(running, screen, from, fanOut)
    } finally {
      await this.#keep(running)
      const left = await consumer?.end()
      if (left !== undefined) {
        const text = `The consumer is still registered and costs: ${left.message}. The next tail with enhanced fan-out of this stream takes it away.`
        this.#options.dispatch({ type: 'noticed', notice: { level: 'error', text, at: context.clock.now() } })
      }
    }
  }

  async #registered(running: Running, consumer: FanOutConsumer): Promise<FanOut> {
    for (const name of await consumer.cleanUp()) {
      this.#notice(running, `The consumer ${name}, which an earlier tail left behind, was taken away.`)
    }
    const steps = consumer.register()
    for (;;) {
      const step = await steps.next()
      if (step.done) {
        const name = step.value.consumerArn.split('/').at(-1)?.replace(/:\d+$/, '') ?? ''
        this.#tell(running, { type: 'tail-progressed', detail: `consumer ${name}` })
        return step.value
      }
      this.#tell(running, { type: 'tail-progressed', detail: step.value })
    }
  }

  /** A rule whose schema cannot be read must not look like one that was followed. */
  async #tellProblem(stream: StreamRef): Promise<void> {
    const { context, dispatch } = this.#options
    const text = await context.decodings?.problem(stream)
    if (text !== undefined)
      dispatch({ type: 'noticed', notice: { level: 'error', text, at: context.clock.now() } })
  }

  async #follow(
    running: Running,
    { stream, shardId }: TailScreen,
    from: StartFrom,
    fanOut: FanOut | undefined,
  ): Promise<void> {
    const { context } = this.#options
    const tail = tailStream({
      api: context.tailApi,
      stream,
      from,
      ...(fanOut === undefined ? {} : { fanOut }),
      ...(shardId === undefined ? {} : { shardIds: [shardId] }),
      tellsPlaces: true,
      clock: context.clock,
      random: context.random,
      signal: running.stop.signal,
    })
    running.tail = tail
    if (running.leftAt !== undefined) tail.pause()
    const readers = new ReaderBoard(context, event => this.#tell(running, event), fanOut !== undefined)
    const decoding = context.decodings?.of(stream)
    const ranges = new Map<string, HashKeyRange>()
    const expiry = new ExpiryNotes()
    const troubles = new Set<Failure>()
    const follower = { stream, readers, ranges, troubles, ...(decoding === undefined ? {} : { decoding }) }
    try {
      for await (const group of atHand(tail, () => running.stop.abort())) {
        if (this.#running !== running) return
        for (const made of rowsOf(group, follower)) this.#tell(running, made)
        for (const event of group) {
          if (event.type === 'records-expired') {
            const text = expiry.take(event, context.clock.now())
            if (text !== undefined) this.#notice(running, text, 'warning')
          }
          for (const made of eventsOf(event, follower, context.clock.now())) this.#tell(running, made)
          await this.#keepWith(running, keeper => keeper.taken(event, context.clock.now()))
          for (const expired of running.keeper?.takeExpiredShards() ?? []) {
            this.#notice(running, `${expired} has expired, with what was not read of it before.`)
          }
        }
      }
    } finally {
      running.leftAt?.abort()
      readers.flush()
    }
  }

  async #keep(running: Running): Promise<void> {
    await this.#keepWith(running, keeper => keeper.save(this.#options.context.clock.now()))
  }

  /** A place that cannot be kept, as on a full disk, is no reason to end the tail. */
  async #keepWith(running: Running, act: (keeper: BookmarkKeeper) => Promise<void>): Promise<void> {
    const { keeper } = running
    if (keeper === undefined) return
    try {
      await act(keeper)
    } catch (error) {
      if (running.isKeepingBroken) return
      running.isKeepingBroken = true
      const text = `The place of this tail could not be kept: ${failureOf(error, 'bookmark').message}`
      const at = this.#options.context.clock.now()
      this.#options.dispatch({ type: 'noticed', notice: { level: 'warning', text, at } })
    }
  }

  #tell(running: Running, event: Event): void {
    if (this.#running === running) this.#options.dispatch(event)
  }

  #notice(running: Running, text: string, level: 'info' | 'warning' = 'info'): void {
    const at = this.#options.context.clock.now()
    this.#tell(running, { type: 'noticed', notice: { level, text, at } })
  }

  #failed(running: Running, error: unknown): void {
    if (running.stop.signal.aborted && this.#running !== running) return
    this.#tell(running, { type: 'tail-failed', failure: failureOf(error, 'tail') })
  }
}

type Follower = {
  readonly stream: StreamRef
  readonly readers: ReaderBoard
  /** Of the listed shards: a user record outside its shard's range is marked. */
  readonly ranges: Map<string, HashKeyRange>
  /** What fails and is tried again, oldest first. */
  readonly troubles: Set<Failure>
  readonly decoding?: StreamDecoding
}

/** The records at hand of all shards, in the order of time. */
function rowsOf(group: readonly TailEvent[], { ranges, decoding }: Follower): readonly Event[] {
  const records = group.flatMap(event => (event.type === 'records-arrived' ? event.records : []))
  if (records.length === 0) return []
  const rows = inTimeOrder(records, record => record).flatMap(record =>
    tailRowsOf(record, ranges.get(record.shardId), decoding),
  )
  return [{ type: 'rows-arrived', rows, recordCount: records.length }]
}

function eventsOf(
  event: TailEvent,
  { stream, readers, ranges, troubles }: Follower,
  now: number,
): readonly Event[] {
  switch (event.type) {
    case 'shards-listed':
      for (const shard of event.shards) ranges.set(shard.shardId, shard.hashKeyRange)
      forgetExpired(ranges, readers, event.shards)
      return [{ type: 'shards-listed', stream, shards: event.shards, at: now }]
    case 'reader-changed':
      readers.changed(event.shardId, event.reader)
      return []
    case 'records-arrived':
      readers.received(
        event.shardId,
        event.records.length,
        event.records.reduce((sum, record) => sum + countedBytes(record), 0),
        event.millisBehindLatest,
      )
      return []
    case 'place-reached':
      readers.read(event.shardId)
      return []
    case 'shard-ended':
    case 'records-expired':
      return []
    case 'tailing':
      return [{ type: 'tail-ready', stream }]
    case 'failure-met':
      if (!event.isRetried) return []
      troubles.add(event.failure)
      return [{ type: 'tail-troubled', failure: event.failure }]
    case 'failure-passed': {
      troubles.delete(event.failure)
      // Failures of several kinds come and go on their own: what still lasts must still be said.
      const failure = [...troubles].at(-1)
      return [{ type: 'tail-troubled', ...(failure === undefined ? {} : { failure }) }]
    }
    case 'finished':
      readers.flush()
      if (event.reason === 'failed' && event.totals.failure !== undefined) {
        return [{ type: 'tail-failed', failure: event.totals.failure }]
      }
      return event.reason === 'aborted' ? [] : [{ type: 'tail-finished' }]
  }
}

/** Shards whose data has expired are listed no more: after days of reshards they would be most of what is kept. */
function forgetExpired(ranges: Map<string, HashKeyRange>, readers: ReaderBoard, listed: readonly Shard[]) {
  const ids = new Set(listed.map(({ shardId }) => shardId))
  const expired = [...ranges.keys()].filter(shardId => !ids.has(shardId))
  const stillRead = new Set(readers.forget(expired))
  for (const shardId of expired) if (!stillRead.has(shardId)) ranges.delete(shardId)
}

function shownTail(model: Model): TailScreen | undefined {
  return model.screens.findLast((screen): screen is TailScreen => screen.screen === 'tail')
}

/** When the stream was created, as far as it was told; of what was told at different times, the later. */
function creationOf(model: Model, stream: StreamRef): number | undefined {
  const listed = model.streams.value?.find(({ streamName }) => streamName === stream.streamName)
  const described = model.summaries.get(streamKey(stream))?.value
  const told = [listed, described].flatMap(answer => answer?.streamCreationTimestamp?.getTime() ?? [])
  return told.length === 0 ? undefined : Math.max(...told)
}

/** Places in a stream mean nothing in a later one of its name. Answers differ in precision, by less than a second. */
function isLaterStream(before: number | undefined, now: number | undefined): boolean {
  return before !== undefined && now !== undefined && now - before >= 1_000
}

function keyOf(model: Model, screen: TailScreen): string {
  return JSON.stringify([
    model.connectionCount,
    streamKey(screen.stream),
    screen.shardId ?? null,
    screen.from,
    tailMode(screen),
  ])
}
