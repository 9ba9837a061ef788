import {
  GET_RECORDS_MAX_BYTES,
  GET_RECORDS_MAX_RECORDS,
  SHARD_READ_BYTES_PER_SECOND,
} from '../domain/limits.ts'
import type { ReadPace } from './tail-options.ts'

/** The service allows five reads a second and shard. */
const MIN_MILLIS_BETWEEN_READS = 200
const FIRST_LIMIT = 100
const FIRST_EXPECTED_PAGE_BYTES = 65_536
const MIN_EXPECTED_PAGE_BYTES = 4_096
/** Pages of about half a second of the byte budget: large enough for speed, small enough never to block a shard for long. */
const PAGE_SECONDS = 0.5

/** So long after its last record a shard still counts as busy. */
const BUSY_MILLIS = 10_000
/** What a wait at the tip grows by, answer for answer, once a shard has gone quiet. */
const QUIET_GROWTH = 1.5

/** Leaves a shard that others read already to them: one of its five reads a second. */
export const DEFAULT_PACE: ReadPace = {
  idleMillis: 1_000,
  busyMillis: 1_000,
  behindMillis: 250,
  bytesPerSecond: SHARD_READ_BYTES_PER_SECOND,
}

/** Four of the five reads a second while records come: one is left to whoever else reads the shard. */
export const EAGER_PACE: ReadPace = { ...DEFAULT_PACE, busyMillis: 250 }

/** As fast as the endpoint answers while behind; for endpoints without the service's limits. */
export const UNLIMITED_PACE: ReadPace = { ...EAGER_PACE, behindMillis: 0, isUnlimited: true }

/** How much one reader asks for and how long it then waits: learns from the pages that it got. */
export class ReadBudget {
  readonly #pace: ReadPace
  #meanRecordBytes: number | undefined
  #lastPageBytes: number | undefined
  /** Grows with every refusal and shrinks with every answer, so that readers of one shard end up sharing it. */
  #restraint = 1
  /** Waited at the tip since the last record. */
  #quietMillis = 0
  #quietWaitMillis = 0

  constructor(pace: ReadPace) {
    this.#pace = pace
  }

  /** Limit of the next GetRecords, 1 .. 10,000. */
  nextLimit(): number {
    if (this.#pace.isUnlimited === true) return GET_RECORDS_MAX_RECORDS
    if (this.#meanRecordBytes === undefined) return FIRST_LIMIT
    const pageBytes = this.#pace.bytesPerSecond * PAGE_SECONDS
    return Math.max(1, Math.min(GET_RECORDS_MAX_RECORDS, Math.floor(pageBytes / this.#meanRecordBytes)))
  }

  /** A guess at the size of the next page, so that memory can be set aside for it. */
  expectedPageBytes(): number {
    if (this.#lastPageBytes === undefined) return FIRST_EXPECTED_PAGE_BYTES
    return Math.min(GET_RECORDS_MAX_BYTES, Math.max(MIN_EXPECTED_PAGE_BYTES, this.#lastPageBytes * 1.5))
  }

  /** Takes in what a page held. */
  learn(page: { readonly recordCount: number; readonly byteCount: number }): void {
    this.#lastPageBytes = page.byteCount
    if (page.recordCount === 0) return
    this.#quietMillis = 0
    this.#quietWaitMillis = 0
    const mean = Math.max(1, page.byteCount / page.recordCount)
    // Larger records count at once, smaller ones slowly: a page that turns out too large costs seconds.
    this.#meanRecordBytes =
      this.#meanRecordBytes === undefined ? mean : Math.max(mean, this.#meanRecordBytes * 0.7 + mean * 0.3)
  }

  learnRefusal(): void {
    this.#restraint = Math.min(16, this.#restraint * 2)
  }

  /** Milliseconds in which the shard earns back `bytes` at 2 MiB/s; 10 MiB take five seconds. */
  paybackMillis(bytes: number): number {
    if (this.#pace.isUnlimited === true) return 0
    return Math.ceil((bytes / Math.min(this.#pace.bytesPerSecond, SHARD_READ_BYTES_PER_SECOND)) * 1_000)
  }

  /** Milliseconds to wait after a page before the next read. */
  waitMillis(page: { readonly byteCount: number; readonly isBehind: boolean }): number {
    const slowest = Math.max(this.#pace.idleMillis, 1_000)
    const fastest = this.#pace.isUnlimited === true ? 0 : MIN_MILLIS_BETWEEN_READS
    const behind = Math.max(fastest, this.#pace.behindMillis) * this.#restraint
    const pace = page.isBehind ? Math.min(behind, slowest) : this.#tipMillis()
    // At the tip there is time to leave the shard to others for longer: 15 s after one refusal.
    this.#restraint = Math.max(1, this.#restraint * (page.isBehind ? 0.9 : 0.98))
    return Math.max(pace, this.paybackMillis(page.byteCount))
  }

  /** Short while records come, then ever longer until `idleMillis`. */
  #tipMillis(): number {
    const { idleMillis, busyMillis } = this.#pace
    const busy = Math.min(idleMillis, Math.max(MIN_MILLIS_BETWEEN_READS, busyMillis) * this.#restraint)
    const isBusy = this.#quietMillis < BUSY_MILLIS
    const wait = isBusy ? busy : Math.min(idleMillis, Math.max(busy, this.#quietWaitMillis * QUIET_GROWTH))
    this.#quietMillis += wait
    this.#quietWaitMillis = wait
    return wait
  }
}
