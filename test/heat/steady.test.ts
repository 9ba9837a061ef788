import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { forecastOf } from '../../source/commands/heat-views.ts'
import { locateKey } from '../../source/commands/locate-key.ts'
import { COMMANDS } from '../../source/commands/registry.ts'
import type { StreamHeat } from '../../source/domain/heat/stream-heat.ts'
import type { ShardDetail } from '../../source/state/heat-state.ts'
import { frameOf } from '../../source/ui/frame.ts'
import { themeFor } from '../../source/ui/theme.ts'
import { BOARD, modelWith, STREAM, snapshotOf } from './models.ts'
import { boardOf, type HeatScenario, idOf, shardsOf } from './scenario.ts'

const board = boardOf(
  JSON.parse(
    readFileSync(new URL('../scenarios/heat/one-key-at-83-percent.json', import.meta.url), 'utf8'),
  ) as HeatScenario,
)
const VIEWPORT = { columns: 80, rows: 24 }
const plain = (model: Parameters<typeof frameOf>[0]) =>
  frameOf(model, COMMANDS, themeFor('none')).map(row => row.replaceAll(/\x1b\[[0-9;]*m/g, ''))

/** A heat that says each time to split somewhere else, as live traffic does. */
function restless(points: bigint[]): StreamHeat {
  return {
    spreads: () => new Map(),
    advice: () => ({ kind: 'split', best: { newStartingHashKey: points.shift() } }),
  } as unknown as StreamHeat
}

test('where to split stays while it is looked at, and is chosen anew without the held point', () => {
  const shards = shardsOf([1, 1])
  const heat = restless([100n, 200n])
  const change = { kind: 'split', shardId: idOf(0) } as const
  const first = forecastOf(heat, 0, shards, change)
  expect(first.proposedHashKey).toBe(100n)
  expect(forecastOf(heat, 0, shards, change, first.proposedHashKey).proposedHashKey).toBe(100n)
  expect(forecastOf(heat, 0, shards, change).proposedHashKey).toBe(200n)
})

describe('at 80 x 24', () => {
  const detail: ShardDetail = {
    shardId: idOf(0),
    seconds: Array.from({ length: 300 }, () => ({ bytes: 1_000, records: 2 })),
    untilMillis: board.at,
    topKeys: [],
  }
  const near = {
    screen: 'shard-heat',
    stream: STREAM,
    source: 'observed',
    shardId: idOf(0),
    scroll: 0,
  } as const

  test('the view of a shard tells which of its lines are in sight', () => {
    const shown = (scroll: number) =>
      plain(modelWith({ ...near, scroll }, snapshotOf(board, { shard: detail }), { viewport: VIEWPORT }))
    expect(shown(0)[1]).toMatch(/lines 1-18 of \d+ *$/)
    expect(shown(99)[1]).toMatch(/lines \d+-(\d+) of \1 *$/)
  })

  test('a verdict with long keys goes on in the next line instead of being cut', () => {
    const sentence =
      'one key carries 83 % of its bytes and of its records in the last minute, and no split helps'
    const long = {
      ...board,
      shards: board.shards.map(shard => ({
        ...shard,
        verdict: { ...shard.verdict, sentence, partitionKeys: ['tenant-7-of-the-north', 'last-of-all'] },
      })),
    }
    for (const screen of [near, BOARD]) {
      const text = plain(modelWith(screen, snapshotOf(long), { viewport: VIEWPORT }))
        .map(row => row.trim())
        .join(' ')
      expect(text).toContain(`${sentence}: tenant-7-of-the-north, last-of-all`)
    }
  })
})

test('a time before the stream was there is said as that', async () => {
  const created = new Date('2026-11-30T12:00:00Z')
  const api = {
    listShards: async () => shardsOf([1]),
    describeStreamSummary: async () => ({ streamName: 'orders', streamCreationTimestamp: created }),
  }
  const world = {
    api,
    clock: { now: () => created.getTime() + 60_000 },
    signal: new AbortController().signal,
  }
  await expect(locateKey(world as never, STREAM, 'tenant-7', '2026-11-30T11:59Z')).rejects.toThrow(
    'orders was created at 2026-11-30T12:00:00.000Z: there was no shard at 2026-11-30T11:59:00.000Z',
  )
})
