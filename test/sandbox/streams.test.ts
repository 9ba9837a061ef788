import { describe, expect, it } from 'vitest'
import { engine, NEW_YEAR } from './support.ts'

describe('streams', () => {
  it('is CREATING without shards, then ACTIVE', () => {
    const { call, clock } = engine()
    call('CreateStream', { StreamName: 's', ShardCount: 2 })
    const first = call('DescribeStream', { StreamName: 's' }).StreamDescription
    expect([first.StreamStatus, first.Shards]).toEqual(['CREATING', []])
    clock.advance(1000)
    const { StreamDescriptionSummary: summary } = call('DescribeStreamSummary', { StreamName: 's' })
    expect(summary).toMatchObject({
      StreamName: 's',
      StreamARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/s',
      StreamStatus: 'ACTIVE',
      StreamModeDetails: { StreamMode: 'PROVISIONED' },
      RetentionPeriodHours: 24,
      StreamCreationTimestamp: new Date(NEW_YEAR),
      EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
      EncryptionType: 'NONE',
      OpenShardCount: 2,
      ConsumerCount: 0,
      MaxRecordSizeInKiB: 1024,
    })
  })

  it('takes no records and has no iterators before it is ACTIVE', () => {
    const { call, failure } = engine()
    call('CreateStream', { StreamName: 's', ShardCount: 1 })
    expect(failure('PutRecord', { StreamName: 's', PartitionKey: 'a', Data: Buffer.from('x') })).toBe(
      'ResourceNotFoundException',
    )
    expect(failure('DeleteStream', { StreamName: 's' })).toBeUndefined()
  })

  it('accepts an ARN wherever a name does, and refuses a pair that does not match', () => {
    const { call, create, failure } = engine()
    create('s', 1)
    const StreamARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/s'
    expect(call('DescribeStreamSummary', { StreamARN }).StreamDescriptionSummary.StreamName).toBe('s')
    expect(call('ListShards', { StreamARN }).Shards).toHaveLength(1)
    expect(failure('DescribeStreamSummary', { StreamARN, StreamName: 't' })).toBe('InvalidArgumentException')
    expect(failure('DescribeStreamSummary', {})).toBe('InvalidArgumentException')
    expect(failure('DescribeStreamSummary', { StreamARN: StreamARN.replace('us-east-1', 'eu-west-1') })).toBe(
      'ResourceNotFoundException',
    )
    expect(failure('DescribeStreamSummary', { StreamARN: 'not an arn' })).toBe('ValidationException')
  })

  it('refuses a second stream of one name, and a sixth CREATING at once', () => {
    const { call, clock, create, failure } = engine()
    create('s', 1)
    expect(failure('CreateStream', { StreamName: 's', ShardCount: 1 })).toBe('ResourceInUseException')
    clock.advance(1000)
    for (let index = 0; index < 5; index++) {
      call('CreateStream', { StreamName: `n${index}`, ShardCount: 1 })
      clock.advance(10)
    }
    clock.advance(210)
    expect(failure('CreateStream', { StreamName: 'n5', ShardCount: 1 })).toBe('LimitExceededException')
    clock.advance(1000)
    expect(failure('CreateStream', { StreamName: 'n5', ShardCount: 1 })).toBeUndefined()
  })

  it('lists by pages of at most 100 with token, flag and summaries', () => {
    const { call, clock } = engine({ limits: 'off' })
    for (let index = 0; index < 130; index++) {
      call('CreateStream', { StreamName: `s${String(index).padStart(3, '0')}`, ShardCount: 1 })
    }
    clock.advance(1000)
    const first = call('ListStreams', { Limit: 1000 })
    expect([first.StreamNames.length, first.HasMoreStreams]).toEqual([100, true])
    expect(first.StreamSummaries[0]).toEqual({
      StreamName: 's000',
      StreamARN: 'arn:aws:kinesis:us-east-1:000000000000:stream/s000',
      StreamStatus: 'ACTIVE',
      StreamModeDetails: { StreamMode: 'PROVISIONED' },
      StreamCreationTimestamp: new Date(NEW_YEAR),
    })
    const rest = call('ListStreams', { NextToken: first.NextToken })
    expect([rest.StreamNames.length, rest.HasMoreStreams, rest.NextToken]).toEqual([30, false, undefined])
    expect(call('ListStreams', { ExclusiveStartStreamName: 's127' }).StreamNames).toEqual(['s128', 's129'])
  })

  it('goes on answering while DELETING, and is gone afterwards', () => {
    const { call, clock, create, failure, put } = engine()
    create('s', 1)
    call('DeleteStream', { StreamName: 's' })
    expect(call('DescribeStreamSummary', { StreamName: 's' }).StreamDescriptionSummary.StreamStatus).toBe(
      'DELETING',
    )
    expect(put('s', 'a').ShardId).toBeDefined()
    clock.advance(1000)
    expect(failure('DescribeStreamSummary', { StreamName: 's' })).toBe('ResourceNotFoundException')
    create('s', 1)
    expect(call('DescribeStreamSummary', { StreamName: 's' }).StreamDescriptionSummary.OpenShardCount).toBe(1)
  })

  it('words a broken constraint as the service does', () => {
    const { call } = engine()
    expect(() => call('CreateStream', { StreamName: 'a b', ShardCount: 0 })).toThrow(
      "2 validation errors detected: Value 'a b' at 'streamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value '0' at 'shardCount' failed to satisfy constraint: Member must have value greater than or equal to 1",
    )
  })
})

