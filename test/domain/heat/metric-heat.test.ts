import { describe, expect, test } from 'vitest'
import { uniformRanges } from '../../../source/domain/heat/forecast.ts'
import {
  boardFromMetrics,
  missingShardMetrics,
  settledMinutes,
} from '../../../source/domain/heat/metric-heat.ts'
import type { Shard } from '../../../source/domain/shard.ts'

const NOON = Date.UTC(2026, 10, 30, 12)
const shards: Shard[] = uniformRanges(2).map((hashKeyRange, index) => ({
  shardId: `shardId-00000000000${index}`,
  hashKeyRange,
  startingSequenceNumber: '1',
}))
const series = (metricName: string, values: Record<number, number>, shardId?: string) => ({
  metricName,
  ...(shardId === undefined ? {} : { shardId }),
  points: Object.entries(values).map(([minute, value]) => ({
    at: new Date(NOON + Number(minute) * 60_000),
    value,
  })),
})

describe('board from CloudWatch', () => {
  test('excludes the minute that is filling and the one before it', () => {
    expect(settledMinutes(NOON + 30_000, 5)).toEqual({
      from: new Date(NOON - 6 * 60_000),
      to: new Date(NOON - 60_000),
    })
  })

  test('rate is Sum / period, over the minutes that have data; a minute without data is not zero', () => {
    const board = boardFromMetrics({
      shards,
      series: [
        // 60 MiB in each of two minutes of five: 1 MiB/s, not 0.4.
        series('IncomingBytes', { 0: 62_914_560, 3: 62_914_560 }, 'shardId-000000000000'),
        series('IncomingRecords', { 0: 6_000, 3: 6_000 }, 'shardId-000000000000'),
        series('WriteProvisionedThroughputExceeded', { 3: 17 }, 'shardId-000000000000'),
        series('IteratorAgeMilliseconds', { 2: 900, 3: 1_200 }, 'shardId-000000000000'),
        series('IncomingBytes', { 0: 62_914_560, 3: 62_914_560 }),
        series('IncomingRecords', { 0: 6_000, 3: 6_000 }),
      ],
      from: new Date(NOON),
      to: new Date(NOON + 5 * 60_000),
      atMillis: NOON + 6 * 60_000,
    })
    expect(board).toMatchObject({
      source: 'cloudwatch',
      windowSeconds: 300,
      bytesPerSecond: 1_048_576,
      freshAt: NOON + 4 * 60_000,
    })
    // The one stream-level figure over two open shards.
    expect(board.utilisation).toBe(0.5)
    expect(board.shards[0]).toMatchObject({
      utilisation: 1,
      measure: 'bytes',
      throttledRecords: 17,
      lagMillis: 1_200,
      level: 'over',
      series: [1, undefined, undefined, 1, undefined],
    })
    expect(board.shards[0]?.peakUtilisation).toBeUndefined()
    expect(board.shards[1]).toMatchObject({ level: 'unknown', verdict: { kind: 'no-data' } })
    expect(board.shards[1]?.bytesPerSecond).toBeUndefined()
  })

  test('rates can be told over fewer minutes than the curves show', () => {
    const id = 'shardId-000000000000'
    const board = boardFromMetrics({
      shards,
      series: [
        series('IncomingRecords', { 0: 60_000, 8: 6_000, 9: 6_000 }, id),
        series('WriteProvisionedThroughputExceeded', { 0: 99, 9: 4 }, id),
      ],
      from: new Date(NOON),
      to: new Date(NOON + 10 * 60_000),
      rateMinutes: 5,
      atMillis: NOON + 11 * 60_000,
    })
    expect(board).toMatchObject({ windowSeconds: 300 })
    expect(board.shards[0]).toMatchObject({
      utilisation: 0.1,
      throttledRecords: 4,
      verdict: { kind: 'throttled-low-average' },
    })
    expect(board.shards[0]?.series).toHaveLength(10)
    expect(board.shards[0]?.series[0]).toBe(1)
  })

  test('names the shard-level metrics that are off', () => {
    expect(missingShardMetrics(['IncomingBytes', 'IncomingRecords'])).toEqual([
      'WriteProvisionedThroughputExceeded',
      'IteratorAgeMilliseconds',
    ])
    expect(missingShardMetrics(['ALL'])).toEqual([])
    expect(missingShardMetrics(undefined)).toHaveLength(4)
  })
})
