import { scene } from '../fact.ts'
import type { World } from '../world.ts'

const THIRD = 113427455640312821154458202477256070485n
const MAX = (1n << 128n) - 1n

/** MD5 as an unsigned big-endian number, worked out with md5sum; the shard of three that it falls into. */
const VECTORS = [
  { key: 'a', shard: 0 },
  { key: 'user-1', shard: 2 },
  { key: 'é', shard: 1 },
  { key: '🙂', shard: 1 },
  { key: 'polygenelubricants', shard: 0 },
] as const

const MD5 = 'API PutRecord: MD5 of the partition key as a 128-bit number; vectors worked out with md5sum'
const EXPLICIT = 'API PutRecord ExplicitHashKey: overrides the hash of the partition key'
const data = new TextEncoder().encode('x')

const indexOf = (shardId: string | undefined) => Number(shardId?.split('-')[1])

async function shardFor(world: World, StreamName: string, PartitionKey: string, ExplicitHashKey?: string) {
  const answer = await world.kinesis.putRecord({
    StreamName,
    PartitionKey,
    Data: data,
    ...(ExplicitHashKey === undefined ? {} : { ExplicitHashKey }),
  })
  return indexOf(answer.ShardId)
}

export const routingScene = scene({
  id: 'routing',
  setUp: world => world.stream('routing', 3),
  facts: [
    ...VECTORS.map(({ key, shard }) => ({
      id: `md5-of-${key}`,
      source: MD5,
      expected: shard,
      observe: (world: World, streamName: string) => shardFor(world, streamName, key),
    })),
    {
      id: 'md5-in-a-batch',
      source: MD5,
      expected: VECTORS.map(({ shard }) => shard),
      observe: async (world, StreamName) => {
        const Records = VECTORS.map(({ key }) => ({ PartitionKey: key, Data: data }))
        const answer = await world.kinesis.putRecords({ StreamName, Records })
        return answer.Records?.map(record => indexOf(record.ShardId))
      },
    },
    ...[
      { id: 'explicit-zero', hashKey: 0n, shard: 0 },
      { id: 'explicit-last-of-first', hashKey: THIRD - 1n, shard: 0 },
      { id: 'explicit-first-of-second', hashKey: THIRD, shard: 1 },
      { id: 'explicit-last-of-second', hashKey: 2n * THIRD - 1n, shard: 1 },
      { id: 'explicit-first-of-third', hashKey: 2n * THIRD, shard: 2 },
      { id: 'explicit-maximum', hashKey: MAX, shard: 2 },
    ].map(({ id, hashKey, shard }) => ({
      id,
      source: EXPLICIT,
      expected: shard,
      // The key itself would go to shard 2.
      observe: (world: World, streamName: string) => shardFor(world, streamName, 'user-1', String(hashKey)),
    })),
    {
      id: 'explicit-in-a-batch',
      source: EXPLICIT,
      expected: [1, 0],
      observe: async (world, StreamName) => {
        const answer = await world.kinesis.putRecords({
          StreamName,
          Records: [
            { PartitionKey: 'user-1', ExplicitHashKey: String(THIRD), Data: data },
            { PartitionKey: 'user-1', ExplicitHashKey: '0', Data: data },
          ],
        })
        return answer.Records?.map(record => indexOf(record.ShardId))
      },
    },
    {
      id: 'explicit-above-maximum',
      source: "kinesalite's putRecord tests, recorded against the service",
      expected: 'InvalidArgumentException',
      observe: (world, StreamName) =>
        world.refusal(
          world.kinesis.putRecord({
            StreamName,
            PartitionKey: 'a',
            ExplicitHashKey: String(MAX + 1n),
            Data: data,
          }),
        ),
    },
    ...['abc', '-1', '007', '1.5', ''].map(hashKey => ({
      id: `explicit-${JSON.stringify(hashKey)}`,
      source: String.raw`service model HashKey: 0|([1-9]\d{0,38})`,
      expected: 'ValidationException',
      observe: (world: World, StreamName: string) =>
        world.refusal(
          world.kinesis.putRecord({ StreamName, PartitionKey: 'a', ExplicitHashKey: hashKey, Data: data }),
        ),
    })),
  ],
})
