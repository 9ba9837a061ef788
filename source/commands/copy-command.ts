import { decodeRecord } from '../domain/decode/decode-record.ts'
import type { Event } from '../state/event.ts'
import type { Model } from '../state/model.ts'
import { tailRows } from '../state/select-tail.ts'
import { selectionOf, topScreen } from '../state/selection.ts'
import type { TailRow } from '../state/tail-row.ts'
import { clipboardSequence, MAX_CLIPBOARD_BYTES } from './clipboard.ts'
import { defineCommand } from './command.ts'
import { jsonLine } from './json-line.ts'
import { recordRow } from './record-rows.ts'

/** Copies the record in sight as the JSON line that `tail --json` prints, through the terminal itself. */
export const copyRecord = defineCommand({
  id: 'record.copy',
  title: 'Copy the record to the clipboard of the terminal (OSC 52), as a JSON line with every field',
  hint: 'copy',
  group: 'record',
  keys: ['y'],
  where: ['tail', 'record'],
  effect: 'view',
  args: {},
  unavailable: model => (rowInSight(model) === undefined ? 'no record is selected' : undefined),
  run: (_, { model, terminal }): readonly Event[] => {
    const row = rowInSight(model())
    if (row === undefined) return []
    const notice = (level: 'info' | 'warning', text: string): readonly Event[] => [
      { type: 'noticed', notice: { level, text, at: model().now } },
    ]
    if (terminal?.send === undefined) return notice('warning', 'There is no terminal to copy with.')
    const { record } = row
    const text = jsonLine(
      recordRow({ record, decoded: decodeRecord(record, row.decoding?.options) }),
    ).trimEnd()
    const sequence = clipboardSequence(text, terminal.isTmux === true)
    if (sequence === undefined) {
      return notice(
        'warning',
        `The record has ${Buffer.byteLength(text)} bytes as a JSON line, and terminals take ${MAX_CLIPBOARD_BYTES}: export it to a file instead.`,
      )
    }
    terminal.send(sequence)
    return notice(
      'info',
      `Sent ${Buffer.byteLength(text)} bytes to the clipboard of the terminal; some must be told to allow that (OSC 52).`,
    )
  },
})

function rowInSight(model: Model): TailRow | undefined {
  const screen = topScreen(model)
  if (screen.screen === 'record') return screen.row
  if (screen.screen !== 'tail') return undefined
  return tailRows(model, screen).at(selectionOf(model, screen).index)
}
