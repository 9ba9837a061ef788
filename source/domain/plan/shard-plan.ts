import { HASH_SPACE_SIZE, type HashKey, type HashKeyRange } from '../hash-key.ts'
import { forecastLayout } from '../heat/forecast.ts'
import { utilisationOf } from '../heat/shard-heat.ts'
import type { HashLoad } from '../heat/split-point.ts'
import type { ObservedLoads, RangeForecast } from '../heat/what-if.ts'
import { SHARD_WRITE_BYTES_PER_SECOND, SHARD_WRITE_RECORDS_PER_SECOND } from '../limits.ts'
import { compareByRange, isOpen, type Shard } from '../shard.ts'
import { bestStarts, type PlanPoint } from './boundaries.ts'
import { orderedSteps, type PlanStep, rangesOf } from './steps.ts'

/** Loads of a stream by hash key, each measure for itself. */
export type StreamLoads = { readonly bytes: readonly HashLoad[]; readonly records: readonly HashLoad[] }

/** A key that alone is above the target: no split helps. */
export type HotKey = {
  readonly hashKey: HashKey
  readonly utilisation: number
  readonly bytesPerSecond: number
  readonly recordsPerSecond: number
}

/** What a way from one layout to another costs in shards. */
export type StepCounts = {
  readonly splits: number
  readonly merges: number
  /** Shards that are closed at the end: they count toward quotas and stay listed until their data expires. */
  readonly closedShards: number
  /** Those of them that the way itself made. */
  readonly shortLivedShards: number
  /** Most open shards at one time. */
  readonly mostOpenShards: number
}

export type ShardPlan = {
  readonly targetUtilisation: number
  readonly before: readonly RangeForecast[]
  readonly after: readonly RangeForecast[]
  readonly steps: readonly PlanStep[]
  readonly hotKeys: readonly HotKey[]
  readonly counts: StepCounts
}

/** Parts of a shard's limit that loads are counted in, so that sums are exact. */
const UNITS = 1e9

/** The loads of all open shards; undefined where one of them is not known: absent is not zero. */
export function loadsOf(shards: readonly Shard[], observed: ObservedLoads): StreamLoads | undefined {
  const open = shards.filter(isOpen)
  const all = (measure: 'bytes' | 'records') =>
    open.map(({ shardId }) => observed[measure].get(shardId)?.loads)
  const [bytes, records] = [all('bytes'), all('records')]
  if ([...bytes, ...records].some(loads => loads === undefined)) return undefined
  return { bytes: bytes.flatMap(loads => loads ?? []), records: records.flatMap(loads => loads ?? []) }
}

/** The open ranges along the space, or undefined where they leave a gap or overlap: such a listing is not one moment. */
export function openRanges(shards: readonly Shard[]): HashKeyRange[] | undefined {
  const ranges = shards
    .filter(isOpen)
    .sort(compareByRange)
    .map(({ hashKeyRange }) => hashKeyRange)
  let next = 0n
  for (const { startingHashKey, endingHashKey } of ranges) {
    if (startingHashKey !== next) return undefined
    next = endingHashKey + 1n
  }
  return next === HASH_SPACE_SIZE ? ranges : undefined
}

/**
 * The fewest shards whose forecast load is under the target, and the fewest splits and merges to get there, reusing
 * today's boundaries. A key that alone is above the target gets a shard for itself and is named.
 */
export function planShards(question: {
  readonly ranges: readonly HashKeyRange[]
  readonly loads: StreamLoads
  /** 0..1 of a shard's write limits. */
  readonly targetUtilisation: number
  /** Open shards that the account has room for. */
  readonly mostOpenShards?: number
}): ShardPlan {
  const { ranges, loads, targetUtilisation, mostOpenShards } = question
  const today = ranges.map(({ startingHashKey }) => startingHashKey)
  const points = pointsOf(loads)
  const { starts: after } = bestStarts({
    space: HASH_SPACE_SIZE,
    starts: today,
    points,
    limit: Math.floor(targetUtilisation * UNITS),
  })
  const sums = cumulated(points)
  const steps = orderedSteps({
    space: HASH_SPACE_SIZE,
    today,
    after,
    loadOf: range => loadIn(sums, range),
    ...(mostOpenShards === undefined ? {} : { mostOpenShards }),
  })
  return {
    targetUtilisation,
    before: forecastRanges(ranges, loads),
    after: forecastRanges(rangesOf(after, HASH_SPACE_SIZE), loads),
    steps,
    hotKeys: hotKeysOf(loads, targetUtilisation),
    counts: countSteps(ranges.length, steps),
  }
}

/** What each range of a layout would take. */
export function forecastRanges(ranges: readonly HashKeyRange[], loads: StreamLoads): RangeForecast[] {
  const records = forecastLayout(ranges, loads.records)
  return forecastLayout(ranges, loads.bytes).map(({ range, load }, index) => {
    const recordsPerSecond = records[index]?.load ?? 0
    return { range, bytesPerSecond: load, recordsPerSecond, ...utilisationOf(load, recordsPerSecond) }
  })
}

