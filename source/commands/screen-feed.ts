// Longer than most: one feed for all screens, whose tasks share the pace of calls and the wish for fresh data.

import { type Failure, failureOf } from '../domain/failure.ts'
import type { StreamListing, StreamRef } from '../domain/stream.ts'
import type { Event } from '../state/event.ts'
import { type Model, streamKey } from '../state/model.ts'
import { topScreen } from '../state/selection.ts'
import type { RunnerContext } from './act-runner.ts'
import { HeatFeed } from './heat-feed.ts'
import { Pacer } from './pacer.ts'
import type { SeenLoads } from './plan-making.ts'
import { followReaders } from './readers-feed.ts'
import { lookAtServices } from './services-commands.ts'
import { type FactScreen, factKey, followFacts, isFactScreen } from './stream-facts-feed.ts'
import { isRefusal, REFUSED_MILLIS, SummarySchedule } from './summary-schedule.ts'
import { TailFeed } from './tail-feed.ts'
import { TailRetry } from './tail-retry.ts'

/** Between two listings of the streams, and between the pages of one. ListStreams: 5/s an account. */
const STREAMS_MILLIS = 10_000
const STREAMS_PAGE_MILLIS = 250
/** Between two listings of one stream's shards. */
const SHARDS_MILLIS = 5_000
const CHANGING_SHARDS_MILLIS = 2_000
const LONGEST_MILLIS = 60_000
/** Between two looks at the services around the streams. */
const SERVICES_MILLIS = 60_000
/** Calls for summaries over all streams: four a second leave most of the account's 20/s to others. */
const PACE_MILLIS = 250
const SLOWEST_PACE_MILLIS = 10_000
/** A task that broke is begun again after this long. */
const RESTART_MILLIS = 5_000
/** How often the clock of the screen moves. */
const TICK_MILLIS = 1_000

export type ScreenFeedOptions = {
  readonly context: RunnerContext
  readonly dispatch: (event: Event) => void
  readonly subscribe: (listener: () => void) => () => void
}

/** A call that is under way for this long is begun anew when the user asks for fresh data. */
const SLOW_MILLIS = 3_000

type Task = { readonly stop: AbortController }

/** A listing that waits for its answer. */
type Waiting = { readonly sinceMillis: number; readonly callOff: AbortController }

/**
 * Fetches what the screen on top shows, for as long as it is on top, and nothing else. Looks at each new state and
 * starts or stops tasks by it; the keys never wait for any of them.
 */
export class ScreenFeed {
  readonly #options: ScreenFeedOptions
  readonly #pacer: Pacer
  readonly #tails: TailFeed
  readonly #tailRetry: TailRetry
  readonly #heat: HeatFeed
  readonly #schedule: SummarySchedule
  readonly #tasks = new Map<string, Task>()
  readonly #wakers = new Set<() => void>()
  readonly #waiting = new Set<Waiting>()
  #unsubscribe: (() => void) | undefined
  #isStopped = false
  #refreshCount = 0
  #connectionCount = 0

  constructor(options: ScreenFeedOptions) {
    this.#options = options
    const { clock } = options.context
    this.#pacer = new Pacer({ clock, shortestMillis: PACE_MILLIS, longestMillis: SLOWEST_PACE_MILLIS })
    this.#schedule = new SummarySchedule(clock)
    this.#tailRetry = new TailRetry(options.context)
    this.#heat = new HeatFeed({ context: options.context, dispatch: options.dispatch })
    this.#tails = new TailFeed({ context: options.context, dispatch: options.dispatch })
  }

  start(): void {
    this.#unsubscribe = this.#options.subscribe(() => this.#reconcile())
    this.#reconcile()
  }

  /** Loads of a stream whose heat is on screen or under it. */
  observedLoads(stream: StreamRef): SeenLoads | undefined {
    return this.#heat.observedLoads(stream)
  }

  /** @throws FailureError `usage` where no tail of a whole stream runs */
  saveBookmark(name: string): Promise<number> {
    return this.#tails.saveBookmark(name)
  }

  /** What a tail registered is taken away while its connection is still there; call what is returned once that is another. */
  async release(): Promise<() => void> {
    const goOn = await this.#tails.release()
    return () => {
      goOn()
      this.#reconcile()
    }
  }

