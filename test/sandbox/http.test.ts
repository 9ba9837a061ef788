import { X509Certificate } from 'node:crypto'
import { request } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { Agent } from 'node:https'
import { connect as connectTo } from 'node:net'
import { connect as connectTls } from 'node:tls'
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  ListStreamsCommand,
  MergeShardsCommand,
  PutRecordCommand,
  PutRecordsCommand,
  SplitShardCommand,
} from '@aws-sdk/client-kinesis'
import { NodeHttp2Handler, NodeHttpHandler } from '@smithy/node-http-handler'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../source/sandbox/sandbox.ts'
import { demoScenario } from '../../source/sandbox/traffic/demo-scenario.ts'
import { id } from './support.ts'

let sandbox: Sandbox
const clients: KinesisClient[] = []

beforeEach(async () => {
  sandbox = await startSandbox({ durations: { creating: 0, updating: 0, reshardStep: 0 } })
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy()
  await sandbox.stop()
})

function clientWith(requestHandler?: NodeHttpHandler): KinesisClient {
  const client = new KinesisClient({
    endpoint: sandbox.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
    maxAttempts: 1,
    ...(requestHandler === undefined ? {} : { requestHandler }),
  })
  clients.push(client)
  return client
}

const transports = [
  ['HTTP/1.1 (NodeHttpHandler)', () => clientWith(new NodeHttpHandler())],
  ['HTTP/2 (the default handler)', () => clientWith()],
] as const

describe.each(transports)('the AWS SDK over %s', (_, connect) => {
  it('creates, puts, reads, splits and follows the children', async () => {
    const client = connect()
    const StreamName = 'orders'
    await client.send(new CreateStreamCommand({ StreamName, ShardCount: 2 }))
    const put = await client.send(
      new PutRecordCommand({ StreamName, PartitionKey: 'a', Data: new TextEncoder().encode('grüße') }),
    )
    expect(put.ShardId).toBe(id(0))
    const ShardIteratorType = 'TRIM_HORIZON'
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({ StreamName, ShardId: id(0), ShardIteratorType }),
    )
    const read = await client.send(new GetRecordsCommand({ ShardIterator }))
    expect(Buffer.from(read.Records?.[0]?.Data ?? []).toString()).toBe('grüße')
    expect(read.Records?.[0]?.SequenceNumber).toBe(put.SequenceNumber)
    expect(read.Records?.[0]?.ApproximateArrivalTimestamp).toBeInstanceOf(Date)
    expect(Math.abs(Date.now() - Number(read.Records?.[0]?.ApproximateArrivalTimestamp))).toBeLessThan(60_000)

    await client.send(new SplitShardCommand({ StreamName, ShardToSplit: id(0), NewStartingHashKey: '1000' }))
    const end = await client.send(new GetRecordsCommand({ ShardIterator: read.NextShardIterator }))
    expect(end.NextShardIterator).toBeUndefined()
    expect(end.ChildShards?.map(({ ShardId }) => ShardId)).toEqual([id(2), id(3)])
    const { Shards } = await client.send(
      new ListShardsCommand({ StreamName, ShardFilter: { Type: 'AT_LATEST' } }),
    )
    expect(Shards?.map(({ ShardId }) => ShardId)).toEqual([id(1), id(2), id(3)])
  })

  it('carries ten thousand records in batches', async () => {
    const client = connect()
    sandbox.service.account.limits = 'off'
    const StreamName = 'many'
    await client.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }))
    for (let batch = 0; batch < 20; batch++) {
      const Records = Array.from({ length: 500 }, (_, index) => ({
        PartitionKey: `k${index}`,
        Data: Buffer.from(String(batch * 500 + index)),
      }))
      const { FailedRecordCount } = await client.send(new PutRecordsCommand({ StreamName, Records }))
      expect(FailedRecordCount).toBe(0)
    }
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({ StreamName, ShardId: id(0), ShardIteratorType: 'TRIM_HORIZON' }),
    )
    const { Records = [] } = await client.send(new GetRecordsCommand({ ShardIterator }))
    expect(Records.map(({ Data }) => Number(Buffer.from(Data ?? []).toString()))).toEqual([
      ...Array(10_000).keys(),
    ])
  })

  it('names errors as the service does', async () => {
    const client = connect()
    await expect(client.send(new DescribeStreamSummaryCommand({ StreamName: 'none' }))).rejects.toMatchObject(
      {
        name: 'ResourceNotFoundException',
        message: 'Stream none under account 000000000000 not found.',
        $metadata: { httpStatusCode: 400 },
      },
    )
    await client.send(new CreateStreamCommand({ StreamName: 's', ShardCount: 2 }))
    const merge = new MergeShardsCommand({
      StreamName: 's',
      ShardToMerge: id(0),
      AdjacentShardToMerge: id(0),
    })
    await expect(client.send(merge)).rejects.toMatchObject({ name: 'InvalidArgumentException' })
    await expect(client.send(new ListStreamsCommand({ Limit: 0 }))).rejects.toMatchObject({
      name: 'ValidationException',
    })
  })
})

