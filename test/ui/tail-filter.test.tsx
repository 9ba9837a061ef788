import { expect, test } from 'vitest'
import { COMMANDS } from '../../source/commands/registry.ts'
import type { Event } from '../../source/state/event.ts'
import { frameOf } from '../../source/ui/frame.ts'
import { themeFor } from '../../source/ui/theme.ts'
import { modelAfter, TAIL_OPENED, tailRow } from '../support/models.ts'

const ROWS = [
  tailRow(1, '{"status":"failed"}'),
  tailRow(2, '{"status":"paid"}'),
  tailRow(3, '{"status":"failed"}'),
]
const ARRIVED: Event = { type: 'rows-arrived', rows: ROWS, recordCount: 3 }

/** The lines as they are painted without colour: what is set off is underlined. */
function drawn(...events: readonly Event[]): readonly string[] {
  return frameOf(modelAfter([...TAIL_OPENED, ARRIVED, ...events], [120, 20]), COMMANDS, themeFor('none'))
}

test('matches are underlined, in the selected row too, and counted', () => {
  const lines = drawn({ type: 'filter-changed', filter: 'fail' })
  const marked = lines.filter(line => line.includes('\x1b[4mfail'))
  expect(marked).toHaveLength(2)
  expect(marked.at(-1)).toContain('\x1b[7m\x1b[4mfail')
  expect(lines.join('\n')).toContain('2 of 3 records')
})

test('what is no filter is said with its column, and hides nothing', () => {
  const text = drawn({ type: 'filter-changed', filter: 'x /open(' }).join('\n')
  expect(text).toContain('the filter cannot be read at column 3')
  expect(text).toContain('user-2')
})

test('a paused screen tells how many of what came since match', () => {
  const newer = [tailRow(4, '{"status":"failed"}'), tailRow(5, '{"status":"paid"}')]
  const text = drawn(
    { type: 'filter-changed', filter: "?status == 'failed'" },
    { type: 'pause-changed', isPaused: true },
    { type: 'rows-arrived', rows: newer, recordCount: 2 },
  ).join('\n')
  expect(text).toContain('PAUSED, 2 newer, 1 of them match')
  expect(text).toContain('2 of 3 records')
})
