import { type HashKeyRange, middleOf } from '../hash-key.ts'
import { SHARD_WRITE_BYTES_PER_SECOND, SHARD_WRITE_RECORDS_PER_SECOND } from '../limits.ts'
import { compareByRange, isOpen, mergeNeighbours, type Shard } from '../shard.ts'
import { forecastLayout, onDemandRanges, splitRange, uniformRanges } from './forecast.ts'
import type { Measure } from './heavy-keys.ts'
import { utilisationOf } from './shard-heat.ts'
import type { HashSpread } from './shard-load.ts'
import type { HashLoad } from './split-point.ts'

/** A change of the shards that is only thought of. */
export type Change =
  | { readonly kind: 'split'; readonly shardId: string; readonly newStartingHashKey: bigint }
  | { readonly kind: 'merge'; readonly shardIds: readonly [string, string] }
  | { readonly kind: 'uniform'; readonly shardCount: number }
  | { readonly kind: 'on-demand' }

/** What one range would take. */
export type RangeForecast = {
  readonly range: HashKeyRange
  readonly bytesPerSecond: number
  readonly recordsPerSecond: number
  readonly utilisation: number
  readonly measure: Measure
}

export type WhatIf = {
  /** Along the hash-key space. */
  readonly before: readonly RangeForecast[]
  readonly after: readonly RangeForecast[]
  /** Observed loads a second; both layouts add up to them. */
  readonly bytesPerSecond: number
  readonly recordsPerSecond: number
}

/** Loads of all shards, as StreamHeat tells them. */
export type ObservedLoads = Readonly<Record<Measure, ReadonlyMap<string, HashSpread>>>

/** Half of a shard's limit: where an on-demand stream is said to scale (500 KB/s; developer guide, on-demand mode). */
const ON_DEMAND_SHARE = 0.5

/** The load of the open shards before and after a change. Undefined where the change cannot be made to these shards. */
export function whatIf(
  shards: readonly Shard[],
  observed: ObservedLoads,
  change: Change,
): WhatIf | undefined {
  const open = shards.filter(isOpen).sort(compareByRange)
  const loadsOf = (measure: Measure): readonly HashLoad[] =>
    open.flatMap(({ shardId }) => observed[measure].get(shardId)?.loads ?? [])
  const loads = { bytes: loadsOf('bytes'), records: loadsOf('records') }
  const before = open.map(({ hashKeyRange }) => hashKeyRange)
  const after = rangesAfter(open, change, loads)
  if (after === undefined) return undefined
  return {
    before: forecast(before, loads),
    after: forecast(after, loads),
    bytesPerSecond: total(loads.bytes),
    recordsPerSecond: total(loads.records),
  }
}

function rangesAfter(
  open: readonly Shard[],
  change: Change,
  loads: Readonly<Record<Measure, readonly HashLoad[]>>,
): HashKeyRange[] | undefined {
  const ranges = open.map(({ hashKeyRange }) => hashKeyRange)
  switch (change.kind) {
    case 'split': {
      if (!open.some(({ shardId }) => shardId === change.shardId)) return undefined
      return open.flatMap(({ shardId, hashKeyRange }) =>
        shardId === change.shardId ? splitRange(hashKeyRange, change.newStartingHashKey) : [hashKeyRange],
      )
    }
    case 'merge': {
      const [one, other] = change.shardIds.map(id => open.find(({ shardId }) => shardId === id))
      if (one === undefined || other === undefined || !mergeNeighbours(one, open).includes(other))
        return undefined
      const [lower, upper] = compareByRange(one, other) < 0 ? [one, other] : [other, one]
      const merged = {
        startingHashKey: lower.hashKeyRange.startingHashKey,
        endingHashKey: upper.hashKeyRange.endingHashKey,
      }
      return open.flatMap(shard => (shard === lower ? [merged] : shard === upper ? [] : [shard.hashKeyRange]))
    }
    case 'uniform':
      return change.shardCount < 1 ? undefined : uniformRanges(change.shardCount)
    case 'on-demand':
      return onDemandRanges(
        onDemandRanges(ranges, loads.bytes, SHARD_WRITE_BYTES_PER_SECOND * ON_DEMAND_SHARE),
        loads.records,
        SHARD_WRITE_RECORDS_PER_SECOND * ON_DEMAND_SHARE,
      )
  }
}

function forecast(
  ranges: readonly HashKeyRange[],
  loads: Readonly<Record<Measure, readonly HashLoad[]>>,
): RangeForecast[] {
  const records = forecastLayout(ranges, loads.records)
  return forecastLayout(ranges, loads.bytes).map(({ range, load }, index) => {
    const recordsPerSecond = records[index]?.load ?? 0
    return { range, bytesPerSecond: load, recordsPerSecond, ...utilisationOf(load, recordsPerSecond) }
  })
}

function total(loads: readonly HashLoad[]): number {
  return loads.reduce((sum, { load }) => sum + load, 0)
}

/** The even cut of a shard, to stand beside a better one. */
export function splitInTheMiddle(shard: Shard): Change {
  return { kind: 'split', shardId: shard.shardId, newStartingHashKey: middleOf(shard.hashKeyRange) }
}
