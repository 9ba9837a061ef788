import stringWidth from 'string-width'
import type { OutputColumn, OutputRow } from '../commands/command.ts'
import { visibleText } from '../domain/visible-text.ts'

const GAP = '  '
/** No cell pushes the rest of a line further out than this while lines are drawn as they come. */
const WIDEST_GROWN_COLUMN = 40
/** Columns grow by whole steps: a few jumps in a tail, and not one for each key that is a letter longer. */
const GROWTH_STEP = 8

/** A whole table for people: widths from the content, header first. Cut to `columns` cells where that is given. */
export function tableText(
  columns: readonly OutputColumn[],
  rows: readonly OutputRow[],
  lineCells: number | undefined,
): string {
  const cells = rows.map(row => columns.map(column => cellText(column, row)))
  const header = columns.map(column => column.header)
  const widths = columns.map((_, index) =>
    [header, ...cells].reduce((widest, line) => Math.max(widest, stringWidth(line[index] ?? '')), 0),
  )
  return [header, ...cells].map(line => lineText(columns, line, widths, lineCells)).join('')
}

/**
 * Lines that are drawn as they come: a column begins with what is reserved for it, grows in steps with what is wider, and
 * never shrinks.
 */
export class GrowingLines {
  readonly #columns: readonly OutputColumn[]
  readonly #lineCells: number | undefined
  readonly #widths: number[]

  constructor(columns: readonly OutputColumn[], lineCells: number | undefined) {
    this.#columns = columns
    this.#lineCells = lineCells
    this.#widths = columns.map(({ reservedCells = 0 }) => reservedCells)
  }

  text(row: OutputRow): string {
    const cells = this.#columns.map(column => cellText(column, row))
    cells.forEach((cell, index) => {
      const width = Math.min(stringWidth(cell), WIDEST_GROWN_COLUMN)
      if (width <= (this.#widths[index] ?? 0)) return
      const isReserved = this.#columns[index]?.reservedCells !== undefined
      this.#widths[index] = isReserved ? Math.ceil(width / GROWTH_STEP) * GROWTH_STEP : width
    })
    return lineText(this.#columns, cells, this.#widths, this.#lineCells)
  }
}

/** The text of a cell; a dash where the value is absent, since absent is not zero. */
function cellText(column: OutputColumn, row: OutputRow): string {
  const value = row[column.key]
  if (column.text !== undefined) return visibleText(column.text(value, row))
  return value === undefined ? '-' : visibleText(String(value))
}

function lineText(
  columns: readonly OutputColumn[],
  cells: readonly string[],
  widths: readonly number[],
  lineCells: number | undefined,
): string {
  const padded = cells.map((cell, index) => {
    const space = ' '.repeat(Math.max(0, (widths[index] ?? 0) - stringWidth(cell)))
    return columns[index]?.align === 'right' ? space + cell : cell + space
  })
  const line = padded.join(GAP).trimEnd()
  return `${lineCells === undefined ? line : cutToCells(line, lineCells)}\n`
}

/** The longest beginning that fits, with an ellipsis where something was cut. */
function cutToCells(text: string, cells: number): string {
  if (stringWidth(text) <= cells) return text
  let kept = ''
  let used = 0
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    const width = stringWidth(segment)
    if (used + width > cells - 1) break
    kept += segment
    used += width
  }
  return `${kept}…`
}
