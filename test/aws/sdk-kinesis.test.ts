import { afterEach, describe, expect, it } from 'vitest'
import type { KinesisApi } from '../../source/aws/kinesis-api.ts'
import { collect, connectTo, failureIn } from './connect-to.ts'
import { type Reply, type ScriptedServer, type SeenRequest, scriptedServer } from './scripted-server.ts'

let server: ScriptedServer
let close = (): void => {}
afterEach(async () => {
  close()
  await server.close()
})

async function apiOver(answer: (request: SeenRequest) => Reply): Promise<KinesisApi> {
  server = await scriptedServer(answer)
  const connection = await connectTo(server.url)
  close = () => connection.close()
  return connection.api
}
const stream = { streamName: 'orders' }
const sent = () => server.requests.map(({ operation, body }) => [operation, body])

describe('what emulators send', () => {
  it('a payload in the JSON form of a Node buffer (kinesalite 3.3.3, put by a CBOR client) is its bytes', async () => {
    const api = await apiOver(() => ({
      json: { Records: [{ SequenceNumber: '1', Data: { type: 'Buffer', data: [0x68, 0x69, 0xff] } }] },
    }))
    const page = await api.getRecords(stream, 'shardId-000000000001', 'iterator')
    expect([...(page.records[0]?.data ?? [])]).toEqual([0x68, 0x69, 0xff])
  })

  it('a payload of no known form is a broken answer, not an empty record', async () => {
    const api = await apiOver(() => ({
      json: { Records: [{ SequenceNumber: '1', Data: { text: 'aGk=' } }] },
    }))
    const failure = await failureIn(api.getRecords(stream, 'shardId-000000000001', 'iterator'))
    expect(failure).toMatchObject({ kind: 'bad-answer', action: 'GetRecords' })
    expect(failure.message).toContain('Data')
  })

  it('a kept payload keeps nothing else alive: its buffer holds its own bytes only', async () => {
    const api = await apiOver(() => ({ json: { Records: [{ SequenceNumber: '1', Data: 'aGk=' }] } }))
    const page = await api.getRecords(stream, 'shardId-000000000001', 'iterator')
    expect(page.records[0]?.data.buffer.byteLength).toBe(2)
  })

  it('nulls, missing members, unpadded and URL-safe base64, dates in other forms', async () => {
    const api = await apiOver(() => ({
      json: {
        Records: [
          {
            SequenceNumber: '1',
            Data: 'aGk',
            PartitionKey: 'k',
            ApproximateArrivalTimestamp: 1_719_999_999.123,
          },
          { SequenceNumber: '2', Data: '-_8', ApproximateArrivalTimestamp: '2024-07-03T09:46:39.123Z' },
          {
            SequenceNumber: '3',
            Data: null,
            PartitionKey: null,
            ApproximateArrivalTimestamp: 1_719_999_999_123,
          },
          { SequenceNumber: '4', Data: '', ApproximateArrivalTimestamp: 'yesterday', EncryptionType: null },
        ],
        NextShardIterator: null,
        MillisBehindLatest: null,
        ChildShards: null,
      },
    }))
    const page = await api.getRecords(stream, 'shardId-000000000001', 'iterator')
    expect(Object.keys(page)).toEqual(['records'])
    const at = new Date('2024-07-03T09:46:39.123Z')
    expect(page.records.map(({ data, ...rest }) => ({ ...rest, data: [...data] }))).toEqual([
      {
        ...{ streamName: 'orders', shardId: 'shardId-000000000001', sequenceNumber: '1', partitionKey: 'k' },
        approximateArrivalTimestamp: at,
        data: [0x68, 0x69],
      },
      {
        ...{ streamName: 'orders', shardId: 'shardId-000000000001', sequenceNumber: '2' },
        approximateArrivalTimestamp: at,
        data: [0xfb, 0xff],
      },
      {
        ...{ streamName: 'orders', shardId: 'shardId-000000000001', sequenceNumber: '3' },
        approximateArrivalTimestamp: at,
        data: [],
      },
      { streamName: 'orders', shardId: 'shardId-000000000001', sequenceNumber: '4', data: [] },
    ])
  })

  it('the end of a shard with its children, in one answer with the last records', async () => {
    const api = await apiOver(() => ({
      json: {
        Records: [{ SequenceNumber: '9', Data: 'aGk=' }],
        MillisBehindLatest: 0,
        ChildShards: [
          {
            ShardId: 'shardId-000000000002',
            ParentShards: ['shardId-000000000000', 'shardId-000000000001'],
            HashKeyRange: { StartingHashKey: '0', EndingHashKey: '340282366920938463463374607431768211455' },
          },
        ],
      },
    }))
    const page = await api.getRecords(stream, 'shardId-000000000000', 'iterator')
    expect(page.nextShardIterator).toBeUndefined()
    expect(page.millisBehindLatest).toBe(0)
    expect(page.records).toHaveLength(1)
    expect(page.childShards).toEqual([
      {
        shardId: 'shardId-000000000002',
        parentShardIds: ['shardId-000000000000', 'shardId-000000000001'],
        hashKeyRange: { startingHashKey: 0n, endingHashKey: 2n ** 128n - 1n },
      },
    ])
  })

  it('a shard that ends below zero does not hide the others; one without a range is named', async () => {
    const shard = (ShardId: string, HashKeyRange: unknown) => ({
      ShardId,
      HashKeyRange,
      ParentShardId: null,
      SequenceNumberRange: { StartingSequenceNumber: '1', EndingSequenceNumber: null },
    })
    let range: unknown = { StartingHashKey: '0', EndingHashKey: '-1' }
    const api = await apiOver(() => ({
      json: {
        Shards: [shard('a', range), shard('b', { StartingHashKey: '0', EndingHashKey: '9' })],
        NextToken: null,
      },
    }))
    expect(await api.listShards(stream)).toEqual([
      {
        shardId: 'a',
        hashKeyRange: { startingHashKey: 0n, endingHashKey: -1n },
        startingSequenceNumber: '1',
      },
      { shardId: 'b', hashKeyRange: { startingHashKey: 0n, endingHashKey: 9n }, startingSequenceNumber: '1' },
    ])
    range = undefined
    const failure = await failureIn(api.listShards(stream))
    expect(failure.kind).toBe('bad-answer')
    expect(failure.message).toContain('HashKeyRange of a')
  })

  it('a summary keeps what is there and invents nothing', async () => {
    const api = await apiOver(() => ({
      json: {
        StreamDescriptionSummary: {
          StreamName: 'orders',
          StreamStatus: 'UPDATING',
          OpenShardCount: 0,
          RetentionPeriodHours: null,
          EnhancedMonitoring: [{ ShardLevelMetrics: ['IncomingBytes', 'OutgoingBytes'] }],
          WarmThroughput: { TargetMiBps: 100, CurrentMiBps: 50 },
          EncryptionType: 'KMS',
          KeyId: 'alias/aws/kinesis',
          SomethingNew: { a: 1 },
        },
      },
    }))
    expect(await api.describeStreamSummary(stream)).toEqual({
      streamName: 'orders',
      streamStatus: 'UPDATING',
      openShardCount: 0,
      shardLevelMetrics: ['IncomingBytes', 'OutgoingBytes'],
      warmThroughputMiBps: { target: 100, current: 50 },
      encryptionType: 'KMS',
      keyId: 'alias/aws/kinesis',
    })
  })
})

