/** How long an observation counts: clocks drift, and machines are set. */
const GENERATION_MILLIS = 120_000

/**
 * The time on the service's clock, which stamps the arrivals, told from the newest arrivals at the tip. It runs behind the
 * true one by the age of those at most, never ahead of it: a second is called complete too late rather than too early.
 */
export class HeatClock {
  #current: number | undefined
  #previous: number | undefined
  #startedAtMillis = Number.NEGATIVE_INFINITY

  /** Takes in the newest arrival of a page that was read at the tip. */
  observe(receivedAtMillis: number, newestArrivalMillis: number): void {
    const offset = newestArrivalMillis - receivedAtMillis
    if (receivedAtMillis - this.#startedAtMillis > GENERATION_MILLIS) {
      this.#previous = this.#current
      this.#current = undefined
      this.#startedAtMillis = receivedAtMillis
    }
    this.#current = Math.max(offset, this.#current ?? Number.NEGATIVE_INFINITY)
  }

  /** The service's time at a moment of our clock; our own time until an arrival was seen. */
  at(nowMillis: number): number {
    const offset = Math.max(
      this.#current ?? Number.NEGATIVE_INFINITY,
      this.#previous ?? Number.NEGATIVE_INFINITY,
    )
    return nowMillis + (offset === Number.NEGATIVE_INFINITY ? 0 : offset)
  }
}
