/** What arrived in one second, as Kinesis counts it: data plus partition-key bytes, outer records of aggregates. */
export type SecondTotals = { readonly bytes: number; readonly records: number }

/** Rates over complete seconds. `seconds` is how many of them the means are taken over. */
export type WindowRates = {
  readonly seconds: number
  readonly bytesPerSecond: number
  readonly recordsPerSecond: number
  /** The busiest single second, by each measure on its own. */
  readonly peakBytesPerSecond: number
  readonly peakRecordsPerSecond: number
  readonly totalBytes: number
  readonly totalRecords: number
}

/**
 * Bytes and records a second over the last `windowSeconds` complete seconds, by arrival time, in fixed memory. Limits of
 * Kinesis act by the second, so a minute's mean hides the second that throttles. What arrived before the window is
 * counted in `lateRecords` and left out of every rate.
 */
export class SecondWindow {
  readonly windowSeconds: number
  readonly #bytes: Float64Array
  readonly #records: Float64Array
  /** The second that each slot holds; a slot of another second counts as empty. */
  readonly #seconds: Float64Array
  #newest = -Infinity
  #lateRecords = 0

  constructor(windowSeconds: number) {
    this.windowSeconds = windowSeconds
    // One slot more than the window, for the second that is still filling; as many again for clocks that differ.
    const slots = windowSeconds * 2 + 2
    this.#bytes = new Float64Array(slots)
    this.#records = new Float64Array(slots)
    this.#seconds = new Float64Array(slots).fill(-1)
  }

  /** Records that came too late for their second to be still held. */
  get lateRecords(): number {
    return this.#lateRecords
  }

  /** The newest second (since the epoch) that has anything in it, or undefined. */
  get newestSecond(): number | undefined {
    return this.#newest === -Infinity ? undefined : this.#newest
  }

  /** Counts records of `bytes` in all that arrived at `arrivalMillis` since the epoch. */
  add(arrivalMillis: number, bytes: number, records = 1): void {
    const second = Math.floor(arrivalMillis / 1000)
    const slot = second % this.#seconds.length
    const held = this.#seconds[slot] ?? -1
    if (held > second) {
      this.#lateRecords += records
      return
    }
    if (held < second) {
      this.#seconds[slot] = second
      this.#bytes[slot] = 0
      this.#records[slot] = 0
    }
    this.#bytes[slot] = (this.#bytes[slot] ?? 0) + bytes
    this.#records[slot] = (this.#records[slot] ?? 0) + records
    if (second > this.#newest) this.#newest = second
  }

  /** Totals of one second since the epoch; zero where nothing arrived. */
  at(second: number): SecondTotals {
    const slot = second % this.#seconds.length
    if (second < 0 || this.#seconds[slot] !== second) return { bytes: 0, records: 0 }
    return { bytes: this.#bytes[slot] ?? 0, records: this.#records[slot] ?? 0 }
  }

  /** The seconds `[toSecond - count, toSecond)`, oldest first. */
  series(toSecond: number, count: number): SecondTotals[] {
    return Array.from({ length: count }, (_, index) => this.at(toSecond - count + index))
  }

  /**
   * Rates over the complete seconds before `nowMillis`, at most the window and not before `sinceMillis`, the moment from
   * which everything was seen. Undefined while no complete second was seen: absent, not zero.
   */
  rates(nowMillis: number, sinceMillis: number): WindowRates | undefined {
    const to = Math.floor(nowMillis / 1000)
    const from = Math.max(to - this.windowSeconds, Math.ceil(sinceMillis / 1000))
    const seconds = to - from
    if (seconds < 1) return undefined
    let [totalBytes, totalRecords, peakBytes, peakRecords] = [0, 0, 0, 0]
    for (let second = from; second < to; second += 1) {
      const { bytes, records } = this.at(second)
      totalBytes += bytes
      totalRecords += records
      if (bytes > peakBytes) peakBytes = bytes
      if (records > peakRecords) peakRecords = records
    }
    return {
      seconds,
      bytesPerSecond: totalBytes / seconds,
      recordsPerSecond: totalRecords / seconds,
      peakBytesPerSecond: peakBytes,
      peakRecordsPerSecond: peakRecords,
      totalBytes,
      totalRecords,
    }
  }
}
