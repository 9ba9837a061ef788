import type { Sort } from '../state/model.ts'
import { chart, fitText, type Line, type Span, span } from './line.ts'
import type { Tone } from './theme.ts'

/** One column of a table, as data. */
export type Column<Row> = {
  /** As in the sort keys of the rows, where it can be sorted by. */
  readonly key: string
  readonly header: string
  readonly align?: 'left' | 'right'
  /** Cells at least; the column goes where they do not fit. */
  readonly width: number
  /** Cells at most: room that is left is given out up to here. `width` where absent. */
  readonly maxWidth?: number
  /** Lower ones stay longer on a narrow screen; 0 always stays. */
  readonly priority: number
  readonly text: (row: Row) => string
  readonly tone?: (row: Row) => Tone | undefined
  /** Characters of the drawn cell to set off, ordered and apart. */
  readonly marks?: (drawn: string) => readonly (readonly [start: number, end: number])[]
  /** The text is a chart of our own, exactly as wide as the column. */
  readonly chart?: (row: Row, width: number) => string
}

export type LaidOut<Row> = { readonly column: Column<Row>; readonly width: number }

const GAP = 2
/** The sign before each row: `>` for the selected one, so that colour is never the only sign. */
export const MARKER_WIDTH = 2

/** The columns that fitText, in their order, with their widths. */
export function layOut<Row>(columns: readonly Column<Row>[], width: number): readonly LaidOut<Row>[] {
  const room = width - MARKER_WIDTH
  const kept = new Set<Column<Row>>()
  let used = 0
  for (const column of [...columns].sort((a, b) => a.priority - b.priority)) {
    const cost = column.width + (kept.size === 0 ? 0 : GAP)
    if (used + cost > room && column.priority > 0) continue
    kept.add(column)
    used += cost
  }
  let spare = Math.max(0, room - used)
  const growing = columns.filter(column => kept.has(column) && (column.maxWidth ?? 0) > column.width)
  const extra = new Map<Column<Row>, number>()
  // Narrow wishes first, so that what they leave goes to the wide ones.
  const byWish = [...growing].sort((a, b) => wishOf(a) - wishOf(b))
  byWish.forEach((column, index) => {
    const share = Math.min(wishOf(column), Math.floor(spare / (byWish.length - index)))
    extra.set(column, share)
    spare -= share
  })
  return columns
    .filter(column => kept.has(column))
    .map(column => ({ column, width: column.width + (extra.get(column) ?? 0) }))
}

function wishOf<Row>(column: Column<Row>): number {
  return (column.maxWidth ?? column.width) - column.width
}

export function headerLine<Row>(columns: readonly LaidOut<Row>[], sort: Sort | undefined): Line {
  const cells = columns.map(({ column, width }) => {
    const sign = sort?.column !== column.key ? '' : sort.direction === 'ascending' ? '^' : 'v'
    return fitText(`${column.header}${sign}`, width, column.align)
  })
  return [span(`${' '.repeat(MARKER_WIDTH)}${cells.join(' '.repeat(GAP))}`, 'heading')]
}

export function rowLine<Row>(columns: readonly LaidOut<Row>[], row: Row, isSelected: boolean): Line {
  if (isSelected && columns.some(({ column }) => column.chart !== undefined)) {
    const spans = [span('> ', 'selected')]
    columns.forEach(({ column, width }, index) => {
      if (index > 0) spans.push(span(' '.repeat(GAP), 'selected'))
      spans.push(cellSpan(column, width, row, 'selected'))
    })
    return spans
  }
  if (isSelected && columns.some(({ column }) => column.marks !== undefined)) {
    const spans = [span('> ', 'selected')]
    columns.forEach(({ column, width }, index) => {
      if (index > 0) spans.push(span(' '.repeat(GAP), 'selected'))
      spans.push(
        ...markedSpans(column, fitText(column.text(row), width, column.align), 'selected', 'selected-match'),
      )
    })
    return spans
  }
  if (isSelected) {
    const cells = columns.map(({ column, width }) => fitText(column.text(row), width, column.align))
    return [span(`> ${cells.join(' '.repeat(GAP))}`, 'selected')]
  }
  const line = [span(' '.repeat(MARKER_WIDTH))]
  columns.forEach(({ column, width }, index) => {
    if (index > 0) line.push(span(' '.repeat(GAP)))
    if (column.marks === undefined) line.push(cellSpan(column, width, row, column.tone?.(row)))
    else {
      const drawn = fitText(column.text(row), width, column.align)
      line.push(...markedSpans(column, drawn, column.tone?.(row), 'match'))
    }
  })
  return line
}

/** The rows in sight of a list: `top` is the index of the first one, `index` that of the selected one. */
export function tableBody<Row>(
  columns: readonly LaidOut<Row>[],
  rows: readonly Row[],
  { index, top }: { readonly index: number; readonly top: number },
  height: number,
): readonly Line[] {
  return rows.slice(top, top + height).map((row, offset) => rowLine(columns, row, top + offset === index))
}

function markedSpans<Row>(column: Column<Row>, drawn: string, tone: Tone | undefined, mark: Tone): Span[] {
  const spans: Span[] = []
  let at = 0
  for (const [start, end] of column.marks?.(drawn) ?? []) {
    if (start > at) spans.push(span(drawn.slice(at, start), tone))
    spans.push(span(drawn.slice(start, end), mark))
    at = end
  }
  if (at < drawn.length) spans.push(span(drawn.slice(at), tone))
  return spans
}

function cellSpan<Row>(column: Column<Row>, width: number, row: Row, tone: Tone | undefined): Span {
  if (column.chart === undefined) return span(fitText(column.text(row), width, column.align), tone)
  return chart(column.chart(row, width).padEnd(width).slice(0, width), tone)
}

/** A row in words: what each column says of it, and its place in the list. */
export type SpokenRow = {
  readonly index: number
  readonly count: number
  readonly cells: readonly (readonly [header: string, text: string])[]
}

/** The selected row in words; undefined where none is. Pictures and empty cells say nothing. */
export function spokenRow<Row>(
  columns: readonly LaidOut<Row>[],
  row: Row | undefined,
  index: number,
  count: number,
): SpokenRow | undefined {
  if (row === undefined) return undefined
  const cells = columns.flatMap(({ column }) => {
    const text = column.chart === undefined ? column.text(row).trim() : ''
    return text === '' ? [] : [[column.header, text] as const]
  })
  return { index, count, cells }
}

/** Cells that the widest of the texts takes, looked at up to `most`. */
export function widest(texts: Iterable<string>, most: number): number {
  let width = 0
  for (const text of texts) {
    if (text.length > width) width = text.length
    if (width >= most) return most
  }
  return width
}
