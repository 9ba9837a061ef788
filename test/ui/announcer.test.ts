import { describe, expect, test } from 'vitest'
import { COMMANDS } from '../../source/commands/registry.ts'
import type { Event } from '../../source/state/event.ts'
import { update } from '../../source/state/update.ts'
import { Announcer, SUMMARY_MILLIS, TYPING_MILLIS } from '../../source/ui/announcer.ts'
import { spokenOf } from '../../source/ui/spoken.ts'
import { modelAfter, NOW, ORDERS, SPLIT_SHARDS } from '../support/models.ts'

const OPENED: readonly Event[] = [
  { type: 'screen-opened', screen: { screen: 'shards', stream: ORDERS, showClosed: false, filter: '' } },
  { type: 'shards-listed', stream: ORDERS, shards: SPLIT_SHARDS, at: NOW },
]

function listener(events: readonly Event[] = OPENED) {
  let model = modelAfter(events)
  const announcer = new Announcer()
  const first = announcer.look(spokenOf(model, COMMANDS), NOW).lines
  return {
    first,
    next: (event: Event, at: number, isByKey = false) => {
      if (isByKey) announcer.pressed(at)
      model = update(model, event)
      return announcer.look(spokenOf(model, COMMANDS), at)
    },
    later: (at: number) => announcer.look(spokenOf(model, COMMANDS), at),
  }
}
const selected = (index: number): Event => ({
  type: 'row-selected',
  id: `shardId-${String(index).padStart(12, '0')}`,
  index: 1,
  line: 1,
})
const notice = (text: string): Event => ({ type: 'noticed', notice: { level: 'error', text, at: NOW } })

describe('what is said', () => {
  test('first everything: where, which screen, which row', () => {
    const { first } = listener()
    expect(first[0]).toContain('Sandbox, http://127.0.0.1:41234, region us-east-1, ARMED')
    expect(first).toContain('Streams > orders; 3 open, 1 closed shard')
    expect(first.at(-1)).toMatch(/^1 of 3: SHARD shardId-000000000000, STATE open, SHARE 50\.0 %/)
  })

  test('of a move the row, at once and alone; of nothing new nothing', () => {
    const { next, later } = listener()
    const { lines } = next(selected(2), NOW + 1, true)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^2 of 3: SHARD shardId-000000000002, STATE open, SHARE 25\.0 %/)
    expect(later(NOW + 60_000)).toEqual({ lines: [], nextAt: undefined })
  })

  test('of a notice its level and text, whose controls are made visible', () => {
    const { next } = listener()
    const { lines } = next(notice('no \u001b[31mway\u202e'), NOW + 1)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^error: no /)
    expect(lines[0]).toMatch(/^[ -~]+$/)
  })

  test('of what data changed a summary, not before its time', () => {
    const { next, later } = listener()
    const more = [
      ...SPLIT_SHARDS,
      ...SPLIT_SHARDS.slice(0, 1).map(shard => ({ ...shard, shardId: 'shardId-000000000009' })),
    ]
    const early = next({ type: 'shards-listed', stream: ORDERS, shards: more, at: NOW + 2_000 }, NOW + 2_000)
    expect(early).toEqual({ lines: [], nextAt: NOW + SUMMARY_MILLIS })
    const due = later(NOW + SUMMARY_MILLIS)
    expect(due.lines[0]).toContain('4 open')
    expect(later(NOW + 3 * SUMMARY_MILLIS).lines).toEqual([])
  })

  test('of a field its name and meaning, what was typed once the typing rests, and its mistake', () => {
    const { next, later } = listener()
    const form = {
      dialog: 'form',
      commandId: 'shard.split',
      fields: { at: '' },
      focusedField: 'at',
      cursor: 0,
      suggestions: {},
      isRunning: false,
    } as const
    const opened = next({ type: 'dialog-opened', dialog: form }, NOW + 1, true).lines
    expect(opened[0]).toMatch(/^Form: Split an open shard into two\./)
    expect(opened[1]).toMatch(/^Field at: First hash key of the upper half/)
    const typed = next({ type: 'dialog-changed', dialog: { ...form, fields: { at: '1' } } }, NOW + 100, true)
    expect(typed).toEqual({ lines: [], nextAt: NOW + 100 + TYPING_MILLIS })
    next({ type: 'dialog-changed', dialog: { ...form, fields: { at: '12x' } } }, NOW + 200, true)
    expect(later(NOW + 200 + TYPING_MILLIS).lines).toEqual(['12x'])
    const failure = {
      kind: 'usage',
      action: 'split',
      message: 'at "12x" is no hash key',
      retryable: false,
    } as const
    const failed = next(
      { type: 'dialog-changed', dialog: { ...form, fields: { at: '12x' }, failure } },
      NOW + 2_000,
    )
    expect(failed.lines).toEqual(['Error: at "12x" is no hash key'])
    expect(next({ type: 'dialog-closed' }, NOW + 3_000, true).lines).toEqual(['Closed.'])
  })
})
