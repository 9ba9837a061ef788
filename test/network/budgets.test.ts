import { afterEach, expect, it, vi } from 'vitest'
import type { Connection } from '../../source/aws/connection.ts'
import { collect, connectTo, failureIn } from '../aws/connect-to.ts'
import { type Reply, type ScriptedServer, scriptedServer, serviceError } from '../aws/scripted-server.ts'

let server: ScriptedServer
let connection: Connection
afterEach(async () => {
  connection.close()
  await server.close()
})

const stream = { streamName: 'orders' }
const SHARD = 'shardId-000000000000'
const listing: Reply = { json: { StreamNames: ['orders'], HasMoreStreams: false } }
const throttled = serviceError('ProvisionedThroughputExceededException', 'Rate exceeded')
const isTail = (operation: string) => operation === 'GetRecords' || operation === 'GetShardIterator'

it('a tail whose calls all hang keeps neither a listing nor an act waiting', async () => {
  server = await scriptedServer(({ operation }) =>
    isTail(operation) ? 'silent' : operation === 'ListStreams' ? listing : { json: {} },
  )
  connection = await connectTo(server.url)
  const stop = new AbortController()
  const reads = Array.from({ length: 500 }, () =>
    failureIn(connection.api.getRecords(stream, SHARD, 'i', { signal: stop.signal })),
  )
  // More wait than the tail has connections.
  await vi.waitFor(() => expect(server.requests.length).toBeGreaterThanOrEqual(128))
  await connection.api.splitShard(stream, SHARD, 7n)
  expect(await collect(connection.api.listStreams())).toEqual([stream])
  expect(server.requests.filter(({ operation }) => !isTail(operation))).toHaveLength(2)
  stop.abort()
  expect(new Set((await Promise.all(reads)).map(({ kind }) => kind))).toEqual(new Set(['aborted']))
})

it('a storm on the tail leaves the board its retries and the act its one try', async () => {
  let failing = 2
  server = await scriptedServer(({ operation }) => {
    if (isTail(operation)) return throttled
    if (operation === 'SplitShard') return { json: {} }
    failing -= 1
    return failing >= 0 ? serviceError('InternalFailure', 'oops', 500) : listing
  })
  connection = await connectTo(server.url)
  // Ten times the tokens that the SDK's standard retry mode has to spend, 500, at 5 or 10 a retry.
  await Promise.all(
    Array.from({ length: 1_000 }, () => failureIn(connection.api.getRecords(stream, SHARD, 'i'))),
  )
  expect(await collect(connection.api.listStreams())).toEqual([stream])
  await connection.api.splitShard(stream, SHARD, 7n)
  const count = (name: string) => server.requests.filter(({ operation }) => operation === name).length
  expect({ reads: count('GetRecords'), lists: count('ListStreams'), splits: count('SplitShard') }).toEqual({
    reads: 1_000,
    lists: 3,
    splits: 1,
  })
})

it('a board that has spent its retries does not stop an act or the tail', async () => {
  server = await scriptedServer(({ operation }) =>
    operation === 'ListStreams'
      ? serviceError('InternalFailure', 'oops', 500)
      : operation === 'GetRecords'
        ? { json: { Records: [], NextShardIterator: 'i' } }
        : { json: {} },
  )
  connection = await connectTo(server.url)
  await Promise.all(Array.from({ length: 100 }, () => failureIn(collect(connection.api.listStreams()))))
  await connection.api.splitShard(stream, SHARD, 7n)
  await connection.api.getRecords(stream, SHARD, 'i')
  expect(server.requests.map(({ operation }) => operation).slice(-2)).toEqual(['SplitShard', 'GetRecords'])
  // The board's own bucket ran dry: fewer than the two repetitions for each.
  expect(server.requests.length).toBeLessThan(302)
})
