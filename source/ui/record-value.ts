import type { TailRow } from '../state/tail-row.ts'
import { hexLines } from './hex.ts'
import { type LineSource, wrappedLines } from './line-source.ts'
import { prettyJson } from './pretty-json.ts'

/** A payload for reading: what it was found to be, and its lines at a width. */
export type RecordValue = {
  readonly badges: readonly string[]
  readonly notes: readonly string[]
  readonly lines: (width: number) => LineSource
}

/** A row never changes, and drawing it again and again must not read its payload again and again. */
const VALUES = new WeakMap<TailRow, RecordValue>()

export function recordValue(row: TailRow): RecordValue {
  let value = VALUES.get(row)
  if (value === undefined) {
    value = readValue(row)
    VALUES.set(row, value)
  }
  return value
}

function readValue(row: TailRow): RecordValue {
  const text = textOf(row.data)
  if (row.data.length === 0)
    return { badges: ['empty'], notes: [], lines: width => hexLines(row.data, width) }
  if (text === undefined) return { badges: ['bytes'], notes: [], lines: width => hexLines(row.data, width) }
  const isJson = isJsonText(text)
  const texts = isJson ? prettyJson(text) : text.split(/\r\n|\n/)
  return { badges: [isJson ? 'JSON' : 'text'], notes: [], lines: onceAWidth(texts) }
}

function onceAWidth(texts: readonly string[]): (width: number) => LineSource {
  let last: { width: number; lines: LineSource } | undefined
  return width => {
    if (last?.width !== width) last = { width, lines: wrappedLines(texts, width) }
    return last.lines
  }
}

function textOf(data: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data)
  } catch {
    return undefined
  }
}

function isJsonText(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
