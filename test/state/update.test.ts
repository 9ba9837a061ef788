import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { initialModel } from '../../source/state/initial-model.ts'
import { tailRows } from '../../source/state/select-tail.ts'
import { selectionOf, topScreen } from '../../source/state/selection.ts'
import { update } from '../../source/state/update.ts'
import { anyEvent } from '../support/arbitrary-events.ts'
import {
  modelAfter,
  NOW,
  ORDERS,
  PRODUCTION,
  SANDBOX,
  SHARDS_OPENED,
  TAIL_OPENED,
  tailRow,
} from '../support/models.ts'

test('any sequence of events is taken, never changes the state it came from, and replays equal', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 60 }), events => {
      const start = Object.freeze(initialModel(SANDBOX, { now: NOW }))
      const once = events.reduce((model, event) => Object.freeze(update(model, event)), start)
      const again = events.reduce(update, start)
      expect(again).toEqual(once)
      expect(once.screens.length).toBeGreaterThan(0)
      expect(once.screens.length).toBeLessThanOrEqual(12)
    }),
    { numRuns: 300 },
  )
})

describe('a session', () => {
  test('on another endpoint forgets everything that was fetched, opened and typed', () => {
    const before = modelAfter([...SHARDS_OPENED, ...TAIL_OPENED])
    const after = update(before, { type: 'session-changed', session: PRODUCTION })
    expect(after.screens).toEqual([{ screen: 'streams', filter: '' }])
    expect(after.streams).toEqual({ phase: 'idle' })
    expect(after.shards.size).toBe(0)
    expect(after.tail).toBeUndefined()
    expect(after.connectionCount).toBe(1)
  })

  test('that is armed, or learns its account, stays where it is', () => {
    const before = modelAfter(SHARDS_OPENED)
    const armed = update(before, { type: 'session-changed', session: { ...SANDBOX, isArmed: false } })
    expect(armed.screens).toBe(before.screens)
    expect(armed.connectionCount).toBe(0)
  })
})

describe('a failed fetch', () => {
  test('leaves what was known beside the failure', () => {
    const failure = { kind: 'throttled', action: 'ListShards', message: 'slow', retryable: true } as const
    const model = update(modelAfter(SHARDS_OPENED), {
      type: 'shards-failed',
      stream: ORDERS,
      failure,
      at: NOW + 9_000,
    })
    const fetched = model.shards.get('orders')
    expect(fetched?.value).toHaveLength(4)
    expect(fetched?.answeredAt).toBe(NOW)
    expect(fetched?.failure).toBe(failure)
  })

  test('and the next answer ends it; equal rows keep their identity', () => {
    const before = modelAfter(SHARDS_OPENED)
    const shards = (before.shards.get('orders')?.value ?? []).map(shard => ({ ...shard }))
    const after = update(before, { type: 'shards-listed', stream: ORDERS, shards, at: NOW + 5_000 })
    expect(after.shards.get('orders')?.value).toBe(before.shards.get('orders')?.value)
    expect(after.shards.get('orders')?.answeredAt).toBe(NOW + 5_000)
  })

  test('of another stream that took over the name are not taken for the old ones with the same ids', () => {
    const before = modelAfter(SHARDS_OPENED)
    const value = (model: typeof before) => [...model.shards.values()][0]?.value ?? []
    const moved = value(before).map(shard => ({ ...shard, startingSequenceNumber: '77' }))
    const after = update(before, { type: 'shards-listed', stream: ORDERS, shards: moved, at: NOW + 5_000 })
    expect(value(after).map(shard => shard.startingSequenceNumber)).toEqual(moved.map(() => '77'))
    expect(moved.length).toBeGreaterThan(0)
  })
})

describe('a tail', () => {
  const rows = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => tailRow(from + index, `{"n":${from + index}}`))
  const arrived = (from: number, count: number) =>
    ({ type: 'rows-arrived', rows: rows(from, count), recordCount: count }) as const

  test('that is paused keeps its rows on screen, reads on, and counts what came', () => {
    const paused = modelAfter([
      ...TAIL_OPENED,
      arrived(0, 3),
      { type: 'pause-changed', isPaused: true },
      arrived(3, 2),
    ])
    const screen = topScreen(paused)
    if (screen.screen !== 'tail') throw new Error('no tail')
    expect(tailRows(paused, screen).count).toBe(3)
    expect(paused.tail?.arrivedWhilePaused).toBe(2)
    const resumed = update(paused, { type: 'pause-changed', isPaused: false })
    expect(tailRows(resumed, screen).count).toBe(5)
    expect(resumed.tail?.phase).toBe('tailing')
  })

  test('that is followed selects the newest row; one that is not stays on its row', () => {
    const model = modelAfter([...TAIL_OPENED, arrived(0, 50)])
    const screen = topScreen(model)
    if (screen.screen !== 'tail') throw new Error('no tail')
    expect(selectionOf(model, screen)).toMatchObject({ index: 49, top: 32 })
    const staying = modelAfter([
      ...TAIL_OPENED,
      arrived(0, 50),
      { type: 'row-selected', id: rows(40, 1)[0]?.id, index: 40, line: 8 },
      { type: 'follow-changed', isFollowing: false },
      arrived(50, 100),
    ])
    const after = topScreen(staying)
    if (after.screen !== 'tail') throw new Error('no tail')
    expect(selectionOf(staying, after)).toMatchObject({ index: 40, top: 32 })
  })

  test('filters by key, shard and payload, also in rows that come later', () => {
    const model = modelAfter([
      ...TAIL_OPENED,
      arrived(0, 30),
      { type: 'filter-changed', filter: '"N":2' },
      arrived(30, 10),
    ])
    const screen = topScreen(model)
    if (screen.screen !== 'tail') throw new Error('no tail')
    const list = tailRows(model, screen)
    const places = Array.from({ length: list.count }, (_, index) => list.at(index)?.id.split('/')[1])
    expect(places).toEqual(['2', '20', '21', '22', '23', '24', '25', '26', '27', '28', '29'])
    expect(list.indexOf('shardId-000000000001/21')).toBe(2)
    expect(list.indexOf('shardId-000000000000/31')).toBe(-1)
  })
})

test('the clock moves in steps, so that a quiet screen stays still', () => {
  const before = modelAfter(SHARDS_OPENED)
  expect(update(before, { type: 'clock-ticked', at: NOW + 4_999 })).toBe(before)
  expect(update(before, { type: 'clock-ticked', at: NOW + 5_000 }).now).toBe(NOW + 5_000)
})

test('what was said of a key on one screen goes with that screen; what was said of an act stays', () => {
  const said = { level: 'info', text: 'z does nothing here.', at: NOW } as const
  const opened = (notice: object) =>
    modelAfter([{ type: 'noticed', notice: { ...said, ...notice } }, ...SHARDS_OPENED])
  expect(opened({ isOfScreen: true }).notice).toBeUndefined()
  expect(opened({}).notice).toEqual(said)
})
