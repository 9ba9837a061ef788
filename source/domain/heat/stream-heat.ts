import type { StreamRecord } from '../record.ts'
import { compareByRange, isOpen, type Shard } from '../shard.ts'
import { foldRecord } from './fold-record.ts'
import type { Measure } from './heavy-keys.ts'
import { inStream, keyShare, keySharesOf } from './key-shares.ts'
import { BOARD_KEYS, observedFigures } from './observed-figures.ts'
import {
  compareShards,
  type HeatBoard,
  type KeyShare,
  type ShardFigures,
  utilisationOf,
} from './shard-heat.ts'
import { type HashSpread, ShardLoad } from './shard-load.ts'
import { adviseSplit, type SplitAdvice } from './split-advice.ts'

/** Keys of all shards that one quarter of the window may hold together; about 120 bytes each. */
const KEY_POOL = 8_192
const MOST_KEYS = 1_024
const FEWEST_KEYS = 8

export type StreamHeatOptions = {
  /** Rates and keys are told over so many seconds. */
  readonly windowSeconds: number
  /** Single seconds are told over so many. */
  readonly historySeconds: number
  /** 0 (included) .. 1 (excluded). */
  readonly random: () => number
}

/** Records of one shard as read, and the seconds that were seen whole with them. */
export type HeatObservation = {
  readonly shardId: string
  readonly records: readonly StreamRecord[]
  /** Seconds since the epoch, each with how many seconds it stands for. */
  readonly seen: readonly { readonly second: number; readonly standsFor: number }[]
  /** The reader's distance from the tip. */
  readonly lagMillis?: number
}

type Held = { readonly load: ShardLoad; lagMillis?: number; seenUntil?: number; trafficShare?: number }

/**
 * The heat of one stream as observed by reading it: folds observations in, and tells boards, keys and advice when asked.
 * Memory is bounded by the number of shards and not by the number of keys or records.
 */
export class StreamHeat {
  readonly #options: StreamHeatOptions
  readonly #held = new Map<string, Held>()
  #shards: readonly Shard[] = []

  constructor(options: StreamHeatOptions) {
    this.#options = options
  }

  get windowSeconds(): number {
    return this.#options.windowSeconds
  }

