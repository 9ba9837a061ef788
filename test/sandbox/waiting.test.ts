import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KinesisClient, ListStreamsCommand, PutRecordCommand } from '@aws-sdk/client-kinesis'
import { HttpRequest } from '@smithy/core/protocols'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { describe, expect, it, vi } from 'vitest'
import { assemble, assembleInSlices, type EmbeddedOptions } from '../../source/sandbox/assemble.ts'
import { createSteppedClock } from '../../source/sandbox/engine/clock.ts'
import { createSandbox } from '../../source/sandbox/sandbox.ts'
import type { Scenario } from '../../source/sandbox/traffic/scenario.ts'
import { createWaitingSandbox, type WaitingSandbox } from '../../source/sandbox/waiting-sandbox.ts'
import { createInProcessHandler } from '../../source/sandbox/wire/in-process.ts'
import { NEW_YEAR, type Output } from './support.ts'

const scenario: Scenario = {
  streams: [
    {
      name: 's',
      shardCount: 2,
      historyMinutes: 5,
      producers: [{ recordsPerSecond: 40, keys: { kind: 'zipf', prefix: 'k', count: 50 }, payload: 'order' }],
    },
  ],
}
const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }

const clientOf = ({ requestHandler }: Pick<WaitingSandbox, 'requestHandler'>) =>
  new KinesisClient({
    endpoint: 'http://127.0.0.1:0',
    region: 'us-east-1',
    credentials,
    maxAttempts: 1,
    requestHandler: requestHandler as unknown as NodeHttpHandler,
  })

const request = (operation: string, input: object) =>
  new HttpRequest({
    method: 'POST',
    hostname: '127.0.0.1',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'X-Amz-Target': `Kinesis_20131202.${operation}`,
    },
    body: JSON.stringify(input),
  })

/** How much of a record log there is, by shard, and the last records of each. */
function recordsOf({ service }: { service: { handle(operation: string, input: object): object } }) {
  const { Shards }: Output = service.handle('ListShards', { StreamName: 's' })
  return Shards.map(({ ShardId }: { ShardId: string }) => {
    const { ShardIterator }: Output = service.handle('GetShardIterator', {
      StreamName: 's',
      ShardId,
      ShardIteratorType: 'TRIM_HORIZON',
    })
    const { Records }: Output = service.handle('GetRecords', { ShardIterator })
    return Records.map((record: Output) => [record.SequenceNumber, record.Data.toString('hex')])
  })
}

describe('a sandbox that waits for its first request', () => {
  it('is made then, once, for all who ask', async () => {
    const began = vi.fn(() => NEW_YEAR)
    const sandbox = createWaitingSandbox({
      clock: { ...createSteppedClock(NEW_YEAR), now: began },
      traffic: scenario,
    })
    await new Promise(resolve => setImmediate(resolve))
    expect(began).not.toHaveBeenCalled()
    const client = clientOf(sandbox)
    const answers = await Promise.all([1, 2, 3].map(() => client.send(new ListStreamsCommand({}))))
    expect(answers.map(({ StreamNames }) => StreamNames)).toEqual([['s'], ['s'], ['s']])
    await sandbox.stop()
  })

  it('fills in its history without keeping the thread: the same records, and timers get their turn', async () => {
    const options = (): EmbeddedOptions => ({
      clock: createSteppedClock(NEW_YEAR),
      traffic: scenario,
      seed: 3,
    })
    const whole = assemble(options())
    let turns = 0
    const timer = setInterval(() => {
      turns += 1
    }, 1)
    const sliced = await assembleInSlices(options())
    clearInterval(timer)
    expect(turns).toBeGreaterThan(0)
    expect(recordsOf(sliced.sandbox)).toEqual(recordsOf(whole.sandbox))
    expect(recordsOf(whole.sandbox)[0].length).toBeGreaterThan(1_000)
    await Promise.all([whole.sandbox.stop(), sliced.sandbox.stop()])
  })

  it('keeps its streams in a data directory, with traffic that goes on', async () => {
    const dataDirectory = mkdtempSync(join(tmpdir(), 'shardscope-waiting-'))
    const first = createWaitingSandbox({ dataDirectory, traffic: scenario, speed: 60 })
    await clientOf(first).send(
      new PutRecordCommand({ StreamName: 's', PartitionKey: 'k', Data: Buffer.from('kept') }),
    )
    await first.stop()
    const again = createSandbox({ dataDirectory })
    const held = recordsOf(again)
      .flat()
      .map(([, data]: [string, string]) => data)
    expect(held.length).toBeGreaterThan(5_000)
    await again.stop()
    rmSync(dataDirectory, { recursive: true })
  })

  it('that cannot be made fails each call, and stops quietly', async () => {
    const dataDirectory = mkdtempSync(join(tmpdir(), 'shardscope-waiting-'))
    const owner = createSandbox({ dataDirectory })
    const sandbox = createWaitingSandbox({ dataDirectory })
    const client = clientOf(sandbox)
    for (const _ of [1, 2]) {
      await expect(client.send(new ListStreamsCommand({}))).rejects.toMatchObject({
        name: 'InternalFailure',
        $metadata: { httpStatusCode: 500 },
      })
    }
    await sandbox.stop()
    await owner.stop()
    rmSync(dataDirectory, { recursive: true })
  })

  it('listens where it is asked to, the same streams for all, and refuses a port that is taken', async () => {
    const sandbox = createWaitingSandbox({ traffic: scenario })
    const url = await sandbox.listen(0)
    const outside = new KinesisClient({
      endpoint: url,
      region: 'us-east-1',
      credentials,
      requestHandler: new NodeHttpHandler(),
    })
    const put = new PutRecordCommand({ StreamName: 's', PartitionKey: 'k', Data: Buffer.from('x') })
    const { SequenceNumber } = await outside.send(put)
    const later = await clientOf(sandbox).send(put)
    expect(BigInt(later.SequenceNumber ?? 0)).toBeGreaterThan(BigInt(SequenceNumber ?? 0))
    await expect(createWaitingSandbox().listen(Number(new URL(url).port))).rejects.toMatchObject({
      code: 'EADDRINUSE',
    })
    outside.destroy()
    await sandbox.stop()
    const free = createServer()
    await new Promise<void>(resolve => free.listen(Number(new URL(url).port), '127.0.0.1', resolve))
    free.close()
  })
})