  /** Ends every task; what is in flight is called off. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#unsubscribe?.()
    for (const task of this.#tasks.values()) task.stop.abort()
    this.#tasks.clear()
    this.#heat.close()
    await this.#tails.close()
  }

  #model(): Model {
    return this.#options.context.model()
  }

  #reconcile(): void {
    if (this.#isStopped) return
    const model = this.#model()
    if (model.connectionCount !== this.#connectionCount) {
      this.#connectionCount = model.connectionCount
      this.#tails.forget()
      this.#heat.forget()
      this.#schedule.forget()
    }
    if (model.refreshCount !== this.#refreshCount) {
      this.#refreshCount = model.refreshCount
      this.#schedule.refresh()
      for (const wake of [...this.#wakers]) wake()
      this.#callOffSlow()
      if (model.tail?.phase === 'failed') this.#tails.forget()
    }
    const wanted = this.#wanted(model)
    for (const [key, task] of this.#tasks) {
      if (wanted.has(key)) continue
      task.stop.abort()
      this.#tasks.delete(key)
    }
    for (const [key, run] of wanted) if (!this.#tasks.has(key)) this.#begin(key, run)
    this.#tails.show(model)
    this.#heat.show(model)
  }

  #wanted(model: Model): Map<string, (signal: AbortSignal) => Promise<void>> {
    const wanted = new Map<string, (signal: AbortSignal) => Promise<void>>()
    if (model.isLeaving) return wanted
    const screen = topScreen(model)
    const connection = model.connectionCount
    wanted.set('clock', signal => this.#tick(signal))
    if (screen.screen === 'streams') {
      wanted.set(`streams ${connection}`, signal => this.#streams(signal))
      wanted.set(`summaries ${connection}`, signal => this.#summaries(signal))
    }
    if (screen.screen === 'shards') {
      const { stream } = screen
      wanted.set(`shards ${connection} ${streamKey(stream)}`, signal => this.#shards(stream, signal))
      wanted.set(`summary ${connection} ${streamKey(stream)}`, signal => this.#summaryOf(stream, signal))
    }
    if (screen.screen === 'readers' || screen.screen === 'reader') {
      const { stream } = screen
      wanted.set(`readers ${connection} ${streamKey(stream)}`, signal => this.#readers(stream, signal))
    }
    if (isFactScreen(screen)) {
      wanted.set(`${connection} ${factKey(screen)}`, signal => this.#facts(screen, signal))
    }
    if (screen.screen === 'services' || screen.screen === 'service') {
      wanted.set(`services ${connection}`, signal => this.#services(signal))
    }
    return wanted
  }

  #begin(key: string, run: (signal: AbortSignal) => Promise<void>): void {
    const task: Task = { stop: new AbortController() }
    this.#tasks.set(key, task)
    void this.#supervised(key, task, run)
  }

  /** A task that breaks is our own bug: it is said, and the task is begun again after a while instead of never. */
  async #supervised(key: string, task: Task, run: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { context, dispatch } = this.#options
    try {
      await run(task.stop.signal)
    } catch (error) {
      if (task.stop.signal.aborted) return
      const text = `Fault of shardscope while fetching ${key}: ${failureOf(error, key).message}`
      dispatch({ type: 'noticed', notice: { level: 'error', text, at: context.clock.now() } })
      await context.clock.sleep(RESTART_MILLIS, task.stop.signal)
      if (this.#tasks.get(key) === task) this.#tasks.delete(key)
      this.#reconcile()
    }
  }

