import * as sdk from '@aws-sdk/client-kinesis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClients } from '../../source/aws/clients.ts'
import { CredentialCache } from '../../source/aws/credential-cache.ts'
import { DEFAULT_DEADLINES } from '../../source/aws/deadlines.ts'
import { FailureError } from '../../source/domain/failure.ts'
import { connectTo, failureIn } from './connect-to.ts'
import { type ScriptedServer, scriptedServer } from './scripted-server.ts'

// By hand from the service's API reference: the operations that read.
const READING = [
  'DescribeAccountSettings',
  'DescribeChannel',
  'DescribeLimits',
  'DescribeStream',
  'DescribeStreamConsumer',
  'DescribeStreamSummary',
  'GetRecords',
  'GetResourcePolicy',
  'GetShardIterator',
  'ListChannels',
  'ListShards',
  'ListStreamConsumers',
  'ListStreams',
  'ListTagsForResource',
  'ListTagsForStream',
  'SubscribeToShard',
]
type AnyCommand = new (input: object) => Parameters<sdk.KinesisClient['send']>[0]
const commands = Object.entries(sdk as Record<string, unknown>)
  .filter(([name, value]) => /^[A-Z]\w+Command$/.test(name) && typeof value === 'function')
  .map(([name, Command]) => ({ operation: name.replace(/Command$/, ''), Command: Command as AnyCommand }))

describe('the guard of a read-only session', () => {
  let server: ScriptedServer
  const arming = { armed: false }
  beforeAll(async () => {
    server = await scriptedServer(() => ({ json: {} }))
  })
  afterAll(() => server.close())

  const clients = () =>
    createClients({
      region: 'us-east-1',
      endpointUrl: server.url,
      useFips: false,
      useDualstack: false,
      credentials: new CredentialCache(async () => ({ accessKeyId: 'test', secretAccessKey: 'test' }), Date),
      arming,
      deadlines: DEFAULT_DEADLINES,
      onWarning: () => {},
    })

  it('knows every command of the SDK: 45 of them, 16 read', () => {
    expect(commands).toHaveLength(45)
    expect(commands.filter(({ operation }) => READING.includes(operation))).toHaveLength(16)
  })

  for (const role of ['tail', 'board', 'acts'] as const) {
    it(`lets nothing but reading commands out of the ${role} client`, async () => {
      const before = server.requests.length
      const all = clients()
      const client = await all.get(role)
      const refused: string[] = []
      for (const { operation, Command } of commands) {
        await client.send(new Command({ StreamName: 's' })).catch((error: unknown) => {
          if (error instanceof FailureError && error.failure.kind === 'read-only') refused.push(operation)
        })
      }
      all.close()
      expect(refused.toSorted()).toEqual(
        commands.flatMap(({ operation }) => (READING.includes(operation) ? [] : operation)).toSorted(),
      )
      const sent = server.requests.slice(before).map(({ operation }) => operation)
      expect([...new Set(sent)].toSorted()).toEqual(READING)
    })
  }

  it('refuses a command that lies about its name, and one that has none', async () => {
    const before = server.requests.length
    const all = clients()
    const client = await all.get('board')
    const sendAs = (commandName: string) => {
      const command = new sdk.SplitShardCommand({
        StreamName: 's',
        ShardToSplit: 'shardId-000000000000',
        NewStartingHashKey: '5',
      })
      const resolve = command.resolveMiddlewareWithContext.bind(command)
      command.resolveMiddlewareWithContext = (stack, configuration, options, details) =>
        resolve(stack, configuration, options, { ...details, commandName })
      return client.send(command)
    }
    await expect(sendAs('ListStreamsCommand')).rejects.toMatchObject({
      failure: { kind: 'read-only', action: 'SplitShard' },
    })
    await expect(sendAs('')).rejects.toMatchObject({
      failure: { kind: 'read-only', action: 'UnnamedCommand' },
    })
    all.close()
    expect(server.requests.length).toBe(before)
  })

  it('obeys the handle at each call, both ways', async () => {
    const handle = { armed: false }
    const connection = await connectTo(server.url, { arming: handle })
    const split = () => connection.api.splitShard({ streamName: 's' }, 'shardId-000000000000', 7n)
    expect(await failureIn(split())).toMatchObject({ kind: 'read-only', action: 'SplitShard' })
    expect(connection.session().armed).toBe(false)
    handle.armed = true
    await split()
    expect(connection.session().armed).toBe(true)
    handle.armed = false
    expect((await failureIn(split())).kind).toBe('read-only')
    connection.close()
  })
})
