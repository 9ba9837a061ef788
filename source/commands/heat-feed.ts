// Longer than most: two sources of heat, with the looks and failures of each, feed the same screens.

import { failureOf } from '../domain/failure.ts'
import type { HashKey } from '../domain/hash-key.ts'
import type { StreamHeat } from '../domain/heat/stream-heat.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { Event } from '../state/event.ts'
import type { HeatSnapshot, KeyLocation, KeyTable, WhatIfView } from '../state/heat-state.ts'
import { type Model, type ScreenState, streamKey } from '../state/model.ts'
import type { RunnerContext } from './act-runner.ts'
import { adviceFor } from './heat-look.ts'
import { detailOf, forecastOf } from './heat-views.ts'
import { locateKey } from './locate-key.ts'
import { fetchMetricBoard, METRIC_MINUTES, METRIC_SERIES_MINUTES } from './metric-heat-source.ts'
import { ObservedHeat } from './observed-heat.ts'
import { type SeenLoads, seenLoads } from './plan-making.ts'
import { isRefusal, REFUSED_MILLIS } from './summary-schedule.ts'

/** After the first failure of a look at CloudWatch; doubled with each that follows, to the longest. */
const FAILED_METRIC_MILLIS = 15_000
const LONGEST_METRIC_MILLIS = 60_000
/** Between two looks at what was read. */
const LOOK_MILLIS = 1_000
/** CloudWatch has one point a minute, and each question is billed. */
const METRIC_MILLIS = 60_000
const TABLE_KEYS = 200
/** As long as this, what was seen of a stream that is looked at no more counts as its load. */
const KEPT_MILLIS = 60_000
/** Advice on the board beside the selected shard's. */
const BOARD_ADVICE = 32

export type HeatScreen = Extract<ScreenState, { screen: 'board' | 'shard-heat' | 'keys' | 'what-if' }>

type Running = {
  readonly key: string
  readonly screen: HeatScreen
  readonly stop: AbortController
  readonly observed?: ObservedHeat
}

/**
 * Feeds the screens of the heat: reads the stream, or asks CloudWatch, for as long as one of them is on top, and never
 * otherwise. One look a second goes into the state.
 */
export class HeatFeed {
  readonly #context: RunnerContext
  readonly #dispatch: (event: Event) => void
  #running: Running | undefined
  /** What was seen until the heat went out of sight: a plan that is asked for right after it needs no new minute. */
  #kept:
    | {
        readonly observed: ObservedHeat
        readonly stream: StreamRef
        readonly seenAt: number
        readonly leftAt: number
      }
    | undefined
  #located: { readonly key: string; readonly location?: KeyLocation } | undefined
  #proposed: { readonly key: string; readonly hashKey: HashKey } | undefined
  #wake: (() => void) | undefined
  #shown = ''
  #refreshCount = 0

  constructor(options: { readonly context: RunnerContext; readonly dispatch: (event: Event) => void }) {
    this.#context = options.context
    this.#dispatch = options.dispatch
  }

