import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hashKeyOf, rangeContains } from '../../../source/domain/hash-key.ts'
import { uniformRanges } from '../../../source/domain/heat/forecast.ts'
import { StreamHeat } from '../../../source/domain/heat/stream-heat.ts'
import { type Change, whatIf } from '../../../source/domain/heat/what-if.ts'
import type { StreamRecord } from '../../../source/domain/record.ts'
import type { Shard } from '../../../source/domain/shard.ts'
import { seededRandom } from './seeded-random.ts'

const START = 1_780_000_000

function shardsOf(count: number): Shard[] {
  return uniformRanges(count).map((hashKeyRange, index) => ({
    shardId: `shardId-${String(index).padStart(12, '0')}`,
    hashKeyRange,
    startingSequenceNumber: '1',
  }))
}

function ownersOf(shards: readonly Shard[], key: string): Shard[] {
  return shards.filter(shard => rangeContains(shard.hashKeyRange, hashKeyOf(key)))
}

function recordOf(shard: Shard, key: string, bytes: number, second: number): StreamRecord {
  return {
    streamName: 'orders',
    shardId: shard.shardId,
    sequenceNumber: '1',
    partitionKey: key,
    data: Buffer.alloc(bytes),
    approximateArrivalTimestamp: new Date((START + second) * 1000),
  }
}

/** A minute of records, each in the shard that its key belongs to. */
function heatOf(
  shards: readonly Shard[],
  writes: readonly { key: string; bytes: number; second: number }[],
): StreamHeat {
  const heat = new StreamHeat({ windowSeconds: 60, historySeconds: 60, random: seededRandom(3) })
  heat.list(shards)
  for (const shard of shards) {
    heat.observe({
      shardId: shard.shardId,
      records: writes
        .filter(({ key }) => ownersOf([shard], key).length > 0)
        .map(({ key, bytes, second }) => recordOf(shard, key, bytes, second)),
      seen: Array.from({ length: 60 }, (_, second) => ({ second: START + second, standsFor: 1 })),
    })
  }
  return heat
}

const write = fc.record({
  key: fc.string({ minLength: 1, maxLength: 12 }),
  bytes: fc.integer({ min: 0, max: 5_000 }),
  second: fc.integer({ min: 0, max: 59 }),
})
const NOW = (START + 60) * 1000

