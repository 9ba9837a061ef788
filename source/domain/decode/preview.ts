import { textStart } from '../text-start.ts'
import { visibleText } from '../visible-text.ts'
import type { Content, DecodedRecord, LogEvent } from './decoded-record.ts'
import { compactJson } from './json-documents.ts'

/** A record in one line for a list, safe to draw, at most `maxCharacters` long; `..` at its end where it was cut. */
export function previewOf(decoded: DecodedRecord, maxCharacters: number): string {
  // Escapes only lengthen a text, so that a little more than what is asked is enough to know whether it must be cut.
  const text = visibleText(rawPreview(decoded, maxCharacters + 1))
  return text.length <= maxCharacters ? text : `${textStart(text, maxCharacters - 2)}..`
}

function rawPreview({ content, bytes }: DecodedRecord, enough: number): string {
  switch (content.kind) {
    case 'empty':
      return '(empty)'
    case 'text':
      return textStart(content.text, enough)
    case 'bytes':
      return hexPreview(bytes, enough)
    case 'json': {
      let line = ''
      for (const document of content.documents) {
        if (line.length >= enough) break
        line += `${line === '' ? '' : ' '}${compactJson(document.text, enough)}`
      }
      return line
    }
    case 'probe':
      return `CloudWatch Logs probe of account ${content.owner}: the stream can be written, no data`
    case 'log-events': {
      const events = content.logEvents.map(logEventPreview).slice(0, Math.ceil(enough / 2))
      const count = `${content.logEvents.length} log ${content.logEvents.length === 1 ? 'event' : 'events'}`
      return `${content.logGroup} ${content.logStream}: ${count}: ${events.join(' | ')}`
    }
    case 'envelope':
      return `${content.title} ${envelopePreview(content, enough)}`
  }
}

/** What changed says most; an event without images is shown whole. */
function envelopePreview(
  { changes, document }: Extract<Content, { kind: 'envelope' }>,
  enough: number,
): string {
  if (changes.length === 0) return compactJson(document.text, enough)
  const parts: string[] = []
  let length = 0
  for (const { name, before, after } of changes) {
    if (before === after || length > enough) continue
    const part = before === undefined ? after : after === undefined ? `-${before}` : `${before}->${after}`
    parts.push(`${name}=${part}`)
    length += parts.at(-1)?.length ?? 0
  }
  return parts.join(' ')
}

/** The first line of a log message says most. */
function logEventPreview(event: LogEvent): string {
  return event.message.trimEnd().split('\n', 1)[0] ?? ''
}

function hexPreview(bytes: Uint8Array, enough: number): string {
  const shown = bytes.subarray(0, Math.ceil(enough / 3))
  return [...shown].map(byte => byte.toString(16).padStart(2, '0')).join(' ')
}
