import { prettyLines } from '../domain/decode/pretty-lines.ts'
import { decodedRow } from '../state/row-text.ts'
import type { TailRow } from '../state/tail-row.ts'
import { hexLines } from './hex.ts'
import { type LineSource, wrappedLines } from './line-source.ts'

/** A payload for reading: what was odd about it, and its lines at a width. */
export type RecordValue = {
  readonly revision: number
  readonly notes: readonly string[]
  readonly lines: (width: number) => LineSource
}

/** A row never changes until a schema comes, and drawing it again and again must not read its payload again and again. */
const VALUES = new WeakMap<TailRow, RecordValue>()

export function recordValue(row: TailRow): RecordValue {
  let value = VALUES.get(row)
  if (value?.revision !== (row.decoding?.revision ?? 0)) {
    value = readValue(row)
    VALUES.set(row, value)
  }
  return value
}

function readValue(row: TailRow): RecordValue {
  const revision = row.decoding?.revision ?? 0
  const decoded = decodedRow(row)
  const notes = [...new Set([...(row.notes ?? []), ...decoded.notes])]
  const { kind } = decoded.content
  if (kind === 'bytes' || kind === 'empty')
    return { revision, notes, lines: width => hexLines(decoded.bytes, width) }
  return { revision, notes, lines: onceAWidth(prettyLines(decoded)) }
}

function onceAWidth(texts: readonly string[]): (width: number) => LineSource {
  let last: { width: number; lines: LineSource } | undefined
  return width => {
    if (last?.width !== width) last = { width, lines: wrappedLines(texts, width) }
    return last.lines
  }
}
