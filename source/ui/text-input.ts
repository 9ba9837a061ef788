import { visibleAscii } from '../domain/visible-text.ts'
import type { TextField } from '../state/text-field.ts'
import { type Span, span } from './line.ts'

/** A field being typed in `width` cells, scrolled so that the cursor is in sight. */
export function fieldSpans(field: TextField, width: number, isFocused: boolean): readonly Span[] {
  const before = visibleAscii(field.text.slice(0, field.cursor))
  const at = field.text.codePointAt(field.cursor)
  const under = at === undefined ? '' : visibleAscii(String.fromCodePoint(at))
  const rest = field.text.slice(field.cursor + (at !== undefined && at > 0xffff ? 2 : 1))
  if (!isFocused) {
    const all = before + under + visibleAscii(rest.slice(0, width))
    return [span((all.length > width ? `${all.slice(0, width - 1)}~` : all).padEnd(width))]
  }
  // The cursor is a cell of its own at the end: `_`, so that it shows without any attribute too.
  const cursor = under === '' ? '_' : under
  const room = Math.max(0, width - cursor.length)
  const shownBefore = before.length > room ? `~${before.slice(before.length - room + 1)}` : before
  const after = visibleAscii(rest.slice(0, width)).slice(0, Math.max(0, room - shownBefore.length))
  const filler = ' '.repeat(Math.max(0, width - shownBefore.length - cursor.length - after.length))
  return [span(shownBefore), span(cursor.slice(0, width), 'cursor'), span(after + filler)]
}
