import type { Command } from '../commands/command.ts'
import { chordLabel } from '../commands/keymap.ts'
import { commandsOnScreen } from '../commands/palette.ts'
import type { Dialog } from '../state/model.ts'
import { type Line, type Span, span, widthOf } from './line.ts'
import { reasonAgainst, type View } from './view.ts'

/** Always in sight, at the right: who is lost needs these. */
const ALWAYS = ['view.palette', 'view.help', 'view.quit']

/** The last line: the keys of this moment. What cannot be done now stands in brackets. */
export function keyLine(view: View): Line {
  const { dialog } = view.model
  if (dialog !== undefined) return pairs(dialogKeys(dialog))
  const commands = commandsOnScreen(view.commands, view.model).filter(command => command.keys.length > 0)
  const always = commands.filter(command => ALWAYS.includes(command.id))
  const right = always.flatMap((command, index) => [
    ...(index === 0 ? [] : [span('  ')]),
    ...hintSpans(command, view),
  ])
  const others = commands.filter(
    command =>
      !ALWAYS.includes(command.id) &&
      (command.hint !== undefined || command.effect !== 'view') &&
      // What only looks and cannot look now is no news; an act that cannot be done now is.
      (command.effect !== 'view' || reasonAgainst(view, command) === undefined),
  )
  const left: Span[] = []
  let room = view.width - widthOf(right) - 2
  for (const command of others) {
    const spans = hintSpans(command, view)
    const cost = widthOf(spans) + (left.length === 0 ? 0 : 2)
    if (cost > room) break
    if (left.length > 0) left.push(span('  '))
    left.push(...spans)
    room -= cost
  }
  const gap = Math.max(2, view.width - widthOf(left) - widthOf(right))
  return [...left, span(' '.repeat(gap)), ...right]
}

const DIALOG_CHORDS: Readonly<Record<string, string>> = {
  enter: 'enter',
  tab: 'tab',
  esc: 'escape',
  'n/esc': 'n',
  y: 'y',
  space: 'space',
}

/** The chord whose key, or the word beside it, is drawn at a cell of the line (from 0); undefined between them. */
export function keyAt(view: View, cell: number): string | undefined {
  let at = 0
  let label: string | undefined
  for (const item of keyLine(view)) {
    if (item.tone === 'key') label = item.text
    // What is in brackets cannot be done now.
    else if (item.text.trim() === '' || item.tone === 'muted') label = undefined
    at += widthOf([item])
    if (cell < at) break
  }
  if (label === undefined || cell < 0 || cell >= at) return undefined
  if (view.model.dialog !== undefined) return DIALOG_CHORDS[label]
  const commands = commandsOnScreen(view.commands, view.model)
  return commands
    .map(({ keys: [first] }) => first)
    .find(first => first !== undefined && chordLabel(first) === label)
}

function hintSpans(command: Command, view: View): readonly Span[] {
  const label = chordLabel(command.keys[0] ?? '')
  const hint = command.hint ?? command.id.split('.')[1] ?? command.id
  if (reasonAgainst(view, command) !== undefined) return [span(`(${label} ${hint})`, 'muted')]
  return [span(label, 'key'), span(` ${hint}`)]
}

function dialogKeys(dialog: Dialog): readonly (readonly [string, string])[] {
  switch (dialog.dialog) {
    case 'filter':
      return [
        ['enter', 'keep filter'],
        ['esc', 'give up'],
      ]
    case 'palette':
      return [
        ['enter', 'run'],
        ['up/down', 'choose'],
        ['esc', 'leave'],
      ]
    case 'help':
      return [
        ['j/k', 'scroll'],
        ['space', 'next page'],
        ['esc', 'leave'],
      ]
    case 'form':
      if (dialog.isRunning) return [['esc', 'leave it running']]
      return [
        ['enter', 'go on'],
        ['tab', 'next field'],
        ...((dialog.suggestions[dialog.focusedField] ?? []).length > 0
          ? [['up/down', 'choose'] as const]
          : []),
        ['esc', 'leave'],
      ]
    case 'confirm':
      return dialog.requiredText === undefined
        ? [
            ['y', 'do it'],
            ['n/esc', 'do not'],
          ]
        : [
            ['enter', 'do it, once the text is typed'],
            ['esc', 'do not'],
          ]
  }
}

function pairs(keys: readonly (readonly [string, string])[]): Line {
  return keys.flatMap(([key, text], index) => [
    ...(index === 0 ? [] : [span('  ')]),
    span(key, 'key'),
    span(` ${text}`),
  ])
}
