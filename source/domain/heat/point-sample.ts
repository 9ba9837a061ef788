import type { HashKey } from '../hash-key.ts'

/** One point of the sample: whose weight it fell on, and the explicit hash key where one is known. */
export type SamplePoint = {
  readonly partitionKey: string
  readonly hashKey?: HashKey
  readonly weight: number
}

/**
 * A sample of keys in proportion to their weight, in fixed memory: the added weights laid end to end are cut into pieces
 * of one length, and a point is drawn at random in each. When there are too many, two pieces become one. Nothing is
 * hashed while records stream by; where the points lie on the hash-key space is worked out when somebody asks.
 */
export class PointSample {
  readonly #random: () => number
  readonly #mostPoints: number
  #spacing: number
  #keys: string[] = []
  /** By place; empty until an explicit hash key comes along, which is rare. */
  #hashKeys: (HashKey | undefined)[] = []
  #total = 0
  #next: number

  /**
   * `spacing` is the weight that a point stands for at first. Once there were so many, between half of `mostPoints` (an
   * even number) and all are kept; the error of a share is about 1 / (2 * sqrt(points)).
   */
  constructor(options: {
    readonly spacing: number
    readonly mostPoints: number
    readonly random: () => number
  }) {
    const { spacing, mostPoints, random } = options
    this.#random = random
    this.#mostPoints = mostPoints
    this.#spacing = spacing
    this.#next = random() * spacing
  }

  add(partitionKey: string, weight: number, hashKey: HashKey | undefined): void {
    this.#total += weight
    while (this.#total > this.#next) {
      if (hashKey !== undefined) this.#hashKeys[this.#keys.length] = hashKey
      else if (this.#hashKeys.length > 0) this.#hashKeys[this.#keys.length] = undefined
      this.#keys.push(partitionKey)
      if (this.#keys.length >= this.#mostPoints) this.#halve()
      this.#next = (this.#keys.length + this.#random()) * this.#spacing
    }
  }

  points(): SamplePoint[] {
    return this.#keys.map((partitionKey, index) => {
      const hashKey = this.#hashKeys[index]
      return { partitionKey, weight: this.#spacing, ...(hashKey === undefined ? {} : { hashKey }) }
    })
  }

  #halve(): void {
    const count = this.#keys.length / 2
    for (let index = 0; index < count; index += 1) {
      const chosen = index * 2 + (this.#random() < 0.5 ? 0 : 1)
      this.#keys[index] = this.#keys[chosen] ?? ''
      if (this.#hashKeys.length > 0) this.#hashKeys[index] = this.#hashKeys[chosen]
    }
    this.#keys.length = count
    if (this.#hashKeys.length > count) this.#hashKeys.length = count
    this.#spacing *= 2
  }
}
