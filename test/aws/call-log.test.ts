import { afterEach, describe, expect, it } from 'vitest'
import type { ApiCall } from '../../source/domain/api-call.ts'
import { collect, connectTo, failureIn } from './connect-to.ts'
import { type ScriptedServer, scriptedServer, serviceError } from './scripted-server.ts'

let server: ScriptedServer
afterEach(() => server.close())

describe('the log of calls', () => {
  it('holds each call with target, time, duration and outcome, and refused ones too', async () => {
    const calls: ApiCall[] = []
    const arming = { armed: true }
    let now = 1_000
    server = await scriptedServer(({ operation, body }) => {
      now += 40
      if (operation === 'GetRecords') {
        return serviceError('ProvisionedThroughputExceededException', 'Rate exceeded')
      }
      if (operation === 'ListStreams') {
        return {
          json: { StreamNames: [body.NextToken ?? 'a'], HasMoreStreams: !body.NextToken, NextToken: 'b' },
        }
      }
      return { json: {} }
    })
    const connection = await connectTo(server.url, {
      arming,
      onCall: call => calls.push(call),
      clock: { now: () => now },
    })
    const { api } = connection
    expect(await collect(api.listStreams())).toHaveLength(2)
    await failureIn(api.getRecords({ streamName: 'orders' }, 'shardId-000000000003', 'i'))
    await api.splitShard({ streamName: 'orders' }, 'shardId-000000000003', 7n)
    arming.armed = false
    await failureIn(api.mergeShards({ streamName: 'orders' }, 'shardId-000000000003', 'x'))
    connection.close()
    expect(calls).toEqual([
      { operation: 'ListStreams', target: '', startedAt: 1_000, durationMillis: 40, outcome: 'ok' },
      { operation: 'ListStreams', target: '', startedAt: 1_040, durationMillis: 40, outcome: 'ok' },
      {
        operation: 'GetRecords',
        target: 'orders shardId-000000000003',
        startedAt: 1_080,
        durationMillis: 40,
        outcome: 'throttled',
        message: 'Rate exceeded',
        errorName: 'ProvisionedThroughputExceededException',
      },
      {
        operation: 'SplitShard',
        target: 'orders shardId-000000000003',
        startedAt: 1_120,
        durationMillis: 40,
        outcome: 'ok',
      },
      {
        operation: 'MergeShards',
        target: 'orders shardId-000000000003',
        startedAt: 1_160,
        durationMillis: 0,
        outcome: 'read-only',
        message: 'MergeShards was not sent: the session is read-only.',
      },
    ])
  })
})
