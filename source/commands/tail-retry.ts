import type { Clock } from '../domain/clock.ts'
import type { Model } from '../state/model.ts'
import { topScreen } from '../state/selection.ts'
import { isTailOf } from '../state/update-tail.ts'
import { isWorthRetrying } from '../tail/backoff.ts'

const FIRST_MILLIS = 5_000
const LONGEST_MILLIS = 60_000

/**
 * When a tail that could not even be started is begun again by itself: nobody should have to press a key at the end of a
 * fault of the network. Not with a consumer of its own, which is registered by a write, and not for a search.
 */
export class TailRetry {
  readonly #clock: Clock
  readonly #random: () => number
  #failedCount = 0
  #retryAt: number | undefined

  constructor(options: { readonly clock: Clock; readonly random: () => number }) {
    this.#clock = options.clock
    this.#random = options.random
  }

  /** To be asked about once a second or so: whether to begin anew now. */
  isDue(model: Model): boolean {
    const { tail } = model
    const screen = topScreen(model)
    if (screen.screen !== 'tail' || screen.isFanOut || screen.search !== undefined) return false
    if (!isTailOf(tail, screen)) return false
    if (tail.phase === 'tailing' || tail.phase === 'paused') this.#failedCount = 0
    const failure = tail.phase === 'failed' ? tail.failure : undefined
    if (failure === undefined || !isWorthRetrying(failure)) {
      this.#retryAt = undefined
      return false
    }
    if (this.#retryAt === undefined) {
      const millis = Math.min(FIRST_MILLIS * 2 ** this.#failedCount, LONGEST_MILLIS)
      this.#retryAt = this.#clock.now() + millis * (1 + this.#random() / 4)
      this.#failedCount += 1
      return false
    }
    if (this.#clock.now() < this.#retryAt) return false
    this.#retryAt = undefined
    return true
  }
}
