import type { Model, ReaderInfo, ScreenState, TailState } from './model.ts'
import { type RecordWindow, rowAt } from './record-window.ts'
import { rowSearchText } from './row-text.ts'
import type { TailRow } from './tail-row.ts'
import { isTailOf } from './update-tail.ts'

/** The rows of a tail, oldest first, without ever copying the window. */
export type RowList = {
  readonly count: number
  at(index: number): TailRow | undefined
  /** Place of a row, newest places looked at first; -1 where it is not (or no longer) listed. */
  indexOf(id: string): number
}

type TailScreen = Extract<ScreenState, { screen: 'tail' }>

const NO_ROWS: RowList = { count: 0, at: () => undefined, indexOf: () => -1 }

/** What the tail screen lists: the window, frozen while paused, narrowed by the filter. */
export function tailRows(model: Model, screen: TailScreen): RowList {
  if (!isTailOf(model.tail, screen)) return NO_ROWS
  const window = model.tail.pausedWindow ?? model.tail.window
  const wanted = screen.filter.toLowerCase()
  return wanted === '' ? listOf(window) : listOf(narrowed(window, wanted))
}

function listOf(window: Pick<RecordWindow<TailRow>, 'chunks' | 'recordCount'>): RowList {
  return {
    count: window.recordCount,
    at: index => rowAt(window.chunks, index),
    indexOf: id => {
      let end = window.recordCount
      for (const chunk of window.chunks.toReversed()) {
        const found = chunk.findLastIndex(row => row.id === id)
        if (found >= 0) return end - chunk.length + found
        end -= chunk.length
      }
      return -1
    },
  }
}

/** Chunks never change, so each is searched once a filter; what leaves the window leaves the cache with it. */
const NARROWED_CHUNKS = new WeakMap<readonly TailRow[], { filter: string; rows: readonly TailRow[] }>()

function narrowed(
  window: RecordWindow<TailRow>,
  wanted: string,
): Pick<RecordWindow<TailRow>, 'chunks' | 'recordCount'> {
  let recordCount = 0
  const chunks = window.chunks.map(chunk => {
    let known = NARROWED_CHUNKS.get(chunk)
    if (known?.filter !== wanted) {
      known = { filter: wanted, rows: chunk.filter(row => rowSearchText(row).includes(wanted)) }
      NARROWED_CHUNKS.set(chunk, known)
    }
    recordCount += known.rows.length
    return known.rows
  })
  return { chunks, recordCount }
}

export type Rate = { readonly recordsPerSecond: number; readonly bytesPerSecond: number }

/** What the tail received a second over the last ten seconds or so; undefined before two samples are there. */
export function tailRate(tail: TailState): Rate | undefined {
  const [first, last] = [tail.rateSamples[0], tail.rateSamples.at(-1)]
  if (first === undefined || last === undefined || last.at <= first.at) return undefined
  const seconds = (last.at - first.at) / 1_000
  return {
    recordsPerSecond: (last.recordCount - first.recordCount) / seconds,
    bytesPerSecond: (last.byteCount - first.byteCount) / seconds,
  }
}

export type ReaderCounts = {
  readonly byState: ReadonlyMap<ReaderInfo['state'], number>
  /** Of the readers that are behind; undefined where none is or none could tell. */
  readonly largestMillisBehindLatest?: number
}

/** How many shards are in which state, and how far the slowest is behind. */
export function readerCounts(readers: ReadonlyMap<string, ReaderInfo>): ReaderCounts {
  const byState = new Map<ReaderInfo['state'], number>()
  let largest: number | undefined
  for (const reader of readers.values()) {
    byState.set(reader.state, (byState.get(reader.state) ?? 0) + 1)
    const behind = reader.millisBehindLatest
    if (behind !== undefined && reader.state !== 'ended' && behind > (largest ?? 0)) largest = behind
  }
  return { byState, ...(largest === undefined ? {} : { largestMillisBehindLatest: largest }) }
}
