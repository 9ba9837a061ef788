import { afterEach, describe, expect, it } from 'vitest'
import { createWallClock } from '../../../source/sandbox/engine/clock.ts'
import { startSandbox } from '../../../source/sandbox/sandbox.ts'
import { at, type Bench, MINUTE, ofStream, startBench, stat } from './support.ts'

let bench: Bench
afterEach(() => bench.stop())

const put = (text = 'x') =>
  bench.kinesis('PutRecord', { StreamName: 's', PartitionKey: 'k', Data: Buffer.from(text) })

async function minutesOf(name = 'IncomingRecords', period = 60) {
  const { MetricDataResults } = await bench.data({
    ScanBy: 'TimestampAscending',
    MetricDataQueries: [stat('m', name, ofStream('s'), 'Sum', period)],
  })
  const { Timestamps = [], Values = [] } = MetricDataResults?.[0] ?? {}
  return Timestamps.map((time, index) => [(Number(time) - Number(at(0))) / MINUTE, Values[index]])
}

describe('publishing', () => {
  it('shows a minute as a whole, a minute after it is over, and nothing before', async () => {
    bench = await startBench()
    bench.kinesis('CreateStream', { StreamName: 's', ShardCount: 1 })
    put()
    bench.clock.advance(MINUTE - 1)
    put()
    bench.clock.advance(1)
    put()
    expect(await minutesOf()).toEqual([])
    bench.clock.advance(MINUTE - 1)
    expect(await minutesOf()).toEqual([])
    bench.clock.advance(1)
    expect(await minutesOf()).toEqual([[0, 2]])
    bench.clock.advance(MINUTE)
    expect(await minutesOf()).toEqual([
      [0, 2],
      [1, 1],
    ])
  })

  it('comes as late as it is told to', async () => {
    bench = await startBench({ metricsDelayMs: 5 * MINUTE })
    bench.kinesis('CreateStream', { StreamName: 's', ShardCount: 1 })
    put()
    bench.clock.advance(6 * MINUTE - 1)
    expect(await minutesOf()).toEqual([])
    bench.clock.advance(1)
    expect(await minutesOf()).toEqual([[0, 1]])
  })

  it('leaves out minutes without a call, and does not invent zeros', async () => {
    bench = await startBench()
    bench.kinesis('CreateStream', { StreamName: 's', ShardCount: 1 })
    put()
    bench.clock.advance(3 * MINUTE)
    put()
    bench.clock.advance(10 * MINUTE)
    expect(await minutesOf()).toEqual([
      [0, 1],
      [3, 1],
    ])
  })

  it('counts periods from the start that was asked for, the end excluded', async () => {
    bench = await startBench()
    bench.kinesis('CreateStream', { StreamName: 's', ShardCount: 1 })
    for (let minute = 0; minute < 12; minute++) {
      put()
      bench.clock.advance(MINUTE)
    }
    bench.clock.advance(5 * MINUTE)
    const { MetricDataResults } = await bench.data({
      // Seconds within a minute do not count: the start is rounded down to the minute.
      StartTime: new Date(Number(at(1)) + 30_000),
      EndTime: at(9),
      ScanBy: 'TimestampAscending',
      MetricDataQueries: [stat('m', 'IncomingRecords', ofStream('s'), 'Sum', 300)],
    })
    expect(MetricDataResults?.[0]?.Timestamps).toEqual([at(1), at(6)])
    expect(MetricDataResults?.[0]?.Values).toEqual([5, 3])
  })

  it('keeps metrics of a stream that is deleted', async () => {
    bench = await startBench()
    bench.kinesis('CreateStream', { StreamName: 's', ShardCount: 1 })
    put()
    bench.kinesis('DeleteStream', { StreamName: 's' })
    bench.clock.advance(2 * MINUTE)
    expect(await minutesOf()).toEqual([[0, 1]])
  })
})

describe('the demonstration', () => {
  it('has metrics for its history, on a clock that runs fast, and shards where monitoring is on', async () => {
    bench = await startBench()
    const now = Number(at(0)) + 30_000
    const demo = await startSandbox({ traffic: 'demo', clock: createWallClock(60, now) })
    try {
      const { streams } = demo.service.account.metrics
      for (const name of ['orders', 'payments', 'inventory', 'app-logs']) {
        const points = streams.get(name)?.stream.get('IncomingBytes')?.points
        expect([...(points?.fine.values() ?? [])].some(chunk => chunk.some(number => number > 0))).toBe(true)
      }
      // The one that was split has some from before.
      expect(streams.get('payments')?.shards.size).toBe(4)
      expect(streams.get('clickstream')?.shards.size).toBe(4)
      expect(streams.get('orders')?.shards.size).toBe(0)
    } finally {
      await demo.stop()
    }
  })
})
