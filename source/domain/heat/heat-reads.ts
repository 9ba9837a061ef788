import { SHARD_READ_BYTES_PER_SECOND, SHARD_READS_PER_SECOND } from '../limits.ts'
import { bytesText, counted } from '../quantity-text.ts'

/** How much of a shard the heat may read, and of the whole stream; production readers share the same limits. */
export type HeatBudget = {
  /** GetRecords calls a second and shard; the service allows 5 for all readers together. */
  readonly readsPerSecond: number
  /** Bytes a second and shard; the service allows 2 MiB for all readers together. */
  readonly bytesPerSecond: number
  /** GetRecords calls a second over all shards. */
  readonly totalReadsPerSecond: number
  /** Bytes a second over all shards: what this machine and its network take. */
  readonly totalBytesPerSecond: number
}

/** What the heat itself takes from the limits that all readers of a shard share. */
export type HeatReads = {
  /** Of the shard that is read most, over the last ten seconds. */
  readonly readsPerSecond: number
  readonly bytesPerSecond: number
  readonly totalReadsPerSecond: number
  readonly totalBytesPerSecond: number
  /** Reads that were refused for throughput since the start. */
  readonly refusedCount: number
  readonly followingCount: number
  readonly samplingCount: number
  readonly backingOffCount: number
  readonly failedCount: number
  /** What is odd about the reading of single shards, by id, e.g. `sampling 1 s of 2`. */
  readonly notes: ReadonlyMap<string, string>
}

/** Our own share in one line: `our reads: 1.0 of 5/s, 512.0 KiB/s of 2.0 MiB/s on the busiest shard; 12 followed, 2 sampled`. */
export function readsText(reads: HeatReads): string {
  const modes = [
    `${reads.followingCount} followed`,
    ...(reads.samplingCount > 0 ? [`${reads.samplingCount} sampled`] : []),
    ...(reads.backingOffCount > 0 ? [`${reads.backingOffCount} backing off for other readers`] : []),
    ...(reads.failedCount > 0 ? [`${reads.failedCount} not readable`] : []),
  ]
  const refused = reads.refusedCount > 0 ? `; ${counted(reads.refusedCount, 'read')} refused` : ''
  return `our reads: ${reads.readsPerSecond.toFixed(1)} of ${SHARD_READS_PER_SECOND}/s, ${bytesText(reads.bytesPerSecond)}/s of ${bytesText(SHARD_READ_BYTES_PER_SECOND)}/s on the busiest shard; ${modes.join(', ')}${refused}`
}
