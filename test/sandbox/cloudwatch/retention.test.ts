import { afterEach, describe, expect, it } from 'vitest'
import { pointsBetween } from '../../../source/sandbox/engine/metric-points.ts'
import {
  allSeries,
  bytesHeld,
  createMetrics,
  findSeries,
  type Metrics,
  recordMetric,
} from '../../../source/sandbox/engine/metrics.ts'
import { at, type Bench, MINUTE, ofStream, startBench, stat } from './support.ts'

const DAY = 24 * 60 * MINUTE
const START = Number(at(0))

function pointsOf(metrics: Metrics, name = 'm', streamName = 's') {
  const series = findSeries(metrics, { streamName }, name)
  if (series === undefined) return []
  return [...pointsBetween(series.points, 0, Number.MAX_SAFE_INTEGER)]
    .map(({ minute, ...point }) => ({ minute: minute - START / MINUTE, ...point }))
    .sort((a, b) => a.minute - b.minute)
}

describe('retention', () => {
  it('rolls one-minute points up after 15 days, with all four statistics, and drops them after 63', () => {
    const metrics = createMetrics()
    const record = (minute: number, value: number) =>
      recordMetric(metrics, { streamName: 's' }, 'm', value, START + minute * MINUTE)
    for (const [minute, value] of [
      [0, 3],
      [0, 1],
      [4, 10],
      [5, 7],
    ] as const)
      record(minute, value)
    expect(pointsOf(metrics).map(({ minute }) => minute)).toEqual([0, 4, 5])

    recordMetric(metrics, { streamName: 'other' }, 'm', 1, START + 14 * DAY)
    expect(pointsOf(metrics).map(({ minutes }) => minutes)).toEqual([1, 1, 1])
    recordMetric(metrics, { streamName: 'other' }, 'm', 1, START + 16 * DAY)
    expect(pointsOf(metrics)).toEqual([
      { minute: 0, minutes: 5, sum: 14, sampleCount: 3, minimum: 1, maximum: 10 },
      { minute: 5, minutes: 5, sum: 7, sampleCount: 1, minimum: 7, maximum: 7 },
    ])
    recordMetric(metrics, { streamName: 'other' }, 'm', 1, START + 64 * DAY)
    expect(pointsOf(metrics)).toEqual([])
    expect([...allSeries(metrics)].map(({ streamName }) => streamName)).toEqual(['other'])
  })

  it('stays within its memory: oldest points become coarse, then go; the newest stay', () => {
    const limit = 400_000
    const metrics = createMetrics(limit)
    const streams = Array.from({ length: 20 }, (_, index) => `s${index}`)
    let largest = 0
    for (let minute = 0; minute < 5 * 24 * 60; minute += 5) {
      for (const streamName of streams) {
        recordMetric(metrics, { streamName }, 'm', 1, START + minute * MINUTE)
        largest = Math.max(largest, bytesHeld(metrics))
      }
    }
    // One chunk past the limit is what sets the clearing off.
    expect(largest).toBeLessThan(limit + 1000)
    const points = pointsOf(metrics, 'm', 's7')
    expect(points.at(-1)).toMatchObject({ minute: 5 * 24 * 60 - 5, minutes: 1 })
    expect(points[0]?.minutes).toBe(5)
    expect(points[0]?.minute).toBeGreaterThan(0)
    // No gap between the oldest that is left and now.
    expect(points.map(({ minute }) => minute)).toEqual(
      Array.from({ length: points.length }, (_, index) => (points[0]?.minute ?? 0) + 5 * index),
    )
  })

  it('counts each sample once, in whatever order the minutes come', () => {
    const metrics = createMetrics()
    for (const minute of [90, 3, 47, 3, 90, 0]) {
      recordMetric(metrics, { streamName: 's' }, 'm', minute, START + minute * MINUTE)
    }
    expect(pointsOf(metrics).map(({ minute, sum, sampleCount }) => [minute, sum, sampleCount])).toEqual([
      [0, 0, 1],
      [3, 6, 2],
      [47, 47, 1],
      [90, 180, 2],
    ])
  })
})

describe('old points in queries', () => {
  let bench: Bench
  afterEach(() => bench.stop())

  it('answer five-minute periods only, as the service has it', async () => {
    bench = await startBench()
    bench.kinesis('CreateStream', { StreamName: 's', ShardCount: 1 })
    const put = () =>
      bench.kinesis('PutRecord', { StreamName: 's', PartitionKey: 'k', Data: Buffer.alloc(9) })
    put()
    bench.clock.advance(MINUTE)
    put()
    bench.clock.advance(16 * DAY)
    put()
    bench.clock.advance(2 * MINUTE)
    const sums = async (period: number) => {
      const EndTime = new Date(START + 17 * DAY)
      const query = stat('m', 'IncomingBytes', ofStream('s'), 'Sum', period)
      const { MetricDataResults } = await bench.data({
        EndTime,
        MetricDataQueries: [query],
        ScanBy: 'TimestampAscending',
      })
      return MetricDataResults?.[0]?.Values
    }
    expect(await sums(60)).toEqual([10])
    expect(await sums(300)).toEqual([20, 10])
    expect(await sums(3600)).toEqual([20, 10])
  })
})
