import { HASH_SPACE_SIZE, type HashKeyRange } from '../../domain/hash-key.ts'
import { heatLevelOf } from '../../domain/heat/verdict.ts'
import { LEVEL_SIGNS, LEVEL_TONES } from '../charts.ts'
import { type Line, type Span, span } from '../line.ts'

export type StripPiece = { readonly range: HashKeyRange; readonly utilisation?: number }

/**
 * The hash-key space left to right in `width` cells. Each cell shows the hottest of the ranges in it; where a range begins
 * that is wide enough, its first cell is a `|`. The pieces cover the space without a gap (open shards alone do).
 */
export function stripLine(pieces: readonly StripPiece[], width: number): Line {
  const sorted = [...pieces].sort((a, b) => (a.range.startingHashKey < b.range.startingHashKey ? -1 : 1))
  const spans: Span[] = []
  let first = 0
  for (let cell = 0; cell < width; cell += 1) {
    const { from, to } = cellRange(cell, width)
    while (first < sorted.length - 1 && (sorted[first]?.range.endingHashKey ?? 0n) < from) first += 1
    let hottest: number | undefined
    let isKnown = false
    let begins = false
    for (let index = first; index < sorted.length; index += 1) {
      const piece = sorted[index]
      if (piece === undefined || piece.range.startingHashKey > to) break
      const { utilisation } = piece
      if (utilisation !== undefined && (hottest === undefined || utilisation > hottest)) hottest = utilisation
      isKnown ||= utilisation !== undefined
      begins ||=
        piece.range.startingHashKey >= from &&
        cellsOf(piece.range, width) >= 3 &&
        piece.range.startingHashKey > 0n
    }
    const level = heatLevelOf(isKnown ? hottest : undefined)
    push(spans, begins ? span('|', 'frame') : span(LEVEL_SIGNS[level], LEVEL_TONES[level]))
  }
  return spans
}

/** Marks the cells of one range under a strip: `^` for each, at least one. */
export function markerLine(range: HashKeyRange | undefined, width: number): Line {
  if (range === undefined) return []
  const from = cellAt(range.startingHashKey, width)
  const to = Math.max(from, cellAt(range.endingHashKey, width))
  return [span(' '.repeat(from)), span('^'.repeat(to - from + 1), 'accent')]
}

/** The strip's first and last hash key that one cell stands for. */
function cellRange(cell: number, width: number): { from: bigint; to: bigint } {
  return {
    from: (HASH_SPACE_SIZE * BigInt(cell)) / BigInt(width),
    to: (HASH_SPACE_SIZE * BigInt(cell + 1)) / BigInt(width) - 1n,
  }
}

function cellAt(hashKey: bigint, width: number): number {
  return Number((hashKey * BigInt(width)) / HASH_SPACE_SIZE)
}

function cellsOf({ startingHashKey, endingHashKey }: HashKeyRange, width: number): number {
  return Number(((endingHashKey - startingHashKey + 1n) * BigInt(width)) / HASH_SPACE_SIZE)
}

function push(spans: Span[], next: Span): void {
  const last = spans.at(-1)
  if (last !== undefined && last.tone === next.tone)
    spans[spans.length - 1] = { ...last, text: last.text + next.text }
  else spans.push(next)
}
