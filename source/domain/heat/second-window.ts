import { estimateRate, type RateEstimate, type SampleWindow } from './rate-estimate.ts'

/** What arrived in one second, as Kinesis counts it: data plus partition-key bytes, outer records of aggregates. */
export type SecondTotals = { readonly bytes: number; readonly records: number }

/** Rates over the seconds that were seen whole. */
export type WindowRates = {
  readonly bytesPerSecond: RateEstimate
  readonly recordsPerSecond: RateEstimate
  /** The busiest single second that was seen, by each measure on its own. */
  readonly peakBytesPerSecond: number
  readonly peakRecordsPerSecond: number
  /** Seconds that were seen, and that they stand for. */
  readonly seenSeconds: number
  readonly spanSeconds: number
  /** What was in the seconds that were seen. */
  readonly totalBytes: number
  readonly totalRecords: number
}

/**
 * Bytes and records a second over the last `windowSeconds` complete seconds, by arrival time, in fixed memory. Limits of
 * Kinesis act by the second, so a minute's mean hides the second that throttles. A second counts only once somebody says
 * that all of it was seen; one that was drawn out of several stands for those. `lateRecords` came after their second was
 * let go and are in no rate.
 */
export class SecondWindow {
  readonly windowSeconds: number
  readonly #bytes: Float64Array
  readonly #records: Float64Array
  /** The second that each slot holds; a slot of another second counts as empty. */
  readonly #seconds: Uint32Array
  /** Seconds that the slot's second stands for; 0 while it was not seen whole. */
  readonly #standsFor: Uint16Array
  #newest = -Infinity
  #lateRecords = 0

  /** `historySeconds`: how far back single seconds can be told, at least `windowSeconds`. */
  constructor(windowSeconds: number, historySeconds = windowSeconds) {
    this.windowSeconds = windowSeconds
    // Room for the second that is still filling, and for clocks that differ.
    const slots = Math.max(historySeconds, windowSeconds) + Math.min(windowSeconds, 30) + 2
    this.#bytes = new Float64Array(slots)
    this.#records = new Float64Array(slots)
    this.#seconds = new Uint32Array(slots)
    this.#standsFor = new Uint16Array(slots)
  }

  /** Records that came too late for their second to be still held. */
  get lateRecords(): number {
    return this.#lateRecords
  }

  /** The newest second (since the epoch) that has anything in it or was seen, or undefined. */
  get newestSecond(): number | undefined {
    return this.#newest === -Infinity ? undefined : this.#newest
  }

  /** Counts records of `bytes` in all that arrived at `arrivalMillis` since the epoch. */
  add(arrivalMillis: number, bytes: number, records = 1): void {
    const slot = this.#slotOf(Math.floor(arrivalMillis / 1000))
    if (slot === undefined) {
      this.#lateRecords += records
      return
    }
    this.#bytes[slot] = (this.#bytes[slot] ?? 0) + bytes
    this.#records[slot] = (this.#records[slot] ?? 0) + records
  }

  /** Says that everything of a second was seen; `standsFor` whole seconds out of which it was drawn, itself included. */
  markSeen(second: number, standsFor = 1): void {
    const slot = this.#slotOf(second)
    if (slot !== undefined) this.#standsFor[slot] = Math.min(0xffff, Math.max(1, standsFor))
  }

  /** Totals of one second since the epoch, or undefined where it was not seen whole: absent, not zero. */
  at(second: number): SecondTotals | undefined {
    const slot = second % this.#seconds.length
    if (second < 1 || this.#seconds[slot] !== second || this.#standsFor[slot] === 0) return undefined
    return { bytes: this.#bytes[slot] ?? 0, records: this.#records[slot] ?? 0 }
  }

  /** The seconds `[toSecond - count, toSecond)`, oldest first. */
  series(toSecond: number, count: number): (SecondTotals | undefined)[] {
    return Array.from({ length: count }, (_, index) => this.at(toSecond - count + index))
  }

  /** Rates over the seen seconds of the window before `nowMillis`. Undefined while there are none: absent, not zero. */
  rates(nowMillis: number): WindowRates | undefined {
    const to = Math.floor(nowMillis / 1000)
    let [totalBytes, totalRecords, peakBytes, peakRecords, seenSeconds, spanSeconds] = [0, 0, 0, 0, 0, 0]
    const byteWindows: SampleWindow[] = []
    const recordWindows: SampleWindow[] = []
    for (let second = Math.max(1, to - this.windowSeconds); second < to; second += 1) {
      const slot = second % this.#seconds.length
      const standsFor = this.#standsFor[slot] ?? 0
      if (this.#seconds[slot] !== second || standsFor === 0) continue
      const [bytes, records] = [this.#bytes[slot] ?? 0, this.#records[slot] ?? 0]
      totalBytes += bytes
      totalRecords += records
      if (bytes > peakBytes) peakBytes = bytes
      if (records > peakRecords) peakRecords = records
      seenSeconds += 1
      spanSeconds += standsFor
      byteWindows.push({ seconds: 1, amount: bytes, spanSeconds: standsFor })
      recordWindows.push({ seconds: 1, amount: records, spanSeconds: standsFor })
    }
    const bytesPerSecond = estimateRate(byteWindows)
    const recordsPerSecond = estimateRate(recordWindows)
    if (bytesPerSecond === undefined || recordsPerSecond === undefined) return undefined
    return {
      bytesPerSecond,
      recordsPerSecond,
      peakBytesPerSecond: peakBytes,
      peakRecordsPerSecond: peakRecords,
      seenSeconds,
      spanSeconds,
      totalBytes,
      totalRecords,
    }
  }

  /** The slot of a second, emptied where it held an older one; undefined where a newer one has taken it. */
  #slotOf(second: number): number | undefined {
    const slot = second % this.#seconds.length
    const held = this.#seconds[slot] ?? 0
    if (held > second || second < 1) return undefined
    if (held < second) {
      this.#seconds[slot] = second
      this.#bytes[slot] = 0
      this.#records[slot] = 0
      this.#standsFor[slot] = 0
    }
    if (second > this.#newest) this.#newest = second
    return slot
  }
}
