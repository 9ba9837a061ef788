import { HASH_SPACE_SIZE, type HashKeyRange } from '../hash-key.ts'
import { heatLevelOf } from '../heat/verdict.ts'

/** One sign for each level of use, as on the heat screens. */
const SIGNS = { unknown: '?', cold: '.', low: '-', warm: '=', hot: '#', over: '!' } as const

/** The hash-key space in `width` characters: `|` where a shard begins, its use in between. */
export function stripText(
  ranges: readonly { readonly range: HashKeyRange; readonly utilisation?: number }[],
  width: number,
): string {
  const cells = new Array<string>(width).fill(' ')
  const cellOf = (key: bigint): number => Number((key * BigInt(width)) / HASH_SPACE_SIZE)
  for (const { range, utilisation } of ranges) {
    const [from, to] = [cellOf(range.startingHashKey), cellOf(range.endingHashKey)]
    const sign = SIGNS[heatLevelOf(utilisation)]
    for (let cell = from; cell <= to; cell += 1) cells[cell] = cell === from ? '|' : sign
  }
  return cells.join('')
}

/** `$1,234.50`. */
export function dollarsText(dollars: number): string {
  return `$${dollars.toFixed(2).replace(/\B(?=(\d{3})+(?=\.))/g, ',')}`
}

/** Seconds a split or merge takes on AWS; one runs at a time (as reported by people who reshard; the API tells no figure). */
export const SECONDS_PER_STEP = 30

/** `about 3 min` for that many splits and merges. */
export function stepTimeText(stepCount: number): string {
  const minutes = (stepCount * SECONDS_PER_STEP) / 60
  return stepCount === 0
    ? 'no time'
    : `about ${minutes < 10 ? Number(minutes.toFixed(1)) : Math.round(minutes)} min`
}