  async #tick(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options.context
    while (!signal.aborted) {
      this.#options.dispatch({ type: 'clock-ticked', at: clock.now() })
      if (this.#tailRetry.isDue(this.#model())) {
        this.#tails.forget()
        this.#reconcile()
      }
      await clock.sleep(TICK_MILLIS, signal)
    }
  }

  async #streams(signal: AbortSignal): Promise<void> {
    const { dispatch } = this.#options
    const { context } = this.#options
    let pauseMillis = STREAMS_MILLIS
    while (!signal.aborted) {
      dispatch({ type: 'streams-requested' })
      const startedAt = context.clock.now()
      const call = this.#wait(signal)
      const isFirst = this.#model().streams.value === undefined
      const streams: StreamListing[] = []
      try {
        for await (const page of context.api.listStreams({ signal: call.signal })) {
          if (streams.length > 0) await context.clock.sleep(STREAMS_PAGE_MILLIS, signal)
          streams.push(...page)
          // The first time, each page is shown as it comes; later a half list would look as if streams had gone.
          if (isFirst && !signal.aborted) {
            dispatch({ type: 'streams-listed', streams: [...streams], at: context.clock.now() })
          }
        }
        if (signal.aborted) return
        dispatch({ type: 'streams-listed', streams, at: context.clock.now() })
        // A listing of thousands takes many calls: it is asked for less often.
        pauseMillis = Math.max(STREAMS_MILLIS, (context.clock.now() - startedAt) * 10)
      } catch (error) {
        if (signal.aborted) return
        // The user would rather have it begun anew.
        if (call.signal.aborted) continue
        const failure = failureOf(error, 'ListStreams')
        pauseMillis = this.#pauseAfter(failure, pauseMillis)
        const at = context.clock.now()
        dispatch({ type: 'streams-failed', failure, at, retryAt: at + pauseMillis })
      } finally {
        call.end()
      }
      await this.#pause(pauseMillis, signal)
    }
  }

  /** Summaries of the listed streams one after another, those on the screen first. */
  async #summaries(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const next = this.#schedule.next(this.#model())
      if (next === undefined) await this.#pause(1_000, signal)
      else await this.#describe(next, signal)
    }
  }

  async #summaryOf(stream: StreamRef, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.#schedule.isDue(this.#model(), stream)) await this.#describe(stream, signal)
      else await this.#pause(1_000, signal)
    }
  }

  async #describe(stream: StreamRef, signal: AbortSignal): Promise<void> {
    const { context, dispatch } = this.#options
    await this.#pacer.turn(signal)
    if (signal.aborted) return
    const at = () => context.clock.now()
    this.#schedule.asked(stream)
    dispatch({ type: 'summary-requested', stream })
    const call = this.#wait(signal)
    try {
      const summary = await context.api.describeStreamSummary(stream, { signal: call.signal })
      if (signal.aborted) return
      this.#pacer.succeeded()
      this.#schedule.succeeded()
      dispatch({ type: 'summary-described', stream, summary, at: at() })
    } catch (error) {
      // Called off by the user, who wants it anew: it is due again.
      if (call.signal.aborted) return
      const failure = failureOf(error, 'DescribeStreamSummary')
      this.#pacer.failed(failure)
      this.#schedule.failed(failure)
      dispatch({ type: 'summary-failed', stream, failure, at: at() })
    } finally {
      call.end()
    }
  }

  async #shards(stream: StreamRef, signal: AbortSignal): Promise<void> {
    const { context, dispatch } = this.#options
    let pauseMillis = SHARDS_MILLIS
    while (!signal.aborted) {
      dispatch({ type: 'shards-requested', stream })
      const startedAt = context.clock.now()
      const call = this.#wait(signal)
      try {
        const shards = await context.api.listShards(stream, { signal: call.signal })
        if (signal.aborted) return
        dispatch({ type: 'shards-listed', stream, shards, at: context.clock.now() })
        const status = this.#model().summaries.get(streamKey(stream))?.value?.streamStatus
        const isChanging = status === 'UPDATING' || status === 'CREATING'
        // A listing of thousands takes seconds and many calls: it is asked for less often.
        const tookMillis = context.clock.now() - startedAt
        pauseMillis = Math.max(isChanging ? CHANGING_SHARDS_MILLIS : SHARDS_MILLIS, tookMillis * 10)
      } catch (error) {
        if (signal.aborted) return
        if (call.signal.aborted) continue
        const failure = failureOf(error, 'ListShards')
        pauseMillis = this.#pauseAfter(failure, pauseMillis)
        const at = context.clock.now()
        dispatch({ type: 'shards-failed', stream, failure, at, retryAt: at + pauseMillis })
      } finally {
        call.end()
      }
      await this.#pause(pauseMillis, signal)
    }
  }

  async #readers(stream: StreamRef, signal: AbortSignal): Promise<void> {
    const { context, dispatch } = this.#options
    await followReaders({ ...context, signal }, stream, {
      dispatch,
      pause: millis => this.#pause(millis, signal),
    })
  }

  async #facts(screen: FactScreen, signal: AbortSignal): Promise<void> {
    const { context, dispatch } = this.#options
    await followFacts({ ...context, signal }, screen, {
      dispatch,
      pause: millis => this.#pause(millis, signal),
    })
  }

  async #services(signal: AbortSignal): Promise<void> {
    const { context, dispatch } = this.#options
    while (!signal.aborted) {
      await lookAtServices(
        context,
        snapshot => {
          if (!signal.aborted) dispatch({ type: 'services-found', snapshot })
        },
        signal,
        this.#model().services,
      )
      await this.#pause(SERVICES_MILLIS, signal)
    }
  }

  /** A call that ends with the signal, or sooner where it is slow and the user asks for fresh data. */
  #wait(signal: AbortSignal): { readonly signal: AbortSignal; readonly end: () => void } {
    const waiting = { sinceMillis: this.#options.context.clock.now(), callOff: new AbortController() }
    this.#waiting.add(waiting)
    return {
      signal: AbortSignal.any([signal, waiting.callOff.signal]),
      end: () => this.#waiting.delete(waiting),
    }
  }

  #callOffSlow(): void {
    const now = this.#options.context.clock.now()
    for (const { sinceMillis, callOff } of this.#waiting) {
      if (now - sinceMillis >= SLOW_MILLIS) callOff.abort()
    }
  }

  /** Doubled after each failure; not to the same millisecond as every other console on the same fault. */
  #pauseAfter(failure: Failure, pauseMillis: number): number {
    if (isRefusal(failure)) return REFUSED_MILLIS
    return Math.round(Math.min(pauseMillis * 2, LONGEST_MILLIS) * (1 + this.#options.context.random() / 4))
  }

  /** Waits, or less when the user asks for fresh data. */
  async #pause(millis: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController()
    const wake = () => woken.abort()
    this.#wakers.add(wake)
    await this.#options.context.clock.sleep(millis, AbortSignal.any([signal, woken.signal]))
    this.#wakers.delete(wake)
  }
}
