import { HeavyKeys } from './heavy-keys.ts'

/** Counters of one slice of time. */
type Slice = {
  readonly index: number
  readonly bytes: HeavyKeys<string>
  readonly records: HeavyKeys<string>
}

/** What the keys of a window weighed, with the bounds of the sketches. */
export type KeyTotals = {
  readonly bytes: HeavyKeys<string>
  readonly records: HeavyKeys<string>
  /** Seconds since the epoch of the oldest slice that is counted in. */
  readonly sinceSecond: number
}

/**
 * Heavy partition keys of the last `windowSeconds`, by bytes and by records, in fixed memory: the window is cut into
 * slices with sketches of their own, which are merged when asked. The answer covers whole slices, so it reaches back up
 * to one slice further than the window.
 */
export class KeyWindow {
  readonly #sliceSeconds: number
  readonly #sliceCount: number
  readonly #capacity: number
  #slices: Slice[] = []

  constructor(options: {
    readonly windowSeconds: number
    readonly sliceCount: number
    readonly capacity: number
  }) {
    this.#sliceSeconds = Math.max(1, Math.round(options.windowSeconds / options.sliceCount))
    this.#sliceCount = options.sliceCount + 1
    this.#capacity = options.capacity
  }

  /** Counts one (user) record of a key. Arrivals before the oldest held slice are left out. */
  add(arrivalMillis: number, partitionKey: string, bytes: number): void {
    const slice = this.#sliceAt(Math.floor(arrivalMillis / 1000 / this.#sliceSeconds))
    if (slice === undefined) return
    slice.bytes.add(partitionKey, bytes)
    slice.records.add(partitionKey, 1)
  }

  /** All slices that reach into the window before `nowMillis`, merged. */
  totals(nowMillis: number): KeyTotals {
    const newest = Math.floor(nowMillis / 1000 / this.#sliceSeconds)
    const oldest = newest - this.#sliceCount + 1
    const bytes = new HeavyKeys<string>(this.#capacity)
    const records = new HeavyKeys<string>(this.#capacity)
    let first = newest
    for (const slice of this.#slices) {
      if (slice.index < oldest || slice.index > newest) continue
      first = Math.min(first, slice.index)
      bytes.merge(slice.bytes)
      records.merge(slice.records)
    }
    return { bytes, records, sinceSecond: first * this.#sliceSeconds }
  }

  #sliceAt(index: number): Slice | undefined {
    const last = this.#slices.at(-1)
    if (last?.index === index) return last
    const held = this.#slices.find(slice => slice.index === index)
    if (held !== undefined) return held
    const newest = last?.index ?? index
    if (index <= newest - this.#sliceCount) return undefined
    const made = {
      index,
      bytes: new HeavyKeys<string>(this.#capacity),
      records: new HeavyKeys<string>(this.#capacity),
    }
    this.#slices.push(made)
    this.#slices.sort((a, b) => a.index - b.index)
    const limit = (this.#slices.at(-1)?.index ?? index) - this.#sliceCount
    this.#slices = this.#slices.filter(slice => slice.index > limit)
    return made
  }
}
