/**
 * The candidate that a mistyped word most likely meant, or undefined where none is near: letters left out, added, changed
 * or swapped, at most a third of the word; else the only candidate that begins with it, or that it begins with.
 */
export function nearestOf(word: string, candidates: Iterable<string>): string | undefined {
  const typed = word.toLowerCase().slice(0, MOST_CHARACTERS)
  let nearest: { readonly candidate: string; readonly distance: number } | undefined
  const related: string[] = []
  for (const candidate of candidates) {
    const distance = editDistance(typed, candidate.toLowerCase())
    if (nearest === undefined || distance < nearest.distance) nearest = { candidate, distance }
    if (typed.length >= 2 && (candidate.startsWith(typed) || typed.startsWith(candidate))) {
      related.push(candidate)
    }
  }
  if (nearest === undefined) return undefined
  if (nearest.distance <= Math.max(1, Math.floor(typed.length / 3))) return nearest.candidate
  return related.length === 1 ? related[0] : undefined
}

/** Longer than any name of ours: what is longer is no misspelling. */
const MOST_CHARACTERS = 64

/** Optimal string alignment: the Levenshtein distance, two neighbours swapped counting as one change. */
function editDistance(a: string, b: string): number {
  let beforeLast: readonly number[] = []
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row += 1) {
    const next = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = a[row - 1] === b[column - 1]
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (next[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (isSame ? 0 : 1),
      )
      const isSwapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (isSwapped) cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1)
      next.push(cost)
    }
    beforeLast = last
    last = next
  }
  return last[b.length] ?? 0
}
