import {
  ListMetricsCommand,
  type ListMetricsCommandInput,
  paginateListMetrics,
} from '@aws-sdk/client-cloudwatch'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { id } from '../support.ts'
import { type Bench, MINUTE, ofShard, ofStream, startBench } from './support.ts'

let bench: Bench
beforeEach(async () => {
  bench = await startBench()
})
afterEach(() => bench.stop())

const put = (StreamName: string, hashKey = '0') =>
  bench.kinesis('PutRecord', {
    StreamName,
    PartitionKey: 'k',
    ExplicitHashKey: hashKey,
    Data: Buffer.alloc(1),
  })
const create = (StreamName: string, ShardCount: number, ...ShardLevelMetrics: string[]) => {
  bench.kinesis('CreateStream', { StreamName, ShardCount })
  if (ShardLevelMetrics.length > 0)
    bench.kinesis('EnableEnhancedMonitoring', { StreamName, ShardLevelMetrics })
}
const list = async (input: ListMetricsCommandInput = {}) =>
  (await bench.client.send(new ListMetricsCommand(input))).Metrics ?? []
const names = async (input: ListMetricsCommandInput = {}) =>
  (await list(input)).map(({ MetricName }) => MetricName).sort()

describe('ListMetrics', () => {
  it('filters by name and dimensions, of which a metric may have more', async () => {
    create('a', 1, 'IncomingBytes')
    create('b', 1)
    put('a')
    put('b')
    bench.clock.advance(5 * MINUTE)
    expect(await list({ MetricName: 'IncomingBytes' })).toEqual([
      { Namespace: 'AWS/Kinesis', MetricName: 'IncomingBytes', Dimensions: ofStream('a') },
      { Namespace: 'AWS/Kinesis', MetricName: 'IncomingBytes', Dimensions: ofShard('a', id(0)) },
      { Namespace: 'AWS/Kinesis', MetricName: 'IncomingBytes', Dimensions: ofStream('b') },
    ])
    expect(await names({ Dimensions: [{ Name: 'ShardId' }] })).toEqual(['IncomingBytes'])
    expect(await names({ Dimensions: ofStream('b') })).toEqual([
      'IncomingBytes',
      'IncomingRecords',
      'PutRecord.Bytes',
      'PutRecord.Latency',
      'PutRecord.Success',
      'WriteProvisionedThroughputExceeded',
    ])
    expect(await list({ Dimensions: [...ofStream('b'), { Name: 'ShardId' }] })).toEqual([])
    expect(await list({ Namespace: 'AWS/EC2' })).toEqual([])
    expect((await list({ Namespace: 'AWS/Kinesis' })).length).toBe(13)
  })

  it('shows a metric once it is published, and forgets it two weeks after its last point', async () => {
    create('a', 1)
    put('a')
    expect(await list()).toEqual([])
    bench.clock.advance(2 * MINUTE)
    expect(await names({ MetricName: 'IncomingBytes' })).toEqual(['IncomingBytes'])
    bench.clock.advance(14 * 24 * 60 * MINUTE - 2 * MINUTE)
    expect(await names({ MetricName: 'IncomingBytes' })).toEqual(['IncomingBytes'])
    bench.clock.advance(MINUTE)
    expect(await list()).toEqual([])
  })

  it('knows what was active in the last three hours', async () => {
    create('a', 1)
    create('b', 1)
    put('a')
    bench.clock.advance(181 * MINUTE)
    put('b')
    bench.clock.advance(2 * MINUTE)
    const input = { MetricName: 'IncomingBytes' }
    expect((await list(input)).map(({ Dimensions }) => Dimensions?.[0]?.Value)).toEqual(['a', 'b'])
    const recent = await list({ ...input, RecentlyActive: 'PT3H' })
    expect(recent.map(({ Dimensions }) => Dimensions?.[0]?.Value)).toEqual(['b'])
  })

  it('gives 500 a page', async () => {
    create('wide', 400, 'IncomingBytes', 'IncomingRecords', 'WriteProvisionedThroughputExceeded')
    const width = 2n ** 128n / 400n
    for (let shard = 0n; shard < 400n; shard++) put('wide', String(shard * width + 1n))
    bench.clock.advance(2 * MINUTE)
    const sizes: number[] = []
    const seen = new Set<string>()
    for await (const page of paginateListMetrics(
      { client: bench.client },
      { Dimensions: [{ Name: 'ShardId' }] },
    )) {
      sizes.push(page.Metrics?.length ?? 0)
      for (const metric of page.Metrics ?? []) seen.add(JSON.stringify(metric))
    }
    expect(sizes).toEqual([500, 500, 200])
    expect(seen.size).toBe(1200)
    await expect(bench.client.send(new ListMetricsCommand({ NextToken: 'x' }))).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
    })
  })
})
