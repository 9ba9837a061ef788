import type { ShardHeat } from '../heat/shard-heat.ts'
import type { HashSpread } from '../heat/shard-load.ts'
import type { ObservedLoads } from '../heat/what-if.ts'

/** What a plan is made for: the mean of the window, or the busiest second that each shard was seen to have. */
export type LoadBasis = 'average' | 'peak'

/** The busiest second of each shard, by shard id; only records that were read tell single seconds. */
export type PeakRates = ReadonlyMap<string, { readonly bytes: number; readonly records: number }>

/** The busiest seconds on a board; shards without any are left out. */
export function peakRatesOf(shards: readonly ShardHeat[]): PeakRates {
  return new Map(
    shards.flatMap(({ shard, peakBytesPerSecond: bytes, peakRecordsPerSecond: records }) =>
      bytes === undefined || records === undefined ? [] : [[shard.shardId, { bytes, records }] as const],
    ),
  )
}

/**
 * Each shard's load raised to its busiest second. That second's height is measured; that its keys shared it as they share
 * the window is an estimate, and so is that all shards have it at once. Shards without a known second stay as they are:
 * `shardsWithoutPeak` names them.
 */
export function peakLoads(observed: ObservedLoads, peaks: PeakRates): ObservedLoads {
  const raised = (measure: 'bytes' | 'records'): ReadonlyMap<string, HashSpread> =>
    new Map(
      [...observed[measure]].map(([shardId, spread]) => {
        const peak = peaks.get(shardId)?.[measure] ?? 0
        if (spread.loadPerSecond <= 0 || peak <= spread.loadPerSecond) return [shardId, spread]
        const factor = peak / spread.loadPerSecond
        const loads = spread.loads.map(({ hashKey, load }) => ({ hashKey, load: load * factor }))
        return [shardId, { ...spread, loadPerSecond: peak, loads }]
      }),
    )
  return { bytes: raised('bytes'), records: raised('records') }
}

/** Loaded shards whose busiest second is not known: a plan for peaks has only their mean. */
export function shardsWithoutPeak(observed: ObservedLoads, peaks: PeakRates): readonly string[] {
  return [...observed.bytes]
    .filter(([shardId, { loadPerSecond }]) => loadPerSecond > 0 && !peaks.has(shardId))
    .map(([shardId]) => shardId)
}
