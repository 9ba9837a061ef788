import { HASH_SPACE_SIZE, type HashKeyRange, middleOf, rangeContains, rangeWidth } from '../hash-key.ts'
import type { HashLoad } from './split-point.ts'

/** One shard of a layout with the load that falls on its range. */
export type RangeLoad = { readonly range: HashKeyRange; readonly load: number }

/** The ranges that UpdateShardCount leaves: equal widths, start i at floor(2^128 * i / count). */
export function uniformRanges(count: number): HashKeyRange[] {
  const startAt = (index: number): bigint => (HASH_SPACE_SIZE * BigInt(index)) / BigInt(count)
  return Array.from({ length: count }, (_, index) => ({
    startingHashKey: startAt(index),
    endingHashKey: startAt(index + 1) - 1n,
  }))
}

/** The two ranges that a split leaves. */
export function splitRange(range: HashKeyRange, newStartingHashKey: bigint): [HashKeyRange, HashKeyRange] {
  return [
    { startingHashKey: range.startingHashKey, endingHashKey: newStartingHashKey - 1n },
    { startingHashKey: newStartingHashKey, endingHashKey: range.endingHashKey },
  ]
}

/**
 * Load of each range of a layout, in any additive unit. Conserves load: what falls on no range (there is none when the
 * ranges cover the space) is the only thing missing from the sum. Ranges need not be sorted.
 */
export function forecastLayout(ranges: readonly HashKeyRange[], loads: readonly HashLoad[]): RangeLoad[] {
  const sorted = ranges
    .map((range, index) => ({ range, index, load: 0 }))
    .sort((a, b) => (a.range.startingHashKey < b.range.startingHashKey ? -1 : 1))
  for (const { hashKey, load } of loads) {
    let [low, high] = [0, sorted.length - 1]
    while (low < high) {
      const half = (low + high + 1) >> 1
      if ((sorted[half]?.range.startingHashKey ?? 0n) <= hashKey) low = half
      else high = half - 1
    }
    const owner = sorted[low]
    if (owner !== undefined && rangeContains(owner.range, hashKey)) owner.load += load
  }
  return sorted.sort((a, b) => a.index - b.index).map(({ range, load }) => ({ range, load }))
}

/** Halvings after which an on-demand forecast stops: by then only a single key can be left. */
const MOST_HALVINGS = 24

/**
 * Where an on-demand stream would end: each shard above `limit` is halved at its middle until none is, or until a single
 * point of load is left, which no split divides. On-demand splits evenly and does not isolate keys (developer guide,
 * "How do I size a stream"; above 500 KB/s within 15 minutes).
 */
export function onDemandRanges(
  ranges: readonly HashKeyRange[],
  loads: readonly HashLoad[],
  limit: number,
): HashKeyRange[] {
  const settle = (range: HashKeyRange, inside: readonly HashLoad[], depth: number): HashKeyRange[] => {
    const total = inside.reduce((sum, { load }) => sum + load, 0)
    const points = new Set(inside.filter(({ load }) => load > 0).map(({ hashKey }) => hashKey)).size
    if (total <= limit || points < 2 || depth === MOST_HALVINGS || rangeWidth(range) < 4n) return [range]
    const middle = middleOf(range)
    const [lower, upper] = splitRange(range, middle)
    return [
      ...settle(
        lower,
        inside.filter(({ hashKey }) => hashKey < middle),
        depth + 1,
      ),
      ...settle(
        upper,
        inside.filter(({ hashKey }) => hashKey >= middle),
        depth + 1,
      ),
    ]
  }
  return ranges.flatMap(range =>
    settle(
      range,
      loads.filter(({ hashKey }) => rangeContains(range, hashKey)),
      0,
    ),
  )
}

/** Into how many salted keys one key must be spread so that each stays at or under `limit`. */
export function saltedKeyCount(keyLoad: number, limit: number): number {
  return Math.max(1, Math.ceil(keyLoad / limit))
}