describe('a failure inside', () => {
  it('of the traffic ends the traffic and is told; calls go on', async () => {
    const clock = createSteppedClock(NEW_YEAR)
    const onFailure = vi.fn()
    const { sandbox } = assemble({ clock, traffic: scenario, onFailure })
    const { handle } = sandbox.service
    const fault = new Error('a fault of the engine')
    const failing = vi.spyOn(sandbox.service, 'handle').mockImplementation((operation, ...rest) => {
      if (operation === 'PutRecords') throw fault
      return handle(operation, ...rest)
    })
    expect(() => clock.advance(10_000)).not.toThrow()
    expect(onFailure.mock.calls).toEqual([[fault]])
    failing.mockRestore()
    expect((await clientOf(sandbox).send(new ListStreamsCommand({}))).StreamNames).toEqual(['s'])
    await sandbox.stop()
  })

  it('of the engine is an InternalFailure to the caller', async () => {
    const { sandbox } = assemble({})
    vi.spyOn(sandbox.service, 'handle').mockImplementation(() => {
      throw new TypeError('undefined is not a shard')
    })
    await expect(clientOf(sandbox).send(new ListStreamsCommand({}))).rejects.toMatchObject({
      name: 'InternalFailure',
    })
    await sandbox.stop()
  })

  it('of an event stream reaches its reader, and nobody where nobody reads', async () => {
    const failing = createInProcessHandler(async () => ({
      statusCode: 200,
      headers: {},
      // biome-ignore lint/correctness/useYield: it fails before its first piece
      body: (async function* (): AsyncGenerator<Uint8Array> {
        throw new Error('broken')
      })(),
    }))
    const { response } = await failing.handle(request('SubscribeToShard', {}))
    await expect(response.body.toArray()).rejects.toThrow('broken')
    const unread = await failing.handle(request('SubscribeToShard', {}))
    unread.response.body.resume()
    await new Promise(resolve => unread.response.body.once('close', resolve))
  })
})

describe('a handler in process', () => {
  it('lets timers and input have their turn, however many calls follow one another', async () => {
    const { sandbox } = assemble({})
    let isDue = false
    const timer = setTimeout(() => {
      isDue = true
    }, 0)
    let calls = 0
    while (!isDue && calls < 100_000) {
      await sandbox.requestHandler.handle(request('ListStreams', {}))
      calls += 1
    }
    clearTimeout(timer)
    expect(isDue).toBe(true)
    await sandbox.stop()
  })

  it('ends an event stream for a reader who has gone, as a broken connection does', async () => {
    let isEnded = false
    const handler = createInProcessHandler(async ({ signal }) => ({
      statusCode: 200,
      headers: {},
      body: (async function* () {
        yield Buffer.from('one')
        await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()))
        isEnded = true
      })(),
    }))
    const gone = new AbortController()
    const { response } = await handler.handle(request('SubscribeToShard', {}), { abortSignal: gone.signal })
    const read: string[] = []
    const reading = (async () => {
      for await (const piece of response.body) {
        read.push(String(piece))
        gone.abort()
      }
    })()
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' })
    expect(read).toEqual(['one'])
    await vi.waitFor(() => expect(isEnded).toBe(true))
  })
})
