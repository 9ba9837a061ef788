import {
  CreateStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  ListStreamsCommand,
  PutRecordsCommand,
  RegisterStreamConsumerCommand,
  SubscribeToShardCommand,
} from '@aws-sdk/client-kinesis'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSteppedClock } from '../../source/sandbox/engine/clock.ts'
import { parseFaultPlan } from '../../source/sandbox/faults/fault-plan.ts'
import { createFaults } from '../../source/sandbox/faults/faults.ts'
import { type Sandbox, startSandbox } from '../../source/sandbox/sandbox.ts'
import { id, NEW_YEAR } from './support.ts'

let sandbox: Sandbox
let client: KinesisClient

beforeEach(async () => {
  sandbox = await startSandbox({ durations: { creating: 0, consumerCreating: 0 } })
  client = connect(1)
  await client.send(new CreateStreamCommand({ StreamName: 's', ShardCount: 1 }))
})
afterEach(async () => {
  client.destroy()
  await sandbox.stop()
})

const connect = (maxAttempts: number, requestTimeout?: number) =>
  new KinesisClient({
    endpoint: sandbox.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
    maxAttempts,
    requestHandler: new NodeHttpHandler(
      requestTimeout === undefined ? {} : { requestTimeout, throwOnRequestTimeout: true },
    ),
  })

/** Sends a plan to the admin endpoint, as another program would. */
async function inject(...faults: object[]): Promise<void> {
  const response = await fetch(`${sandbox.url}/_sandbox/faults`, {
    method: 'PUT',
    body: JSON.stringify({ seed: 1, faults }),
  })
  expect(response.status).toBe(200)
}

const list = () => client.send(new ListShardsCommand({ StreamName: 's' }))

