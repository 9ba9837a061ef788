import { chordLabel } from '../../commands/keymap.ts'
import { paletteMatches, paletteReason } from '../../commands/palette.ts'
import type { Dialog } from '../../state/model.ts'
import { fitText, type Line, line, span } from '../line.ts'
import { fieldSpans } from '../text-input.ts'
import type { View } from '../view.ts'
import { type BoxContent, boxHeight, boxWidth } from './box.ts'

//  +- Commands -----------------------------------------------+
//  | : spl_                                                   |
//  |                                                          |
//  | > Split an open shard into two                        s  |
//  |   Switch to another AWS profile                       P  |
//  |   Delete a stream  - this session is read-only        D  |
//  +----------------------------------------------------------+

export function paletteBox(view: View, dialog: Extract<Dialog, { dialog: 'palette' }>): BoxContent {
  const width = boxWidth(view.width)
  const matches = paletteMatches(view.commands, view.model, dialog.text)
  const height = Math.max(1, boxHeight(view.height) - 2)
  const first = Math.max(0, Math.min(dialog.selected - Math.floor(height / 2), matches.length - height))
  const rows = matches.slice(first, first + height).map((command, index): Line => {
    const isSelected = first + index === dialog.selected
    const reason = paletteReason(command, view.model)
    const title = reason === undefined ? command.title : `${command.title}  - ${reason}`
    const key = command.keys[0] === undefined ? '' : chordLabel(command.keys[0])
    const text = `${isSelected ? '> ' : '  '}${fitText(title, width - 11)} ${fitText(key, 8, 'right')}`
    if (isSelected) return line(span(text, 'selected'))
    return line(span(text, reason === undefined ? undefined : 'muted'))
  })
  return {
    title: 'Commands',
    lines: [
      [span(': ', 'key'), ...fieldSpans(dialog, width - 2, true)],
      [],
      ...(rows.length > 0 ? rows : [line('  No command is called that.')]),
    ],
  }
}
