import { describe, expect, it } from 'vitest'
import { engine, type Output } from './support.ts'

const entries = (count: number, bytes = 1) =>
  Array.from({ length: count }, () => ({ PartitionKey: 'k', Data: Buffer.alloc(bytes) }))

describe('write limits of a shard', () => {
  it('takes 1,000 records a second and fails the rest one by one', () => {
    const { call, clock, create } = engine()
    create('s', 1)
    const put = () => call('PutRecords', { StreamName: 's', Records: entries(500) })
    expect([put().FailedRecordCount, put().FailedRecordCount, put().FailedRecordCount]).toEqual([0, 0, 500])
    clock.advance(250)
    const fourth = put()
    expect(fourth.FailedRecordCount).toBe(250)
    const codes = fourth.Records.map(({ ErrorCode }: Output) => ErrorCode)
    expect(codes.slice(0, 250).every((code: unknown) => code === undefined)).toBe(true)
    expect(new Set(codes.slice(250))).toEqual(new Set(['ProvisionedThroughputExceededException']))
  })

  it('takes 1 MiB a second, keys included', () => {
    const { clock, create, failure } = engine()
    create('s', 1)
    const put = (bytes: number) =>
      failure('PutRecord', { StreamName: 's', PartitionKey: 'k', Data: Buffer.alloc(bytes) })
    expect(put(512 * 1024 - 1)).toBeUndefined()
    expect(put(512 * 1024)).toBe('ProvisionedThroughputExceededException')
    expect(put(512 * 1024 - 1)).toBeUndefined()
    expect(put(0)).toBe('ProvisionedThroughputExceededException')
    clock.advance(500)
    expect(put(512 * 1024 - 1)).toBeUndefined()
  })

  it('is lifted by limits off', () => {
    const { call, create } = engine({ limits: 'off' })
    create('s', 1)
    for (let count = 0; count < 5; count++) {
      expect(call('PutRecords', { StreamName: 's', Records: entries(500) }).FailedRecordCount).toBe(0)
    }
  })
})

describe('what is refused as a whole', () => {
  it('takes 1 to 500 records of at most 10 MiB together', () => {
    const { create, failure } = engine({ limits: 'off' })
    create('s', 1)
    const put = (Records: object[]) => failure('PutRecords', { StreamName: 's', Records })
    expect(put([])).toBe('ValidationException')
    expect(put(entries(501))).toBe('ValidationException')
    expect(put(entries(10, (1 << 20) - 1))).toBeUndefined()
    expect(put(entries(11, 1_000_000))).toBe('InvalidArgumentException')
  })

  it('counts data and key bytes against the record size of the stream', () => {
    const { create, failure, iterator, read } = engine()
    create('s', 1)
    const put = (bytes: number, key: string) =>
      failure('PutRecord', { StreamName: 's', PartitionKey: key, Data: Buffer.alloc(bytes) })
    expect(put(1_048_577, 'k')).toBe('InvalidArgumentException')
    expect(put(1_048_570, '0123456789')).toBe('InvalidArgumentException')
    expect(put(1_048_570, '012345')).toBeUndefined()
    expect(
      failure('PutRecords', { StreamName: 's', Records: [...entries(1), ...entries(1, 1_048_577)] }),
    ).toBe('InvalidArgumentException')
    expect(read(iterator('s', 0)).Records).toHaveLength(1)
  })

  it('needs a partition key', () => {
    const { create, failure } = engine()
    create('s', 1)
    expect(failure('PutRecord', { StreamName: 's', Data: Buffer.from('x') })).toBe('ValidationException')
    expect(failure('PutRecord', { StreamName: 's', PartitionKey: 'k', Data: 'text' })).toBe(
      'SerializationException',
    )
  })
})

describe('request rates', () => {
  it('answers one DescribeLimits and twenty DescribeStreamSummary a second', () => {
    const { call, clock, create, failure } = engine()
    create('s', 2)
    expect(call('DescribeLimits')).toMatchObject({
      ShardLimit: 20_000,
      OpenShardCount: 2,
      OnDemandStreamCountLimit: 50,
    })
    expect(failure('DescribeLimits')).toBe('LimitExceededException')
    clock.advance(1000)
    expect(failure('DescribeLimits')).toBeUndefined()
    const summaries = Array.from({ length: 21 }, () => failure('DescribeStreamSummary', { StreamName: 's' }))
    expect(summaries.filter(name => name === 'LimitExceededException')).toHaveLength(1)
  })
})
