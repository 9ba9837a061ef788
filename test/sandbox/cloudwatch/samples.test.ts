import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Subscription } from '../../../source/sandbox/engine/subscription.ts'
import { id, type Output } from '../support.ts'
import { type Bench, MINUTE, ofShard, ofStream, startBench } from './support.ts'

/** Hash keys in the lower and the upper half of the key space, so in shard 0 and shard 1 of two. */
const LOWER = '0'
const UPPER = (2n ** 127n).toString()

let bench: Bench
beforeEach(async () => {
  bench = await startBench()
  bench.kinesis('CreateStream', { StreamName: 's', ShardCount: 2 })
})
afterEach(() => bench.stop())

const entry = (hashKey: string, text: string) => ({
  PartitionKey: 'k',
  ExplicitHashKey: hashKey,
  Data: Buffer.from(text),
})
const monitor = (...ShardLevelMetrics: string[]) =>
  bench.kinesis('EnableEnhancedMonitoring', { StreamName: 's', ShardLevelMetrics })
/** Lets everything that has happened be published. */
const publish = () => bench.clock.advance(5 * MINUTE)
const stream = (name: string) => bench.statistics(name, ofStream('s'))
const shard = (name: string, index: number) => bench.statistics(name, ofShard('s', id(index)))
const reader = (index: number, type = 'TRIM_HORIZON') =>
  (
    bench.kinesis('GetShardIterator', {
      StreamName: 's',
      ShardId: id(index),
      ShardIteratorType: type,
    }) as Output
  ).ShardIterator

describe('samples of writing: [Sum, SampleCount, Minimum, Maximum]', () => {
  beforeEach(() => {
    monitor('ALL')
    // One record of 5 + 1 bytes, then one call with 2 + 1 and 4 + 1 bytes to shard 0 and 7 + 1 bytes to shard 1.
    bench.kinesis('PutRecord', { StreamName: 's', ...entry(LOWER, '12345') })
    bench.kinesis('PutRecords', {
      StreamName: 's',
      Records: [entry(LOWER, '12'), entry(UPPER, '1234567'), entry(LOWER, '1234')],
    })
    publish()
  })

  it('has one sample a call for the stream', async () => {
    expect(await stream('IncomingBytes')).toEqual([6 + 16, 2, 6, 16])
    expect(await stream('IncomingRecords')).toEqual([4, 2, 1, 3])
    expect(await stream('WriteProvisionedThroughputExceeded')).toEqual([0, 2, 0, 0])
  })

  it('has one sample a call for each shard it wrote to', async () => {
    expect(await shard('IncomingBytes', 0)).toEqual([6 + 8, 2, 6, 8])
    expect(await shard('IncomingRecords', 0)).toEqual([3, 2, 1, 2])
    expect(await shard('IncomingBytes', 1)).toEqual([8, 1, 8, 8])
    expect(await shard('WriteProvisionedThroughputExceeded', 1)).toEqual([0, 1, 0, 0])
  })

  it('tells PutRecord from PutRecords', async () => {
    expect(await stream('PutRecord.Bytes')).toEqual([6, 1, 6, 6])
    expect(await stream('PutRecord.Success')).toEqual([1, 1, 1, 1])
    expect(await stream('PutRecord.Latency')).toEqual([0, 1, 0, 0])
    expect(await stream('PutRecords.Bytes')).toEqual([16, 1, 16, 16])
    expect(await stream('PutRecords.Success')).toEqual([1, 1, 1, 1])
    for (const name of ['TotalRecords', 'SuccessfulRecords', 'Records']) {
      expect(await stream(`PutRecords.${name}`)).toEqual([3, 1, 3, 3])
    }
    expect(await stream('PutRecords.ThrottledRecords')).toEqual([0, 1, 0, 0])
    expect(await stream('PutRecords.FailedRecords')).toEqual([0, 1, 0, 0])
  })

  it('has nothing for what did not happen: absent is not zero', async () => {
    for (const name of ['GetRecords.Bytes', 'GetRecords.Success', 'ReadProvisionedThroughputExceeded']) {
      expect(await stream(name)).toBeUndefined()
    }
    expect(await shard('OutgoingBytes', 0)).toBeUndefined()
  })
})

