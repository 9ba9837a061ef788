import { describe, expect, it } from 'vitest'
import { engine, id, NEW_YEAR, texts } from './support.ts'

describe('iterators', () => {
  it('stands at the five kinds of places', () => {
    const { clock, create, iterator, put, read } = engine({ limits: 'off' })
    create('s', 1)
    const numbers = ['one', 'two', 'three'].map(text => {
      const { SequenceNumber } = put('s', 'a', text)
      clock.advance(1000)
      return SequenceNumber
    })
    const from = (type: string, more: object = {}) => texts(read(iterator('s', 0, type, more)))
    expect(from('TRIM_HORIZON')).toEqual(['one', 'two', 'three'])
    expect(from('LATEST')).toEqual([])
    expect(from('AT_SEQUENCE_NUMBER', { StartingSequenceNumber: numbers[1] })).toEqual(['two', 'three'])
    expect(from('AFTER_SEQUENCE_NUMBER', { StartingSequenceNumber: numbers[1] })).toEqual(['three'])
    expect(from('AT_TIMESTAMP', { Timestamp: NEW_YEAR + 1001 })).toEqual(['two', 'three'])
    expect(from('AT_TIMESTAMP', { Timestamp: NEW_YEAR + 2000 })).toEqual(['two', 'three'])
    expect(from('AT_TIMESTAMP', { Timestamp: 0 })).toEqual(['one', 'two', 'three'])
  })

  it('reads what comes after LATEST, also on an empty shard and with one iterator twice', () => {
    const { create, iterator, put, read } = engine()
    create('s', 1)
    const latest = iterator('s', 0, 'LATEST')
    const { NextShardIterator } = read(latest)
    put('s', 'a', 'new')
    expect(texts(read(NextShardIterator))).toEqual(['new'])
    expect(texts(read(latest))).toEqual(['new'])
  })

  it('refuses the future, other streams and other shards', () => {
    const { create, failure, put } = engine()
    create('s', 2)
    create('t', 1)
    const number = put('s', 'a').SequenceNumber
    const ask = (StreamName: string, shard: number, more: object) =>
      failure('GetShardIterator', { StreamName, ShardId: id(shard), ...more })
    const future = { ShardIteratorType: 'AT_TIMESTAMP', Timestamp: NEW_YEAR + 3_600_000 }
    expect(ask('s', 0, future)).toBe('InvalidArgumentException')
    const after = { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', StartingSequenceNumber: number }
    expect(ask('s', 0, after)).toBeUndefined()
    expect(ask('s', 1, after)).toBe('InvalidArgumentException')
    expect(ask('t', 0, after)).toBe('InvalidArgumentException')
    expect(ask('s', 0, { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' })).toBe('InvalidArgumentException')
    expect(ask('s', 7, { ShardIteratorType: 'LATEST' })).toBe('ResourceNotFoundException')
    expect(ask('s', 0, { ShardIteratorType: 'NEWEST' })).toBe('ValidationException')
    expect(failure('GetRecords', { ShardIterator: 'garbage' })).toBe('InvalidArgumentException')
  })

  it('expires after five minutes, and AFTER_SEQUENCE_NUMBER goes on without gap or repeat (reported: twitchscience/kinsumer#51)', () => {
    const { clock, create, failure, iterator, put, read } = engine()
    create('s', 1)
    put('s', 'a', 'before')
    const first = read(iterator('s', 0))
    put('s', 'a', 'during')
    clock.advance(300_000)
    expect(failure('GetRecords', { ShardIterator: first.NextShardIterator })).toBeUndefined()
    clock.advance(60_000)
    expect(failure('GetRecords', { ShardIterator: first.NextShardIterator })).toBe('ExpiredIteratorException')
    const resumed = iterator('s', 0, 'AFTER_SEQUENCE_NUMBER', {
      StartingSequenceNumber: first.Records[0].SequenceNumber,
    })
    expect(texts(read(resumed))).toEqual(['during'])
  })
})

describe('GetRecords', () => {
  it('gives each record as it was put, a zero-byte one too', () => {
    const { clock, create, iterator, put, read } = engine()
    create('s', 1)
    put('s', 'clé', '')
    clock.advance(2500)
    const output = read(iterator('s', 0))
    expect(output.Records).toHaveLength(1)
    expect(output.Records[0]).toMatchObject({
      PartitionKey: 'clé',
      ApproximateArrivalTimestamp: new Date(NEW_YEAR + 1000),
    })
    expect(output.Records[0].Data).toHaveLength(0)
    expect(output.Records[0]).not.toHaveProperty('EncryptionType')
    expect(output.MillisBehindLatest).toBe(0)
  })

  it('counts MillisBehindLatest from now, and says 0 at the tip', () => {
    const { clock, create, iterator, put, read } = engine()
    create('s', 1)
    put('s', 'a', 'one')
    clock.advance(3000)
    put('s', 'a', 'two')
    clock.advance(2000)
    const first = read(iterator('s', 0), 1)
    expect([texts(first), first.MillisBehindLatest]).toEqual([['one'], 5000])
    const second = read(first.NextShardIterator, 1)
    expect([texts(second), second.MillisBehindLatest]).toEqual([['two'], 0])
  })

  it('ends a closed shard by leaving out the next iterator and naming the children', () => {
    const { call, clock, create, iterator, put, read } = engine()
    create('s', 1)
    put('s', 'a', 'one')
    put('s', 'a', 'two')
    call('SplitShard', { StreamName: 's', ShardToSplit: id(0), NewStartingHashKey: String(2n ** 127n) })
    clock.advance(1000)
    const first = read(iterator('s', 0), 1)
    expect(first.NextShardIterator).toBeDefined()
    expect(first.ChildShards).toBeUndefined()
    const last = read(first.NextShardIterator)
    expect(texts(last)).toEqual(['two'])
    expect('NextShardIterator' in last).toBe(false)
    expect(last.ChildShards).toEqual([
      {
        ShardId: id(1),
        ParentShards: [id(0)],
        HashKeyRange: { StartingHashKey: '0', EndingHashKey: String(2n ** 127n - 1n) },
      },
      {
        ShardId: id(2),
        ParentShards: [id(0)],
        HashKeyRange: { StartingHashKey: String(2n ** 127n), EndingHashKey: String(2n ** 128n - 1n) },
      },
    ])
    clock.advance(1000)
    const drained = read(iterator('s', 0, 'LATEST'))
    expect([drained.Records, drained.NextShardIterator]).toEqual([[], undefined])
    expect(drained.MillisBehindLatest).toBeGreaterThan(0)
  })

  it('stops at 10,000 records', () => {
    const { call, create, iterator, read } = engine({ limits: 'off' })
    create('s', 1)
    const Records = Array.from({ length: 500 }, (_, n) => ({
      PartitionKey: 'a',
      Data: Buffer.from(String(n)),
    }))
    for (let batch = 0; batch < 21; batch++) call('PutRecords', { StreamName: 's', Records })
    const first = read(iterator('s', 0))
    expect(first.Records).toHaveLength(10_000)
    expect(read(first.NextShardIterator).Records).toHaveLength(500)
  })

  it('stops before 10 MiB, then rests for five seconds (reported: rclark/kinesis-readable#4)', () => {
    const { clock, create, failure, iterator, put, read } = engine()
    create('s', 1)
    const payload = 'x'.repeat(150 * 1024 - 1)
    for (let count = 0; count < 70; count++) {
      put('s', 'k', payload)
      clock.advance(1000)
    }
    const first = read(iterator('s', 0))
    // 68 x 153,600 bytes fit into 10 MiB, a 69th does not.
    expect(first.Records).toHaveLength(68)
    const again = () => failure('GetRecords', { ShardIterator: first.NextShardIterator })
    expect(again()).toBe('ProvisionedThroughputExceededException')
    clock.advance(4900)
    expect(again()).toBe('ProvisionedThroughputExceededException')
    clock.advance(100)
    expect(read(first.NextShardIterator).Records).toHaveLength(2)
  })

  it('takes five calls a second from all readers of a shard together', () => {
    const { clock, create, failure, iterator } = engine()
    create('s', 2)
    const ShardIterator = iterator('s', 0)
    const calls = () => Array.from({ length: 6 }, () => failure('GetRecords', { ShardIterator }))
    const five = Array.from({ length: 5 }, () => undefined)
    expect(calls()).toEqual([...five, 'ProvisionedThroughputExceededException'])
    expect(failure('GetRecords', { ShardIterator: iterator('s', 1) })).toBeUndefined()
    clock.advance(1000)
    expect(calls()).toEqual([...five, 'ProvisionedThroughputExceededException'])
  })

  it('refuses an iterator of an earlier stream of the same name', () => {
    const { call, clock, create, failure, iterator } = engine()
    create('s', 1)
    const ShardIterator = iterator('s', 0)
    call('DeleteStream', { StreamName: 's' })
    clock.advance(1000)
    create('s', 1)
    expect(failure('GetRecords', { ShardIterator })).toBe('ResourceNotFoundException')
  })
})