/** Largest utilisation of a layout; 0 for an idle one. */
export function hottestOf(layout: readonly { readonly utilisation: number }[]): number {
  return layout.reduce((most, { utilisation }) => Math.max(most, utilisation), 0)
}

/** A split closes one shard and makes two, a merge closes two and makes one. */
export function countSteps(
  openShards: number,
  steps: readonly { readonly kind: 'split' | 'merge' }[],
): StepCounts {
  const splits = steps.filter(({ kind }) => kind === 'split').length
  const merges = steps.length - splits
  let [open, mostOpenShards] = [openShards, openShards]
  for (const { kind } of steps) {
    open += kind === 'split' ? 1 : -1
    mostOpenShards = Math.max(mostOpenShards, open)
  }
  return {
    splits,
    merges,
    closedShards: splits + 2 * merges,
    shortLivedShards: shortLived(steps),
    mostOpenShards,
  }
}

/** Shards that a step makes and a later one closes. Steps without ranges count none. */
function shortLived(steps: readonly { readonly kind: 'split' | 'merge' }[]): number {
  const made = new Set<string>()
  let count = 0
  const text = ({ startingHashKey, endingHashKey }: HashKeyRange) => `${startingHashKey}-${endingHashKey}`
  for (const step of steps as readonly PlanStep[]) {
    const closed = step.kind === 'split' ? [step.range] : [step.lower, step.upper]
    for (const range of closed) if (made.delete(text(range))) count += 1
    if (step.kind === 'merge') {
      made.add(text({ startingHashKey: step.lower.startingHashKey, endingHashKey: step.upper.endingHashKey }))
      continue
    }
    const { range, newStartingHashKey } = step
    made.add(text({ ...range, endingHashKey: newStartingHashKey - 1n }))
    made.add(text({ ...range, startingHashKey: newStartingHashKey }))
  }
  return count
}

function pointsOf({ bytes, records }: StreamLoads): PlanPoint[] {
  const points = new Map<HashKey, { bytes: number; records: number }>()
  const add = (loads: readonly HashLoad[], measure: 'bytes' | 'records', limit: number) => {
    for (const { hashKey, load } of loads) {
      if (load <= 0) continue
      let point = points.get(hashKey)
      if (point === undefined) {
        point = { bytes: 0, records: 0 }
        points.set(hashKey, point)
      }
      point[measure] += (load / limit) * UNITS
    }
  }
  add(bytes, 'bytes', SHARD_WRITE_BYTES_PER_SECOND)
  add(records, 'records', SHARD_WRITE_RECORDS_PER_SECOND)
  return [...points]
    .map(([hashKey, point]) => ({
      hashKey,
      bytes: Math.round(point.bytes),
      records: Math.round(point.records),
    }))
    .sort((a, b) => (a.hashKey < b.hashKey ? -1 : 1))
}

type Sums = {
  readonly keys: readonly HashKey[]
  readonly bytes: readonly number[]
  readonly records: readonly number[]
}

function cumulated(points: readonly PlanPoint[]): Sums {
  const [bytes, records] = [[0], [0]]
  for (const point of points) {
    bytes.push((bytes.at(-1) ?? 0) + point.bytes)
    records.push((records.at(-1) ?? 0) + point.records)
  }
  return { keys: points.map(({ hashKey }) => hashKey), bytes, records }
}

/** The larger measure of what falls into a range. */
function loadIn({ keys, bytes, records }: Sums, { startingHashKey, endingHashKey }: HashKeyRange): number {
  const below = (key: HashKey): number => {
    let [low, high] = [0, keys.length]
    while (low < high) {
      const half = (low + high) >> 1
      if ((keys[half] ?? 0n) < key) low = half + 1
      else high = half
    }
    return low
  }
  const [from, to] = [below(startingHashKey), below(endingHashKey + 1n)]
  return Math.max((bytes[to] ?? 0) - (bytes[from] ?? 0), (records[to] ?? 0) - (records[from] ?? 0))
}

function hotKeysOf({ bytes, records }: StreamLoads, target: number): HotKey[] {
  const sums = (loads: readonly HashLoad[]) => {
    const byKey = new Map<HashKey, number>()
    for (const { hashKey, load } of loads) byKey.set(hashKey, (byKey.get(hashKey) ?? 0) + load)
    return byKey
  }
  const [byteSums, recordSums] = [sums(bytes), sums(records)]
  return [...new Set([...byteSums.keys(), ...recordSums.keys()])]
    .map(hashKey => {
      const bytesPerSecond = byteSums.get(hashKey) ?? 0
      const recordsPerSecond = recordSums.get(hashKey) ?? 0
      const { utilisation } = utilisationOf(bytesPerSecond, recordsPerSecond)
      return { hashKey, bytesPerSecond, recordsPerSecond, utilisation }
    })
    .filter(({ utilisation }) => utilisation > target)
    .sort((a, b) => b.utilisation - a.utilisation)
}
