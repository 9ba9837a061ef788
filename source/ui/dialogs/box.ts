import { fitLine, type Line, line, overlay, span } from '../line.ts'

/** Content of a dialog, framed and laid over the body. */
export type BoxContent = { readonly title: string; readonly lines: readonly Line[] }

//  +- Split an open shard into two ---------------------------+
//  | stream   orders                                          |
//  +----------------------------------------------------------+

/** Cells between the frame's sides for a dialog on a screen of this width. */
export function boxWidth(screenWidth: number): number {
  // On a narrow screen the frame takes it all: slivers of the rows beneath would only confuse.
  return screenWidth <= 100 ? screenWidth - 4 : 96
}

/** Lines that a dialog may have on a body of this height. */
export function boxHeight(bodyHeight: number): number {
  return Math.max(1, bodyHeight - 2)
}

/** The body with the box over it, centred; lines that do not fit are left out at the end. */
export function withBox(body: readonly Line[], content: BoxContent, width: number): readonly Line[] {
  const inner = boxWidth(width)
  const at = Math.max(0, Math.floor((width - inner - 4) / 2))
  const shown = content.lines.slice(0, boxHeight(body.length))
  const title = ` ${content.title} `.slice(0, inner)
  const framed: readonly Line[] = [
    line(
      span('+-', 'frame'),
      span(title, 'title'),
      span(`${'-'.repeat(Math.max(0, inner - title.length + 1))}+`, 'frame'),
    ),
    ...shown.map(content => line(span('| ', 'frame'), ...fitLine(content, inner), span(' |', 'frame'))),
    line(span(`+${'-'.repeat(inner + 2)}+`, 'frame')),
  ]
  const first = Math.max(0, Math.floor((body.length - framed.length) / 2))
  return body.map((base, index) => {
    const over = framed[index - first]
    return over === undefined ? base : overlay(fitLine(base, width), at, over)
  })
}
