import { type HashKeyRange, isSplittableAt } from '../hash-key.ts'

/** One split or merge, by ranges: the ids of shards that do not exist yet are not known. */
export type PlanStep =
  | { readonly kind: 'split'; readonly range: HashKeyRange; readonly newStartingHashKey: bigint }
  | { readonly kind: 'merge'; readonly lower: HashKeyRange; readonly upper: HashKeyRange }

/** First hash keys of shards as ranges; the last one ends at `space` - 1. */
export function rangesOf(starts: readonly bigint[], space: bigint): HashKeyRange[] {
  return starts.map((startingHashKey, index) => ({
    startingHashKey,
    endingHashKey: (starts[index + 1] ?? space) - 1n,
  }))
}

/**
 * The steps from one layout to another, one boundary each. Splits come first, those of the hottest shards before others,
 * so that no shard ever gets hotter than it is today or shall be; merges follow, those into cool shards first. Where `mostOpenShards` is
 * reached, or a split has no room before a merge, that merge goes ahead.
 */
export function orderedSteps(question: {
  readonly space: bigint
  readonly today: readonly bigint[]
  readonly after: readonly bigint[]
  /** Load of a range in any unit; 0 everywhere where nothing is known. */
  readonly loadOf: (range: HashKeyRange) => number
  readonly mostOpenShards?: number
}): PlanStep[] {
  const { space, loadOf, mostOpenShards = Number.POSITIVE_INFINITY } = question
  const layout = [...question.today]
  const wanted = new Set(question.after)
  const held = new Set(question.today)
  const first = rangesOf(question.today, space).map(range => ({ range, load: loadOf(range) }))
  const last = rangesOf(question.after, space).map(range => ({ range, load: loadOf(range) }))
  const adds = question.after
    .filter(start => !held.has(start))
    .map(start => ({ start, load: loadAt(first, start) }))
    .sort((a, b) => b.load - a.load || (a.start < b.start ? -1 : 1))
    .map(({ start }) => start)
  const removes = question.today
    .filter(start => !wanted.has(start))
    .map(start => ({ start, load: loadAt(last, start) }))
    .sort((a, b) => a.load - b.load || (a.start < b.start ? -1 : 1))
    .map(({ start }) => start)
  const steps: PlanStep[] = []

  const indexOfRange = (key: bigint): number => {
    let [low, high] = [0, layout.length - 1]
    while (low < high) {
      const half = (low + high + 1) >> 1
      if ((layout[half] ?? 0n) <= key) low = half
      else high = half - 1
    }
    return low
  }
  const rangeAt = (index: number): HashKeyRange => ({
    startingHashKey: layout[index] ?? 0n,
    endingHashKey: (layout[index + 1] ?? space) - 1n,
  })
  const split = (start: bigint): boolean => {
    const index = indexOfRange(start)
    const range = rangeAt(index)
    if (!isSplittableAt(range, start)) return false
    steps.push({ kind: 'split', range, newStartingHashKey: start })
    layout.splice(index + 1, 0, start)
    return true
  }
  const merge = (): boolean => {
    const start = removes.shift()
    if (start === undefined) return false
    const index = indexOfRange(start)
    steps.push({ kind: 'merge', lower: rangeAt(index - 1), upper: rangeAt(index) })
    layout.splice(index, 1)
    return true
  }

  while (adds.length > 0 || removes.length > 0) {
    const next = layout.length < mostOpenShards ? adds.findIndex(split) : -1
    if (next >= 0) adds.splice(next, 1)
    else if (!merge()) {
      const [forced] = adds
      if (forced === undefined || !split(forced)) break
      adds.shift()
    }
  }
  return steps
}

type LoadedRange = { readonly range: HashKeyRange; readonly load: number }

/** Load of the range that a hash key lies in; the ranges ascend without a gap. */
function loadAt(ranges: readonly LoadedRange[], key: bigint): number {
  let [low, high] = [0, ranges.length - 1]
  while (low < high) {
    const half = (low + high + 1) >> 1
    if ((ranges[half]?.range.startingHashKey ?? 0n) <= key) low = half
    else high = half - 1
  }
  return ranges[low]?.load ?? 0
}

/** The layouts on the way: first today's, then the one after each step. Ranges ascend. */
export function layoutsAlong(today: readonly HashKeyRange[], steps: readonly PlanStep[]): HashKeyRange[][] {
  const layouts = [[...today]]
  let layout = [...today]
  for (const step of steps) {
    layout = afterStep(layout, step)
    layouts.push(layout)
  }
  return layouts
}

/** The layout after one step; ranges that are not there stay as they are. */
export function afterStep(layout: readonly HashKeyRange[], step: PlanStep): HashKeyRange[] {
  if (step.kind === 'split') {
    const { range, newStartingHashKey } = step
    return layout.flatMap(held =>
      isSameRange(held, range)
        ? [
            { startingHashKey: held.startingHashKey, endingHashKey: newStartingHashKey - 1n },
            { startingHashKey: newStartingHashKey, endingHashKey: held.endingHashKey },
          ]
        : [held],
    )
  }
  const { lower, upper } = step
  return layout.flatMap(held => {
    if (isSameRange(held, upper)) return []
    return isSameRange(held, lower)
      ? [{ startingHashKey: lower.startingHashKey, endingHashKey: upper.endingHashKey }]
      : [held]
  })
}

export function isSameRange(a: HashKeyRange, b: HashKeyRange): boolean {
  return a.startingHashKey === b.startingHashKey && a.endingHashKey === b.endingHashKey
}

export function isSameLayout(a: readonly HashKeyRange[], b: readonly HashKeyRange[]): boolean {
  return a.length === b.length && a.every((range, index) => isSameRange(range, b[index] ?? range))
}

/** The steps that lead back, the last one first undone. */
export function stepsBack(steps: readonly PlanStep[]): PlanStep[] {
  return steps.toReversed().map(step => {
    if (step.kind === 'merge') {
      const { lower, upper } = step
      return {
        kind: 'split',
        range: { startingHashKey: lower.startingHashKey, endingHashKey: upper.endingHashKey },
        newStartingHashKey: upper.startingHashKey,
      }
    }
    const { range, newStartingHashKey } = step
    return {
      kind: 'merge',
      lower: { startingHashKey: range.startingHashKey, endingHashKey: newStartingHashKey - 1n },
      upper: { startingHashKey: newStartingHashKey, endingHashKey: range.endingHashKey },
    }
  })
}
