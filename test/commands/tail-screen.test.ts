import { describe, expect, test } from 'vitest'
import type { KinesisApi } from '../../source/aws/kinesis-api.ts'
import { clipboardSequence, MAX_CLIPBOARD_BYTES } from '../../source/commands/clipboard.ts'
import type { Context } from '../../source/commands/command.ts'
import { copyRecord } from '../../source/commands/copy-command.ts'
import { exportRecords } from '../../source/commands/export-command.ts'
import { COMMANDS } from '../../source/commands/registry.ts'
import type { Event } from '../../source/state/event.ts'
import type { Model } from '../../source/state/model.ts'
import { tailMatches, tailRows } from '../../source/state/select-tail.ts'
import { selectionOf, topScreen } from '../../source/state/selection.ts'
import { update } from '../../source/state/update.ts'
import { modelAfter, NOW, TAIL_OPENED, tailRow } from '../support/models.ts'
import { contextOf, eventsOf, StepClock } from './fake-kinesis.ts'

const ROWS = Array.from({ length: 10 }, (_, place) =>
  tailRow(place, `{"n":${place},"status":"${place % 3 === 0 ? 'failed' : 'paid'}"}`),
)
const arrived = (rows: typeof ROWS): Event => ({ type: 'rows-arrived', rows, recordCount: rows.length })

function screenOf(model: Model) {
  const screen = topScreen(model)
  if (screen.screen !== 'tail') throw new Error('no tail')
  return screen
}

function shown(model: Model): (string | undefined)[] {
  const rows = tailRows(model, screenOf(model))
  return Array.from({ length: rows.count }, (_, index) => rows.at(index)?.partitionKey)
}

function press(model: Model, id: string): Model {
  const command = COMMANDS.find(each => each.id === id)
  if (command === undefined) throw new Error(id)
  const events = [...(command.run({} as never, { model: () => model } as Context) as Iterable<Event>)]
  return events.reduce(update, model)
}

const selected = (model: Model) => {
  const screen = screenOf(model)
  return tailRows(model, screen).at(selectionOf(model, screen).index)?.partitionKey
}

const filtered = (filter: string) =>
  modelAfter([...TAIL_OPENED, arrived(ROWS), { type: 'filter-changed', filter }])

describe('the filter of a tail on screen', () => {
  test('speaks the same language as --filter', () => {
    expect(shown(filtered("?status == 'failed'"))).toEqual(['user-0', 'user-3', 'user-6', 'user-9'])
    expect(shown(filtered('key:user-1* paid'))).toEqual(['user-1'])
    expect(shown(filtered('shard:1 /"n":[57]/'))).toEqual(['user-5', 'user-7'])
  })

  test('that is not one hides nothing', () => {
    expect(shown(filtered('/open('))).toHaveLength(10)
  })

  test('goes on counting while the screen is paused', () => {
    const paused = [
      { type: 'pause-changed', isPaused: true } as const,
      arrived([tailRow(12, '{"status":"failed"}'), tailRow(13, '{"status":"paid"}')]),
      arrived([tailRow(14, '{"status":"failed"}')]),
    ].reduce(update, filtered('failed'))
    expect(tailMatches(paused, screenOf(paused))).toEqual({ count: 4, newerCount: 2 })
    expect(shown(paused)).toHaveLength(4)
  })

  test('an age is looked at anew as time passes', () => {
    const model = filtered('age<5s')
    const later = { ...model, now: NOW + 60_000 }
    expect(shown(model).length).toBeGreaterThan(0)
    expect(shown(later)).toEqual([])
  })

  test('n and N go from match to match, also with the other records around', () => {
    let model = filtered('failed')
    model = press(model, 'match.previous')
    expect(selected(model)).toBe('user-6')
    model = press(model, 'match.toggle-others')
    expect(shown(model)).toHaveLength(10)
    expect(selected(model)).toBe('user-6')
    model = press(model, 'match.previous')
    expect(selected(model)).toBe('user-3')
    model = press(press(model, 'match.next'), 'match.next')
    expect(selected(model)).toBe('user-9')
    expect(press(model, 'match.next').notice?.text).toContain('no newer match')
  })
})

describe('an export', () => {
  async function exportOf(model: Model): Promise<Record<string, unknown>[]> {
    const files = new Map<string, string>()
    const clock = new StepClock()
    const context = contextOf({} as KinesisApi, clock, {
      model: () => model,
      writeOutput: async (path, text) => void files.set(path, text),
    })
    const events = await eventsOf(exportRecords.run({ file: 'out.jsonl' }, context))
    expect(events.at(-1)).toMatchObject({ type: 'act-finished' })
    const lines = (files.get('out.jsonl') ?? '').split('\n').filter(line => line !== '')
    return lines.map(line => JSON.parse(line) as Record<string, unknown>)
  }

  test('has what the filter shows, as the lines of tail --json', async () => {
    const lines = await exportOf(filtered('failed'))
    expect(lines.map(({ partitionKey }) => partitionKey)).toEqual(['user-0', 'user-3', 'user-6', 'user-9'])
    expect(lines[0]).toMatchObject({ v: 1, streamName: 'orders', decoded: { n: 0, status: 'failed' } })
    expect(Buffer.from(String(lines[1]?.data), 'base64').toString()).toBe('{"n":3,"status":"failed"}')
  })

  test('has the marked records alone once there are any, those of a shard in their order', async () => {
    let model = filtered('')
    model = update(model, { type: 'follow-changed', isFollowing: false })
    model = update(model, { type: 'row-selected', id: ROWS[6]?.id, index: 6, line: 6 })
    model = press(model, 'record.mark')
    // Marking goes on to the next row.
    expect(selected(model)).toBe('user-7')
    model = update(model, { type: 'row-selected', id: ROWS[2]?.id, index: 2, line: 2 })
    model = press(press(press(model, 'record.mark'), 'move.up'), 'move.up')
    model = press(model, 'record.mark')
    const lines = await exportOf(model)
    expect(lines.map(({ partitionKey }) => partitionKey)).toEqual(['user-2', 'user-6', 'user-1'])
  })
})

describe('copying', () => {
  test('sends the record in base64 alone, wrapped for tmux', () => {
    const sent: string[] = []
    const model = modelAfter([...TAIL_OPENED, arrived([tailRow(1, '\x1b]52;c;ZXZpbA==\x07')])])
    const context = {
      model: () => model,
      terminal: { send: (text: string) => sent.push(text), isTmux: true },
    }
    const [event] = [...(copyRecord.run({}, context as unknown as Context) as Iterable<Event>)]
    expect(event).toMatchObject({ type: 'noticed' })
    const [, base64] = /^\x1bPtmux;\x1b\x1b\]52;c;([A-Za-z0-9+/=]+)\x07\x1b\\$/.exec(sent.join('')) ?? []
    const line = JSON.parse(Buffer.from(base64 ?? '', 'base64').toString()) as { data: string }
    expect(Buffer.from(line.data, 'base64').toString()).toBe('\x1b]52;c;ZXZpbA==\x07')
  })

  test('is bounded', () => {
    expect(clipboardSequence('x'.repeat(MAX_CLIPBOARD_BYTES), false)).toHaveLength(99_992 + 8)
    expect(clipboardSequence('x'.repeat(MAX_CLIPBOARD_BYTES + 1), false)).toBeUndefined()
    expect(clipboardSequence('é', false)).toBe('\x1b]52;c;w6k=\x07')
  })
})
