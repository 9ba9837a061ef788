import { visibleAscii } from '../domain/visible-text.ts'
import type { Tone } from './theme.ts'

/** A piece of a line in one tone. Its text may be anything; it is made harmless when it is fitted or painted. */
export type Span = {
  readonly text: string
  readonly tone?: Tone
  /** Our own chart: block characters may stay, each one cell wide. Never set for a text from outside. */
  readonly isChart?: true
}

/** One line of the screen, left to right. */
export type Line = readonly Span[]

export const EMPTY_LINE: Line = []

export function span(text: string, tone?: Tone): Span {
  return tone === undefined ? { text } : { text, tone }
}

export function line(...spans: readonly (Span | string)[]): Line {
  return spans.map(item => (typeof item === 'string' ? { text: item } : item))
}

/** A piece of a chart, drawn with block characters where the terminal has them. */
export function chart(text: string, tone?: Tone): Span {
  return { ...span(text, tone), isChart: true }
}

const CHART_TEXT = /^[ -~\u2581-\u2588]*$/

/** The text of a span as it is drawn. */
export function drawable({ text, isChart }: Span): string {
  return isChart === true && CHART_TEXT.test(text) ? text : visibleAscii(text)
}

/** Width in cells once drawn: every character is printable ASCII by then. */
export function widthOf(spans: Line): number {
  return spans.reduce((sum, item) => sum + drawable(item).length, 0)
}

/** The text as printable ASCII, cut or padded to exactly `width` cells. A cut is marked with `~`. */
export function fitText(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  if (width <= 0) return ''
  // Escapes only make a text longer: what lies beyond the width need not be looked at.
  const visible = visibleAscii(text.slice(0, width + 1))
  if (visible.length > width) return width === 1 ? '~' : `${visible.slice(0, width - 1)}~`
  return align === 'right' ? visible.padStart(width) : visible.padEnd(width)
}

/** As `fitText`, keeping the end of the text: of an ARN or URL the end tells more. */
export function fitEnd(text: string, width: number): string {
  const visible = visibleAscii(text)
  if (visible.length <= width) return visible.padEnd(width)
  return width <= 1 ? '~'.slice(0, Math.max(0, width)) : `~${visible.slice(visible.length - width + 1)}`
}

/** The line in exactly `width` cells: cut, or filled with blanks in the tone `fill`. */
export function fitLine(spans: Line, width: number, fill?: Tone): Line {
  const fitted: Span[] = []
  let rest = width
  for (const { text, tone, isChart } of spans) {
    if (rest <= 0) break
    if (isChart === true) {
      const kept = drawable(chart(text)).slice(0, rest)
      fitted.push(chart(kept, tone))
      rest -= kept.length
      continue
    }
    const visible = visibleAscii(text.slice(0, rest + 1))
    const kept = visible.length > rest ? fitText(visible, rest) : visible
    if (kept !== '') fitted.push(span(kept, tone))
    rest -= kept.length
  }
  if (rest > 0) fitted.push(span(' '.repeat(rest), fill))
  return fitted
}

/** Cells that the left part keeps whatever the right one wants. */
const LEAST_LEFT = 12

/** Left part, then the right part flush with the edge. Where both do not fit, the left one is cut: the right has numbers. */
export function spread(left: Line, right: Line, width: number): Line {
  const room = width - widthOf(right) - 1
  if (right.length === 0 || room < LEAST_LEFT) return fitLine(left, width)
  return [...fitLine(left, room), span(' '), ...right]
}

/** `over` drawn upon `base` from cell `at` on. Both are fitted lines. */
export function overlay(base: Line, at: number, over: Line): Line {
  return [...slice(base, 0, at), ...over, ...slice(base, at + widthOf(over), Number.MAX_SAFE_INTEGER)]
}

function slice(spans: Line, from: number, to: number): Line {
  const kept: Span[] = []
  let at = 0
  for (const item of spans) {
    const { text } = item
    const piece = text.slice(Math.max(0, from - at), Math.max(0, to - at))
    if (piece !== '') kept.push({ ...item, text: piece })
    at += text.length
  }
  return kept
}

/** A text broken at blanks, else anywhere, into lines of at most `width` cells of printable ASCII. */
export function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let rest = visibleAscii(text)
  while (rest.length > width) {
    const blank = rest.lastIndexOf(' ', width)
    const end = blank > width / 2 ? blank : width
    lines.push(rest.slice(0, end))
    rest = rest.slice(end).trimStart()
  }
  lines.push(rest)
  return lines
}
