import type { Clock } from '../domain/clock.ts'
import type { Failure } from '../domain/failure.ts'

/** Ends a wait for calls that fail and are tried again, once that has lasted too long without a break. */
export class Patience {
  readonly #clock: Clock
  readonly #millis: number
  readonly #giveUp: (failure: Failure) => void
  readonly #troubles = new Set<Failure['kind']>()
  #waiting: AbortController | undefined

  constructor(options: {
    readonly clock: Clock
    readonly millis: number
    /** Told the failure that began the trouble. */
    readonly giveUp: (failure: Failure) => void
  }) {
    this.#clock = options.clock
    this.#millis = options.millis
    this.#giveUp = options.giveUp
  }

  met(failure: Failure): void {
    this.#troubles.add(failure.kind)
    if (this.#waiting !== undefined) return
    const waiting = new AbortController()
    this.#waiting = waiting
    void this.#clock.sleep(this.#millis, waiting.signal).then(() => {
      if (!waiting.signal.aborted) this.#giveUp(failure)
    })
  }

  passed(failure: Failure): void {
    this.#troubles.delete(failure.kind)
    if (this.#troubles.size === 0) this.end()
  }

  end(): void {
    this.#waiting?.abort()
    this.#waiting = undefined
  }
}
