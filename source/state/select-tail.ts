import { type Failure, failureOf } from '../domain/failure.ts'
import { compileFilter } from '../domain/filter/compile-filter.ts'
import type { Filter } from '../domain/filter/filter.ts'
import type { Model, ReaderInfo, ScreenState, TailState } from './model.ts'
import { type RecordWindow, rowAt } from './record-window.ts'
import { rowSubject } from './row-text.ts'
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

/** What the tail screen lists: the window, frozen while paused, narrowed by the filter unless others are shown too. */
export function tailRows(model: Model, screen: TailScreen): RowList {
  if (!isTailOf(model.tail, screen)) return NO_ROWS
  const window = model.tail.pausedWindow ?? model.tail.window
  const { filter } = tailFilter(screen.filter)
  if (filter === undefined || screen.showsOthers === true) return listOf(window)
  return listOf(narrowed(window, filter, model.now))
}

/** How many of the kept rows match, and how many that came since the screen was paused; undefined without a filter. */
export function tailMatches(
  model: Model,
  screen: TailScreen,
): { readonly count: number; readonly newerCount: number } | undefined {
  const { filter } = tailFilter(screen.filter)
  if (filter === undefined || !isTailOf(model.tail, screen)) return undefined
  const { window, pausedWindow } = model.tail
  const { recordCount: count } = narrowed(pausedWindow ?? window, filter, model.now)
  if (pausedWindow === undefined) return { count, newerCount: 0 }
  let left = window.recordCount + window.droppedCount - pausedWindow.recordCount - pausedWindow.droppedCount
  let newerCount = 0
  for (const chunk of window.chunks.toReversed()) {
    if (left <= 0) break
    const newer = left >= chunk.length ? chunk : chunk.slice(-left)
    newerCount +=
      newer === chunk
        ? narrowedChunk(chunk, filter, model.now).length
        : newer.filter(row => filter.matches(rowSubject(row), model.now)).length
    left -= chunk.length
  }
  return { count, newerCount }
}

/** Place of the next row after (or before) `index` that the filter matches; -1 where there is none. */
export function nextMatch(model: Model, screen: TailScreen, index: number, step: 1 | -1): number {
  const { filter } = tailFilter(screen.filter)
  if (filter === undefined) return -1
  const rows = tailRows(model, screen)
  for (let place = index + step; place >= 0 && place < rows.count; place += step) {
    const row = rows.at(place)
    if (row !== undefined && filter.matches(rowSubject(row), model.now)) return place
  }
  return -1
}

/** The filter of a tail, or why what is typed is none; both absent where nothing is typed. */
export type TailFilter = { readonly filter?: Filter; readonly failure?: Failure }

/** Texts that were read lately: the screen asks for the same one with every frame. */
const READ_FILTERS = new Map<string, TailFilter>()
const MAX_READ_FILTERS = 8

export function tailFilter(text: string): TailFilter {
  if (text.trim() === '') return {}
  const known = READ_FILTERS.get(text)
  if (known !== undefined) return known
  let read: TailFilter
  try {
    read = { filter: compileFilter(text) }
  } catch (error) {
    read = { failure: failureOf(error, 'filter') }
  }
  if (READ_FILTERS.size >= MAX_READ_FILTERS) READ_FILTERS.clear()
  READ_FILTERS.set(text, read)
  return read
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

/** Ages are looked at anew in steps: a filter that asks for them searches the whole window each time. */
const AGE_STEP_MILLIS = 5_000

/** Chunks never change, so each is searched once a filter; what leaves the window leaves the cache with it. */
const NARROWED_CHUNKS = new WeakMap<
  readonly TailRow[],
  { filter: Filter; step: number; revision: number; rows: readonly TailRow[] }
>()

function narrowed(
  window: RecordWindow<TailRow>,
  filter: Filter,
  now: number,
): Pick<RecordWindow<TailRow>, 'chunks' | 'recordCount'> {
  let recordCount = 0
  const chunks = window.chunks.map(chunk => {
    const rows = narrowedChunk(chunk, filter, now)
    recordCount += rows.length
    return rows
  })
  return { chunks, recordCount }
}

function narrowedChunk(chunk: readonly TailRow[], filter: Filter, now: number): readonly TailRow[] {
  const step = filter.dependsOnNow ? Math.floor(now / AGE_STEP_MILLIS) : 0
  // All rows of a chunk are of one stream.
  const revision = chunk[0]?.decoding?.revision ?? 0
  let known = NARROWED_CHUNKS.get(chunk)
  if (known?.filter !== filter || known.step !== step || known.revision !== revision) {
    known = { filter, step, revision, rows: chunk.filter(row => filter.matches(rowSubject(row), now)) }
    NARROWED_CHUNKS.set(chunk, known)
  }
  return known.rows
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

/** How many shards are in which state, those that have expired too, and how far the slowest is behind. */
export function readerCounts({
  readers,
  expiredReaders,
}: Pick<TailState, 'readers' | 'expiredReaders'>): ReaderCounts {
  const byState = new Map<ReaderInfo['state'], number>(expiredReaders)
  let largest: number | undefined
  for (const reader of readers.values()) {
    byState.set(reader.state, (byState.get(reader.state) ?? 0) + 1)
    const behind = reader.millisBehindLatest
    if (behind !== undefined && reader.state !== 'ended' && behind > (largest ?? 0)) largest = behind
  }
  return { byState, ...(largest === undefined ? {} : { largestMillisBehindLatest: largest }) }
}
