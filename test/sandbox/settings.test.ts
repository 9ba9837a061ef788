import { describe, expect, it } from 'vitest'
import { engine, id, NEW_YEAR, type Output } from './support.ts'

const arnOf = (name: string) => `arn:aws:kinesis:us-east-1:000000000000:stream/${name}`
const StreamARN = arnOf('s')

function onDemand(input: object = {}) {
  const kinesis = engine()
  kinesis.call('CreateStream', { StreamName: 's', StreamModeDetails: { StreamMode: 'ON_DEMAND' }, ...input })
  kinesis.clock.advance(1000)
  const summary = () => kinesis.call('DescribeStreamSummary', { StreamName: 's' }).StreamDescriptionSummary
  return { ...kinesis, summary }
}

describe('capacity modes', () => {
  it('starts an on-demand stream with four shards and refuses to reshard it by hand', () => {
    const { failure, openShards } = onDemand()
    expect(openShards('s')).toHaveLength(4)
    const key = String(2n ** 126n / 2n)
    expect(failure('SplitShard', { StreamName: 's', ShardToSplit: id(0), NewStartingHashKey: key })).toBe(
      'ValidationException',
    )
    expect(
      failure('MergeShards', { StreamName: 's', ShardToMerge: id(0), AdjacentShardToMerge: id(1) }),
    ).toBe('ValidationException')
    const update = { StreamName: 's', TargetShardCount: 8, ScalingType: 'UNIFORM_SCALING' }
    expect(failure('UpdateShardCount', update)).toBe('ValidationException')
  })

  it('needs a shard count exactly when provisioned', () => {
    const { failure } = engine()
    expect(failure('CreateStream', { StreamName: 'a' })).toBe('ValidationException')
    const both = { StreamName: 'a', ShardCount: 2, StreamModeDetails: { StreamMode: 'ON_DEMAND' } }
    expect(failure('CreateStream', both)).toBe('ValidationException')
  })

  it('switches twice in 24 hours and keeps the shards both ways', () => {
    const { call, clock, failure, openShards, summary } = onDemand()
    const to = (StreamMode: string) =>
      failure('UpdateStreamMode', { StreamARN, StreamModeDetails: { StreamMode } })
    expect(to('PROVISIONED')).toBeUndefined()
    expect(summary().StreamStatus).toBe('UPDATING')
    clock.advance(1000)
    expect(summary().StreamModeDetails).toEqual({ StreamMode: 'PROVISIONED' })
    call('SplitShard', { StreamName: 's', ShardToSplit: id(0), NewStartingHashKey: '1000' })
    clock.advance(1000)
    expect(to('ON_DEMAND')).toBeUndefined()
    clock.advance(1000)
    expect(openShards('s')).toHaveLength(5)
    expect(to('PROVISIONED')).toBe('LimitExceededException')
    clock.advance(24 * 3_600_000)
    expect(to('PROVISIONED')).toBeUndefined()
  })

  it('splits an on-demand shard that has been busy for ten minutes, evenly, and no other', () => {
    const { call, clock, openShards } = onDemand()
    const Data = Buffer.alloc(30_000)
    for (let second = 0; second < 13 * 60; second++) {
      const Records = Array.from({ length: 20 }, () => ({ PartitionKey: 'hot', Data }))
      expect(call('PutRecords', { StreamName: 's', Records }).FailedRecordCount).toBe(0)
      clock.advance(1000)
    }
    clock.advance(1000)
    const open = openShards('s')
    expect(open).toHaveLength(5)
    const children = open.filter(({ ParentShardId }) => ParentShardId !== undefined)
    const widths = children.map(
      ({ HashKeyRange }) => BigInt(HashKeyRange.EndingHashKey) - BigInt(HashKeyRange.StartingHashKey) + 1n,
    )
    expect(widths).toEqual([2n ** 125n, 2n ** 125n])
  })
})

