import { visibleAscii } from '../domain/visible-text.ts'
import { EMPTY_LINE, type Line, line } from './line.ts'

/** Lines that are made when they are drawn: a record of 10 MiB has hundreds of thousands. */
export type LineSource = { readonly count: number; at(index: number): Line }

/** Texts as lines, long ones going on in the next line, so that nothing of them is out of reach. */
export function wrappedLines(texts: readonly string[], width: number): LineSource {
  const starts: (readonly [string, number])[] = []
  for (const text of texts) {
    const visible = visibleAscii(text)
    for (let at = 0; at === 0 || at < visible.length; at += width) starts.push([visible, at])
  }
  return {
    count: starts.length,
    at: index => {
      const start = starts[index]
      return start === undefined ? EMPTY_LINE : line(start[0].slice(start[1], start[1] + width))
    },
  }
}
