import { describe, expect, it } from 'vitest'
import { engine, id, NEW_YEAR, type Output } from './support.ts'

const names = (shards: Output[]) => shards.map(({ ShardId }) => Number(ShardId.slice(-12)))

describe('pages of shards', () => {
  it('gives 250 shards in DescribeStream pages of 100 whatever the limit (reported: harlow/kinesis-consumer#80)', () => {
    const { call, create } = engine()
    create('s', 250)
    const first = call('DescribeStream', { StreamName: 's', Limit: 10_000 }).StreamDescription
    expect([first.Shards.length, first.HasMoreShards]).toEqual([100, true])
    const second = call('DescribeStream', {
      StreamName: 's',
      ExclusiveStartShardId: id(199),
    }).StreamDescription
    expect([second.Shards.length, second.HasMoreShards]).toEqual([50, false])
    expect(call('ListShards', { StreamName: 's' }).Shards).toHaveLength(250)
  })

  it('gives ListShards pages of 1,000', () => {
    const { call, create } = engine()
    create('s', 1500)
    const first = call('ListShards', { StreamName: 's', MaxResults: 10_000 })
    expect(first.Shards).toHaveLength(1000)
    const second = call('ListShards', { NextToken: first.NextToken })
    expect([second.Shards.length, second.NextToken]).toEqual([500, undefined])
  })

  it('takes a token alone, for 300 seconds (reported: harlow/kinesis-consumer#110)', () => {
    const { call, clock, create, failure } = engine()
    create('s', 3)
    const { NextToken } = call('ListShards', { StreamName: 's', MaxResults: 1 })
    expect(failure('ListShards', { StreamName: 's', NextToken })).toBe('InvalidArgumentException')
    expect(failure('ListShards', { NextToken: 'garbage' })).toBe('InvalidArgumentException')
    const second = call('ListShards', { NextToken, MaxResults: 1 })
    expect(names(second.Shards)).toEqual([1])
    clock.advance(300_000)
    expect(failure('ListShards', { NextToken })).toBeUndefined()
    clock.advance(1)
    expect(failure('ListShards', { NextToken })).toBe('ExpiredNextTokenException')
  })
})

describe('shard filters', () => {
  /** Shard 0, open from the start; split into 1 and 2 after an hour; those merged into 3 after two hours. */
  function resharded() {
    const kinesis = engine()
    const { call, clock, create } = kinesis
    create('s', 1)
    clock.advance(3_600_000 - 1000)
    call('SplitShard', { StreamName: 's', ShardToSplit: id(0), NewStartingHashKey: String(2n ** 127n) })
    clock.advance(3_600_000)
    call('MergeShards', { StreamName: 's', ShardToMerge: id(1), AdjacentShardToMerge: id(2) })
    clock.advance(3_600_000)
    const filter = (Type: string, more: object = {}) =>
      names(kinesis.shards('s', { ShardFilter: { Type, ...more } }))
    return { ...kinesis, filter }
  }

  it('tells all six types apart', () => {
    const { filter, shards } = resharded()
    expect(names(shards('s'))).toEqual([0, 1, 2, 3])
    expect(filter('FROM_TRIM_HORIZON')).toEqual([0, 1, 2, 3])
    expect(filter('AT_TRIM_HORIZON')).toEqual([0])
    expect(filter('AT_LATEST')).toEqual([3])
    expect(filter('AFTER_SHARD_ID', { ShardId: id(1) })).toEqual([2, 3])
    const half = (hours: number) => ({ Timestamp: NEW_YEAR + hours * 3_600_000 })
    expect(filter('AT_TIMESTAMP', half(0.5))).toEqual([0])
    expect(filter('AT_TIMESTAMP', half(1.5))).toEqual([1, 2])
    expect(filter('FROM_TIMESTAMP', half(1.5))).toEqual([1, 2, 3])
    expect(filter('FROM_TIMESTAMP', { Timestamp: NEW_YEAR - 1 })).toEqual([0, 1, 2, 3])
  })

  it('refuses a filter that lacks what its type needs', () => {
    const { create, failure } = engine()
    create('s', 1)
    for (const Type of ['AFTER_SHARD_ID', 'AT_TIMESTAMP', 'FROM_TIMESTAMP']) {
      expect(failure('ListShards', { StreamName: 's', ShardFilter: { Type } })).toBe(
        'InvalidArgumentException',
      )
    }
    expect(failure('ListShards', { StreamName: 's', ShardFilter: { Type: 'ALL' } })).toBe(
      'ValidationException',
    )
  })

  it('keeps the filter in the token', () => {
    const { call } = resharded()
    const first = call('ListShards', {
      StreamName: 's',
      MaxResults: 1,
      ShardFilter: { Type: 'AT_TIMESTAMP', Timestamp: NEW_YEAR + 1.5 * 3_600_000 },
    })
    expect(names(call('ListShards', { NextToken: first.NextToken }).Shards)).toEqual([2])
  })

  it('moves the horizon with time, and forgets a closed shard with its last record', () => {
    const { clock, failure, filter, put, shards } = resharded()
    put('s', 'a')
    clock.advance(22.5 * 3_600_000)
    // Now 25.5 hours: the horizon lies at 1.5 hours, where shard 0 was closed already.
    expect(names(shards('s'))).toEqual([1, 2, 3])
    expect(filter('AT_TRIM_HORIZON')).toEqual([1, 2])
    expect(
      failure('GetShardIterator', { StreamName: 's', ShardId: id(0), ShardIteratorType: 'TRIM_HORIZON' }),
    ).toBe('ResourceNotFoundException')
    clock.advance(3_600_000)
    expect(names(shards('s'))).toEqual([3])
    // The parents it names are listed no more.
    expect(shards('s')[0].ParentShardId).toBe(id(1))
  })
})
