import { expect, test, vi } from 'vitest'
import { StreamHeat } from '../../source/domain/heat/stream-heat.ts'
import { shard } from '../support/models.ts'
import { runSoak } from '../support/soak-run.ts'

vi.setConfig({ testTimeout: 120_000 })

test('a slice of the eight hours: 64 shards and a reshard each minute lose, repeat and deafen nothing', async () => {
  const result = await runSoak({ minutes: 8, shardCount: 64, recordsPerSecond: 50, isHeated: true })
  expect(result.reshards).toBe(8)
  expect(result.written).toBe(8 * 60 * 50)
  expect(result.read).toBe(result.written)
  expect(result.repeated).toBe(0)
  expect([result.keys, result.deafKeys]).toEqual([32, 0])
  // 64, four splits (two new shards each) and four merges (one each).
  expect(result.held.listedShards).toBe(64 + 4 * 2 + 4)
  // Each shard is read by tail and heat about once a second, and never much more.
  expect(result.calls).toBeGreaterThan(8 * 60 * 64)
  expect(result.calls).toBeLessThan(8 * 60 * 64 * 3)
})

test('the load of a closed shard is let go once it is in no window, that of an open one never', () => {
  const START = 1_780_000_000
  const heat = new StreamHeat({ windowSeconds: 60, historySeconds: 300, random: () => 0.5 })
  const open = shard(0, [0, 2])
  const closed = shard(1, [2, 4], { endingSequenceNumber: '9' })
  heat.list([open, closed])
  for (const { shardId } of [open, closed]) {
    heat.observe({ shardId, records: [], seen: [{ second: START, standsFor: 1 }] })
  }
  heat.board((START + 300) * 1_000)
  expect(heat.loadOf(closed.shardId)).toBeDefined()
  heat.board((START + 900) * 1_000)
  expect(heat.loadOf(closed.shardId)).toBeUndefined()
  expect(heat.loadOf(open.shardId)).toBeDefined()
})
