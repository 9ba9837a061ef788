import { describe, expect, it } from 'vitest'
import { engine, id } from './support.ts'

const arnOf = (name: string) => `arn:aws:kinesis:us-east-1:000000000000:stream/${name}`
const StreamARN = arnOf('s')

function onDemand() {
  const kinesis = engine()
  kinesis.call('CreateStream', { StreamName: 's', StreamModeDetails: { StreamMode: 'ON_DEMAND' } })
  kinesis.clock.advance(1000)
  const summary = () => kinesis.call('DescribeStreamSummary', { StreamName: 's' }).StreamDescriptionSummary
  return { ...kinesis, summary }
}

describe('channels', () => {
  const s3 = {
    StorageConfiguration: {
      BucketARN: 'arn:aws:s3:::bucket',
      ExpectedBucketOwner: '000000000000',
      CompressionType: 'GZIP',
    },
  }
  const channel = (StreamName: string, more: object = { S3DestinationConfiguration: s3 }) => ({
    ChannelName: 'ch',
    ServiceExecutionRoleARN: 'arn:aws:iam::000000000000:role/r',
    StreamConfigurationList: [
      { StreamARN: arnOf(StreamName), RecordConfiguration: { RecordFormatType: 'JSON' } },
    ],
    ...more,
  })

  it('belongs to an on-demand stream, which cannot be deleted while it has one', () => {
    const { call, clock, create, failure, summary } = onDemand()
    create('p', 1)
    expect(failure('CreateChannel', channel('p'))).toBe('ValidationException')
    expect(failure('CreateChannel', channel('s', {}))).toBe('ValidationException')
    const { ChannelDescription } = call('CreateChannel', channel('s'))
    expect(ChannelDescription).toMatchObject({
      ChannelStatus: 'CREATING',
      S3DestinationConfiguration: { ...s3, DataFreshnessInSeconds: 300 },
    })
    const { ChannelARN } = ChannelDescription
    clock.advance(1000)
    expect(call('DescribeChannel', { ChannelARN }).ChannelDescription.ChannelStatus).toBe('ACTIVE')
    expect(summary().ChannelCount).toBe(1)
    expect(failure('CreateChannel', { ...channel('s'), ChannelName: 'ch2' })).toBe('LimitExceededException')
    expect(failure('DeleteStream', { StreamName: 's' })).toBe('ResourceInUseException')
    const update = { ChannelARN, S3DestinationConfiguration: { DataFreshnessInSeconds: 600 } }
    expect(
      call('UpdateChannel', update).ChannelDescription.S3DestinationConfiguration.DataFreshnessInSeconds,
    ).toBe(600)
    clock.advance(1000)
    expect(call('ListChannels', { StreamFilter: [{ StreamARN }] }).ChannelSummaries).toMatchObject([
      { ChannelName: 'ch', ChannelDestinationType: 'S3', ChannelStatus: 'ACTIVE' },
    ])
    call('DeleteChannel', { ChannelARN })
    clock.advance(1000)
    expect(failure('DescribeChannel', { ChannelARN })).toBe('ResourceNotFoundException')
    expect(failure('DeleteStream', { StreamName: 's' })).toBeUndefined()
  })
})

describe('DryRun', () => {
  it('says so when the call would have succeeded, and does nothing', () => {
    const { create, failure, iterator, put, read } = engine()
    create('s', 1)
    put('s', 'a')
    const dry = (operation: string, input: object) => failure(operation, { ...input, DryRun: true })
    const entry = { PartitionKey: 'a', Data: Buffer.from('x') }
    expect(dry('PutRecord', { StreamName: 's', ...entry })).toBe('DryRunOperationException')
    expect(dry('PutRecords', { StreamName: 's', Records: [entry] })).toBe('DryRunOperationException')
    const latest = { StreamName: 's', ShardId: id(0), ShardIteratorType: 'LATEST' }
    expect(dry('GetShardIterator', latest)).toBe('DryRunOperationException')
    expect(dry('GetRecords', { ShardIterator: iterator('s', 0) })).toBe('DryRunOperationException')
    expect(dry('PutRecord', { StreamName: 'none', ...entry })).toBe('ResourceNotFoundException')
    expect(read(iterator('s', 0)).Records).toHaveLength(1)
  })
})
