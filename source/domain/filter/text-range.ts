import type { TextRange } from './filter.ts'

/** Where `wanted` stands in a text, from left to right, none over another. */
export function occurrences(text: string, wanted: string): TextRange[] {
  const ranges: TextRange[] = []
  if (wanted === '') return ranges
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
    ranges.push([at, at + wanted.length])
  }
  return ranges
}

/** The same places in order, those that touch or overlap as one. */
export function mergedRanges(ranges: readonly TextRange[]): TextRange[] {
  const result: TextRange[] = []
  for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = result.at(-1)
    if (last !== undefined && start <= last[1]) result[result.length - 1] = [last[0], Math.max(last[1], end)]
    else result.push([start, end])
  }
  return result
}
