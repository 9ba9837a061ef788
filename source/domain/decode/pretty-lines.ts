import { textStart } from '../text-start.ts'
import { visibleText } from '../visible-text.ts'
import type { Content, DecodedRecord, LogEvent } from './decoded-record.ts'
import { HEX_DUMP_WIDTH, hexDumpLines } from './hex-dump.ts'
import { prettyJsonLines } from './json-documents.ts'

/** Longer lines are cut: a terminal shows some hundred columns, and a record can be one line of 10 MiB. */
const MAX_LINE_CHARACTERS = 4_096
export const DEFAULT_MAX_LINES = 20_000

/**
 * A record spread over lines for the detail view, each safe to draw. JSON is indented with its digits and key order kept,
 * log events come one by one, bytes as a hex dump. At most `maxLines`; a last line then says that there is more.
 */
export function prettyLines(decoded: DecodedRecord, maxLines = DEFAULT_MAX_LINES): string[] {
  const lines: string[] = []
  for (const line of rawLines(decoded, maxLines)) {
    if (lines.length >= maxLines) {
      lines.push(`.. more than ${maxLines} lines; the rest is not shown`)
      break
    }
    lines.push(visibleText(cut(line)))
  }
  return lines
}

function* rawLines({ content, bytes }: DecodedRecord, maxLines: number): Generator<string, void, void> {
  switch (content.kind) {
    case 'empty':
      yield '(empty)'
      break
    case 'text':
      yield* textLines(content.text)
      break
    case 'bytes':
      yield* hexDumpLines(bytes.subarray(0, (maxLines + 1) * HEX_DUMP_WIDTH))
      break
    case 'json':
      for (const document of content.documents) yield* prettyJsonLines(document.text)
      break
    case 'probe':
      yield 'CloudWatch Logs checked that it can write to this stream. No log events.'
      yield* prettyJsonLines(content.document.text)
      break
    case 'log-events':
      yield `log group   ${content.logGroup}`
      yield `log stream  ${content.logStream}`
      yield `owner       ${content.owner}`
      for (const event of content.logEvents) yield* logEventLines(event)
      break
    case 'envelope':
      yield* envelopeLines(content)
  }
}

/** Facts, then the members of the images: `-` before, `+` after, two spaces for what stayed; then the document. */
function* envelopeLines(content: Extract<Content, { kind: 'envelope' }>): Generator<string, void, void> {
  yield content.title
  for (const { name, text } of content.facts) yield `${name.padEnd(12)}${text}`
  if (content.changes.length > 0) yield ''
  for (const { name, before, after } of content.changes) {
    if (before === after) {
      yield `  ${name}  ${after ?? ''}`
      continue
    }
    if (before !== undefined) yield `- ${name}  ${before}`
    if (after !== undefined) yield `+ ${name}  ${after}`
  }
  yield ''
  yield* prettyJsonLines(content.document.text)
}

function* logEventLines(event: LogEvent): Generator<string, void, void> {
  yield ''
  yield event.timestampMillis === undefined ? '(no time)' : isoOf(event.timestampMillis)
  yield* textLines(event.message.trimEnd())
}

function* textLines(text: string): Generator<string, void, void> {
  for (let at = 0; at <= text.length; ) {
    const newline = text.indexOf('\n', at)
    const end = newline === -1 ? text.length : newline
    yield text.slice(at, text.charCodeAt(end - 1) === 0x0d && end > at ? end - 1 : end)
    at = end + 1
  }
}

/** Milliseconds that are no date are shown as they are. */
function isoOf(millis: number): string {
  const date = new Date(millis)
  return Number.isNaN(date.getTime()) ? String(millis) : date.toISOString()
}

function cut(line: string): string {
  if (line.length <= MAX_LINE_CHARACTERS) return line
  return `${textStart(line, MAX_LINE_CHARACTERS)}.. (${line.length} characters)`
}