describe('throttles', () => {
  it('counts refused records, beside the accepted ones only', async () => {
    monitor('ALL')
    const Records = Array.from({ length: 500 }, () => entry(LOWER, 'x'))
    // A shard takes 1,000 records a second: the third call has no room for any of its 500.
    for (let call = 0; call < 3; call++) bench.kinesis('PutRecords', { StreamName: 's', Records })
    publish()
    expect(await stream('IncomingRecords')).toEqual([1000, 2, 500, 500])
    expect(await stream('WriteProvisionedThroughputExceeded')).toEqual([500, 3, 0, 500])
    expect(await shard('WriteProvisionedThroughputExceeded', 0)).toEqual([500, 3, 0, 500])
    expect(await stream('PutRecords.ThrottledRecords')).toEqual([500, 3, 0, 500])
    expect(await stream('PutRecords.TotalRecords')).toEqual([1500, 3, 500, 500])
    expect(await stream('PutRecords.Success')).toEqual([2, 3, 0, 1])
  })

  it('counts refused reads as calls', async () => {
    monitor('ALL')
    const ShardIterator = reader(0)
    // Five reads a second a shard: the sixth is refused.
    for (let call = 0; call < 5; call++) bench.kinesis('GetRecords', { ShardIterator })
    expect(() => bench.kinesis('GetRecords', { ShardIterator })).toThrow(/Rate exceeded/)
    publish()
    expect(await stream('ReadProvisionedThroughputExceeded')).toEqual([1, 6, 0, 1])
    expect(await shard('ReadProvisionedThroughputExceeded', 0)).toEqual([1, 6, 0, 1])
    expect(await stream('GetRecords.Success')).toEqual([5, 6, 0, 1])
    expect(await stream('GetRecords.Records')).toEqual([0, 5, 0, 0])
  })
})

describe('throttles on demand', () => {
  const post = (operation: string, input: object) =>
    fetch(bench.sandbox.url, {
      method: 'POST',
      headers: {
        'x-amz-target': `Kinesis_20131202.${operation}`,
        'content-type': 'application/x-amz-json-1.1',
      },
      body: JSON.stringify(input),
    })

  it('are counted like those of the service', async () => {
    monitor('ALL')
    const ShardIterator = reader(1)
    bench.sandbox.faults.replace({ seed: 1, faults: [{ fault: 'throttle' }] })
    const record = { PartitionKey: 'k', Data: 'eA==' }
    expect((await post('PutRecord', { StreamName: 's', ...record })).status).toBe(400)
    expect((await post('PutRecords', { StreamName: 's', Records: [record, record] })).status).toBe(400)
    expect((await post('GetRecords', { ShardIterator })).status).toBe(400)
    bench.sandbox.faults.replace({ seed: 1, faults: [] })
    publish()
    expect(await stream('WriteProvisionedThroughputExceeded')).toEqual([3, 2, 1, 2])
    expect(await stream('PutRecords.ThrottledRecords')).toEqual([2, 1, 2, 2])
    expect(await stream('PutRecord.Success')).toEqual([0, 1, 0, 0])
    expect(await stream('IncomingRecords')).toBeUndefined()
    expect(await stream('ReadProvisionedThroughputExceeded')).toEqual([1, 1, 1, 1])
    expect(await shard('ReadProvisionedThroughputExceeded', 1)).toEqual([1, 1, 1, 1])
    expect(await shard('ReadProvisionedThroughputExceeded', 0)).toBeUndefined()
  })
})

