import { visibleAscii } from '../domain/visible-text.ts'
import { fitLine, type Line } from './line.ts'
import type { Theme } from './theme.ts'

/**
 * A line as the one string that is drawn: exactly `width` cells of printable ASCII between our own colour sequences.
 * Whatever text got this far, nothing in it can reach the terminal as a control.
 */
export function paint(spans: Line, width: number, theme: Theme): string {
  let painted = ''
  for (const { text, tone } of fitLine(spans, width)) {
    const visible = visibleAscii(text)
    if (tone === undefined) painted += visible
    else painted += theme[tone][0] + visible + theme[tone][1]
  }
  return painted
}
