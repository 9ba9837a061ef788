import { HASH_SPACE_SIZE, type HashKey, type HashKeyRange, rangeContains } from '../hash-key.ts'
import { forecastLayout } from '../heat/forecast.ts'
import { utilisationOf } from '../heat/shard-heat.ts'
import type { HashLoad } from '../heat/split-point.ts'
import type { ObservedLoads, RangeForecast } from '../heat/what-if.ts'
import { SHARD_WRITE_BYTES_PER_SECOND, SHARD_WRITE_RECORDS_PER_SECOND } from '../limits.ts'
import { compareByRange, isOpen, type Shard } from '../shard.ts'
import { type BoundaryQuestion, bestStarts, type PlanPoint } from './boundaries.ts'
import { orderedSteps, type PlanStep, rangesOf } from './steps.ts'

/** Loads of a stream by hash key, each measure for itself. */
export type StreamLoads = { readonly bytes: readonly HashLoad[]; readonly records: readonly HashLoad[] }

/** A key and what it takes by itself. Where that is above the target no split helps. */
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
  /** Set where the target needs more open shards than the account has room for: the plan is the best that fits. */
  readonly shardLimit?: { readonly neededShards: number; readonly mostOpenShards: number }
  /** Set where planned ranges are above the target although no key alone is, and there is room for more shards. */
  readonly crowded?: readonly CrowdedKeys[]
}

/** Loaded hash keys so close together that no split parts them: SplitShard leaves two hash keys on either side. */
export type CrowdedKeys = {
  /** From the lowest to the highest loaded hash key of a planned range. */
  readonly range: HashKeyRange
  readonly utilisation: number
}

/** Loads are counted in whole billionths of a shard: less than this above a target is the rounding, not the load. */
export const TARGET_ROUNDING = 1e-6

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
 * today's boundaries. A key that alone is above the target gets a shard for itself and is named. Where the account has
 * no room for so many, the coolest layout that it has room for.
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
  const layout = { space: HASH_SPACE_SIZE, starts: today, points }
  const limit = Math.floor(targetUtilisation * UNITS)
  const { starts: wanted } = bestStarts({ ...layout, limit })
  const isTooMany = mostOpenShards !== undefined && wanted.length > mostOpenShards
  const after = isTooMany ? startsWithin({ ...layout, limit }, mostOpenShards) : wanted
  const sums = cumulated(points)
  const steps = orderedSteps({
    space: HASH_SPACE_SIZE,
    today,
    after,
    loadOf: range => loadIn(sums, range),
    ...(mostOpenShards === undefined ? {} : { mostOpenShards }),
  })
  const forecast = forecastRanges(rangesOf(after, HASH_SPACE_SIZE), loads)
  const hotKeys = hotKeysOf(loads, targetUtilisation)
  const crowded =
    isTooMany || hotKeys.length > 0 ? [] : crowdedIn(forecast, sums.keys, targetUtilisation + TARGET_ROUNDING)
  return {
    targetUtilisation,
    before: forecastRanges(ranges, loads),
    after: forecast,
    steps,
    hotKeys,
    counts: countSteps(ranges.length, steps),
    ...(isTooMany ? { shardLimit: { neededShards: wanted.length, mostOpenShards } } : {}),
    ...(crowded.length === 0 ? {} : { crowded }),
  }
}

function crowdedIn(
  forecast: readonly RangeForecast[],
  keys: readonly HashKey[],
  above: number,
): readonly CrowdedKeys[] {
  return forecast
    .filter(({ utilisation }) => utilisation > above)
    .map(({ range, utilisation }) => {
      const inside = keys.filter(key => rangeContains(range, key))
      const startingHashKey = inside[0] ?? range.startingHashKey
      return { range: { startingHashKey, endingHashKey: inside.at(-1) ?? range.endingHashKey }, utilisation }
    })
}

/** Halvings that look for the coolest layout with so few shards; what is left is a few millionths of the span. */
const FITTING_ROUNDS = 16

/** The layout of at most so many shards whose hottest one is coolest. */
function startsWithin(question: BoundaryQuestion, mostShards: number): readonly bigint[] {
  const total = question.points.reduce((sum, { bytes, records }) => sum + Math.max(bytes, records), 0)
  let [low, high] = [question.limit, Math.ceil(total)]
  let best: readonly bigint[] = [0n]
  for (let round = 0; round <= FITTING_ROUNDS; round += 1) {
    const limit = round === 0 ? high : Math.floor((low + high) / 2)
    // Evened out only at the end: a lower limit is what this looks for anyway.
    const { starts } = bestStarts({ ...question, limit, isUneven: true })
    if (starts.length > mostShards) low = limit
    else [best, high] = [starts, limit]
  }
  return best
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

function hotKeysOf(loads: StreamLoads, target: number): HotKey[] {
  return keyUses(loads)
    .filter(({ utilisation }) => utilisation > target)
    .sort((a, b) => b.utilisation - a.utilisation)
}

/** What each hash key takes of a shard by itself. */
export function keyUses({ bytes, records }: StreamLoads): HotKey[] {
  const sums = (loads: readonly HashLoad[]) => {
    const byKey = new Map<HashKey, number>()
    for (const { hashKey, load } of loads) byKey.set(hashKey, (byKey.get(hashKey) ?? 0) + load)
    return byKey
  }
  const [byteSums, recordSums] = [sums(bytes), sums(records)]
  return [...new Set([...byteSums.keys(), ...recordSums.keys()])].map(hashKey => {
    const bytesPerSecond = byteSums.get(hashKey) ?? 0
    const recordsPerSecond = recordSums.get(hashKey) ?? 0
    const { utilisation } = utilisationOf(bytesPerSecond, recordsPerSecond)
    return { hashKey, bytesPerSecond, recordsPerSecond, utilisation }
  })
}
