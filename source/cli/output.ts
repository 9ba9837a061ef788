import type { Headless, OutputRow } from '../commands/command.ts'
import { jsonLine } from '../commands/json-line.ts'
import type { Sink } from './sink.ts'
import { GrowingLines, tableText } from './table.ts'

/** Takes the rows of a command as they come and brings them to stdout. */
export type RowWriter = {
  /** Resolves when the reader has taken them, so that a slow pipe slows the command. */
  write(rows: readonly OutputRow[]): Promise<void>
  /** Draws what waits, once no more rows come. */
  finish(): Promise<void>
}

/** JSON Lines at once; for people a table at the end, or lines at once, as the command says. */
export function rowWriter(headless: Headless, sink: Sink, isJson: boolean): RowWriter {
  if (isJson) return { write: rows => sink.write(rows.map(jsonLine).join('')), finish: async () => {} }
  if (headless.layout === 'lines') {
    const lines = new GrowingLines(headless.columns, sink.columns)
    return {
      write: rows => sink.write(rows.map(row => lines.text(row)).join('')),
      finish: async () => {},
    }
  }
  const kept: OutputRow[] = []
  return {
    write: async rows => {
      // One by one: as arguments of one call, a hundred thousand would not fit the stack.
      for (const row of rows) kept.push(row)
    },
    finish: async () => {
      if (kept.length > 0) await sink.write(tableText(headless.columns, kept, sink.columns))
    },
  }
}