describe('heat of a stream', () => {
  test('every key falls in exactly one open shard', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 300 }), (key, count) => {
        expect(ownersOf(shardsOf(count), key)).toHaveLength(1)
      }),
    )
  })

  test('a key is looked up where it lies, also once other shards only bound what they have dropped', () => {
    const light = Array.from({ length: 30_000 }, (_, index) => ({
      key: `session-${index}`,
      bytes: 100,
      second: index % 60,
    }))
    const hot = Array.from({ length: 6_000 }, (_, index) => ({
      key: 'campaign',
      bytes: 100,
      second: index % 60,
    }))
    const shards = shardsOf(4)
    const heat = heatOf(shards, [...light, ...hot])
    const [first] = heat.sharesOf(NOW, 'campaign')
    expect(first?.shardId).toBe(ownersOf(shards, 'campaign')[0]?.shardId)
    // 6,000 of its records against some 7,500 of light keys in the same quarter of the hash space.
    expect(first?.recordShare).toBeGreaterThan(0.4)
    expect(heat.sharesOf(NOW, 'campaign')).toHaveLength(1)
  })

  test('forecasts of every change add up to the observed load', () => {
    fc.assert(
      fc.property(
        fc.array(write, { maxLength: 120 }),
        fc.integer({ min: 2, max: 6 }),
        fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }),
        fc.integer({ min: 1, max: 20 }),
        (writes, count, at, uniform) => {
          const shards = shardsOf(count)
          const heat = heatOf(shards, writes)
          const board = heat.board(NOW)
          const observed = { bytes: heat.spreads(NOW, 'bytes'), records: heat.spreads(NOW, 'records') }
          const owner = shards.find(shard => rangeContains(shard.hashKeyRange, at)) as Shard
          const changes: Change[] = [
            { kind: 'split', shardId: owner.shardId, newStartingHashKey: at },
            { kind: 'merge', shardIds: [shards[0]?.shardId ?? '', shards[1]?.shardId ?? ''] },
            { kind: 'uniform', shardCount: uniform },
            { kind: 'on-demand' },
          ]
          for (const change of changes) {
            const forecast = whatIf(shards, observed, change)
            expect(forecast).toBeDefined()
            if (forecast === undefined) continue
            const [bytes, records] = [
              sum(forecast.after.map(range => range.bytesPerSecond)),
              sum(forecast.after.map(range => range.recordsPerSecond)),
            ]
            expect(bytes).toBeCloseTo(board.bytesPerSecond ?? 0, 5)
            expect(records).toBeCloseTo(board.recordsPerSecond ?? 0, 5)
            expect(sum(forecast.before.map(range => range.bytesPerSecond))).toBeCloseTo(bytes, 5)
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  test('a merge of shards that are no neighbours is no change', () => {
    const shards = shardsOf(4)
    const observed = { bytes: new Map(), records: new Map() }
    expect(
      whatIf(shards, observed, { kind: 'merge', shardIds: ['shardId-000000000000', 'shardId-000000000002'] }),
    ).toBeUndefined()
  })

  test('shares of shards and keys are shares of the whole, and unknown shards stay unknown', () => {
    const shards = shardsOf(2)
    // user-1 hashes to 2.9e38 (upper half), a to 1.7e37 (lower half): published vectors of MD5.
    const heat = heatOf(shards, [
      { key: 'user-1', bytes: 11_994, second: 5 },
      { key: 'a', bytes: 3_999, second: 6 },
    ])
    const board = heat.board(NOW)
    expect(board).toMatchObject({ openShardCount: 2, bytesPerSecond: 16_000 / 60, sampleRecords: 2 })
    expect(board.shards.map(shard => shard.trafficShare)).toEqual([0.25, 0.75])
    expect(heat.topKeys(NOW, 'bytes', 5).map(key => [key.partitionKey, key.byteShare])).toEqual([
      ['user-1', 0.75],
      ['a', 0.25],
    ])
    const unread = new StreamHeat({ windowSeconds: 60, historySeconds: 60, random: seededRandom(1) })
    unread.list(shards)
    expect(unread.board(NOW).shards[0]).toMatchObject({ level: 'unknown', verdict: { kind: 'no-data' } })
    expect(unread.board(NOW).shards[0]?.utilisation).toBeUndefined()
    expect(unread.board(NOW).bytesPerSecond).toBeUndefined()
  })

  test('the proposed split of a shard with many light keys is at the load, not at the middle', () => {
    const [shard] = shardsOf(1)
    if (shard === undefined) return
    // All keys of the lowest eighth of the space: the middle would leave one child empty.
    const keys = Array.from({ length: 40_000 }, (_, index) => `k${index}`).filter(
      key => hashKeyOf(key) >> 125n === 0n,
    )
    expect(keys.length).toBeGreaterThan(4_000)
    const heat = heatOf(
      [shard],
      keys.map((key, index) => ({ key, bytes: 1_600, second: index % 60 })),
    )
    const advice = heat.advice(NOW, shard.shardId)
    expect(advice?.kind).toBe('split')
    if (advice?.kind !== 'split') return
    expect(advice.midpoint.upperLoad).toBe(0)
    expect(advice.best.newStartingHashKey < 1n << 125n).toBe(true)
    const truth = keys.filter(key => hashKeyOf(key) < advice.best.newStartingHashKey).length / keys.length
    expect(truth).toBeGreaterThan(0.45)
    expect(truth).toBeLessThan(0.55)
    expect(advice.best.lowerLoad + advice.best.upperLoad).toBeCloseTo(heat.board(NOW).bytesPerSecond ?? 0, 3)
  })

  test('one key beyond the target: no split helps, and it says over how many keys to spread it', () => {
    const [shard] = shardsOf(1)
    if (shard === undefined) return
    // 60 s x 2,000 records/s of one key, 200 of others: 2 times what a shard takes.
    const writes = Array.from({ length: 60 * 40 }, (_, index) => ({
      key: 'tenant-7',
      bytes: 52_421,
      second: index % 60,
    }))
    const heat = heatOf([shard], [...writes, { key: 'other', bytes: 1_000, second: 1 }])
    // 40 records of 52,429 bytes a second = 2,097,160 of 838,860.8 (80 % of 1 MiB): three keys.
    expect(heat.advice(NOW, shard.shardId)).toMatchObject({
      kind: 'no-split-helps',
      partitionKey: 'tenant-7',
      saltedKeyCount: 3,
    })
  })

  test('keys that hash outside their shard lower the confidence; records without keys withhold the advice', () => {
    const shards = shardsOf(2)
    const [lower] = shards
    if (lower === undefined) return
    const heat = new StreamHeat({ windowSeconds: 60, historySeconds: 60, random: seededRandom(1) })
    heat.list(shards)
    const seen = [{ second: START + 1, standsFor: 1 }]
    const key = (name: string) => recordOf(lower, name, 1_000, 1)
    // `a` belongs to the lower half, `user-1` and `é` (1.4e38 of 1.7e38) do and do not: an explicit hash key placed user-1.
    heat.observe({ shardId: lower.shardId, records: [key('a'), key('é'), key('user-1')], seen })
    expect(heat.advice(NOW, lower.shardId)).toMatchObject({
      kind: 'split',
      doubts: [expect.stringContaining('explicit hash keys')],
    })
    const { partitionKey: _, ...keyless } = key('a')
    heat.observe({ shardId: lower.shardId, records: Array.from({ length: 9 }, () => keyless), seen })
    expect(heat.advice(NOW, lower.shardId)).toMatchObject({
      kind: 'withheld',
      reason: expect.stringContaining('no partition key'),
    })
  })
})

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

test('the rate of a stream just after a split: the traffic of its open shards, not that of the parent once more', () => {
  const [parent] = shardsOf(1)
  if (parent === undefined) throw new Error('one shard was asked for')
  const [low, high] = shardsOf(2).map((child, index) => ({
    ...child,
    shardId: `shardId-00000000000${index + 1}`,
    parentShardId: parent.shardId,
  }))
  if (low === undefined || high === undefined) throw new Error('two shards were asked for')
  const heat = new StreamHeat({ windowSeconds: 60, historySeconds: 60, random: seededRandom(3) })
  heat.list([{ ...parent, endingSequenceNumber: '9' }, low, high])
  // 1,000 bytes a second all the time: 55 seconds into the parent, then 5 seconds half into each child.
  const seconds = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)
  const observe = (shard: Shard, from: number, to: number, bytes: number) =>
    heat.observe({
      shardId: shard.shardId,
      records: seconds(from, to).map(second => recordOf(shard, '', bytes, second)),
      seen: seconds(from, to).map(second => ({ second: START + second, standsFor: 1 })),
    })
  observe(parent, 0, 55, 1_000)
  observe(low, 55, 60, 500)
  observe(high, 55, 60, 500)
  const board = heat.board(NOW)
  expect(board.bytesPerSecond).toBeCloseTo(1_000, 6)
  expect(board.recordsPerSecond).toBeCloseTo(2, 6)
  const shares = board.shards.map(({ trafficShare = 0 }) => trafficShare)
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6)
})
