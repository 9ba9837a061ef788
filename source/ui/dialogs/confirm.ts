import type { ConfirmDialog } from '../../state/model.ts'
import { type Line, line, span, wrapText } from '../line.ts'
import { fieldSpans } from '../text-input.ts'
import type { View } from '../view.ts'
import { type BoxContent, boxWidth } from './box.ts'

//  +- Delete a stream ----------------------------------------+
//  | Delete orders with all its data.                         |
//  |                                                          |
//  | Type orders and Enter to do it: ord_                     |
//  +----------------------------------------------------------+

export function confirmBox(view: View, dialog: ConfirmDialog): BoxContent {
  const width = boxWidth(view.width)
  const command = view.commands.find(candidate => candidate.id === dialog.commandId)
  const lines: Line[] = dialog.lines.flatMap(text => wrapText(text, width).map(part => line(part)))
  lines.push([])
  if (dialog.requiredText === undefined) {
    lines.push(line(span('y', 'key'), ' do it    ', span('n', 'key'), ' do not'))
  } else {
    lines.push(...wrapText(`Type ${dialog.requiredText} and Enter to do it:`, width).map(text => line(text)))
    lines.push(fieldSpans(dialog, width, true))
  }
  return { title: command?.title ?? dialog.commandId, lines }
}
