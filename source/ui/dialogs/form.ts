import { flagOf } from '../../commands/argument.ts'
import { matchingSuggestions } from '../../commands/dialog-keys.ts'
import { shownFields } from '../../commands/form-fields.ts'
import type { FormDialog } from '../../state/model.ts'
import { type Line, line, span, wrapText } from '../line.ts'
import { fieldSpans } from '../text-input.ts'
import type { View } from '../view.ts'
import { type BoxContent, boxHeight, boxWidth } from './box.ts'

//  +- Split an open shard into two ---------------------------+
//  |   stream *  orders                                       |
//  |   shard *   shardId-000000000003                         |
//  | > at        _                                            |
//  |                                                          |
//  | First hash key of the upper half; the middle if absent   |
//  | ! hash-key "12x" is no hash key: a whole number ...      |
//  +----------------------------------------------------------+

export function formBox(view: View, dialog: FormDialog): BoxContent {
  const command = view.commands.find(candidate => candidate.id === dialog.commandId)
  if (command === undefined) return { title: dialog.commandId, lines: [] }
  const width = boxWidth(view.width)
  const names = shownFields(command, dialog)
  const labels = names.map(name => `${flagOf(name)}${command.args[name]?.required ? ' *' : ''}`)
  const labelWidth = Math.min(Math.max(...labels.map(label => label.length)), Math.floor(width / 3))
  const room = width - labelWidth - 4
  const fields = names.map((name, index): Line => {
    const isFocused = name === dialog.focusedField && !dialog.isRunning
    const text = dialog.fields[name] ?? ''
    return [
      span(isFocused ? '> ' : '  ', 'key'),
      span((labels[index] ?? '').slice(0, labelWidth).padEnd(labelWidth), isFocused ? 'title' : 'muted'),
      span('  '),
      ...fieldSpans({ text, cursor: isFocused ? dialog.cursor : text.length }, room, isFocused),
    ]
  })
  const below = belowFields(view, dialog, command.args[dialog.focusedField]?.title ?? '', width)
  // On a small screen the focused field and what is said of it must both be in sight.
  const roomForFields = Math.max(1, boxHeight(view.height) - below.length)
  const focusedAt = Math.max(0, names.indexOf(dialog.focusedField))
  const first = Math.max(
    0,
    Math.min(focusedAt - Math.floor(roomForFields / 2), fields.length - roomForFields),
  )
  return { title: command.title, lines: [...fields.slice(first, first + roomForFields), ...below] }
}

function belowFields(view: View, dialog: FormDialog, title: string, width: number): readonly Line[] {
  if (dialog.isRunning) {
    const act = view.model.acts.findLast(
      candidate => candidate.commandId === dialog.commandId && candidate.state === 'running',
    )
    return [[], line(span('Running ... ', 'accent'), act?.detail ?? '')]
  }
  const lines: Line[] = [[], ...wrapText(title, width).map(text => line(span(text, 'muted')))]
  const { failure } = dialog
  if (failure !== undefined) {
    lines.push(...wrapText(`! ${failure.message}`, width).map(text => line(span(text, 'bad'))))
    if (failure.nextStep !== undefined) {
      lines.push(...wrapText(`Next: ${failure.nextStep}`, width).map(text => line(text)))
    }
  }
  // A suggested value is what helps most where a value was refused.
  const used = failure === undefined ? 0 : lines.length - 1
  return [...lines, ...suggestionLines(dialog, Math.max(0, view.height - 10 - used))]
}

/** The values near the chosen one; `>` marks it. */
function suggestionLines(dialog: FormDialog, most: number): readonly Line[] {
  const values = matchingSuggestions(dialog)
  const shown = Math.min(values.length, 6, most)
  if (shown === 0) return []
  const at = values.indexOf(dialog.fields[dialog.focusedField] ?? '')
  const first = Math.max(0, Math.min(at - Math.floor(shown / 2), values.length - shown))
  const lines = values
    .slice(first, first + shown)
    .map((value, index) => line(span(`${first + index === at ? '  > ' : '    '}${value}`, 'accent')))
  const hidden = values.length - shown
  return hidden === 0 ? lines : [...lines, line(span(`    ... ${hidden} more; type to narrow`, 'muted'))]
}