describe('writing', () => {
  const receipt = { ShardId: 'shardId-000000000000', SequenceNumber: '49' }

  it('PutRecords reports each entry by its index', async () => {
    const api = await apiOver(() => ({
      json: {
        FailedRecordCount: 2,
        Records: [
          receipt,
          { ErrorCode: 'ProvisionedThroughputExceededException', ErrorMessage: 'Rate exceeded' },
          { ErrorCode: 'InternalFailure' },
          receipt,
        ],
      },
    }))
    const entries = ['a', 'b', 'c', 'd'].map(key => ({ data: Buffer.from(key), partitionKey: key }))
    expect(await api.putRecords(stream, entries)).toEqual([
      { outcome: 'written', receipt: { shardId: 'shardId-000000000000', sequenceNumber: '49' } },
      {
        outcome: 'failed',
        errorCode: 'ProvisionedThroughputExceededException',
        errorMessage: 'Rate exceeded',
      },
      { outcome: 'failed', errorCode: 'InternalFailure', errorMessage: '' },
      { outcome: 'written', receipt: { shardId: 'shardId-000000000000', sequenceNumber: '49' } },
    ])
    expect(server.requests[0]?.body).toEqual({
      StreamName: 'orders',
      Records: [
        { Data: 'YQ==', PartitionKey: 'a' },
        { Data: 'Yg==', PartitionKey: 'b' },
        { Data: 'Yw==', PartitionKey: 'c' },
        { Data: 'ZA==', PartitionKey: 'd' },
      ],
    })
  })

  it('PutRecords with fewer results than entries is a broken answer, not a guess', async () => {
    const api = await apiOver(() => ({ json: { FailedRecordCount: 0, Records: [receipt] } }))
    const entry = { data: Buffer.from('x'), partitionKey: 'k' }
    expect((await failureIn(api.putRecords(stream, [entry, entry]))).kind).toBe('bad-answer')
  })

  const sizes = (maxRecordSizeInKiB?: number) => (request: SeenRequest) =>
    request.operation === 'DescribeStreamSummary'
      ? {
          json: {
            StreamDescriptionSummary: {
              StreamName: 'orders',
              ...(maxRecordSizeInKiB === undefined ? {} : { MaxRecordSizeInKiB: maxRecordSizeInKiB }),
            },
          },
        }
      : { json: receipt }

  it.each([
    [1_048_577, '', 1_048_577],
    [1_048_570, '0123456789', 1_048_580],
    // Two bytes a character: bytes count, not characters.
    [1_048_570, 'ééééé', 1_048_580],
  ])('refuses %i bytes with key "%s" before sending, with both numbers', async (dataBytes, key, total) => {
    const api = await apiOver(sizes())
    const entry = { data: new Uint8Array(dataBytes), ...(key === '' ? {} : { partitionKey: key }) }
    const failure = await failureIn(api.putRecord(stream, entry))
    expect(failure.kind).toBe('invalid')
    expect(failure.message).toContain(String(total))
    expect(failure.message).toContain('1048576')
    expect(server.requests.map(({ operation }) => operation)).toEqual(['DescribeStreamSummary'])
  })

  it('names the oversized one of many, and sends none', async () => {
    const api = await apiOver(sizes(1_024))
    const small = { data: Buffer.from('x'), partitionKey: 'k' }
    const large = { data: new Uint8Array(1_048_577), partitionKey: 'k' }
    const failure = await failureIn(api.putRecords(stream, [small, small, large]))
    expect(failure.message).toContain('Record 3 of 3')
    expect(server.requests.some(({ operation }) => operation === 'PutRecords')).toBe(false)
  })

  it('sends a large record where the stream takes it, and asks nothing about one that fits any stream', async () => {
    const api = await apiOver(sizes(10_240))
    await api.putRecord(stream, { data: new Uint8Array(1_048_577), partitionKey: 'k' })
    await api.putRecord(stream, { data: new Uint8Array(1_048_575), partitionKey: 'k' })
    expect(server.requests.map(({ operation }) => operation)).toEqual([
      'DescribeStreamSummary',
      'PutRecord',
      'PutRecord',
    ])
  })

  it.each(['UnknownOperationException', 'AccessDeniedException'])(
    'sends a large record where the maximum cannot be known (%s): the service is the judge',
    async type => {
      const api = await apiOver(({ operation }) =>
        operation === 'DescribeStreamSummary'
          ? { status: 400, json: { __type: type, message: 'no' } }
          : { json: receipt },
      )
      await api.putRecord(stream, { data: new Uint8Array(1_048_577), partitionKey: 'k' })
      expect(server.requests.at(-1)?.operation).toBe('PutRecord')
    },
  )
})