  /** Takes a listing in. Loads of shards that are no longer listed are let go. */
  list(shards: readonly Shard[]): void {
    this.#shards = [...shards].sort((a, b) => Number(isOpen(b)) - Number(isOpen(a)) || compareByRange(a, b))
    const ids = new Set(shards.map(({ shardId }) => shardId))
    for (const id of this.#held.keys()) if (!ids.has(id)) this.#held.delete(id)
  }

  /** Counts what was read. Observations of shards that were never listed are left out. */
  observe({ shardId, records, seen, lagMillis }: HeatObservation): void {
    const held = this.#heldOf(shardId)
    if (held === undefined) return
    for (const record of records) {
      const arrival = record.approximateArrivalTimestamp
      if (arrival !== undefined) foldRecord(held.load, record, arrival.getTime())
    }
    for (const { second, standsFor } of seen) {
      held.load.seconds.markSeen(second, standsFor)
      held.seenUntil = Math.max(held.seenUntil ?? 0, second + 1)
    }
    if (lagMillis !== undefined) held.lagMillis = lagMillis
  }

  /** What is known of one shard; undefined before anything of it was read. */
  loadOf(shardId: string): ShardLoad | undefined {
    return this.#held.get(shardId)?.load
  }

  /**
   * The whole stream at `atMillis`, on the clock of the arrivals. `throttledRecords` by shard come from CloudWatch, where
   * somebody has asked it: records that were refused cannot be read.
   */
  board(atMillis: number, throttledRecords: ReadonlyMap<string, number> = new Map()): HeatBoard {
    this.#letGoOfClosed(atMillis)
    const byBytes: KeyShare[] = []
    const entries = this.#shards.map(shard => {
      const held = this.#held.get(shard.shardId)
      const throttled = throttledRecords.get(shard.shardId)
      const figures = held === undefined ? { series: [] } : observedFigures(shard, held, atMillis)
      return {
        shard,
        figures: throttled === undefined ? figures : { ...figures, throttledRecords: throttled },
      }
    })
    const compared = compareShards(entries, 'of-own-seconds')
    const total = (of: (figures: ShardFigures) => number | undefined) =>
      entries.reduce((sum, { figures }) => sum + (of(figures) ?? 0), 0)
    // Shares are of all that was seen, closed shards too, so that none of them is above the whole.
    const bytesPerSecond = total(figures => figures.bytesPerSecond?.perSecond)
    const recordsPerSecond = total(figures => figures.recordsPerSecond?.perSecond)
    let errorBytes = 0
    for (const { shard, figures } of entries) {
      const held = this.#held.get(shard.shardId)
      const bytes = figures.bytesPerSecond?.perSecond
      if (held === undefined || bytes === undefined) continue
      held.trafficShare = bytesPerSecond === 0 ? 0 : bytes / bytesPerSecond
      errorBytes = Math.max(errorBytes, (figures.keyErrorShare ?? 0) * bytes)
      for (const key of figures.topKeys ?? []) byBytes.push(inStream(key, bytesPerSecond, recordsPerSecond))
    }
    byBytes.sort((a, b) => Math.max(b.byteShare, b.recordShare) - Math.max(a.byteShare, a.recordShare))
    const seen = entries.flatMap(({ figures }) => figures.freshAt ?? [])
    const sampleRecords = total(figures => figures.sampleRecords)
    const keylessRecords = total(figures => (figures.keylessShare ?? 0) * (figures.sampleRecords ?? 0))
    return {
      ...compared,
      source: 'observed',
      at: atMillis,
      windowSeconds: this.#options.windowSeconds,
      seriesSeconds: 1,
      topKeys: byBytes.slice(0, 2 * BOARD_KEYS),
      sampleRecords,
      aggregates: total(figures => figures.aggregates),
      userRecords: total(figures => figures.userRecords),
      keylessShare: sampleRecords === 0 ? 0 : keylessRecords / sampleRecords,
      keyErrorShare: bytesPerSecond === 0 ? 0 : errorBytes / bytesPerSecond,
      ...(seen.length === 0 ? {} : { freshAt: seen.reduce((least, at) => Math.min(least, at)) }),
    }
  }

  /** The `count` heaviest keys of a shard, or of the stream, by one measure. */
  topKeys(atMillis: number, measure: Measure, count: number, shardId?: string): readonly KeyShare[] {
    const shards = this.#shards.filter(shard => shardId === undefined || shard.shardId === shardId)
    const rates = shards.map(shard => this.#held.get(shard.shardId)?.load.rates(atMillis))
    const total = (measured: Measure) =>
      rates.reduce((sum, rate) => sum + (rate === undefined ? 0 : rate[`${measured}PerSecond`].perSecond), 0)
    const [bytes, records] = [total('bytes'), total('records')]
    return shards
      .flatMap(shard => {
        const held = this.#held.get(shard.shardId)
        if (held === undefined) return []
        const own = held.load.rates(atMillis)
        return keySharesOf(shard.shardId, held.load.keyTotals(atMillis), own, measure, count).map(key =>
          inStream(key, bytes, records),
        )
      })
      .sort((a, b) => (measure === 'bytes' ? b.byteShare - a.byteShare : b.recordShare - a.recordShare))
      .slice(0, count)
  }

  /**
   * The share of one key within the shards that hold it, the largest load first. Where no sketch holds it, the shards
   * that could have dropped it as too light, at most up to their bound; an empty list where it was certainly not seen.
   */
  sharesOf(atMillis: number, partitionKey: string): readonly KeyShare[] {
    const possible = this.#shards.flatMap(({ shardId }) => {
      const load = this.#held.get(shardId)?.load
      const rates = load?.rates(atMillis)
      if (load === undefined || rates === undefined) return []
      const totals = load.keyTotals(atMillis)
      const share = keyShare(shardId, partitionKey, totals, rates)
      return share.byteShareAtMost > 0 || share.recordShareAtMost > 0 ? [share] : []
    })
    const held = possible.filter(({ byteShare, recordShare }) => byteShare > 0 || recordShare > 0)
    return held.length === 0 ? possible : held.sort((a, b) => b.bytesPerSecond - a.bytesPerSecond)
  }

  /** Where the load of each shard lies, in one measure; shards of which nothing is known are left out. */
  spreads(atMillis: number, measure: Measure): ReadonlyMap<string, HashSpread> {
    const spreads = new Map<string, HashSpread>()
    for (const { shardId } of this.#shards) {
      const spread = this.#held.get(shardId)?.load.hashSpread(atMillis, measure)
      if (spread !== undefined) spreads.set(shardId, spread)
    }
    return spreads
  }

  /** Whether and where to split a shard; undefined where it is closed or not known. */
  advice(atMillis: number, shardId: string): SplitAdvice | undefined {
    const shard = this.#shards.find(candidate => candidate.shardId === shardId)
    const load = this.#held.get(shardId)?.load
    const rates = load?.rates(atMillis)
    if (shard === undefined || !isOpen(shard) || load === undefined || rates === undefined) return undefined
    const { measure } = utilisationOf(rates.bytesPerSecond.perSecond, rates.recordsPerSecond.perSecond)
    const spread = load.hashSpread(atMillis, measure)
    if (spread === undefined) return undefined
    const [heaviest] = keySharesOf(shardId, load.keyTotals(atMillis), rates, measure, 1)
    return adviseSplit({
      range: shard.hashKeyRange,
      spread,
      measure,
      ...(heaviest === undefined
        ? {}
        : {
            heaviest: {
              partitionKey: heaviest.partitionKey,
              loadPerSecond: measure === 'bytes' ? heaviest.bytesPerSecond : heaviest.recordsPerSecond,
            },
          }),
    })
  }

  /** A closed shard takes nothing more: once its last second has left every window, no figure is made of it again. */
  #letGoOfClosed(atMillis: number): void {
    const { windowSeconds, historySeconds } = this.#options
    const oldest = atMillis / 1_000 - 2 * Math.max(windowSeconds, historySeconds)
    for (const shard of this.#shards) {
      if (isOpen(shard)) continue
      const newest = this.#held.get(shard.shardId)?.load.seconds.newestSecond
      if (newest !== undefined && newest < oldest) this.#held.delete(shard.shardId)
    }
  }

  #heldOf(shardId: string): Held | undefined {
    const known = this.#held.get(shardId)
    if (known !== undefined) return known
    const shard = this.#shards.find(candidate => candidate.shardId === shardId)
    if (shard === undefined) return undefined
    const held: Held = {
      load: new ShardLoad(shard.hashKeyRange, {
        ...this.#options,
        keyCapacity: () => this.#capacityOf(held),
      }),
    }
    this.#held.set(shardId, held)
    return held
  }

  /** Busy shards get more of the room for keys than quiet ones. */
  #capacityOf(held: Held): number {
    const share = held.trafficShare ?? 1 / Math.max(1, this.#held.size)
    return Math.round(Math.min(MOST_KEYS, Math.max(FEWEST_KEYS, share * KEY_POOL)))
  }
}
