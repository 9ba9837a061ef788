import type { HashKey } from '../hash-key.ts'
import { HeavyKeys } from './heavy-keys.ts'
import { PointSample, type SamplePoint } from './point-sample.ts'

/** Weight that the first points of a sample stand for; it doubles as the sample fills. */
const FIRST_BYTE_SPACING = 128
const FIRST_RECORD_SPACING = 1
/** Points of a slice at least, once there were as many: a share is then known to about 3 % (most), 12 % (fewest). */
const MOST_POINTS = 256
const FEWEST_POINTS = 16

/** What is counted in one slice of time. */
type Slice = {
  readonly index: number
  readonly keys: HeavyKeys<string>
  readonly bytePoints: PointSample
  readonly recordPoints: PointSample
  keylessBytes: number
  keylessRecords: number
  aggregates: number
  userRecords: number
}

/** What the keys of a window weighed. */
export type KeyTotals = {
  readonly keys: HeavyKeys<string>
  readonly bytePoints: readonly SamplePoint[]
  readonly recordPoints: readonly SamplePoint[]
  /** Of records that came without a partition key: service-managed distribution. */
  readonly keylessBytes: number
  readonly keylessRecords: number
  /** Aggregates that were unpacked, and the user records in them. */
  readonly aggregates: number
  readonly userRecords: number
  /** Seconds since the epoch of the oldest slice that is counted in. */
  readonly sinceSecond: number
}

export type KeyWindowOptions = {
  readonly windowSeconds: number
  readonly sliceCount: number
  /** Keys that a slice's sketch may hold; asked whenever a slice begins. */
  readonly capacity: () => number
  /** 0 (included) .. 1 (excluded). */
  readonly random: () => number
}

/**
 * Heavy partition keys of the last `windowSeconds`, in fixed memory: the window is cut into slices with sketches of
 * their own, which are merged when asked. The answer covers whole slices, so it reaches back up to one slice further
 * than the window.
 */
export class KeyWindow {
  readonly #options: KeyWindowOptions
  readonly #sliceMillis: number
  readonly #sliceCount: number
  #slices: Slice[] = []
  #last: Slice | undefined

  constructor(options: KeyWindowOptions) {
    this.#options = options
    this.#sliceMillis = Math.max(1, Math.round(options.windowSeconds / options.sliceCount)) * 1000
    this.#sliceCount = options.sliceCount + 1
  }

  /** Counts one (user) record of a key. Arrivals before the oldest held slice are left out. */
  add(arrivalMillis: number, partitionKey: string, bytes: number, hashKey?: HashKey): void {
    const slice = this.#sliceAt(arrivalMillis)
    if (slice === undefined) return
    slice.keys.add(partitionKey, bytes)
    slice.bytePoints.add(partitionKey, bytes, hashKey)
    slice.recordPoints.add(partitionKey, 1, hashKey)
  }

  /** Counts one record that has no key. */
  addKeyless(arrivalMillis: number, bytes: number): void {
    const slice = this.#sliceAt(arrivalMillis)
    if (slice === undefined) return
    slice.keylessBytes += bytes
    slice.keylessRecords += 1
  }

  /** Says that one record was an aggregate of `userRecords`. */
  addAggregate(arrivalMillis: number, userRecords: number): void {
    const slice = this.#sliceAt(arrivalMillis)
    if (slice === undefined) return
    slice.aggregates += 1
    slice.userRecords += userRecords
  }

  /** All slices that reach into the window before `nowMillis`, merged. */
  totals(nowMillis: number): KeyTotals {
    const newest = Math.floor(nowMillis / this.#sliceMillis)
    const inside = this.#slices.filter(
      ({ index }) => index > newest - this.#sliceCount && index <= newest + 1,
    )
    // Room for all of them: what is lost in the slices is not lost a second time in the merge.
    const keys = new HeavyKeys<string>(inside.reduce((room, slice) => room + slice.keys.size, 1))
    for (const slice of inside) keys.merge(slice.keys)
    const sum = (of: (slice: Slice) => number) => inside.reduce((total, slice) => total + of(slice), 0)
    return {
      keys,
      bytePoints: inside.flatMap(({ bytePoints }) => bytePoints.points()),
      recordPoints: inside.flatMap(({ recordPoints }) => recordPoints.points()),
      keylessBytes: sum(({ keylessBytes }) => keylessBytes),
      keylessRecords: sum(({ keylessRecords }) => keylessRecords),
      aggregates: sum(({ aggregates }) => aggregates),
      userRecords: sum(({ userRecords }) => userRecords),
      sinceSecond: ((inside[0]?.index ?? newest) * this.#sliceMillis) / 1000,
    }
  }

  #sliceAt(arrivalMillis: number): Slice | undefined {
    const index = Math.floor(arrivalMillis / this.#sliceMillis)
    if (this.#last?.index === index) return this.#last
    const held = this.#slices.find(slice => slice.index === index)
    if (held !== undefined) {
      this.#last = held
      return held
    }
    const newest = this.#slices.at(-1)?.index ?? index
    if (index <= newest - this.#sliceCount) return undefined
    const { random } = this.#options
    const capacity = this.#options.capacity()
    // Quiet shards of a large stream get fewer points, as they get fewer keys.
    const mostPoints = 2 * Math.min(MOST_POINTS, Math.max(FEWEST_POINTS, capacity >> 2))
    const made: Slice = {
      index,
      keys: new HeavyKeys<string>(capacity),
      bytePoints: new PointSample({ spacing: FIRST_BYTE_SPACING, mostPoints, random }),
      recordPoints: new PointSample({ spacing: FIRST_RECORD_SPACING, mostPoints, random }),
      keylessBytes: 0,
      keylessRecords: 0,
      aggregates: 0,
      userRecords: 0,
    }
    const oldest = Math.max(newest, index) - this.#sliceCount
    this.#slices = [...this.#slices, made]
      .filter(slice => slice.index > oldest)
      .sort((a, b) => a.index - b.index)
    this.#last = made
    return made
  }
}
