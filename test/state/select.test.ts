import { describe, expect, test } from 'vitest'
import { shardRows } from '../../source/state/select-shards.ts'
import { streamRows } from '../../source/state/select-streams.ts'
import { moved, selectionOf, topScreen } from '../../source/state/selection.ts'
import { compareNatural, nextSort, sorted } from '../../source/state/sorting.ts'
import { update } from '../../source/state/update.ts'
import {
  modelAfter,
  NOW,
  ORDERS,
  SHARDS_OPENED,
  STREAMS_LISTED,
  shard,
  TAIL_OPENED,
} from '../support/models.ts'

describe('streams', () => {
  test('unknown members are absent, never nought', () => {
    const rows = streamRows(modelAfter(STREAMS_LISTED), { filter: '' })
    expect(rows[0]).toMatchObject({ streamName: 'orders', openShardCount: 3, retentionPeriodHours: 168 })
    expect(rows[1]).not.toHaveProperty('openShardCount')
    expect(rows[2]).not.toHaveProperty('streamStatus')
  })

  test('are remembered while nothing differs', () => {
    const model = modelAfter(STREAMS_LISTED)
    const first = streamRows(model, { filter: 'a' })
    expect(streamRows({ ...model, refreshCount: 9 }, { filter: 'a' })).toBe(first)
    expect(streamRows(model, { filter: 'au' })).not.toBe(first)
  })

  test('filter by name, status and mode in any case', () => {
    const names = (filter: string) =>
      streamRows(modelAfter(STREAMS_LISTED), { filter }).map(row => row.streamName)
    expect(names('PAY')).toEqual(['payments'])
    expect(names('on_demand')).toEqual(['payments'])
    expect(names('active')).toEqual(['orders'])
  })

  test('unknown values sort last in both directions', () => {
    const order = (direction: 'ascending' | 'descending') =>
      streamRows(modelAfter(STREAMS_LISTED), { filter: '', sort: { column: 'status', direction } }).map(
        row => row.streamName,
      )
    expect(order('ascending')).toEqual(['orders', 'payments', 'audit'])
    expect(order('descending')).toEqual(['payments', 'orders', 'audit'])
  })
})

describe('shards', () => {
  test('open ones lie along the hash-key space, closed ones after them; share and lineage are told', () => {
    const rows = shardRows(modelAfter(SHARDS_OPENED), { stream: ORDERS, showClosed: true, filter: '' })
    expect(
      rows.map(({ id, isOpen, share, lineageText }) => [id.slice(-1), isOpen, share, lineageText]),
    ).toEqual([
      ['0', true, 0.5, ''],
      ['2', true, 0.25, '<- 1'],
      ['3', true, 0.25, '<- 1'],
      ['1', false, 0.5, '-> 2,3'],
    ])
  })

  test('a merged shard names both parents', () => {
    const parents = { parentShardId: 'shardId-000000000010', adjacentParentShardId: 'shardId-000000000002' }
    const model = modelAfter([
      { type: 'shards-listed', stream: ORDERS, shards: [shard(11, [0, 4], parents)], at: NOW },
    ])
    const [row] = shardRows(model, { stream: ORDERS, showClosed: false, filter: '' })
    expect(row?.lineageText).toBe('<- 2,10')
  })

  test('lag is told only while a tail of this stream is on the stack', () => {
    const reader = {
      shardId: 'shardId-000000000000',
      state: 'reading',
      millisBehindLatest: 5,
      recordCount: 1,
    } as const
    const view = { stream: ORDERS, showClosed: false, filter: '' }
    const tailing = modelAfter([
      ...SHARDS_OPENED,
      ...TAIL_OPENED,
      { type: 'readers-changed', readers: [reader] },
    ])
    expect(shardRows(tailing, view)[0]?.reader?.millisBehindLatest).toBe(5)
    const left = update(tailing, { type: 'screen-closed' })
    expect(shardRows(left, view)[0]?.reader).toBeUndefined()
  })
})

describe('the selection', () => {
  test('keeps its row when rows come in before it, on the same line', () => {
    const names = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ streamName: `s${index + 100}` }))
    const listed = (streams: { streamName: string }[]) =>
      ({ type: 'streams-listed', streams, at: NOW }) as const
    const model = modelAfter([
      listed(names(60)),
      { type: 'row-selected', id: 's130', index: 30, line: 10 },
      listed([{ streamName: 'a' }, { streamName: 'b' }, ...names(60)]),
    ])
    expect(selectionOf(model, topScreen(model) as never)).toMatchObject({ id: 's130', index: 32, top: 22 })
  })

  test('takes the place of a row that is gone', () => {
    const model = modelAfter([
      ...STREAMS_LISTED,
      { type: 'row-selected', id: 'payments', index: 1, line: 1 },
      { type: 'streams-listed', streams: [{ streamName: 'orders' }, { streamName: 'audit' }], at: NOW },
    ])
    expect(selectionOf(model, topScreen(model) as never)).toMatchObject({ id: 'audit', index: 1 })
  })

  test('moves within the list only, and an empty list has none', () => {
    const model = modelAfter(STREAMS_LISTED)
    const screen = topScreen(model) as never
    expect(moved(model, screen, -5).index).toBe(0)
    expect(moved(model, screen, 99).index).toBe(2)
    expect(selectionOf(modelAfter([]), screen)).toEqual({ count: 0, index: -1, top: 0 })
  })
})

describe('sorting', () => {
  test('counts as people do', () => {
    expect(['o-10', 'o-2', 'o-1', 'p', ''].sort(compareNatural)).toEqual(['', 'o-1', 'o-2', 'o-10', 'p'])
  })

  test('goes through the columns and back to none', () => {
    const keys = { a: () => 1, b: () => 2 }
    const first = nextSort(keys, undefined)
    expect(first).toEqual({ column: 'a', direction: 'ascending' })
    expect(nextSort(keys, first)?.column).toBe('b')
    expect(nextSort(keys, { column: 'b', direction: 'descending' })).toBeUndefined()
  })

  test('a column that does not exist sorts nothing', () => {
    expect(sorted([3, 1], {}, { column: '__proto__', direction: 'ascending' })).toEqual([3, 1])
  })
})
