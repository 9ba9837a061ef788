/** A key and its weight: the true weight lies in [`atLeast`, `atMost`]. */
export type HeavyKey<Key> = { readonly key: Key; readonly atLeast: number; readonly atMost: number }

/**
 * The heaviest keys of a stream of weighted keys in fixed memory: the frequent-items algorithm of Misra and Gries in the
 * batched form (when the table is full, every counter is lowered by the median of a sample and those that reach zero go).
 *
 * Guarantee: a counter is never above the true weight and at most `errorBound` below it, so every key heavier than
 * `errorBound` is held. With capacity c the bound stays under about 3.5 / c of the total weight. Mergeable.
 */
export class HeavyKeys<Key> {
  readonly capacity: number
  #counters = new Map<Key, { weight: number }>()
  #offset = 0
  #total = 0

  constructor(capacity: number) {
    this.capacity = capacity
  }

  /** Weight of everything that was added, exact. */
  get totalWeight(): number {
    return this.#total
  }

  /** Largest possible shortfall of any counter, and weight of a key that is not held. 0 = all counts are exact. */
  get errorBound(): number {
    return this.#offset
  }

  /** Keys held now. */
  get size(): number {
    return this.#counters.size
  }

  add(key: Key, weight: number): void {
    this.#total += weight
    const counter = this.#counters.get(key)
    if (counter !== undefined) {
      counter.weight += weight
      return
    }
    if (weight <= 0) return
    this.#counters.set(key, { weight })
    if (this.#counters.size > this.capacity) this.#purge()
  }

  /** Adds all that another sketch has seen; error bounds add up. */
  merge(other: HeavyKeys<Key>): void {
    this.#offset += other.#offset
    let held = 0
    for (const [key, counter] of other.#counters) {
      held += counter.weight
      this.add(key, counter.weight)
    }
    this.#total += other.#total - held
  }

  /** Bounds of one key's weight. A key that is not held weighs between 0 and `errorBound`. */
  weightOf(key: Key): { readonly atLeast: number; readonly atMost: number } {
    const held = this.#counters.get(key)?.weight ?? 0
    return { atLeast: held, atMost: held + this.#offset }
  }

  /** The `count` heaviest held keys, heaviest first; ties keep the order in which they were first seen. */
  top(count: number): HeavyKey<Key>[] {
    return [...this.#counters]
      .sort((a, b) => b[1].weight - a[1].weight)
      .slice(0, count)
      .map(([key, { weight }]) => ({ key, atLeast: weight, atMost: weight + this.#offset }))
  }

  /** Held keys with their lower-bound weights, in no order. */
  *entries(): Iterable<readonly [Key, number]> {
    for (const [key, counter] of this.#counters) yield [key, counter.weight]
  }

  #purge(): void {
    const weights = new Float64Array(this.#counters.size)
    let index = 0
    for (const counter of this.#counters.values()) {
      weights[index] = counter.weight
      index += 1
    }
    weights.sort()
    const median = weights[weights.length >> 1] ?? 0
    this.#offset += median
    // A new Map is cheaper than half a table of deletions, and gives its memory back.
    const kept = new Map<Key, { weight: number }>()
    for (const [key, counter] of this.#counters) {
      counter.weight -= median
      if (counter.weight > 0) kept.set(key, counter)
    }
    this.#counters = kept
  }
}
