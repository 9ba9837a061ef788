/** Two ways to weigh a key; shards have a limit for each. */
export type Measure = 'bytes' | 'records'

/** The true weight lies between the two. */
export type WeightBounds = { readonly atLeast: number; readonly atMost: number }

export type HeavyKey<Key> = {
  readonly key: Key
  readonly bytes: WeightBounds
  readonly records: WeightBounds
}

const FIRST_PLACES = 32

/**
 * The heaviest keys of a stream of weighted keys, by bytes and by records at once, in fixed memory: the frequent-items
 * algorithm of Misra and Gries in its batched form. When the table is full, all counters are lowered by so much that at
 * least half of the keys reach zero in both measures and go.
 *
 * Guarantee: a counter is never above the true weight and at most `errorBound` below it, so every key that is heavier
 * than that bound in one measure is held. With capacity c the bounds stay under about 4 / c of the totals while the mean
 * size of records is steady. Mergeable.
 */
export class HeavyKeys<Key> {
  readonly capacity: number
  /** Key -> place in the two arrays; places follow the order of insertion. */
  #places = new Map<Key, number>()
  #bytes = new Float64Array(FIRST_PLACES)
  #records = new Float64Array(FIRST_PLACES)
  #byteOffset = 0
  #recordOffset = 0
  #totalBytes = 0
  #totalRecords = 0

  constructor(capacity: number) {
    this.capacity = Math.max(1, capacity)
  }

  /** Weight of everything that was added, exact. */
  total(measure: Measure): number {
    return measure === 'bytes' ? this.#totalBytes : this.#totalRecords
  }

  /** Largest possible shortfall of any counter, and weight of a key that is not held. 0 = all counts are exact. */
  errorBound(measure: Measure): number {
    return measure === 'bytes' ? this.#byteOffset : this.#recordOffset
  }

  /** Keys held now. */
  get size(): number {
    return this.#places.size
  }

  /** Counts `records` records of a key with `bytes` bytes in all. */
  add(key: Key, bytes: number, records = 1): void {
    this.#totalBytes += bytes
    this.#totalRecords += records
    this.#count(key, bytes, records)
  }

  /** Adds all that another sketch has seen; error bounds add up. */
  merge(other: HeavyKeys<Key>): void {
    this.#byteOffset += other.#byteOffset
    this.#recordOffset += other.#recordOffset
    this.#totalBytes += other.#totalBytes
    this.#totalRecords += other.#totalRecords
    for (const [key, place] of other.#places) {
      this.#count(key, other.#bytes[place] ?? 0, other.#records[place] ?? 0)
    }
  }

  /** Bounds of one key's weight. A key that is not held weighs between 0 and `errorBound`. */
  weightOf(key: Key, measure: Measure): WeightBounds {
    const place = this.#places.get(key)
    const held = place === undefined ? 0 : (this.#countersOf(measure)[place] ?? 0)
    return { atLeast: held, atMost: held + this.errorBound(measure) }
  }

  /** The `count` heaviest held keys, heaviest first; ties keep the order in which they were first seen. */
  top(count: number, measure: Measure): HeavyKey<Key>[] {
    const counters = this.#countersOf(measure)
    return [...this.#places]
      .sort((a, b) => (counters[b[1]] ?? 0) - (counters[a[1]] ?? 0))
      .slice(0, count)
      .map(([key]) => ({ key, bytes: this.weightOf(key, 'bytes'), records: this.weightOf(key, 'records') }))
  }

  /** Held keys with their lower-bound weights in one measure, in no order. */
  *entries(measure: Measure): Iterable<readonly [Key, number]> {
    const counters = this.#countersOf(measure)
    for (const [key, place] of this.#places) yield [key, counters[place] ?? 0]
  }

  #countersOf(measure: Measure): Float64Array {
    return measure === 'bytes' ? this.#bytes : this.#records
  }

  #count(key: Key, bytes: number, records: number): void {
    const place = this.#places.get(key)
    if (place !== undefined) {
      this.#bytes[place] = (this.#bytes[place] ?? 0) + bytes
      this.#records[place] = (this.#records[place] ?? 0) + records
      return
    }
    const free = this.#places.size
    if (free >= this.#bytes.length) this.#grow()
    this.#places.set(key, free)
    this.#bytes[free] = bytes
    this.#records[free] = records
    if (this.#places.size > this.capacity) this.#purge()
  }

  #grow(): void {
    const length = this.#bytes.length * 2
    const [bytes, records] = [new Float64Array(length), new Float64Array(length)]
    bytes.set(this.#bytes)
    records.set(this.#records)
    this.#bytes = bytes
    this.#records = records
  }

  #purge(): void {
    const count = this.#places.size
    const [byteUnit, recordUnit] = [this.#totalBytes || 1, this.#totalRecords || 1]
    const scores = new Float64Array(count)
    for (let place = 0; place < count; place += 1) {
      const [bytes, records] = [
        (this.#bytes[place] ?? 0) / byteUnit,
        (this.#records[place] ?? 0) / recordUnit,
      ]
      scores[place] = Math.max(bytes, records)
    }
    const cut = scores.slice().sort()[count >> 1] ?? 0
    this.#byteOffset += cut * byteUnit
    this.#recordOffset += cut * recordUnit
    // A new Map is cheaper than half a table of deletions, and gives its memory back.
    const kept = new Map<Key, number>()
    let place = 0
    for (const key of this.#places.keys()) {
      if ((scores[place] ?? 0) > cut) {
        const free = kept.size
        this.#bytes[free] = Math.max(0, (this.#bytes[place] ?? 0) - cut * byteUnit)
        this.#records[free] = Math.max(0, (this.#records[place] ?? 0) - cut * recordUnit)
        kept.set(key, free)
      }
      place += 1
    }
    this.#places = kept
  }
}