describe('retention', () => {
  it('is 24 to 8,760 hours, and each call goes one way only', () => {
    const { call, clock, create, failure } = engine()
    create('s', 1)
    const increase = (hours: number) =>
      failure('IncreaseStreamRetentionPeriod', { StreamName: 's', RetentionPeriodHours: hours })
    const decrease = (hours: number) =>
      failure('DecreaseStreamRetentionPeriod', { StreamName: 's', RetentionPeriodHours: hours })
    expect(increase(8761)).toBe('InvalidArgumentException')
    expect(increase(48)).toBeUndefined()
    expect(increase(72)).toBe('ResourceInUseException')
    clock.advance(1000)
    expect(
      call('DescribeStreamSummary', { StreamName: 's' }).StreamDescriptionSummary.RetentionPeriodHours,
    ).toBe(48)
    expect(increase(48)).toBe('InvalidArgumentException')
    expect(decrease(72)).toBe('InvalidArgumentException')
    expect(decrease(23)).toBe('InvalidArgumentException')
    expect(decrease(24)).toBeUndefined()
  })

  it('trims what is older, also at once when shortened', () => {
    const { call, clock, create, iterator, put, read } = engine()
    create('s', 1)
    call('IncreaseStreamRetentionPeriod', { StreamName: 's', RetentionPeriodHours: 48 })
    clock.advance(1000)
    put('s', 'a', 'old')
    clock.advance(30 * 3_600_000)
    put('s', 'a', 'new')
    expect(read(iterator('s', 0)).Records).toHaveLength(2)
    call('DecreaseStreamRetentionPeriod', { StreamName: 's', RetentionPeriodHours: 24 })
    clock.advance(1000)
    expect(read(iterator('s', 0)).Records).toHaveLength(1)
    clock.advance(24 * 3_600_000)
    expect(read(iterator('s', 0)).Records).toHaveLength(0)
  })
})

describe('tags', () => {
  it('adds, lists by pages and removes, 50 at most', () => {
    const { call, create, failure } = engine()
    create('s', 1)
    call('AddTagsToStream', { StreamName: 's', Tags: { b: '2', a: '1', c: '' } })
    expect(call('ListTagsForStream', { StreamName: 's', Limit: 2 })).toEqual({
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '2' },
      ],
      HasMoreTags: true,
    })
    call('RemoveTagsFromStream', { StreamName: 's', TagKeys: ['a', 'zz'] })
    expect(call('ListTagsForStream', { StreamName: 's', ExclusiveStartTagKey: 'b' }).Tags).toEqual([
      { Key: 'c', Value: '' },
    ])
    const many = Object.fromEntries(Array.from({ length: 49 }, (_, index) => [`k${index}`, 'v']))
    expect(failure('AddTagsToStream', { StreamName: 's', Tags: many })).toBe('InvalidArgumentException')
    expect(failure('AddTagsToStream', { StreamName: 's', Tags: { 'aws:x': '1' } })).toBe(
      'InvalidArgumentException',
    )
  })
})
