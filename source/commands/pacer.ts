import type { Clock } from '../domain/clock.ts'
import type { Failure } from '../domain/failure.ts'

/** Kinds that say something of the way or the service, and so of the next call too. */
const WORN_OUT: ReadonlySet<Failure['kind']> = new Set([
  'throttled',
  'unreachable',
  'service',
  'bad-answer',
  'credentials',
  'expired-token',
])

/**
 * Spaces out calls that share an account's rate (DescribeStreamSummary: 20/s for everybody in the account). Slows down
 * when the service says so, and comes back step by step.
 */
export class Pacer {
  readonly #clock: Clock
  readonly #shortestMillis: number
  readonly #longestMillis: number
  #pauseMillis: number
  #nextAt = 0

  constructor(options: {
    readonly clock: Clock
    readonly shortestMillis: number
    readonly longestMillis: number
  }) {
    this.#clock = options.clock
    this.#shortestMillis = options.shortestMillis
    this.#longestMillis = options.longestMillis
    this.#pauseMillis = options.shortestMillis
  }

  get pauseMillis(): number {
    return this.#pauseMillis
  }

  /** Resolves when the next call may be made; each caller gets a turn of its own. */
  async turn(signal: AbortSignal): Promise<void> {
    const now = this.#clock.now()
    const at = Math.max(now, this.#nextAt)
    this.#nextAt = at + this.#pauseMillis
    if (at > now) await this.#clock.sleep(at - now, signal)
  }

  succeeded(): void {
    this.#pauseMillis = Math.max(this.#shortestMillis, this.#pauseMillis * 0.9)
  }

  failed(failure: Failure): void {
    if (!WORN_OUT.has(failure.kind)) return
    this.#pauseMillis = Math.min(this.#longestMillis, this.#pauseMillis * 2)
    this.#nextAt = Math.max(this.#nextAt, this.#clock.now() + this.#pauseMillis)
  }
}
