import { HASH_SPACE_SIZE, type HashKeyRange } from '../hash-key.ts'
import { uniformRanges } from '../heat/forecast.ts'
import type { RangeForecast } from '../heat/what-if.ts'
import { countSteps, forecastRanges, hottestOf, type StepCounts, type StreamLoads } from './shard-plan.ts'
import type { PlanStep } from './steps.ts'

/** What UpdateShardCount would do instead of a plan. */
export type UniformScaling = {
  readonly shardCount: number
  /** Calls within the rule of twice and half; each counts against ten in 24 hours. */
  readonly callCount: number
  readonly after: readonly RangeForecast[]
  readonly hottest: number
  readonly counts: StepCounts
}

/** Boundaries closer than this are one: roundings of different counts differ by a few keys. */
const SAME_BOUNDARY = 1n << 32n

/**
 * What the service's own way to `target` equal shards makes: along the hash-key space a shard that crosses a new boundary
 * is split there, then the pieces of one new range are merged from the left (developer guide: 4 to 3 leaves shards 6, 9
 * and 10 open and eight closed ones).
 */
export function uniformSteps(ranges: readonly HashKeyRange[], target: number): PlanStep[] {
  const steps: PlanStep[] = []
  const today = ranges.map(({ startingHashKey }) => startingHashKey)
  const snapped = uniformRanges(target).map(
    ({ startingHashKey }) => near(today, startingHashKey) ?? startingHashKey,
  )
  let rest = [...ranges]
  snapped.forEach((from, index) => {
    const endingHashKey = (snapped[index + 1] ?? HASH_SPACE_SIZE) - 1n
    const pieces: HashKeyRange[] = []
    while (rest[0] !== undefined && rest[0].startingHashKey <= endingHashKey) {
      const [piece, ...others] = rest
      if (piece === undefined) break
      if (piece.endingHashKey <= endingHashKey) {
        pieces.push(piece)
        rest = others
        continue
      }
      const upper = { startingHashKey: endingHashKey + 1n, endingHashKey: piece.endingHashKey }
      steps.push({ kind: 'split', range: piece, newStartingHashKey: upper.startingHashKey })
      pieces.push({ startingHashKey: piece.startingHashKey, endingHashKey })
      rest = [upper, ...others]
    }
    let [held] = pieces
    for (const piece of pieces.slice(1)) {
      if (held === undefined) break
      steps.push({ kind: 'merge', lower: held, upper: piece })
      held = { startingHashKey: from, endingHashKey: piece.endingHashKey }
    }
  })
  return steps
}

/** UpdateShardCount to one number of shards. `loads` absent: nothing is known of them. */
export function uniformScaling(
  ranges: readonly HashKeyRange[],
  shardCount: number,
  loads: StreamLoads,
): UniformScaling {
  const after = forecastRanges(uniformRanges(shardCount), loads)
  return {
    shardCount,
    callCount: callsTo(ranges.length, shardCount).length,
    after,
    hottest: hottestOf(after),
    counts: countSteps(ranges.length, uniformSteps(ranges, shardCount)),
  }
}

/** Counts that are looked at for one that is enough; beyond them the answer is that none was found. */
const MOST_COUNTS = 24

/**
 * The smallest number of equal shards that keeps every one under the target, of those that are looked at: each count for
 * small streams, for others the steps of 25 % that the service does fastest. Undefined where none is enough.
 */
export function enoughUniform(
  ranges: readonly HashKeyRange[],
  loads: StreamLoads,
  targetUtilisation: number,
  fewest: number,
): UniformScaling | undefined {
  const step = Math.max(1, Math.round(ranges.length / 4))
  for (let index = 0; index < MOST_COUNTS; index += 1) {
    const shardCount = fewest + index * step
    if (hottestOf(forecastRanges(uniformRanges(shardCount), loads)) <= targetUtilisation) {
      return uniformScaling(ranges, shardCount, loads)
    }
  }
  return undefined
}

/** The targets of the calls from one count to another: each at most twice and at least half of the one before. */
export function callsTo(from: number, target: number): number[] {
  const calls: number[] = []
  for (let count = Math.max(1, from); count !== target; ) {
    count = target > count ? Math.min(target, count * 2) : Math.max(target, Math.ceil(count / 2))
    calls.push(count)
  }
  return calls
}

function near(starts: readonly bigint[], wanted: bigint): bigint | undefined {
  return starts.find(start => (start > wanted ? start - wanted : wanted - start) < SAME_BOUNDARY)
}
