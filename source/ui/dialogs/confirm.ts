import type { ActPreview } from '../../state/act-preview.ts'
import type { ConfirmDialog } from '../../state/model.ts'
import { type Line, line, span, wrapText } from '../line.ts'
import { stripLine } from '../parts/strip.ts'
import { scrolled } from '../scroll.ts'
import { fieldSpans } from '../text-input.ts'
import type { View } from '../view.ts'
import { type BoxContent, boxHeight, boxWidth } from './box.ts'

//  +- Delete a stream ----------------------------------------+
//  | Delete orders with all its data.                         |
//  |                                                          |
//  | Type orders and Enter to do it: ord_                     |
//  +----------------------------------------------------------+

export function confirmBox(view: View, dialog: ConfirmDialog): BoxContent {
  const width = boxWidth(view.width)
  const command = view.commands.find(candidate => candidate.id === dialog.commandId)
  const told: readonly Line[] = [
    ...dialog.lines.flatMap(text => wrapText(text, width).map(part => line(part))),
    ...(dialog.preview === undefined
      ? command?.preview === undefined
        ? []
        : [[], line(span('Looking at what it would do ...', 'muted'))]
      : previewLines(dialog.preview, width)),
  ]
  const question: readonly Line[] =
    dialog.requiredText === undefined
      ? [line(span('y', 'key'), ' do it    ', span('n', 'key'), ' do not')]
      : [
          ...wrapText(`Type ${dialog.requiredText} and Enter to do it:`, width).map(text => line(text)),
          fieldSpans(dialog, width, true),
          // Gone with the next key: it is about what stands there.
          ...(dialog.refusedText === undefined || dialog.refusedText !== dialog.text
            ? []
            : wrapText(`"${dialog.refusedText}" is not ${dialog.requiredText}: nothing was done.`, width).map(
                text => line(span(text, 'bad')),
              )),
        ]
  // The question is always in sight, however long the preview is.
  const height = boxHeight(view.height)
  const title = command?.title ?? dialog.commandId
  if (height < question.length + 3) {
    return { title, lines: [...told.slice(0, Math.max(0, height - question.length)), ...question] }
  }
  const room = height - question.length - 1
  if (told.length <= room) return { title, lines: [...told, [], ...question] }
  const first = Math.min(dialog.scroll ?? 0, told.length - room)
  const { body, mark } = scrolled(told, first, room)
  const more = line(
    span(`-- ${mark}: `, 'muted'),
    span('up', 'key'),
    span(' and ', 'muted'),
    span('down', 'key'),
  )
  return {
    title,
    lines: [...body, more, ...question],
  }
}

/** What an act would do: both layouts as strips, then what is to be known before it. */
export function previewLines(preview: ActPreview, width: number): readonly Line[] {
  const strips = [['today', preview.before] as const, ['after', preview.after] as const].flatMap(
    ([name, ranges]) =>
      ranges === undefined
        ? []
        : [line(span(`${name}: ${ranges.length} open`, 'muted')), stripLine(ranges, width)],
  )
  return [
    ...(strips.length === 0 ? [] : [[], ...strips]),
    ...preview.sections.flatMap(({ heading, lines }) => [
      [],
      line(span(heading, 'heading')),
      ...lines.flatMap(text => wrapText(text, width).map(part => line(part))),
    ]),
    ...(preview.awsCli.length === 0
      ? []
      : [
          [],
          line(span('AWS CLI', 'heading')),
          ...preview.awsCli.flatMap(text => wrapText(text, width).map(part => line(span(part, 'muted')))),
        ]),
  ]
}
