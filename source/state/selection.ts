import type { ListState, Model, ScreenState, Viewport } from './model.ts'
import { consumerRows } from './select-consumers.ts'
import { boardRows, keyRows } from './select-heat.ts'
import { readerRows, serviceRows } from './select-readers.ts'
import { shardRows } from './select-shards.ts'
import { streamRows } from './select-streams.ts'
import { tailRows } from './select-tail.ts'

export type ListScreen = Extract<ScreenState, ListState>

/** Lines of every screen that are not its body: status, title, facts, column heads, notice, keys. */
export const CHROME_LINES = 6

/** Below this the screen only says so. */
export const SMALLEST_VIEWPORT: Viewport = { columns: 40, rows: 10 }

/** Lines for rows on any screen. */
export function bodyHeight(viewport: Viewport): number {
  return Math.max(1, viewport.rows - CHROME_LINES)
}

/** Lines below the rows of the board: the strip of the hash-key space, the selected range, our own reads, and what is said. */
export function stripLines(viewport: Viewport): number {
  return 3 + 2 * verdictLineCount(viewport)
}

/** Lines for the verdict on a shard, and as many for what to do: two where there is room, so that neither is cut. */
export function verdictLineCount({ rows }: Viewport): number {
  return rows >= 24 ? 2 : 1
}

/** Lines for the rows of one screen. */
export function listHeight(screen: ScreenState, viewport: Viewport): number {
  const height = bodyHeight(viewport)
  return screen.screen === 'board' ? Math.max(1, height - stripLines(viewport)) : height
}

/** Where a list stands: which row is selected and which is drawn first. */
export type Selection = {
  readonly count: number
  /** -1 in an empty list. */
  readonly index: number
  readonly id?: string
  /** Index of the row on the first line of the body. */
  readonly top: number
}

type Indexed = {
  readonly count: number
  idAt(index: number): string | undefined
  indexOf(id: string): number
}

export function isListScreen(screen: ScreenState): screen is ListScreen {
  return 'filter' in screen
}

export function topScreen(model: Model): ScreenState {
  const top = model.screens.at(-1)
  if (top === undefined) throw new Error('a console without a screen')
  return top
}

/** The rows of a list screen by place and id, whatever they are. */
export function indexedRows(model: Model, screen: ListScreen): Indexed {
  switch (screen.screen) {
    case 'streams':
      return ofArray(streamRows(model, screen))
    case 'shards':
      return ofArray(shardRows(model, screen))
    case 'board':
      return ofArray(boardRows(model, screen))
    case 'keys':
      return ofArray(keyRows(model, screen))
    case 'readers':
      return ofArray(readerRows(model, screen))
    case 'consumers':
      return ofArray(consumerRows(model, screen))
    case 'services':
      return ofArray(serviceRows(model, screen))
    case 'tail': {
      const rows = tailRows(model, screen)
      return { count: rows.count, idAt: index => rows.at(index)?.id, indexOf: id => rows.indexOf(id) }
    }
  }
}

/**
 * The selected row by its id; once it is gone, the row that took its place. New rows above it do not move it on the
 * screen. A followed tail selects its newest row.
 */
export function selectionOf(model: Model, screen: ListScreen): Selection {
  const rows = indexedRows(model, screen)
  const height = listHeight(screen, model.viewport)
  if (rows.count === 0) return { count: 0, index: -1, top: 0 }
  const last = rows.count - 1
  if (screen.screen === 'tail' && screen.isFollowing) return placed(rows, last, height - 1, height)
  const { selectedId, selectedIndex } = screen
  // Where it was is where it mostly still is: no need to look through 10,000 rows at each frame.
  const isInPlace =
    selectedId !== undefined && selectedIndex !== undefined && rows.idAt(selectedIndex) === selectedId
  const found = isInPlace ? selectedIndex : selectedId === undefined ? -1 : rows.indexOf(selectedId)
  const index = found >= 0 ? found : Math.min(selectedIndex ?? 0, last)
  return placed(rows, index, screen.selectedLine ?? index, height)
}

/** The selection after moving by so many rows, without leaving the list. */
export function moved(model: Model, screen: ListScreen, by: number): Selection {
  const rows = indexedRows(model, screen)
  const height = listHeight(screen, model.viewport)
  const before = selectionOf(model, screen)
  if (rows.count === 0) return before
  const index = Math.min(Math.max(before.index + by, 0), rows.count - 1)
  const isPage = Math.abs(by) >= height - 1
  const line = before.index - before.top + (isPage ? 0 : index - before.index)
  return placed(rows, index, line, height)
}

function placed(rows: Indexed, index: number, line: number, height: number): Selection {
  const onScreen = Math.min(Math.max(line, 0), height - 1)
  const top = Math.min(Math.max(index - onScreen, 0), Math.max(rows.count - height, 0))
  const id = rows.idAt(index)
  return { count: rows.count, index, top, ...(id === undefined ? {} : { id }) }
}

function ofArray(rows: readonly { readonly id: string }[]): Indexed {
  return {
    count: rows.length,
    idAt: index => rows[index]?.id,
    indexOf: id => rows.findIndex(row => row.id === id),
  }
}
