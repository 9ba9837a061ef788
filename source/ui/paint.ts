import { drawable, fitLine, type Line } from './line.ts'
import type { Theme } from './theme.ts'

/**
 * A line as the one string that is drawn: exactly `width` cells of printable ASCII, and of block characters in our own
 * charts, between our own colour sequences.
 * Whatever text got this far, nothing in it can reach the terminal as a control.
 */
export function paint(spans: Line, width: number, theme: Theme): string {
  let painted = ''
  for (const item of fitLine(spans, width)) {
    const { tone } = item
    const visible = drawable(item)
    if (tone === undefined) painted += visible
    else painted += theme[tone][0] + visible + theme[tone][1]
  }
  return painted
}