  /** Brings what runs in line with what is on screen. */
  show(model: Model): void {
    const screen = model.isLeaving ? undefined : heatScreen(model)
    if (screen === undefined) {
      this.#end()
      return
    }
    const source = sourceOf(screen)
    const budget = source === 'observed' ? (model.heatBudget ?? null) : null
    const key = JSON.stringify([model.connectionCount, streamKey(screen.stream), source, budget])
    const isRefreshed = model.refreshCount !== this.#refreshCount
    this.#refreshCount = model.refreshCount
    // What is being read is fresh anyway; starting over would forget the minute that was seen.
    const startsOver = isRefreshed && (source === 'cloudwatch' || model.heat?.phase === 'failed')
    if (this.#running?.key !== key || startsOver) {
      this.#end()
      this.#start(key, screen)
    }
    const shown = JSON.stringify(withoutSelection(screen), withoutBigInts)
    // Another screen of the same heat must not wait for the next look.
    if (shown !== this.#shown) this.#wake?.()
    this.#shown = shown
  }

  /** What was seen so far of the stream whose records are read, for plans. */
  observedLoads(stream: StreamRef): SeenLoads | undefined {
    const { observed, screen } = this.#running ?? {}
    if (observed?.heat !== undefined && screen !== undefined && isSame(screen.stream, stream)) {
      return seenLoads(observed.heat, observed.now())
    }
    const kept = this.#kept
    if (kept?.observed.heat === undefined || !isSame(kept.stream, stream)) return undefined
    const isFresh = this.#context.clock.now() - kept.leftAt <= KEPT_MILLIS
    return isFresh ? seenLoads(kept.observed.heat, kept.seenAt) : undefined
  }

  /** The connection is another one: nothing of the old heat may go on. */
  forget(): void {
    this.#end()
    this.#kept = undefined
  }

  close(): void {
    this.#end()
  }

  #end(): void {
    const { observed, screen } = this.#running ?? {}
    if (observed?.heat !== undefined && screen !== undefined) {
      const [seenAt, leftAt] = [observed.now(), this.#context.clock.now()]
      this.#kept = { observed, stream: screen.stream, seenAt, leftAt }
    }
    this.#running?.stop.abort()
    this.#running = undefined
    this.#shown = ''
  }

  #start(key: string, screen: HeatScreen): void {
    const stop = new AbortController()
    const { stream } = screen
    const source = sourceOf(screen)
    const budget = this.#context.model().heatBudget
    const observed =
      source === 'cloudwatch'
        ? undefined
        : new ObservedHeat({
            context: this.#context,
            stream,
            signal: stop.signal,
            ...(budget === undefined ? {} : { budget }),
          })
    const running: Running = { key, screen, stop, ...(observed === undefined ? {} : { observed }) }
    this.#running = running
    this.#dispatch({ type: 'heat-started', stream, source })
    void (observed === undefined ? this.#followMetrics(running) : this.#followRecords(running, observed))
  }

  async #followRecords(running: Running, observed: ObservedHeat): Promise<void> {
    const { stop, screen } = running
    let isOver = false
    let pauseMillis = LOOK_MILLIS
    const reading = observed.run().then(
      () => {
        isOver = true
        this.#wake?.()
      },
      error => {
        if (!stop.signal.aborted) this.#failed(running, error)
      },
    )
    while (!stop.signal.aborted) {
      await this.#pause(pauseMillis, stop.signal)
      if (stop.signal.aborted) break
      if (observed.failure !== undefined) {
        this.#dispatch({ type: 'heat-failed', stream: screen.stream, failure: observed.failure })
        break
      }
      const startedAt = this.#context.clock.now()
      const snapshot = await this.#snapshot(observed, stop.signal)
      // A look at thousands of shards takes a while: then it is taken less often, so that keys stay quick.
      pauseMillis = Math.max(LOOK_MILLIS, (this.#context.clock.now() - startedAt) * 10)
      if (snapshot !== undefined && !stop.signal.aborted) {
        this.#dispatch({ type: 'heat-measured', stream: screen.stream, heat: snapshot })
      }
      if (isOver) break
    }
    await reading
  }

  async #snapshot(observed: ObservedHeat, signal: AbortSignal): Promise<HeatSnapshot | undefined> {
    const { heat } = observed
    const board = observed.board()
    const screen = heatScreen(this.#context.model())
    if (heat === undefined || board === undefined || screen === undefined) return undefined
    const advice = new Map(adviceFor(heat, board, screen.screen === 'board' ? BOARD_ADVICE : 8))
    const selected = screen.screen === 'board' ? screen.selectedId : undefined
    if (selected !== undefined && !advice.has(selected)) {
      const own = heat.advice(board.at, selected)
      if (own !== undefined) advice.set(selected, own)
    }
    return {
      source: 'observed',
      board,
      advice,
      reads: observed.reads(),
      ...(observed.trouble === undefined ? {} : { trouble: observed.trouble }),
      ...(screen.screen === 'shard-heat' ? { shard: detailOf(heat, board.at, screen.shardId) } : {}),
      ...(screen.screen === 'keys' ? await this.#keys(heat, board.at, screen, signal) : {}),
      ...(screen.screen === 'what-if' ? { forecast: this.#forecast(heat, board.at, observed, screen) } : {}),
    }
  }

  /** The point of a split is chosen once for each change that is looked at, and anew when fresh data is asked for. */
  #forecast(
    heat: StreamHeat,
    atMillis: number,
    { shards }: ObservedHeat,
    { change, stream }: Extract<HeatScreen, { screen: 'what-if' }>,
  ): WhatIfView {
    const key = JSON.stringify([this.#refreshCount, streamKey(stream), change], withoutBigInts)
    const held = this.#proposed?.key === key ? this.#proposed.hashKey : undefined
    const view = forecastOf(heat, atMillis, shards, change, held)
    const { proposedHashKey: hashKey } = view
    if (hashKey !== undefined) this.#proposed = { key, hashKey }
    return view
  }

  async #keys(
    heat: StreamHeat,
    atMillis: number,
    screen: Extract<HeatScreen, { screen: 'keys' }>,
    signal: AbortSignal,
  ): Promise<{ keys: KeyTable; located?: KeyLocation }> {
    const { measure, shardId, lookUp, stream } = screen
    const keys: KeyTable = {
      measure,
      keys: heat.topKeys(atMillis, measure, TABLE_KEYS, shardId),
      ...(shardId === undefined ? {} : { shardId }),
    }
    if (lookUp === undefined) return { keys }
    const key = JSON.stringify([streamKey(stream), lookUp])
    if (this.#located?.key !== key) {
      this.#located = { key }
      try {
        const location = await locateKey(
          { ...contextOf(this.#context), signal },
          stream,
          lookUp.partitionKey,
          lookUp.at,
        )
        this.#located = { key, location }
      } catch (error) {
        const { message } = failureOf(error, 'where')
        this.#dispatch({
          type: 'noticed',
          notice: { level: 'error', text: message, at: this.#context.clock.now() },
        })
      }
    }
    const location = this.#located?.location
    if (location === undefined) return { keys }
    return { keys, located: { ...location, shares: heat.sharesOf(atMillis, lookUp.partitionKey) } }
  }

  async #followMetrics(running: Running): Promise<void> {
    const { stop, screen } = running
    const { clock, random } = this.#context
    let failures = 0
    while (!stop.signal.aborted) {
      let pauseMillis = METRIC_MILLIS
      try {
        const found = await fetchMetricBoard(
          contextOf(this.#context),
          screen.stream,
          METRIC_MINUTES,
          stop.signal,
          METRIC_SERIES_MINUTES,
        )
        if (stop.signal.aborted) return
        const heat: HeatSnapshot = {
          source: 'cloudwatch',
          board: found.board,
          advice: new Map(),
          requestedMetrics: found.requestedCount,
          ...(found.missingMetrics === undefined ? {} : { missingMetrics: found.missingMetrics }),
        }
        failures = 0
        this.#dispatch({ type: 'heat-measured', stream: screen.stream, heat })
      } catch (error) {
        if (stop.signal.aborted) return
        this.#failed(running, error)
        const waited = Math.min(FAILED_METRIC_MILLIS * 2 ** failures, LONGEST_METRIC_MILLIS)
        failures += 1
        pauseMillis = isRefusal(failureOf(error, 'heat')) ? REFUSED_MILLIS : waited * (1 + random() / 4)
      }
      await clock.sleep(pauseMillis, stop.signal)
    }
  }

  #failed(running: Running, error: unknown): void {
    const { stream } = running.screen
    this.#dispatch({ type: 'heat-failed', stream, failure: failureOf(error, 'heat') })
  }

  async #pause(millis: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController()
    this.#wake = () => woken.abort()
    await this.#context.clock.sleep(millis, AbortSignal.any([signal, woken.signal]))
  }
}

/** The heat that is in sight: on top, or under the log of calls. */
function heatScreen(model: Model): HeatScreen | undefined {
  const top = model.screens.findLast(screen => screen.screen !== 'calls')
  return top !== undefined && isHeatScreen(top) ? top : undefined
}

export function isHeatScreen(screen: ScreenState): screen is HeatScreen {
  return (
    screen.screen === 'board' ||
    screen.screen === 'shard-heat' ||
    screen.screen === 'keys' ||
    screen.screen === 'what-if'
  )
}

/** Keys and forecasts need records; CloudWatch knows neither. */
function sourceOf(screen: HeatScreen): 'observed' | 'cloudwatch' {
  return screen.screen === 'board' || screen.screen === 'shard-heat' ? screen.source : 'observed'
}

function isSame(a: StreamRef, b: StreamRef): boolean {
  return streamKey(a) === streamKey(b)
}

function withoutBigInts(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value
}

function withoutSelection(screen: HeatScreen): unknown {
  if (screen.screen !== 'board' && screen.screen !== 'keys') return { ...screen, scroll: 0 }
  const { selectedIndex: _a, selectedLine: _b, filter: _c, sort: _d, ...rest } = screen
  return rest
}

/** Getters of the context (the API of the connection of the moment) are read when they are needed. */
function contextOf(context: RunnerContext): RunnerContext {
  return { ...context }
}