describe('faults on demand', () => {
  it('throttles data and control operations each with their own error, where asked', async () => {
    await inject({ fault: 'throttle', operations: ['GetShardIterator', 'ListShards'] })
    const iterator = new GetShardIteratorCommand({
      StreamName: 's',
      ShardId: id(0),
      ShardIteratorType: 'LATEST',
    })
    await expect(client.send(iterator)).rejects.toMatchObject({
      name: 'ProvisionedThroughputExceededException',
    })
    await expect(list()).rejects.toMatchObject({ name: 'LimitExceededException' })
    await expect(client.send(new ListStreamsCommand())).resolves.toBeDefined()
    await fetch(`${sandbox.url}/_sandbox/faults`, { method: 'DELETE' })
    await expect(list()).resolves.toBeDefined()
  })

  it('strikes one stream alone, found behind an iterator too', async () => {
    await client.send(new CreateStreamCommand({ StreamName: 't', ShardCount: 1 }))
    await inject({ fault: 'error', name: 'InternalFailure', streams: ['t'], operations: ['GetRecords'] })
    const read = async (StreamName: string) => {
      const { ShardIterator } = await client.send(
        new GetShardIteratorCommand({ StreamName, ShardId: id(0), ShardIteratorType: 'LATEST' }),
      )
      return client.send(new GetRecordsCommand({ ShardIterator }))
    }
    await expect(read('s')).resolves.toBeDefined()
    await expect(read('t')).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } })
  })

  it('stops after so many times', async () => {
    await inject({ fault: 'error', name: 'ServiceUnavailable', times: 2 })
    await expect(list()).rejects.toBeDefined()
    await expect(list()).rejects.toBeDefined()
    await expect(list()).resolves.toBeDefined()
    const state = await (await fetch(`${sandbox.url}/_sandbox/faults`)).json()
    expect(state).toMatchObject({ strikes: [2] })
  })

  it('breaks the connection, and the SDK tries again', async () => {
    await inject({ fault: 'reset', times: 1 })
    await expect(list()).rejects.toMatchObject({ code: 'ECONNRESET' })
    await inject({ fault: 'reset', times: 1 })
    const patient = connect(2)
    await expect(patient.send(new ListShardsCommand({ StreamName: 's' }))).resolves.toBeDefined()
    patient.destroy()
  })

  it('stays silent until the client has had enough', async () => {
    await inject({ fault: 'silence', times: 1 })
    const hasty = connect(1, 50)
    await expect(hasty.send(new ListShardsCommand({ StreamName: 's' }))).rejects.toMatchObject({
      name: 'TimeoutError',
    })
    hasty.destroy()
  })

  it('does the same to a client without a socket', async () => {
    const requestHandler = sandbox.requestHandler as unknown as NodeHttpHandler
    const inside = new KinesisClient({
      endpoint: sandbox.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
      maxAttempts: 1,
      requestHandler,
    })
    await inject({ fault: 'reset', times: 1 }, { fault: 'silence' })
    const ask = (abortSignal?: AbortSignal) =>
      inside.send(
        new ListShardsCommand({ StreamName: 's' }),
        abortSignal === undefined ? {} : { abortSignal },
      )
    await expect(ask()).rejects.toMatchObject({ code: 'ECONNRESET' })
    const stop = new AbortController()
    const silent = ask(stop.signal)
    stop.abort()
    await expect(silent).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('refuses signatures under a skewed clock until the client has corrected itself', async () => {
    await inject({ fault: 'clock-skew', milliseconds: 2 * 3_600_000 })
    await expect(list()).rejects.toMatchObject({ name: 'InvalidSignatureException' })
    await expect(list()).resolves.toBeDefined()
  })

  it('names expired credentials, denied access and a gateway in the way', async () => {
    await inject({ fault: 'expired-credentials' })
    await expect(list()).rejects.toMatchObject({ name: 'ExpiredTokenException' })
    await inject({ fault: 'access-denied' })
    await expect(list()).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining('kinesis:ListShards'),
    })
    await inject({ fault: 'gateway-page' })
    await expect(list()).rejects.toMatchObject({ name: 'SyntaxError', $metadata: { httpStatusCode: 502 } })
  })

  it('fails part of a PutRecords and writes the rest (reported: vectordotdev/vector#359)', async () => {
    await inject({ fault: 'failed-records', share: 0.5 })
    const Records = Array.from({ length: 100 }, (_, n) => ({
      PartitionKey: `k${n}`,
      Data: Buffer.from(String(n)),
    }))
    const output = await client.send(new PutRecordsCommand({ StreamName: 's', Records }))
    const failed =
      output.Records?.flatMap(({ ErrorCode }, index) => (ErrorCode === undefined ? [] : [index])) ?? []
    expect(output.FailedRecordCount).toBe(failed.length)
    expect(failed.length).toBeGreaterThan(20)
    expect(failed.length).toBeLessThan(80)
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({ StreamName: 's', ShardId: id(0), ShardIteratorType: 'TRIM_HORIZON' }),
    )
    const { Records: read = [] } = await client.send(new GetRecordsCommand({ ShardIterator }))
    const written = read.map(({ Data }) => Number(Buffer.from(Data ?? []).toString()))
    expect([...written, ...failed].sort((a, b) => a - b)).toEqual([...Array(100).keys()])
  })

  it('gives empty pages on the way, and loses nothing', async () => {
    const Records = [{ PartitionKey: 'a', Data: Buffer.from('x') }]
    await client.send(new PutRecordsCommand({ StreamName: 's', Records }))
    await inject({ fault: 'empty-pages', times: 2 })
    let { ShardIterator } = await client.send(
      new GetShardIteratorCommand({ StreamName: 's', ShardId: id(0), ShardIteratorType: 'TRIM_HORIZON' }),
    )
    await inject({ fault: 'empty-pages', times: 2 })
    const pages: number[] = []
    for (let page = 0; page < 3; page++) {
      const output = await client.send(new GetRecordsCommand({ ShardIterator }))
      pages.push(output.Records?.length ?? -1)
      if (page < 2) expect(output.MillisBehindLatest).toBeGreaterThan(0)
      ShardIterator = output.NextShardIterator
    }
    expect(pages).toEqual([0, 0, 1])
  })

  it('cuts an event stream off', async () => {
    const StreamARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/s'
    const { Consumer } = await client.send(
      new RegisterStreamConsumerCommand({ StreamARN, ConsumerName: 'c' }),
    )
    await inject({ fault: 'cut-stream', afterMilliseconds: 20 })
    const { EventStream } = await client.send(
      new SubscribeToShardCommand({
        ConsumerARN: Consumer?.ConsumerARN,
        ShardId: id(0),
        StartingPosition: { Type: 'LATEST' },
      }),
    )
    let events = 0
    for await (const _ of EventStream ?? []) events++
    expect(events).toBe(0)
    await expect.poll(() => sandbox.service.account.shardListeners.size).toBe(0)
  })

  it('is repeatable by its seed, and one rule more does not move another', () => {
    const clock = createSteppedClock(NEW_YEAR)
    const throttle = { fault: 'throttle', probability: 0.3 } as const
    const pattern = (seed: number, more: { fault: 'reset'; probability: number }[] = []) => {
      const faults = createFaults(clock, { seed, faults: [throttle, ...more] })
      return Array.from({ length: 60 }, () => faults.strike('GetRecords', 's').includes(throttle))
    }
    expect(pattern(1)).toEqual(pattern(1))
    expect(pattern(1)).not.toEqual(pattern(2))
    expect(pattern(1, [{ fault: 'reset', probability: 0.5 }])).toEqual(pattern(1))
    const struck = pattern(1).filter(Boolean).length
    expect(struck).toBeGreaterThan(5)
    expect(struck).toBeLessThan(35)
  })

  it('keeps to its minutes', () => {
    const clock = createSteppedClock(NEW_YEAR)
    const faults = createFaults(clock, {
      seed: 1,
      faults: [{ fault: 'reset', fromMinute: 1, untilMinute: 2 }],
    })
    const strikes = [0, 59_999, 1, 59_999, 1].map(step => {
      clock.advance(step)
      return faults.strike('ListShards', undefined).length
    })
    expect(strikes).toEqual([0, 0, 1, 1, 0])
  })

  it.each([
    [{ faults: [{ fault: 'explode' }] }, 'faults[0].fault is "explode"; it must be one of throttle'],
    [{ faults: [{ fault: 'latency' }] }, 'faults[0] is a latency fault and needs milliseconds'],
    [
      { faults: [{ fault: 'reset', probability: 2 }] },
      'faults[0].probability is 2; it must be a number from 0 to 1',
    ],
    [{ faults: [{ fault: 'reset', probabilty: 1 }] }, 'faults[0] has an unknown member probabilty'],
    [{ fault: [] }, 'the fault plan has an unknown member fault'],
  ])('explains a plan that is wrong: %j', async (plan, message) => {
    expect(() => parseFaultPlan(plan)).toThrow(message)
    const response = await fetch(`${sandbox.url}/_sandbox/faults`, {
      method: 'PUT',
      body: JSON.stringify(plan),
    })
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: expect.stringContaining(message) },
    ])
  })
})

describe('the admin endpoint', () => {
  it('tells what is held', async () => {
    const state = await (await fetch(`${sandbox.url}/_sandbox/state`)).json()
    expect(state).toMatchObject({
      limits: 'on',
      streams: [
        { streamName: 's', streamStatus: 'ACTIVE', shards: [{ shardId: id(0), open: true, records: 0 }] },
      ],
    })
  })

  it('moves a stepped clock on', async () => {
    const clock = createSteppedClock(NEW_YEAR)
    const stepped = await startSandbox({ clock })
    const advance = (url: string) =>
      fetch(`${url}/_sandbox/clock`, { method: 'POST', body: '{"advanceMilliseconds":300000}' })
    expect(await (await advance(stepped.url)).json()).toEqual({ now: '2026-01-01T00:05:00.000Z' })
    expect((await advance(sandbox.url)).status).toBe(400)
    await stepped.stop()
  })
})
