import { type HashKey, type HashKeyRange, hashKeyOf, rangeContains, rangeWidth } from '../hash-key.ts'
import { type KeyTotals, KeyWindow } from './key-window.ts'
import { SecondWindow } from './second-window.ts'
import type { HashLoad } from './split-point.ts'

/** Pieces that a shard's range is cut into for load that no heavy key explains. */
const BIN_COUNT = 128n
/** Points that stand for one piece's unexplained load. */
const POINTS_PER_BIN = 4n
/** Hashes that are remembered; a heavy key is hashed once, not once a record. */
const HASH_CACHE_SIZE = 4096
const SLICE_COUNT = 6

/** Options of a shard's load: how far back it looks, and how many keys a sketch holds. */
export type LoadWindow = { readonly windowSeconds: number; readonly keyCapacity: number }

/**
 * What one shard takes, as seen from records that were read: rates by arrival second (outer records, as Kinesis counts
 * them), key shares (inner keys of aggregates), and where on the hash-key range the bytes fall.
 */
export class ShardLoad {
  readonly range: HashKeyRange
  readonly seconds: SecondWindow
  readonly #windowSeconds: number
  readonly #keys: KeyWindow
  readonly #hashes = new Map<string, HashKey>()
  #bins: { index: number; readonly bytes: Float64Array }[] = []
  #aggregateCount = 0
  #userRecordCount = 0
  #recordsWithoutKey = 0
  #outsideBytes = 0
  #keyedBytes = 0

  constructor(range: HashKeyRange, options: LoadWindow) {
    this.range = range
    this.#windowSeconds = options.windowSeconds
    this.seconds = new SecondWindow(options.windowSeconds)
    this.#keys = new KeyWindow({
      windowSeconds: options.windowSeconds,
      sliceCount: SLICE_COUNT,
      capacity: options.keyCapacity,
    })
  }

  /** Aggregates that were unpacked since the start, and the user records in them. */
  get unpacked(): { readonly aggregates: number; readonly userRecords: number } {
    return { aggregates: this.#aggregateCount, userRecords: this.#userRecordCount }
  }

  /** Records that came without a partition key: service-managed distribution. */
  get recordsWithoutKey(): number {
    return this.#recordsWithoutKey
  }

  /**
   * Share of the keyed bytes whose key hashes outside this shard's range, 0..1: their producers set explicit hash keys
   * (which cannot be read back), so key advice does not tell where a split would move them.
   */
  get outsideShare(): number {
    return this.#keyedBytes === 0 ? 0 : this.#outsideBytes / this.#keyedBytes
  }

  /** Counts one Kinesis record against the shard's limits. `bytes` = data plus partition key. */
  addRecord(arrivalMillis: number, bytes: number): void {
    this.seconds.add(arrivalMillis, bytes)
  }

  /** Counts a record without a key. */
  addKeyless(): void {
    this.#recordsWithoutKey += 1
  }

  /** Says that a record was an aggregate of `userRecords`. */
  addAggregate(userRecords: number): void {
    this.#aggregateCount += 1
    this.#userRecordCount += userRecords
  }

  /** Counts one user record of a key; `hashKey` where an explicit one is known. */
  addKey(arrivalMillis: number, partitionKey: string, bytes: number, hashKey?: HashKey): void {
    this.#keys.add(arrivalMillis, partitionKey, bytes)
    const hash = hashKey ?? this.#hashOf(partitionKey)
    this.#keyedBytes += bytes
    const bins = this.#binsAt(arrivalMillis)
    if (bins === undefined) return
    if (!rangeContains(this.range, hash)) {
      this.#outsideBytes += bytes
      return
    }
    const bin = Number(((hash - this.range.startingHashKey) * BIN_COUNT) / rangeWidth(this.range))
    bins[bin] = (bins[bin] ?? 0) + bytes
  }

  /** Heavy keys of the window. */
  keyTotals(nowMillis: number): KeyTotals {
    return this.#keys.totals(nowMillis)
  }

  /**
   * Where the window's bytes lie on the range: heavy keys at their own hash, the rest spread over the piece in which it
   * was seen. Exact while every key is held by the sketch.
   */
  hashLoads(nowMillis: number): HashLoad[] {
    const rest = this.#mergedBins(nowMillis)
    const width = rangeWidth(this.range)
    const loads: HashLoad[] = []
    for (const [key, load] of this.#keys.totals(nowMillis).bytes.entries()) {
      const hashKey = this.#hashOf(key)
      if (!rangeContains(this.range, hashKey)) continue
      const bin = Number(((hashKey - this.range.startingHashKey) * BIN_COUNT) / width)
      const explained = Math.min(load, rest[bin] ?? 0)
      if (explained <= 0) continue
      rest[bin] = (rest[bin] ?? 0) - explained
      loads.push({ hashKey, load: explained })
    }
    for (let bin = 0; bin < rest.length; bin += 1) {
      const load = rest[bin] ?? 0
      if (load <= 0) continue
      for (let point = 0n; point < POINTS_PER_BIN; point += 1n) {
        const place = (BigInt(bin) * POINTS_PER_BIN + point) * 2n + 1n
        const hashKey = this.range.startingHashKey + (width * place) / (BIN_COUNT * POINTS_PER_BIN * 2n)
        loads.push({ hashKey, load: load / Number(POINTS_PER_BIN) })
      }
    }
    return loads
  }

  #hashOf(partitionKey: string): HashKey {
    const known = this.#hashes.get(partitionKey)
    if (known !== undefined) return known
    const hash = hashKeyOf(partitionKey)
    if (this.#hashes.size >= HASH_CACHE_SIZE) this.#hashes.clear()
    this.#hashes.set(partitionKey, hash)
    return hash
  }

  #sliceIndex(millis: number): number {
    return Math.floor(millis / 1000 / Math.max(1, Math.round(this.#windowSeconds / SLICE_COUNT)))
  }

  #binsAt(arrivalMillis: number): Float64Array | undefined {
    const index = this.#sliceIndex(arrivalMillis)
    const held = this.#bins.find(slice => slice.index === index)
    if (held !== undefined) return held.bytes
    const newest = this.#bins.reduce((most, slice) => Math.max(most, slice.index), index)
    if (index < newest - SLICE_COUNT) return undefined
    const made = { index, bytes: new Float64Array(Number(BIN_COUNT)) }
    this.#bins = [...this.#bins.filter(slice => slice.index >= newest - SLICE_COUNT), made]
    return made.bytes
  }

  #mergedBins(nowMillis: number): Float64Array {
    const newest = this.#sliceIndex(nowMillis)
    const merged = new Float64Array(Number(BIN_COUNT))
    for (const { index, bytes } of this.#bins) {
      if (index < newest - SLICE_COUNT || index > newest) continue
      for (let bin = 0; bin < merged.length; bin += 1) merged[bin] = (merged[bin] ?? 0) + (bytes[bin] ?? 0)
    }
    return merged
  }
}
