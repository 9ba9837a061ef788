import type { StreamDecoding } from '../domain/decode/stream-decoding.ts'
import { failureOf } from '../domain/failure.ts'
import type { HashKeyRange } from '../domain/hash-key.ts'
import type { Shard } from '../domain/shard.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { TailEvent } from '../domain/tail-event.ts'
import { parseStartFrom } from '../domain/time-expression.ts'
import type { Event } from '../state/event.ts'
import { type Model, type ScreenState, streamKey } from '../state/model.ts'
import { tailStream } from '../tail/stream-tail.ts'
import type { Tail } from '../tail/tail-options.ts'
import type { RunnerContext } from './act-runner.ts'
import { ReaderBoard } from './reader-board.ts'
import { tailRowsOf } from './tail-rows.ts'

/** How long a tail that was left keeps its places and rows, so that coming back goes on without a gap. */
const KEPT_MILLIS = 600_000
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

  constructor(options: TailFeedOptions) {
    this.#options = options
  }

  /** Brings what runs in line with what is on screen. */
  show(model: Model): void {
    const screen = model.isLeaving ? undefined : shownTail(model)
    const running = this.#running
    if (screen === undefined) {
      if (running !== undefined && running.leftAt === undefined) this.#leave(running)
      return
    }
    const key = keyOf(model, screen)
    const createdAt = creationOf(model, screen.stream)
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

  close(): void {
    this.#end()
  }

  #leave(running: Running): void {
    running.tail?.pause()
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
    const { context, dispatch } = this.#options
    const { stream, shardId, from } = screen
    const view = { ...(shardId === undefined ? {} : { shardId }), from }
    // Known as running before anything is dispatched: each new state asks again what runs.
    const running: Running = {
      key,
      createdAt,
      stop: new AbortController(),
      tail: undefined,
      leftAt: undefined,
    }
    this.#running = running
    dispatch({ type: 'tail-started', stream, ...view })
    try {
      const { from: start, assumption } = parseStartFrom(from, context.clock.now())
      if (assumption !== undefined) {
        const notice = { level: 'info', text: `${from}: ${assumption}`, at: context.clock.now() } as const
        dispatch({ type: 'noticed', notice })
      }
      const tail = tailStream({
        api: context.tailApi,
        stream,
        from: start,
        ...(shardId === undefined ? {} : { shardIds: [shardId] }),
        clock: context.clock,
        random: context.random,
        signal: running.stop.signal,
      })
      running.tail = tail
      void this.#follow(running, tail, screen)
    } catch (error) {
      dispatch({ type: 'tail-failed', failure: failureOf(error, 'tail') })
    }
  }

  /** A rule whose schema cannot be read must not look like one that was followed. */
  async #tellProblem(stream: StreamRef): Promise<void> {
    const { context, dispatch } = this.#options
    const text = await context.decodings?.problem(stream)
    if (text !== undefined)
      dispatch({ type: 'noticed', notice: { level: 'error', text, at: context.clock.now() } })
  }

  async #follow(running: Running, tail: Tail, screen: TailScreen): Promise<void> {
    const { context } = this.#options
    const readers = new ReaderBoard(context, event => {
      if (this.#running === running) this.#options.dispatch(event)
    })
    const decoding = context.decodings?.of(screen.stream)
    const ranges = new Map<string, HashKeyRange>()
    const follower = {
      stream: screen.stream,
      readers,
      ranges,
      ...(decoding === undefined ? {} : { decoding }),
    }
    void this.#tellProblem(screen.stream)
    try {
      for await (const event of tail) {
        if (this.#running !== running) return
        for (const made of eventsOf(event, follower, context.clock.now())) this.#options.dispatch(made)
      }
    } catch (error) {
      if (this.#running === running) {
        this.#options.dispatch({ type: 'tail-failed', failure: failureOf(error, 'tail') })
      }
    } finally {
      running.leftAt?.abort()
      readers.flush()
    }
  }
}

type Follower = {
  readonly stream: StreamRef
  readonly readers: ReaderBoard
  /** Of the listed shards: a user record outside its shard's range is marked. */
  readonly ranges: Map<string, HashKeyRange>
  readonly decoding?: StreamDecoding
}

function eventsOf(
  event: TailEvent,
  { stream, readers, ranges, decoding }: Follower,
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
    case 'records-arrived': {
      readers.received(event.shardId, event.records.length, event.millisBehindLatest)
      const range = ranges.get(event.shardId)
      const rows = event.records.flatMap(record => tailRowsOf(record, range, decoding))
      return [{ type: 'rows-arrived', rows, recordCount: event.records.length }]
    }
    case 'shard-ended':
    case 'place-reached':
      return []
    case 'tailing':
      return [{ type: 'tail-ready', stream }]
    case 'failure-met':
      return event.isRetried ? [{ type: 'tail-troubled', failure: event.failure }] : []
    case 'failure-passed':
      return [{ type: 'tail-troubled' }]
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
  for (const shardId of ranges.keys()) {
    if (ids.has(shardId)) continue
    ranges.delete(shardId)
    readers.forget(shardId)
  }
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
  ])
}
