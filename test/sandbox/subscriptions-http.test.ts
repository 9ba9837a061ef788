import * as sdk from '@aws-sdk/client-kinesis'
import { cbor } from '@smithy/core/cbor'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSandbox, type Sandbox, startSandbox } from '../../source/sandbox/sandbox.ts'
import { engine, id, type Output } from './support.ts'

const durations = { creating: 0, updating: 0, consumerCreating: 0 }
let sandbox: Sandbox
let client: sdk.KinesisClient | undefined

beforeEach(async () => {
  sandbox = await startSandbox({ durations })
})
afterEach(async () => {
  client?.destroy()
  await sandbox.stop()
})

const config = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
  maxAttempts: 1,
}

const transports = [
  ['HTTP/2', () => new sdk.KinesisClient({ ...config, endpoint: sandbox.url })],
  [
    'HTTP/1.1',
    () => new sdk.KinesisClient({ ...config, endpoint: sandbox.url, requestHandler: new NodeHttpHandler() }),
  ],
  [
    'no socket',
    () =>
      new sdk.KinesisClient({
        ...config,
        endpoint: 'http://127.0.0.1',
        requestHandler: sandbox.requestHandler as unknown as NodeHttpHandler,
      }),
  ],
] as const

describe.each(transports)('SubscribeToShard by the AWS SDK over %s', (_, connect) => {
  it('pushes records as they are put, and ends with the children', async () => {
    client = connect()
    const send = client.send.bind(client)
    await send(new sdk.CreateStreamCommand({ StreamName: 's', ShardCount: 1 }))
    const StreamARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/s'
    const { Consumer } = await send(new sdk.RegisterStreamConsumerCommand({ StreamARN, ConsumerName: 'c' }))
    const { EventStream } = await send(
      new sdk.SubscribeToShardCommand({
        ConsumerARN: Consumer?.ConsumerARN,
        ShardId: id(0),
        StartingPosition: { Type: 'LATEST' },
      }),
    )
    const seen: string[] = []
    let children: string[] = []
    await send(new sdk.PutRecordCommand({ StreamName: 's', PartitionKey: 'a', Data: Buffer.from('one') }))
    for await (const { SubscribeToShardEvent: event } of EventStream ?? []) {
      for (const { Data } of event?.Records ?? []) seen.push(Buffer.from(Data ?? []).toString())
      if (seen.length === 1 && event?.ChildShards === undefined) {
        expect(event?.ContinuationSequenceNumber).toMatch(/^\d{56}$/)
        await send(new sdk.PutRecordCommand({ StreamName: 's', PartitionKey: 'a', Data: Buffer.from('two') }))
        await send(
          new sdk.SplitShardCommand({ StreamName: 's', ShardToSplit: id(0), NewStartingHashKey: '1000' }),
        )
      }
      children = event?.ChildShards?.map(({ ShardId }) => ShardId ?? '') ?? []
    }
    expect(seen).toEqual(['one', 'two'])
    expect(children).toEqual([id(1), id(2)])
  })

  it('refuses a second one at once, before any event', async () => {
    client = connect()
    const send = client.send.bind(client)
    await send(new sdk.CreateStreamCommand({ StreamName: 's', ShardCount: 1 }))
    const StreamARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/s'
    const { Consumer } = await send(new sdk.RegisterStreamConsumerCommand({ StreamARN, ConsumerName: 'c' }))
    const command = () =>
      new sdk.SubscribeToShardCommand({
        ConsumerARN: Consumer?.ConsumerARN,
        ShardId: id(0),
        StartingPosition: { Type: 'LATEST' },
      })
    const stop = new AbortController()
    await send(command(), { abortSignal: stop.signal })
    await expect(send(command())).rejects.toMatchObject({ name: 'ResourceInUseException' })
    stop.abort()
    await expect.poll(() => sandbox.service.account.shardListeners.size).toBe(0)
  })
})

describe('the SDK in the same process', () => {
  it('gets records and errors without a socket', async () => {
    const embedded = createSandbox({ durations })
    const requestHandler = embedded.requestHandler as unknown as NodeHttpHandler
    const inside = new sdk.KinesisClient({ ...config, endpoint: 'http://127.0.0.1', requestHandler })
    await inside.send(new sdk.CreateStreamCommand({ StreamName: 's', ShardCount: 1 }))
    const put = await inside.send(
      new sdk.PutRecordCommand({ StreamName: 's', PartitionKey: 'a', Data: Buffer.from('x') }),
    )
    expect(put.ShardId).toBe(id(0))
    await expect(inside.send(new sdk.DescribeStreamCommand({ StreamName: 'none' }))).rejects.toBeInstanceOf(
      sdk.ResourceNotFoundException,
    )
    await embedded.stop()
  })
})

describe('completeness', () => {
  it('knows every command of the installed SDK client', () => {
    const { service } = engine()
    const commands = Object.keys(sdk)
      .filter(name => name.endsWith('Command') && !name.startsWith('$'))
      .map(name => name.replace(/Command$/, ''))
    expect(commands.length).toBeGreaterThanOrEqual(45)
    expect(commands.filter(name => !service.knows(name))).toEqual([])
  })
})

describe('AWS CBOR 1.1', () => {
  async function post(
    operation: string,
    input: object,
  ): Promise<{ status: number; type: string | null; output: Output }> {
    const response = await fetch(sandbox.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-cbor-1.1',
        'x-amz-target': `Kinesis_20131202.${operation}`,
      },
      body: Buffer.from(cbor.serialize(input)),
    })
    const bytes = new Uint8Array(await response.arrayBuffer())
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      output: bytes.length === 0 ? {} : cbor.deserialize(bytes),
    }
  }

  it('carries bytes as bytes and times as whole milliseconds under tag 1', async () => {
    expect((await post('CreateStream', { StreamName: 's', ShardCount: 1 })).status).toBe(200)
    const Data = new Uint8Array([0, 255, 7])
    await post('PutRecord', { StreamName: 's', PartitionKey: 'a', Data })
    const { output: place } = await post('GetShardIterator', {
      StreamName: 's',
      ShardId: id(0),
      ShardIteratorType: 'AT_TIMESTAMP',
      Timestamp: Date.now() - 60_000,
    })
    const { type, output } = await post('GetRecords', { ShardIterator: place.ShardIterator })
    expect(type).toBe('application/x-amz-cbor-1.1')
    expect([...output.Records[0].Data]).toEqual([0, 255, 7])
    const time = output.Records[0].ApproximateArrivalTimestamp
    expect(Number(time.tag)).toBe(1)
    expect(Math.abs(Date.now() - Number(time.value))).toBeLessThan(60_000)
    expect(Number.isInteger(Number(time.value))).toBe(true)
  })

  it('answers errors in CBOR too', async () => {
    const { status, output } = await post('DescribeStream', { StreamName: 'none' })
    expect([status, output.__type]).toEqual([400, 'ResourceNotFoundException'])
  })
})
