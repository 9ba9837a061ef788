import type { Clock } from '../../source/domain/clock.ts'

type Sleeper = { readonly atMillis: number; readonly order: number; readonly wake: () => void }

/**
 * A clock that stands still until `run` moves it: from sleeper to sleeper, and only when nothing else can go on. Code that
 * waits for minutes is tested in no time and always in the same order.
 */
export class StepClock implements Clock {
  #nowMillis: number
  readonly #sleepers = new Set<Sleeper>()
  #order = 0

  constructor(nowMillis = Date.UTC(2026, 10, 30, 12)) {
    this.#nowMillis = nowMillis
  }

  now(): number {
    return this.#nowMillis
  }

  sleep(millis: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve()
    return new Promise(resolve => {
      const wake = () => {
        signal?.removeEventListener('abort', wake)
        this.#sleepers.delete(sleeper)
        resolve()
      }
      this.#order += 1
      const sleeper: Sleeper = { atMillis: this.#nowMillis + Math.max(0, millis), order: this.#order, wake }
      this.#sleepers.add(sleeper)
      signal?.addEventListener('abort', wake, { once: true })
    })
  }

  /** Steps time until `work` is settled; rejects when everybody waits and nobody sleeps, or after `maxMillis` of it. */
  async run<T>(work: Promise<T>, maxMillis = 7 * 86_400_000): Promise<T> {
    let isSettled = false
    const settle = () => {
      isSettled = true
    }
    work.then(settle, settle)
    const until = this.#nowMillis + maxMillis
    for (;;) {
      await settled()
      if (isSettled) return await work
      const next = this.#next()
      if (next === undefined) throw new Error('everything waits and nothing sleeps: a deadlock')
      if (next.atMillis > until) throw new Error(`not done after ${maxMillis} ms of stepped time`)
      this.#nowMillis = Math.max(this.#nowMillis, next.atMillis)
      next.wake()
    }
  }

  #next(): Sleeper | undefined {
    let next: Sleeper | undefined
    for (const sleeper of this.#sleepers) {
      if (next === undefined || sleeper.atMillis < next.atMillis) next = sleeper
      else if (sleeper.atMillis === next.atMillis && sleeper.order < next.order) next = sleeper
    }
    return next
  }
}

/** Everything that can go on without time has gone on: promise jobs run out before the next turn of the event loop. */
function settled(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
