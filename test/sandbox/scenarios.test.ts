import { describe, expect, it } from 'vitest'
import { createSteppedClock } from '../../source/sandbox/engine/clock.ts'
import { createService } from '../../source/sandbox/engine/service.ts'
import { parseScenario } from '../../source/sandbox/traffic/parse-scenario.ts'
import { startTraffic } from '../../source/sandbox/traffic/runner.ts'
import { SCENARIOS, scenarioNamed } from '../../source/sandbox/traffic/scenario-library.ts'
import { NEW_YEAR, type Output } from './support.ts'

/** Runs a scenario of the library for some minutes on a stepped clock. */
function run(name: string, minutes: number) {
  const clock = createSteppedClock(NEW_YEAR)
  const service = createService({ clock })
  const traffic = startTraffic(service, clock, scenarioNamed(name), 1)
  for (let second = 0; second < minutes * 60; second++) clock.advance(1000)
  traffic.stop()
  service.settle()
  const stream = service.account.streams.get(name)
  const records = [...(stream?.shards.values() ?? [])].reduce((sum, { log }) => sum + log.nextOrdinal, 0)
  return { service, stream, records, refusals: traffic.refusals, clock }
}

describe('the library of scenarios', () => {
  it.each(Object.keys(SCENARIOS))('%s is valid as a file would be', name => {
    const text = JSON.stringify(SCENARIOS[name]?.scenario)
    expect(parseScenario(JSON.parse(text))).toEqual(SCENARIOS[name]?.scenario)
  })

  it.each([
    ['hot-key', 1],
    ['skewed-keys', 0.5],
    ['uneven-ranges', 0.5],
    ['many-shards', 0.2],
    ['reshard-under-load', 3],
    ['mixed-payloads', 1],
    ['keyless-records', 0.5],
    ['encrypted-with-consumers', 0.5],
  ])('%s runs, and the service refuses none of its acts', (name, minutes) => {
    const { records, refusals } = run(name, minutes)
    expect(refusals).toEqual([])
    expect(records).toBeGreaterThan(20)
  })

  it('shows the troubles it promises', () => {
    expect(run('uneven-ranges', 0.1).stream?.openShards.map(({ id }) => Number(id.slice(-12)))).toEqual([
      0, 2, 3,
    ])
    const resharded = run('reshard-under-load', 3).stream
    expect(resharded?.openShards).toHaveLength(5)
    expect(resharded?.shards.size).toBeGreaterThan(8)
    expect(run('hot-key', 1).service.account.throttledWrites).toBeGreaterThan(1000)
    const keyless = run('keyless-records', 0.2)
    const { ShardIterator }: Output = keyless.service.handle('GetShardIterator', {
      StreamName: 'keyless-records',
      ShardId: 'shardId-000000000001',
      ShardIteratorType: 'TRIM_HORIZON',
    })
    const { Records }: Output = keyless.service.handle('GetRecords', { ShardIterator })
    expect(Records.every((record: object) => !('PartitionKey' in record))).toBe(true)
  })

  it('grows the on-demand stream', () => {
    // 30 x 20 KB a second over four shards is under the mark for each; five times as much is over it.
    const clock = createSteppedClock(NEW_YEAR)
    const service = createService({ clock })
    const [stream] = scenarioNamed('on-demand-growth').streams
    const producers = stream?.producers?.map(producer => ({ ...producer, recordsPerSecond: 150 })) ?? []
    const scenario = { streams: [{ name: 'g', historyMinutes: 0, producers }] }
    startTraffic(service, clock, scenario, 1)
    for (let second = 0; second < 12 * 60; second++) clock.advance(1000)
    service.settle()
    expect(service.account.streams.get('g')?.openShards.length).toBeGreaterThan(4)
  })
})

describe('a scenario file', () => {
  const producer = { recordsPerSecond: 1, keys: { kind: 'single', key: 'k' }, payload: 'order' }
  const stream = (more: object) => ({ streams: [{ name: 's', shardCount: 1, ...more }] })
  it.each([
    [{}, 'the scenario needs streams'],
    [{ streams: [{}] }, 'streams[0] needs name'],
    [stream({ shards: 3 }), 'streams[0] has an unknown member shards'],
    [stream({ shardCount: 1.5 }), 'streams[0].shardCount is 1.5; it must be a whole number from 0 to 10000'],
    [
      stream({ producers: [{ ...producer, payload: 'xml' }] }),
      'streams[0].producers[0].payload is "xml"; it must be one of order',
    ],
    [
      stream({ producers: [{ ...producer, keys: { kind: 'random' } }] }),
      'streams[0].producers[0].keys.kind is "random"',
    ],
    [stream({ schedule: [{ atMinute: 1, act: 'explode' }] }), 'streams[0].schedule[0].act is "explode"'],
    [stream({ schedule: [{ act: 'split', shard: 0 }] }), 'streams[0].schedule[0] needs atMinute'],
    [stream({ historyMinutes: -1 }), 'streams[0].historyMinutes is -1; it must be a number from 0 to 1440'],
  ])('is refused with a reason: %j', (value, message) => {
    expect(() => parseScenario(value)).toThrow(message)
  })

  it('names the scenarios there are when asked for another', () => {
    expect(() => scenarioNamed('nope')).toThrow('there is no scenario "nope"; there are demo, hot-key')
  })
})