describe('requests', () => {
  it('carry hash keys as exact decimals and name the stream by its name, never by an id', async () => {
    const api = await apiOver(() => ({ json: {} }))
    await api.createStream('a', { mode: 'PROVISIONED', shardCount: 2 })
    await api.createStream('b', { mode: 'ON_DEMAND' })
    await api.deleteStream(stream, { enforceConsumerDeletion: true })
    await api.splitShard(stream, 'shardId-000000000000', 170_141_183_460_469_231_731_687_303_715_884_105_728n)
    await api.mergeShards(stream, 'shardId-000000000000', 'shardId-000000000001')
    await api.updateShardCount(stream, 4)
    await api.setRetentionPeriod(stream, { currentHours: 24, targetHours: 48 })
    await api.setRetentionPeriod(stream, { currentHours: 48, targetHours: 24 })
    await api.addTags(stream, new Map([['team', 'x']]))
    await api.removeTags(stream, ['team'])
    expect(sent()).toEqual([
      ['CreateStream', { StreamName: 'a', ShardCount: 2, StreamModeDetails: { StreamMode: 'PROVISIONED' } }],
      ['CreateStream', { StreamName: 'b', StreamModeDetails: { StreamMode: 'ON_DEMAND' } }],
      ['DeleteStream', { StreamName: 'orders', EnforceConsumerDeletion: true }],
      [
        'SplitShard',
        {
          StreamName: 'orders',
          ShardToSplit: 'shardId-000000000000',
          NewStartingHashKey: '170141183460469231731687303715884105728',
        },
      ],
      [
        'MergeShards',
        {
          StreamName: 'orders',
          ShardToMerge: 'shardId-000000000000',
          AdjacentShardToMerge: 'shardId-000000000001',
        },
      ],
      ['UpdateShardCount', { StreamName: 'orders', TargetShardCount: 4, ScalingType: 'UNIFORM_SCALING' }],
      ['IncreaseStreamRetentionPeriod', { StreamName: 'orders', RetentionPeriodHours: 48 }],
      ['DecreaseStreamRetentionPeriod', { StreamName: 'orders', RetentionPeriodHours: 24 }],
      ['AddTagsToStream', { StreamName: 'orders', Tags: { team: 'x' } }],
      ['RemoveTagsFromStream', { StreamName: 'orders', TagKeys: ['team'] }],
    ])
    expect(JSON.stringify(sent())).not.toContain('StreamId')
  })

  it('report 39: a list of 30 streams costs one call, and no DescribeStream ever', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `s${index}`)
    const api = await apiOver(() => ({ json: { StreamNames: names, HasMoreStreams: false } }))
    expect(await collect(api.listStreams())).toHaveLength(30)
    expect(sent()).toEqual([['ListStreams', { Limit: 100 }]])
  })

  it('GetRecords names neither stream nor ARN on a custom endpoint: the iterator says it', async () => {
    const api = await apiOver(() => ({ json: { Records: [] } }))
    const streamArn = 'arn:aws:kinesis:us-east-1:111122223333:stream/orders'
    await api.getRecords({ ...stream, streamArn }, 's', 'iterator', { limit: 25 })
    expect(sent()).toEqual([['GetRecords', { ShardIterator: 'iterator', Limit: 25 }]])
  })
})
