import type { Command } from '../../commands/command.ts'
import { chordLabel } from '../../commands/keymap.ts'
import { commandsOnScreen } from '../../commands/palette.ts'
import type { Dialog } from '../../state/model.ts'
import { topScreen } from '../../state/selection.ts'
import { type Line, line, span, wrapText } from '../line.ts'
import { reasonAgainst, type View } from '../view.ts'
import { type BoxContent, boxHeight, boxWidth } from './box.ts'

//  +- Keys ---------------------------------------------------+
//  | On this screen (shards)                                  |
//  |   enter, l, right  Tail the selected shard alone         |
//  |   s                Split an open shard into two          |
//  |                    (now: this session is read-only)      |
//  | Everywhere                                               |

export function helpBox(view: View, dialog: Extract<Dialog, { dialog: 'help' }>): BoxContent {
  const lines = helpLines(view)
  const height = boxHeight(view.height)
  const first = Math.max(0, Math.min(dialog.scroll, lines.length - height))
  const isCut = lines.length > height
  const place = isCut ? ` (${first + 1}-${Math.min(first + height, lines.length)} of ${lines.length})` : ''
  return { title: `Keys${place}`, lines: lines.slice(first, first + height) }
}

/** All keys, those of the screen on top first, then those of everywhere, then moving about. */
export function helpLines(view: View): readonly Line[] {
  const commands = commandsOnScreen(view.commands, view.model)
  const isMove = (command: Command): boolean => command.id.startsWith('move.')
  const here = commands.filter(command => command.where !== 'everywhere' && !isMove(command))
  const everywhere = commands.filter(command => command.where === 'everywhere')
  const moves = commands.filter(isMove)
  return [
    heading(`On this screen (${topScreen(view.model).screen})`),
    ...here.flatMap(command => commandLines(command, view)),
    [],
    heading('Everywhere'),
    ...everywhere.flatMap(command => commandLines(command, view)),
    [],
    heading('Moving'),
    ...moves.flatMap(command => commandLines(command, view)),
    [],
    heading('In a field'),
    ...FIELD_KEYS.map(([keys, text]) => keyLine(keys, text)),
  ]
}

const KEYS_WIDTH = 18
const FIELD_KEYS: readonly (readonly [string, string])[] = [
  ['tab, shift-tab', 'Next field, previous field'],
  ['up, down', 'Choose among the suggested values'],
  ['ctrl-a, ctrl-e', 'To the beginning, to the end'],
  ['ctrl-u, ctrl-k', 'Delete to the beginning, to the end'],
  ['ctrl-w', 'Delete the word before'],
]

function heading(text: string): Line {
  return line(span(text, 'heading'))
}

function keyLine(keys: string, text: string): Line {
  return line('  ', span(keys.padEnd(KEYS_WIDTH), 'key'), ' ', text)
}

function commandLines(command: Command, view: View): readonly Line[] {
  const keys = command.keys.length === 0 ? ':' : command.keys.map(chordLabel).join(', ')
  const reason = reasonAgainst(view, command)
  const text = reason === undefined ? command.title : `${command.title} (now: ${reason})`
  const room = Math.max(10, boxWidth(view.width) - KEYS_WIDTH - 3)
  return wrapText(text, room).map((part, index) => keyLine(index === 0 ? keys : '', part))
}