describe('samples of reading', () => {
  it('has bytes, records and the age of what was read', async () => {
    monitor('ALL')
    bench.kinesis('PutRecord', { StreamName: 's', ...entry(LOWER, '12345') })
    bench.clock.advance(2000)
    bench.kinesis('PutRecord', { StreamName: 's', ...entry(LOWER, '123') })
    bench.clock.advance(3000)
    const first = bench.kinesis('GetRecords', { ShardIterator: reader(0), Limit: 1 }) as Output
    bench.kinesis('GetRecords', { ShardIterator: first.NextShardIterator })
    publish()
    // 5 + 1 and 3 + 1 bytes; the first stops at a record 5 s old, the second is at the tip.
    expect(await stream('GetRecords.Bytes')).toEqual([10, 2, 4, 6])
    expect(await shard('OutgoingBytes', 0)).toEqual([10, 2, 4, 6])
    expect(await shard('OutgoingRecords', 0)).toEqual([2, 2, 1, 1])
    expect(await stream('GetRecords.IteratorAgeMilliseconds')).toEqual([5000, 2, 0, 5000])
    expect(await shard('IteratorAgeMilliseconds', 0)).toEqual([5000, 2, 0, 5000])
    expect(await shard('OutgoingBytes', 1)).toBeUndefined()
  })

  it('has pushed reads by consumer, and in the shard what left it', async () => {
    monitor('OutgoingBytes', 'OutgoingRecords', 'IteratorAgeMilliseconds')
    const { Consumer } = bench.kinesis('RegisterStreamConsumer', {
      StreamARN: bench.sandbox.service.account.streams.get('s')?.arn,
      ConsumerName: 'app',
    }) as Output
    bench.kinesis('PutRecord', { StreamName: 's', ...entry(LOWER, '12345') })
    const wanted = {
      ConsumerARN: Consumer.ConsumerARN,
      ShardId: id(0),
      StartingPosition: { Type: 'TRIM_HORIZON' },
    }
    bench.clock.advance(1000)
    const subscription = bench.kinesis('SubscribeToShard', wanted) as Subscription
    expect(() => bench.kinesis('SubscribeToShard', wanted)).toThrow(/active subscription/)
    bench.sandbox.service.push(subscription)
    publish()
    const consumer = (name: string) =>
      bench.statistics(name, [...ofStream('s'), { Name: 'ConsumerName', Value: 'app' }])
    expect(await consumer('SubscribeToShard.Success')).toEqual([1, 1, 1, 1])
    expect(await consumer('SubscribeToShard.RateExceeded')).toEqual([1, 1, 1, 1])
    expect(await consumer('SubscribeToShardEvent.Success')).toEqual([1, 1, 1, 1])
    expect(await consumer('SubscribeToShardEvent.Bytes')).toEqual([6, 1, 6, 6])
    expect(await consumer('SubscribeToShardEvent.Records')).toEqual([1, 1, 1, 1])
    expect(await consumer('SubscribeToShardEvent.MillisBehindLatest')).toEqual([0, 1, 0, 0])
    expect(await shard('OutgoingBytes', 0)).toEqual([6, 1, 6, 6])
    // Pushed reads are nobody's iterator.
    expect(await shard('IteratorAgeMilliseconds', 0)).toBeUndefined()
    expect(await stream('GetRecords.Bytes')).toBeUndefined()
  })
})

describe('enhanced monitoring', () => {
  it('has shard-level points only of the metrics and of the time it was on for', async () => {
    const put = () => bench.kinesis('PutRecord', { StreamName: 's', ...entry(LOWER, '123') })
    put()
    monitor('IncomingBytes')
    put()
    put()
    bench.kinesis('DisableEnhancedMonitoring', { StreamName: 's', ShardLevelMetrics: ['ALL'] })
    put()
    publish()
    expect(await stream('IncomingRecords')).toEqual([4, 4, 1, 1])
    expect(await shard('IncomingBytes', 0)).toEqual([8, 2, 4, 4])
    expect(await shard('IncomingRecords', 0)).toBeUndefined()
  })
})

describe('latency', () => {
  it('is the time a call had to wait, on the clock of the sandbox', async () => {
    bench.sandbox.faults.replace({ seed: 1, faults: [{ fault: 'latency', milliseconds: 40 }] })
    const body = JSON.stringify({ StreamName: 's', PartitionKey: 'k', Data: 'eA==' })
    const answered = fetch(bench.sandbox.url, {
      method: 'POST',
      headers: { 'x-amz-target': 'Kinesis_20131202.PutRecord', 'content-type': 'application/x-amz-json-1.1' },
      body,
    })
    // The fault waits on the clock: it is moved on as soon as the call has come to wait.
    while (bench.sandbox.faults.strikes()[0] === 0) await new Promise(resolve => setImmediate(resolve))
    bench.clock.advance(40)
    expect((await answered).status).toBe(200)
    bench.sandbox.faults.replace({ seed: 1, faults: [] })
    publish()
    expect(await stream('PutRecord.Latency')).toEqual([40, 1, 40, 40])
  })
})
