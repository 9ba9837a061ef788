import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createSteppedClock } from '../../source/sandbox/engine/clock.ts'
import { pointsBetween } from '../../source/sandbox/engine/metric-points.ts'
import { allSeries } from '../../source/sandbox/engine/metrics.ts'
import { createService } from '../../source/sandbox/engine/service.ts'
import { createRandom } from '../../source/sandbox/random.ts'
import { demoScenario } from '../../source/sandbox/traffic/demo-scenario.ts'
import { aggregate } from '../../source/sandbox/traffic/kpl-aggregate.ts'
import { payloadOf } from '../../source/sandbox/traffic/payload.ts'
import { startTraffic } from '../../source/sandbox/traffic/runner.ts'
import type { Scenario } from '../../source/sandbox/traffic/scenario.ts'
import { id, NEW_YEAR, type Output } from './support.ts'

/** Every record of every stream after running a scenario for some seconds in steps of `step`. */
function run(scenario: Scenario, seed: number, seconds: number, step: number) {
  const clock = createSteppedClock(NEW_YEAR)
  const service = createService({ clock, limits: 'on' })
  const traffic = startTraffic(service, clock, scenario, seed)
  for (let at = 0; at < seconds * 1000; at += step) clock.advance(step)
  traffic.stop()
  const records: string[] = []
  for (const stream of service.account.streams.values()) {
    for (const shard of stream.shards.values()) {
      const { ShardIterator }: Output = service.handle('GetShardIterator', {
        StreamName: stream.name,
        ShardId: shard.id,
        ShardIteratorType: 'TRIM_HORIZON',
      })
      for (const record of (service.handle('GetRecords', { ShardIterator }) as Output).Records) {
        records.push(
          [shard.id, record.SequenceNumber, record.PartitionKey, record.Data.toString('hex')].join(' '),
        )
      }
    }
  }
  return { records, service, traffic, clock }
}

const small: Scenario = {
  streams: [
    {
      name: 's',
      shardCount: 2,
      historyMinutes: 1,
      producers: [
        { recordsPerSecond: 5, keys: { kind: 'zipf', prefix: 'k', count: 50 }, payload: 'order' },
        { recordsPerSecond: 0.5, keys: { kind: 'single', key: 'a' }, payload: 'sensor-kpl' },
      ],
      schedule: [{ atMinute: 0.25, act: 'split', shard: 0 }],
    },
  ],
}

describe('traffic', () => {
  it('depends on seed and clock alone, not on how often it wakes', () => {
    const first = run(small, 7, 30, 250)
    expect(run(small, 7, 30, 1000).records).toEqual(first.records)
    expect(run(small, 8, 30, 250).records).not.toEqual(first.records)
    expect(first.traffic.refusals).toEqual([])
  })

  it('keeps to its rate, in the history and afterwards', () => {
    const { records } = run(small, 1, 60, 250)
    // 5.5 records/s for two minutes, give or take the last slot and the roundings by chance.
    expect(records.length).toBeGreaterThan(600)
    expect(records.length).toBeLessThan(720)
  })

  it('lets a producer begin later, in the history or after the start', () => {
    const late: Scenario = {
      streams: [
        {
          name: 's',
          shardCount: 1,
          historyMinutes: 1,
          producers: [
            {
              recordsPerSecond: 4,
              keys: { kind: 'single', key: 'history' },
              payload: 'text',
              startsAtMinute: -0.25,
            },
            {
              recordsPerSecond: 4,
              keys: { kind: 'single', key: 'later' },
              payload: 'text',
              startsAtMinute: 0.25,
            },
          ],
        },
      ],
    }
    const { records } = run(late, 1, 20, 250)
    const written = (key: string) => records.filter(record => record.split(' ')[2] === key).length
    // One a slot of 250 ms: 15 s of history and 20 s of run, then 5 s of run; the slot that is still open is not written.
    expect(written('history')).toBe(4 * 35)
    expect(written('later')).toBe(4 * 5)
  })

  it('does what the schedule says when it says', () => {
    const { service } = run(small, 1, 30, 250)
    const shards = service.account.streams.get('s')?.shards
    expect([...(shards?.keys() ?? [])]).toEqual([id(0), id(1), id(2), id(3)])
    expect(shards?.get(id(0))?.closedAt).toBeGreaterThanOrEqual(NEW_YEAR + 15_000)
    expect(shards?.get(id(2))?.log.nextOrdinal).toBeGreaterThan(0)
  })

  it('writes nothing after it was stopped, and leaves out a long sleep instead of making it up', () => {
    const { service, clock, traffic } = run(small, 1, 5, 250)
    const written = () =>
      [...(service.account.streams.get('s')?.shards.values() ?? [])].reduce(
        (sum, { log }) => sum + log.nextOrdinal,
        0,
      )
    const before = written()
    clock.advance(60_000)
    expect(written()).toBe(before)
    traffic.stop()

    const asleep = createSteppedClock(NEW_YEAR)
    const other = createService({ clock: asleep })
    const pausing = {
      ...asleep,
      now: () => (asleep.now() === NEW_YEAR ? NEW_YEAR : asleep.now() + 7 * 3_600_000),
    }
    startTraffic(other, pausing, small, 1)
    asleep.advance(250)
    const total = [...(other.account.streams.get('s')?.shards.values() ?? [])].reduce(
      (sum, { log }) => sum + log.nextOrdinal,
      0,
    )
    expect(total).toBeLessThan(5.5 * 140)
  })

  it('throttles in the demonstration only where that is the trouble', () => {
    const { service, traffic } = run(demoScenario, 1, 120, 250)
    const throttled = [...allSeries(service.account.metrics)].filter(
      ({ metricName, points }) =>
        metricName === 'WriteProvisionedThroughputExceeded' &&
        [...pointsBetween(points, 0, Number.MAX_SAFE_INTEGER)].some(({ sum }) => sum > 0),
    )
    expect(new Set(throttled.map(({ streamName }) => streamName))).toEqual(new Set(['clickstream']))
    expect(traffic.refusals).toEqual([])
  })
})

describe('payloads', () => {
  it('aggregates as the Kinesis Producer Library does', () => {
    const records = [
      { partitionKey: 'user-1', data: Buffer.from('{"n":1}') },
      { partitionKey: 'user-2', data: Buffer.from('{"n":2}') },
    ]
    expect(aggregate(records).toString('base64')).toBe(
      '84mawgoGdXNlci0xCgZ1c2VyLTIaCwgAGgd7Im4iOjF9GgsIARoHeyJuIjoyfTpkMZqoY/n7taqiM0G1IuQ=',
    )
  })

  it('wraps log lines as CloudWatch Logs does, with a probe now and then', () => {
    const types = new Set<string>()
    for (let index = 0; index < 200; index++) {
      const envelope = JSON.parse(
        gunzipSync(payloadOf('cloudwatch-logs', 'k', createRandom(index), NEW_YEAR)).toString(),
      )
      expect(Object.keys(envelope).sort()).toEqual([
        'logEvents',
        'logGroup',
        'logStream',
        'messageType',
        'owner',
        'subscriptionFilters',
      ])
      types.add(envelope.messageType)
    }
    expect(types).toEqual(new Set(['DATA_MESSAGE', 'CONTROL_MESSAGE']))
  })
})
