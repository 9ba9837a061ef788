import { type HashKey, type HashKeyRange, isSplittableAt, middleOf, rangeContains } from '../hash-key.ts'

/** Load at one hash key, in any unit that adds up (bytes a second). */
export type HashLoad = { readonly hashKey: HashKey; readonly load: number }

/** A place to split and what each child would carry of the observed load. */
export type SplitForecast = {
  readonly newStartingHashKey: HashKey
  readonly lowerLoad: number
  readonly upperLoad: number
}

/** Loads of the two children when a range is split at a hash key; they add up to the load inside the range. */
export function forecastSplit(
  range: HashKeyRange,
  loads: readonly HashLoad[],
  newStartingHashKey: HashKey,
): SplitForecast {
  let [lowerLoad, upperLoad] = [0, 0]
  for (const { hashKey, load } of loads) {
    if (!rangeContains(range, hashKey)) continue
    if (hashKey < newStartingHashKey) lowerLoad += load
    else upperLoad += load
  }
  return { newStartingHashKey, lowerLoad, upperLoad }
}

/**
 * The NewStartingHashKey that makes the larger child as small as possible, never one that Kinesis refuses (above start
 * + 1 and below the end). Between two loaded keys every boundary is equal for today's load, so the one that leaves the
 * widths most even is taken: it is the best guess for keys not seen yet. Undefined where the range is too narrow.
 */
export function bestSplit(range: HashKeyRange, loads: readonly HashLoad[]): SplitForecast | undefined {
  const lowest = range.startingHashKey + 2n
  const highest = range.endingHashKey - 1n
  if (lowest > highest) return undefined
  const inside = sumByHash(loads.filter(({ hashKey }) => rangeContains(range, hashKey)))
  const total = inside.reduce((sum, { load }) => sum + load, 0)
  const middle = middleOf(range)
  let best: SplitForecast | undefined
  let bestDistance = 0n
  let lowerLoad = 0
  // Gap i lies after the first i loaded keys: boundaries (key i-1, key i].
  for (let index = 0; index <= inside.length; index += 1) {
    const above = index === 0 ? range.startingHashKey : (inside[index - 1]?.hashKey ?? 0n)
    const upTo = inside[index]?.hashKey ?? range.endingHashKey
    const from = above + 1n > lowest ? above + 1n : lowest
    const to = upTo < highest ? upTo : highest
    if (from <= to) {
      const boundary = middle < from ? from : middle > to ? to : middle
      const larger = Math.max(lowerLoad, total - lowerLoad)
      const distance = boundary > middle ? boundary - middle : middle - boundary
      const bestLarger = best === undefined ? Infinity : Math.max(best.lowerLoad, best.upperLoad)
      if (larger < bestLarger || (larger === bestLarger && distance < bestDistance)) {
        best = { newStartingHashKey: boundary, lowerLoad, upperLoad: total - lowerLoad }
        bestDistance = distance
      }
    }
    lowerLoad += inside[index]?.load ?? 0
  }
  return best !== undefined && isSplittableAt(range, best.newStartingHashKey) ? best : undefined
}

function sumByHash(loads: readonly HashLoad[]): HashLoad[] {
  const sums = new Map<HashKey, number>()
  for (const { hashKey, load } of loads) sums.set(hashKey, (sums.get(hashKey) ?? 0) + load)
  return [...sums]
    .map(([hashKey, load]) => ({ hashKey, load }))
    .sort((a, b) => (a.hashKey < b.hashKey ? -1 : a.hashKey > b.hashKey ? 1 : 0))
}
