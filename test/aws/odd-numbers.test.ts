import { afterEach, expect, test } from 'vitest'
import type { KinesisApi } from '../../source/aws/kinesis-api.ts'
import { connectTo } from './connect-to.ts'
import { type ScriptedServer, scriptedServer } from './scripted-server.ts'

let server: ScriptedServer
let close = (): void => {}
afterEach(async () => {
  close()
  await server.close()
})

async function apiAnswering(body: string): Promise<KinesisApi> {
  server = await scriptedServer(() => ({ text: body, status: 200 }))
  const connection = await connectTo(server.url)
  close = () => connection.close()
  return connection.api
}

const orders = { streamName: 'orders' }

test.each(['1e300', '-1e300', '1e400', '"never"', '"1e300"', '""', 'null', '{}', 'true'])(
  'a time that is none (%s) is absent, and the record still comes',
  async time => {
    const api = await apiAnswering(
      `{"Records":[{"SequenceNumber":"1","Data":"","ApproximateArrivalTimestamp":${time}}],"NextShardIterator":"i"}`,
    )
    const { records } = await api.getRecords(orders, 'shardId-000000000000', 'i')
    expect(records).toHaveLength(1)
    expect(records[0]).not.toHaveProperty('approximateArrivalTimestamp')
  },
)

test('times in seconds, in milliseconds and as text are the same moment', async () => {
  const api = await apiAnswering(
    `{"Records":[${['1719999999.123', '1719999999123', '"1719999999.123"', '"2024-07-03T09:46:39.123Z"']
      .map(time => `{"SequenceNumber":"1","Data":"","ApproximateArrivalTimestamp":${time}}`)
      .join()}]}`,
  )
  const { records } = await api.getRecords(orders, 'shardId-000000000000', 'i')
  expect(records.map(record => record.approximateArrivalTimestamp?.toISOString())).toEqual(
    Array.from({ length: 4 }, () => '2024-07-03T09:46:39.123Z'),
  )
})

test.each(['-1', '1e308', '9007199254740993', '"5"', 'null', '[]'])(
  'a distance from the tip that is none (%s) is absent',
  async distance => {
    const api = await apiAnswering(`{"Records":[],"NextShardIterator":"i","MillisBehindLatest":${distance}}`)
    expect(await api.getRecords(orders, 'shardId-000000000000', 'i')).not.toHaveProperty('millisBehindLatest')
  },
)

// kinesis-local's end of a shard is an absent key in the same answer as the last records; AWS's is null; a string is an iterator.
test.each([
  ['{"Records":[{"SequenceNumber":"1","Data":""}],"ChildShards":[]}', undefined],
  ['{"Records":[{"SequenceNumber":"1","Data":""}],"NextShardIterator":null}', undefined],
  ['{"Records":[{"SequenceNumber":"1","Data":""}],"NextShardIterator":"i"}', 'i'],
])('the end of a shard: %s', async (body, next) => {
  const api = await apiAnswering(body)
  const page = await api.getRecords(orders, 'shardId-000000000000', 'i')
  expect(page.records).toHaveLength(1)
  expect(page.nextShardIterator).toBe(next)
})
