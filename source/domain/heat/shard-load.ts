import { type HashKey, type HashKeyRange, hashKeyOf, rangeContains, rangeWidth } from '../hash-key.ts'
import type { Measure } from './heavy-keys.ts'
import { type KeyTotals, KeyWindow } from './key-window.ts'
import type { SamplePoint } from './point-sample.ts'
import { SecondWindow, type WindowRates } from './second-window.ts'
import type { HashLoad } from './split-point.ts'

const SLICE_COUNT = 4
/** Points that stand for load of which the place is not known. */
const EVEN_POINTS = 64

export type LoadOptions = {
  /** Rates and keys are told over so many seconds. */
  readonly windowSeconds: number
  /** Single seconds are told over so many. */
  readonly historySeconds: number
  /** Keys that a quarter of the window may hold; asked whenever one begins. */
  readonly keyCapacity: () => number
  readonly random: () => number
}

/** Where a shard's load lies on the hash-key space. */
export type HashSpread = {
  /** Loads a second inside the shard's range; they add up to `loadPerSecond`. */
  readonly loads: readonly HashLoad[]
  readonly loadPerSecond: number
  /**
   * Share of the keyed load whose key hashes outside the shard's range, 0..1: its producers set explicit hash keys, which
   * cannot be read back, so nobody can tell where a split would put it.
   */
  readonly outsideShare: number
  /** Share of the load that came without a partition key, 0..1. */
  readonly keylessShare: number
}

/**
 * What one shard takes, as seen from records that were read: rates by arrival second (outer records, as Kinesis counts
 * them), key shares (inner keys of aggregates), and where on the hash-key range the load falls.
 */
export class ShardLoad {
  readonly range: HashKeyRange
  readonly seconds: SecondWindow
  readonly #keys: KeyWindow

  constructor(range: HashKeyRange, options: LoadOptions) {
    this.range = range
    this.seconds = new SecondWindow(options.windowSeconds, options.historySeconds)
    this.#keys = new KeyWindow({
      windowSeconds: options.windowSeconds,
      sliceCount: SLICE_COUNT,
      capacity: options.keyCapacity,
      random: options.random,
    })
  }

  /** Counts one Kinesis record against the shard's limits. `bytes` = data plus partition key. */
  addRecord(arrivalMillis: number, bytes: number): void {
    this.seconds.add(arrivalMillis, bytes)
  }

  /** Counts one (user) record of a key; `hashKey` where an explicit one is known. */
  addKey(arrivalMillis: number, partitionKey: string, bytes: number, hashKey?: HashKey): void {
    this.#keys.add(arrivalMillis, partitionKey, bytes, hashKey)
  }

  /** Counts a record without a key. */
  addKeyless(arrivalMillis: number, bytes: number): void {
    this.#keys.addKeyless(arrivalMillis, bytes)
  }

  /** Says that a record was an aggregate of `userRecords`. */
  addAggregate(arrivalMillis: number, userRecords: number): void {
    this.#keys.addAggregate(arrivalMillis, userRecords)
  }

  rates(nowMillis: number): WindowRates | undefined {
    return this.seconds.rates(nowMillis)
  }

  keyTotals(nowMillis: number): KeyTotals {
    return this.#keys.totals(nowMillis)
  }

  /**
   * Where the window's load lies on the range, scaled to the present rate. Keys that the sketch knows well lie at their
   * own hash with their own weight; the rest is spread over the points of the sample, and what has no known place evenly.
   * Undefined while no rate is known.
   */
  hashSpread(nowMillis: number, measure: Measure): HashSpread | undefined {
    const rates = this.rates(nowMillis)
    if (rates === undefined) return undefined
    const loadPerSecond = (measure === 'bytes' ? rates.bytesPerSecond : rates.recordsPerSecond).perSecond
    return spreadOf(this.range, this.keyTotals(nowMillis), measure, loadPerSecond)
  }
}

function spreadOf(
  range: HashKeyRange,
  totals: KeyTotals,
  measure: Measure,
  loadPerSecond: number,
): HashSpread {
  const { keys } = totals
  const points = measure === 'bytes' ? totals.bytePoints : totals.recordPoints
  const keyless = measure === 'bytes' ? totals.keylessBytes : totals.keylessRecords
  const total = keys.total(measure)
  const bound = keys.errorBound(measure)
  const explicit = explicitPointsByKey(points)
  const weights = new Map<HashKey, number>()
  const put = (hashKey: HashKey, weight: number) => weights.set(hashKey, (weights.get(hashKey) ?? 0) + weight)

  const known = new Set<string>()
  let knownWeight = 0
  for (const [key, weight] of keys.entries(measure)) {
    // A counter smaller than its own error tells nothing of the key; the sample speaks for it.
    if (weight <= 0 || weight < bound) continue
    known.add(key)
    knownWeight += weight
    placeKey(key, weight, explicit.get(key), put)
  }
  const others = points.filter(({ partitionKey }) => !known.has(partitionKey))
  const otherWeight = others.reduce((sum, { weight }) => sum + weight, 0)
  const rest = total - knownWeight
  if (rest > 0 && otherWeight > 0) {
    for (const { partitionKey, hashKey, weight } of others) {
      put(hashKey ?? hashKeyOf(partitionKey), (rest * weight) / otherWeight)
    }
  }

  const inside: HashLoad[] = []
  let [insideWeight, outsideWeight] = [0, 0]
  for (const [hashKey, load] of weights) {
    if (rangeContains(range, hashKey)) {
      inside.push({ hashKey, load })
      insideWeight += load
    } else outsideWeight += load
  }
  const all = insideWeight + outsideWeight + keyless
  const placed = all === 0 ? 0 : (loadPerSecond * insideWeight) / all
  const loads = inside.map(({ hashKey, load }) => ({ hashKey, load: (load / insideWeight) * placed }))
  return {
    // Nobody knows where the rest lies: even over the range is the guess that favours no split.
    loads: [...loads, ...evenLoads(range, loadPerSecond - placed)],
    loadPerSecond,
    outsideShare: insideWeight + outsideWeight === 0 ? 0 : outsideWeight / (insideWeight + outsideWeight),
    keylessShare: total + keyless === 0 ? 0 : keyless / (total + keyless),
  }
}

function evenLoads(range: HashKeyRange, load: number): HashLoad[] {
  if (load <= 0) return []
  const width = rangeWidth(range)
  return Array.from({ length: EVEN_POINTS }, (_, index) => ({
    hashKey: range.startingHashKey + (width * BigInt(2 * index + 1)) / BigInt(2 * EVEN_POINTS),
    load: load / EVEN_POINTS,
  }))
}

/** One key lies at one place unless its producer set explicit hash keys; then its sampled points tell how it is spread. */
function placeKey(
  key: string,
  weight: number,
  points: readonly HashKey[] | undefined,
  put: (hashKey: HashKey, weight: number) => void,
): void {
  if (points === undefined) put(hashKeyOf(key), weight)
  else for (const hashKey of points) put(hashKey, weight / points.length)
}

function explicitPointsByKey(points: readonly SamplePoint[]): Map<string, HashKey[]> {
  const byKey = new Map<string, HashKey[]>()
  for (const { partitionKey, hashKey } of points) {
    if (hashKey === undefined) continue
    const held = byKey.get(partitionKey)
    if (held === undefined) byKey.set(partitionKey, [hashKey])
    else held.push(hashKey)
  }
  return byKey
}