describe('warm throughput and the billing commitment', () => {
  it('needs the commitment, then grows the stream', () => {
    const { call, clock, failure, openShards, summary } = onDemand()
    const warm = { StreamARN, WarmThroughputMiBps: 10 }
    expect(failure('UpdateStreamWarmThroughput', warm)).toBe('InvalidArgumentException')
    call('UpdateAccountSettings', { MinimumThroughputBillingCommitment: { Status: 'ENABLED' } })
    expect(call('UpdateStreamWarmThroughput', warm).WarmThroughput).toEqual({
      TargetMiBps: 10,
      CurrentMiBps: 4,
    })
    expect(summary().WarmThroughput).toEqual({ TargetMiBps: 10, CurrentMiBps: 4 })
    clock.advance(10_000)
    expect(summary().WarmThroughput).toEqual({ TargetMiBps: 10, CurrentMiBps: 10 })
    expect(openShards('s')).toHaveLength(10)
    expect(failure('UpdateStreamWarmThroughput', { StreamARN, WarmThroughputMiBps: 10_241 })).toBe(
      'InvalidArgumentException',
    )
  })

  it('is for on-demand streams', () => {
    const { call, create, failure } = engine()
    create('s', 1)
    call('UpdateAccountSettings', { MinimumThroughputBillingCommitment: { Status: 'ENABLED' } })
    expect(failure('UpdateStreamWarmThroughput', { StreamARN, WarmThroughputMiBps: 1 })).toBe(
      'ValidationException',
    )
  })

  it('lasts a day at least', () => {
    const { call, clock, failure } = engine()
    const set = (Status: string) =>
      call('UpdateAccountSettings', { MinimumThroughputBillingCommitment: { Status } })
        .MinimumThroughputBillingCommitment
    const status = () => call('DescribeAccountSettings').MinimumThroughputBillingCommitment.Status
    expect(status()).toBe('DISABLED')
    expect(set('ENABLED')).toEqual({
      Status: 'ENABLED',
      StartedAt: new Date(NEW_YEAR),
      EarliestAllowedEndAt: new Date(NEW_YEAR + 86_400_000),
    })
    clock.advance(3_600_000)
    expect(set('DISABLED').Status).toBe('ENABLED_UNTIL_EARLIEST_ALLOWED_END')
    clock.advance(22 * 3_600_000)
    expect(status()).toBe('ENABLED_UNTIL_EARLIEST_ALLOWED_END')
    clock.advance(3_600_000)
    expect(call('DescribeAccountSettings').MinimumThroughputBillingCommitment).toMatchObject({
      Status: 'DISABLED',
      EndedAt: new Date(NEW_YEAR + 86_400_000),
    })
    expect(
      failure('UpdateAccountSettings', { MinimumThroughputBillingCommitment: { Status: 'DISABLED' } }),
    ).toBe('InvalidArgumentException')
  })
})

describe('record distribution', () => {
  it('spreads records without a key evenly under AUTO, and gives none back', () => {
    const { call, failure, iterator, openShards, read } = onDemand({ RecordDistributionStrategy: 'AUTO' })
    const Records = Array.from({ length: 40 }, (_, n) => ({
      Data: Buffer.from(String(n)),
      ...(n % 2 === 0 ? { PartitionKey: 'same', ExplicitHashKey: '0' } : {}),
    }))
    const { Records: results } = call('PutRecords', { StreamName: 's', Records })
    const counts = new Map<string, number>()
    for (const { ShardId } of results) counts.set(ShardId, (counts.get(ShardId) ?? 0) + 1)
    expect([...counts.values()]).toEqual([10, 10, 10, 10])
    expect(openShards('s')).toHaveLength(4)
    for (const record of read(iterator('s', 0)).Records) expect(record).not.toHaveProperty('PartitionKey')
    const ordered = {
      StreamName: 's',
      Data: Buffer.from('x'),
      SequenceNumberForOrdering: results[0].SequenceNumber,
    }
    expect(failure('PutRecord', ordered)).toBe('InvalidArgumentException')
    call('UpdateStreamRecordDistributionStrategy', {
      StreamARN,
      RecordDistributionStrategy: 'USER_PARTITION_KEY',
    })
    expect(failure('PutRecord', { StreamName: 's', Data: Buffer.from('x') })).toBe('ValidationException')
  })

  it('is USER_PARTITION_KEY on provisioned streams', () => {
    const { create, failure } = engine()
    create('s', 1)
    const auto = { StreamARN, RecordDistributionStrategy: 'AUTO' }
    expect(failure('UpdateStreamRecordDistributionStrategy', auto)).toBe('InvalidArgumentException')
  })
})