/** One request of our own, for what an SDK would not send. */
function raw(headers: Record<string, string>, body = '{}'): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(sandbox.url, { method: 'POST', headers, agent: false }, response => {
      let text = ''
      response.on('data', chunk => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

describe('the front door', () => {
  const list = {
    'x-amz-target': 'Kinesis_20131202.ListStreams',
    'content-type': 'application/x-amz-json-1.1',
  }

  it('answers an operation it does not know with UnknownOperationException', async () => {
    const { status, text } = await raw({ ...list, 'x-amz-target': 'Kinesis_20131202.ListQueues' })
    expect([status, JSON.parse(text)]).toEqual([400, { __type: 'UnknownOperationException' }])
  })

  it('answers a body that is no JSON, or the wrong kind of value, with SerializationException', async () => {
    expect(JSON.parse((await raw(list, '{"Limit":')).text).__type).toBe('SerializationException')
    expect(JSON.parse((await raw(list, '{"Limit":"5"}')).text).__type).toBe('SerializationException')
    const put = { ...list, 'x-amz-target': 'Kinesis_20131202.PutRecord' }
    expect(
      JSON.parse((await raw(put, '{"StreamName":"s","PartitionKey":"k","Data":"_w=="}')).text).__type,
    ).toBe('SerializationException')
  })

  it('writes times as epoch seconds with a fraction', async () => {
    sandbox.service.handle('CreateStream', { StreamName: 's', ShardCount: 1 }, { now: 1_700_000_000_123 })
    const { text } = await raw(list)
    expect(text).toContain('"StreamCreationTimestamp":1700000000.123')
  })

  it('refuses a browser: a foreign Host, or any Origin', async () => {
    const rebound = await raw({ ...list, host: 'evil.example:80' })
    expect([rebound.status, rebound.text]).toEqual([403, expect.stringContaining('127.0.0.1')])
    const page = await raw({ ...list, origin: 'http://127.0.0.1' })
    expect([page.status, page.text]).toEqual([403, expect.stringContaining('Origin')])
    expect((await raw({ ...list, host: 'localhost:4567' })).status).toBe(200)
  })

  it('listens on loopback only, and lets go of its port', async () => {
    expect(sandbox.url).toBe(`http://127.0.0.1:${sandbox.port}`)
    await sandbox.stop()
    await expect(raw(list)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    sandbox = await startSandbox({ port: sandbox.port })
    expect((await raw(list)).status).toBe(200)
  })
})

describe('the demonstration', () => {
  it('starts with history in every stream and nothing refused', async () => {
    const demo = await startSandbox({ traffic: 'demo' })
    try {
      const streams = [...demo.service.account.streams.values()]
      expect(streams.map(({ name }) => name)).toEqual(demoScenario.streams.map(({ name }) => name))
      for (const stream of streams) {
        expect(stream.status).toBe('ACTIVE')
        const records = [...stream.shards.values()].reduce((sum, { log }) => sum + log.nextOrdinal, 0)
        expect(records).toBeGreaterThan(5)
      }
      const inventory = demo.service.account.streams.get('inventory')
      const closed = [...(inventory?.shards.values() ?? [])].filter(({ closedAt }) => closedAt !== undefined)
      expect(closed.map(({ log }) => log.nextOrdinal > 0)).toEqual([true, true, true])
      expect(demo.refusals).toEqual([])
    } finally {
      await demo.stop()
    }
  })
})

describe('TLS on the same port', () => {
  const secure = () => sandbox.url.replace('http:', 'https:')

  it('serves the SDK over HTTP/1.1 and HTTP/2 with a certificate that can be trusted', async () => {
    const ca = sandbox.certificate()
    const base = {
      endpoint: secure(),
      region: 'us-east-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
    }
    const handlers = [
      new NodeHttpHandler({ httpsAgent: new Agent({ ca }) }),
      new NodeHttp2Handler({ nodeHttp2ConnectOptions: { ca } }),
    ]
    for (const requestHandler of handlers) {
      const client = new KinesisClient({ ...base, requestHandler, maxAttempts: 1 })
      clients.push(client)
      expect((await client.send(new ListStreamsCommand())).StreamNames).toEqual([])
    }
  })

  it('serves HTTP/2 that is begun without ALPN, as the Java SDK begins it', async () => {
    const ca = sandbox.certificate()
    const session = connectHttp2(secure(), {
      createConnection: () => connectTls({ host: '127.0.0.1', port: sandbox.port, ca }),
    })
    try {
      const text = await new Promise<string>((resolve, reject) => {
        const stream = session.request({
          ':method': 'POST',
          'x-amz-target': 'Kinesis_20131202.ListStreams',
          'content-type': 'application/x-amz-json-1.1',
        })
        let told = ''
        stream.setEncoding('utf8').on('data', chunk => {
          told += chunk
        })
        stream.on('end', () => resolve(told))
        session.on('error', reject)
        stream.on('error', reject)
        stream.end('{}')
      })
      expect(JSON.parse(text)).toMatchObject({ StreamNames: [] })
    } finally {
      session.close()
    }
  })

  it('outlives callers that go wrong after the handshake', async () => {
    const ca = sandbox.certificate()
    for (const text of ['', 'noise', 'PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n', 'GET\r\n\r\n']) {
      await new Promise<void>(resolve => {
        const socket = connectTls({ host: '127.0.0.1', port: sandbox.port, ca }, () => {
          if (text === '') socket.destroy()
          else socket.end(text)
        })
        socket.on('error', () => {})
        socket.on('close', () => resolve())
        socket.resume()
      })
    }
    expect((await raw({ 'x-amz-target': 'Kinesis_20131202.ListStreams' })).status).toBe(200)
  })

  it('names localhost and both loopback addresses in the certificate', () => {
    const certificate = new X509Certificate(sandbox.certificate())
    expect(certificate.verify(certificate.publicKey)).toBe(true)
    expect(certificate.checkHost('localhost')).toBe('localhost')
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1')
    expect(certificate.checkIP('::1')).toBe('::1')
    expect(certificate.ca).toBe(true)
    expect(Date.parse(certificate.validTo)).toBeGreaterThan(Date.now() + 300 * 86_400_000)
  })
})

describe('connections that go wrong', () => {
  /** Sends bytes, waits until the other side answers or closes, or hangs up at once. */
  const send = (bytes: Buffer, hangUp: boolean) =>
    new Promise<void>(resolve => {
      const socket = connectTo(sandbox.port, '127.0.0.1', () => {
        socket.write(bytes)
        if (hangUp) socket.destroy()
      })
      socket.on('error', () => {})
      socket.on('data', () => socket.destroy())
      socket.on('close', () => resolve())
      socket.setTimeout(300, () => socket.destroy())
    })

  it.each([
    ['nothing', ''],
    ['noise', '\x00\x01\xff\xfe garbage'],
    ['a broken TLS hello', '\x16\x03\x01\x00\x05hello'],
    ['a broken HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n'],
    ['half a request', 'POST / HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 100\r\n\r\n{"Stre'],
    ['no request line', 'GET\r\n\r\n'],
  ])('outlives %s', async (_, text) => {
    const bytes = Buffer.from(text, 'latin1')
    await send(bytes, true)
    await send(bytes, false)
    const list = { 'x-amz-target': 'Kinesis_20131202.ListStreams' }
    expect((await raw(list)).status).toBe(200)
  })

  it('refuses a body that no request may have, and goes on', async () => {
    const put = { 'x-amz-target': 'Kinesis_20131202.PutRecords' }
    expect((await raw(put, 'x'.repeat(25 << 20))).status).toBe(413)
    expect((await raw({ 'x-amz-target': 'Kinesis_20131202.ListStreams' })).status).toBe(200)
  })

  it('forgets a caller that hangs up in the middle of a large answer', async () => {
    sandbox.service.handle('CreateStream', { StreamName: 's', ShardCount: 1 })
    sandbox.service.account.limits = 'off'
    sandbox.service.settle()
    const Data = Buffer.alloc(1_000_000)
    for (let count = 0; count < 10; count++)
      sandbox.service.handle('PutRecord', { StreamName: 's', PartitionKey: 'k', Data })
    const { ShardIterator } = sandbox.service.handle('GetShardIterator', {
      StreamName: 's',
      ShardId: id(0),
      ShardIteratorType: 'TRIM_HORIZON',
    }) as { ShardIterator: string }
    const body = JSON.stringify({ ShardIterator })
    const head = `POST / HTTP/1.1\r\nhost: 127.0.0.1\r\nx-amz-target: Kinesis_20131202.GetRecords\r\ncontent-length: ${body.length}\r\n\r\n`
    await send(Buffer.from(head + body), false)
    expect((await raw({ 'x-amz-target': 'Kinesis_20131202.ListStreams' })).status).toBe(200)
  })
})
