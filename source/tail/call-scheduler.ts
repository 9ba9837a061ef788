import type { Clock } from '../domain/clock.ts'

/** Reads that may go out at once after a quiet while. */
const BURST_READS = 32

/** First come, first served turns for the calls of all readers: bounded in flight, reads bounded a second. */
export class CallScheduler {
  readonly #clock: Clock
  readonly #millisPerRead: number
  readonly #waiting: (() => void)[] = []
  #freeCount: number
  #head = 0
  /** Virtual time at which the reads handed out so far would have ended at the allowed rate. */
  #readsBookedUntilMillis = 0

  constructor(options: { clock: Clock; maxConcurrentCalls: number; maxReadsPerSecond: number }) {
    this.#clock = options.clock
    this.#freeCount = options.maxConcurrentCalls
    this.#millisPerRead = 1_000 / options.maxReadsPerSecond
  }

  /** Runs a GetShardIterator when it is its turn. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    await this.#enter()
    try {
      return await call()
    } finally {
      this.#leave()
    }
  }

  /** Runs a GetRecords when it is its turn and the rate allows it. */
  async read<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return await this.run(async () => {
      const now = this.#clock.now()
      this.#readsBookedUntilMillis = Math.max(this.#readsBookedUntilMillis, now) + this.#millisPerRead
      const wait = this.#readsBookedUntilMillis - now - BURST_READS * this.#millisPerRead
      if (wait > 0) await this.#clock.sleep(Math.ceil(wait), signal)
      return await call()
    })
  }

  async #enter(): Promise<void> {
    if (this.#freeCount > 0) {
      this.#freeCount -= 1
      return
    }
    await new Promise<void>(resolve => this.#waiting.push(resolve))
  }

  #leave(): void {
    const next = this.#waiting[this.#head]
    if (next === undefined) {
      this.#freeCount += 1
      return
    }
    this.#head += 1
    if (this.#head > 1_024 && this.#head * 2 > this.#waiting.length) {
      this.#waiting.splice(0, this.#head)
      this.#head = 0
    }
    next()
  }
}