describe('record size', () => {
  it('takes up to 10 MiB once allowed, and bursts so far', () => {
    const { call, clock, create, failure, iterator, put, read } = engine()
    create('s', 1)
    const large = 'x'.repeat(10 * 1024 * 1024 - 1)
    const record = { StreamName: 's', PartitionKey: 'k', Data: Buffer.from(large) }
    expect(failure('PutRecord', record)).toBe('InvalidArgumentException')
    expect(failure('UpdateMaxRecordSize', { StreamARN, MaxRecordSizeInKiB: 10_241 })).toBe(
      'ValidationException',
    )
    call('UpdateMaxRecordSize', { StreamARN, MaxRecordSizeInKiB: 10_240 })
    clock.advance(1000)
    put('s', 'k', large)
    expect(failure('PutRecord', { ...record, Data: Buffer.from('x') })).toBe(
      'ProvisionedThroughputExceededException',
    )
    clock.advance(9999)
    expect(failure('PutRecord', record)).toBe('ProvisionedThroughputExceededException')
    clock.advance(1)
    expect(failure('PutRecord', record)).toBeUndefined()
    expect(read(iterator('s', 0)).Records).toHaveLength(1)
  })
})

describe('encryption', () => {
  it('marks new records only, so that a stream holds both kinds', () => {
    const { call, clock, create, failure, iterator, put, read } = engine()
    create('s', 1)
    const kms = { StreamName: 's', EncryptionType: 'KMS', KeyId: 'alias/aws/kinesis' }
    put('s', 'a')
    expect(failure('StopStreamEncryption', kms)).toBe('InvalidArgumentException')
    call('StartStreamEncryption', kms)
    clock.advance(1000)
    expect(call('DescribeStreamSummary', { StreamName: 's' }).StreamDescriptionSummary).toMatchObject({
      EncryptionType: 'KMS',
      KeyId: 'alias/aws/kinesis',
    })
    expect(put('s', 'a').EncryptionType).toBe('KMS')
    call('StopStreamEncryption', kms)
    clock.advance(1000)
    put('s', 'a')
    expect(read(iterator('s', 0)).Records.map(({ EncryptionType }: Output) => EncryptionType)).toEqual([
      undefined,
      'KMS',
      undefined,
    ])
    expect(failure('StartStreamEncryption', { ...kms, KeyId: 'no key' })).toBe('InvalidArgumentException')
  })

  it('may be started 25 times in 24 hours', () => {
    const { clock, create, failure } = engine()
    create('s', 1)
    const start = () =>
      failure('StartStreamEncryption', { StreamName: 's', EncryptionType: 'KMS', KeyId: 'alias/a' })
    for (let count = 0; count < 25; count++) {
      expect(start()).toBeUndefined()
      clock.advance(1000)
    }
    expect(start()).toBe('LimitExceededException')
  })
})

describe('enhanced monitoring', () => {
  it('reads ALL back as the seven metrics', () => {
    const { call, clock, create } = engine()
    create('s', 1)
    const enabled = call('EnableEnhancedMonitoring', { StreamName: 's', ShardLevelMetrics: ['ALL'] })
    expect(enabled.CurrentShardLevelMetrics).toEqual([])
    expect(enabled.DesiredShardLevelMetrics).toHaveLength(7)
    clock.advance(1000)
    const disabled = call('DisableEnhancedMonitoring', {
      StreamName: 's',
      ShardLevelMetrics: ['IncomingBytes'],
    })
    expect(disabled.CurrentShardLevelMetrics).toHaveLength(7)
    clock.advance(1000)
    const [{ ShardLevelMetrics }] = call('DescribeStreamSummary', { StreamName: 's' })
      .StreamDescriptionSummary.EnhancedMonitoring
    expect(ShardLevelMetrics).toHaveLength(6)
    expect(ShardLevelMetrics).not.toContain('IncomingBytes')
  })
})

describe('policies', () => {
  it('replaces, and answers with an empty policy where there is none', () => {
    const { call, create, failure } = engine()
    create('s', 1)
    expect(call('GetResourcePolicy', { ResourceARN: StreamARN })).toEqual({ Policy: '' })
    const policy = (Sid: string) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid }] })
    call('PutResourcePolicy', { ResourceARN: StreamARN, Policy: policy('one') })
    call('PutResourcePolicy', { ResourceARN: StreamARN, Policy: policy('two') })
    expect(call('GetResourcePolicy', { ResourceARN: StreamARN })).toEqual({ Policy: policy('two') })
    expect(failure('PutResourcePolicy', { ResourceARN: StreamARN, Policy: 'no json' })).toBe(
      'InvalidArgumentException',
    )
    expect(failure('GetResourcePolicy', { ResourceARN: arnOf('none') })).toBe('ResourceNotFoundException')
    call('DeleteResourcePolicy', { ResourceARN: StreamARN })
    expect(call('GetResourcePolicy', { ResourceARN: StreamARN })).toEqual({ Policy: '' })
  })
})
