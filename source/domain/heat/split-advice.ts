import { type HashKey, type HashKeyRange, hashKeyOf, middleOf } from '../hash-key.ts'
import { SHARD_WRITE_BYTES_PER_SECOND, SHARD_WRITE_RECORDS_PER_SECOND } from '../limits.ts'
import { saltedKeyCount } from './forecast.ts'
import type { Measure } from './heavy-keys.ts'
import type { HashSpread } from './shard-load.ts'
import { bestSplit, forecastSplit, type SplitForecast } from './split-point.ts'
import { HOT_UTILISATION } from './verdict.ts'

/** A split that leaves more than this of the load in one child is none. */
const POINTLESS_SHARE = 0.9
/** From here on too much of the load lies where nobody can see, so that the forecast is only a guess. */
const UNCERTAIN_SHARE = 0.05
const WITHHELD_SHARE = 0.5

/** Loads are in `measure` a second. */
export type SplitAdvice =
  | {
      readonly kind: 'split'
      readonly measure: Measure
      readonly best: SplitForecast
      /** What an even cut of the range would give. */
      readonly midpoint: SplitForecast
      readonly limitPerSecond: number
      /** Why the forecast may be wrong; empty where nothing speaks against it. */
      readonly doubts: readonly string[]
    }
  | {
      readonly kind: 'no-split-helps'
      readonly measure: Measure
      /** The key that is too heavy for any shard, or that nearly all of the load is. Untrusted until drawn. */
      readonly partitionKey: string
      readonly hashKey: HashKey
      readonly keyLoadPerSecond: number
      /** Keys that it must be spread over so that each stays under the target. */
      readonly saltedKeyCount: number
      readonly targetPerSecond: number
      readonly best?: SplitForecast
      readonly midpoint?: SplitForecast
    }
  | { readonly kind: 'withheld'; readonly reason: string }

export function limitOf(measure: Measure): number {
  return measure === 'bytes' ? SHARD_WRITE_BYTES_PER_SECOND : SHARD_WRITE_RECORDS_PER_SECOND
}

/**
 * Whether and where to split a shard so that its load, not its range, is halved. `heaviest` is the key with the largest
 * load a second in `measure`, where one is known.
 */
export function adviseSplit(question: {
  readonly range: HashKeyRange
  readonly spread: HashSpread
  readonly measure: Measure
  readonly heaviest?: { readonly partitionKey: string; readonly loadPerSecond: number }
}): SplitAdvice {
  const { range, spread, measure, heaviest } = question
  if (spread.keylessShare > WITHHELD_SHARE) {
    return {
      kind: 'withheld',
      reason: 'its records carry no partition key: the service places them itself, evenly over the shards',
    }
  }
  if (spread.loadPerSecond <= 0) return { kind: 'withheld', reason: 'it takes no traffic now' }
  const best = bestSplit(range, spread.loads)
  if (best === undefined) {
    return {
      kind: 'withheld',
      reason: 'its range is too narrow to be split: it has fewer than four hash keys',
    }
  }
  const midpoint = forecastSplit(range, spread.loads, middleOf(range))
  const targetPerSecond = HOT_UTILISATION * limitOf(measure)
  const larger = Math.max(best.lowerLoad, best.upperLoad)
  const heaviestLoad = heaviest?.loadPerSecond ?? 0
  const isPointless =
    larger > POINTLESS_SHARE * spread.loadPerSecond && heaviestLoad > spread.loadPerSecond / 2
  if (heaviest !== undefined && (isPointless || heaviestLoad > targetPerSecond)) {
    return {
      kind: 'no-split-helps',
      measure,
      partitionKey: heaviest.partitionKey,
      hashKey: hashKeyOf(heaviest.partitionKey),
      keyLoadPerSecond: heaviest.loadPerSecond,
      saltedKeyCount: Math.max(2, saltedKeyCount(heaviest.loadPerSecond, targetPerSecond)),
      targetPerSecond,
      best,
      midpoint,
    }
  }
  return {
    kind: 'split',
    measure,
    best,
    midpoint,
    limitPerSecond: limitOf(measure),
    doubts: doubtsOf(spread),
  }
}

function doubtsOf({ outsideShare, keylessShare }: HashSpread): string[] {
  const percent = (share: number) => `${Math.round(share * 100)} %`
  return [
    ...(outsideShare > UNCERTAIN_SHARE
      ? [
          `${percent(outsideShare)} of its load has keys that hash elsewhere: explicit hash keys are in use, and they cannot be read back`,
        ]
      : []),
    ...(keylessShare > UNCERTAIN_SHARE ? [`${percent(keylessShare)} of its load carries no key`] : []),
  ]
}
