import type { HeatBudget } from '../domain/heat/heat-reads.ts'
import { GET_RECORDS_MAX_RECORDS } from '../domain/limits.ts'

/** One read a second and a quarter of the bytes of each shard. */
export const DEFAULT_HEAT_BUDGET: HeatBudget = {
  readsPerSecond: 1,
  bytesPerSecond: 524_288,
  totalReadsPerSecond: 150,
  totalBytesPerSecond: 16 * 1_048_576,
}

/** What was read of late, as parts of what the service allows all readers of a shard together. */
export type OwnReads = {
  /** Of the shard that we read most. */
  readonly readsPerSecond: number
  readonly bytesPerSecond: number
  readonly totalReadsPerSecond: number
  readonly totalBytesPerSecond: number
}

/** A page half a second of the shard's bytes long never holds up its other readers. */
const MOST_PAGE_BYTES = 1_048_576
const METER_SECONDS = 10

/** Paces reads by the budget and measures what was really used. */
export class HeatPace {
  readonly #budget: HeatBudget
  readonly #reads = new Map<string, { atMillis: number; bytes: number }[]>()
  #share = 1
  #adjustedAtMillis = 0
  /** Shards that are read now. */
  shardCount = 1

  constructor(budget: HeatBudget) {
    this.#budget = budget
  }

  /** Milliseconds between two reads of one shard. */
  get intervalMillis(): number {
    const { readsPerSecond, totalReadsPerSecond } = this.#budget
    return 1_000 / Math.min(readsPerSecond, totalReadsPerSecond / Math.max(1, this.shardCount))
  }

  /** Bytes a second that one shard may be read with, less while all together are too many. */
  get bytesPerSecond(): number {
    return this.#budget.bytesPerSecond * this.#share
  }

  /** Records to ask for so that a page stays within the budget of one interval. */
  limitFor(meanRecordBytes: number, intervalMillis: number): number {
    const pageBytes = Math.min(MOST_PAGE_BYTES, (this.bytesPerSecond * intervalMillis) / 1_000)
    return Math.max(1, Math.min(GET_RECORDS_MAX_RECORDS, Math.floor(pageBytes / meanRecordBytes)))
  }

  /** Bytes a second that can be followed record by record. */
  get followableBytesPerSecond(): number {
    return Math.min(this.bytesPerSecond, MOST_PAGE_BYTES / (this.intervalMillis / 1_000))
  }

  /** Milliseconds after which `bytes` are earned back. */
  paybackMillis(bytes: number): number {
    return (bytes / this.bytesPerSecond) * 1_000
  }

  /** One GetRecords was answered, or refused (no bytes). */
  used(shardId: string, nowMillis: number, bytes: number): void {
    const since = nowMillis - METER_SECONDS * 1_000
    const kept = (this.#reads.get(shardId) ?? []).filter(({ atMillis }) => atMillis > since)
    kept.push({ atMillis: nowMillis, bytes })
    this.#reads.set(shardId, kept)
    if (nowMillis - this.#adjustedAtMillis < 1_000) return
    this.#adjustedAtMillis = nowMillis
    const { totalBytesPerSecond } = this.ownReads(nowMillis)
    const change = totalBytesPerSecond === 0 ? 1.1 : this.#budget.totalBytesPerSecond / totalBytesPerSecond
    this.#share = Math.min(1, this.#share * Math.min(1.1, Math.max(0.5, change)))
  }

  /** What was used over the last ten seconds, of one shard or of all. */
  ownReads(nowMillis: number, onlyShardId?: string): OwnReads {
    const since = nowMillis - METER_SECONDS * 1_000
    let [mostReads, mostBytes, allReads, allBytes] = [0, 0, 0, 0]
    for (const [shardId, entries] of this.#reads) {
      if (onlyShardId !== undefined && shardId !== onlyShardId) continue
      let [reads, bytes] = [0, 0]
      for (const entry of entries) {
        if (entry.atMillis <= since) continue
        reads += 1
        bytes += entry.bytes
      }
      mostReads = Math.max(mostReads, reads)
      mostBytes = Math.max(mostBytes, bytes)
      allReads += reads
      allBytes += bytes
    }
    return {
      readsPerSecond: mostReads / METER_SECONDS,
      bytesPerSecond: mostBytes / METER_SECONDS,
      totalReadsPerSecond: allReads / METER_SECONDS,
      totalBytesPerSecond: allBytes / METER_SECONDS,
    }
  }

  forget(shardId: string): void {
    this.#reads.delete(shardId)
  }
}
