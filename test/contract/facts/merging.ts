import { scene } from '../fact.ts'
import type { World } from '../world.ts'

const THIRD = (1n << 128n) / 3n
const shardId = (index: number) => `shardId-${String(index).padStart(12, '0')}`
const RECORDED = "kinesalite's tests, recorded against the service"

const merge = (world: World, StreamName: string, first: number, second: number) =>
  world.refusal(
    world.kinesis.mergeShards({
      StreamName,
      ShardToMerge: shardId(first),
      AdjacentShardToMerge: shardId(second),
    }),
  )

type Merged = { StreamName: string; refusals: Record<string, string> }

/** Three shards, a record in each, the two lower ones merged, one more record for their child. */
export const mergingScene = scene<Merged>({
  id: 'merging',
  async setUp(world) {
    const StreamName = await world.stream('merging', 3)
    const put = (PartitionKey: string, hashKey: bigint) =>
      world.kinesis.putRecord({
        StreamName,
        PartitionKey,
        ExplicitHashKey: String(hashKey),
        Data: new TextEncoder().encode(PartitionKey),
      })
    await put('first', 0n)
    await put('second', THIRD)
    await put('third', 2n * THIRD)
    const nonAdjacent = await merge(world, StreamName, 0, 2)
    const itself = await merge(world, StreamName, 1, 1)
    const unknown = await merge(world, StreamName, 1, 77)
    await world.kinesis.mergeShards({
      StreamName,
      ShardToMerge: shardId(0),
      AdjacentShardToMerge: shardId(1),
    })
    await world.untilActive(StreamName)
    await put('fourth', THIRD)
    return { StreamName, refusals: { nonAdjacent, itself, unknown } }
  },
  facts: [
    {
      id: 'wrong-pairs',
      source: `${RECORDED}; API MergeShards`,
      expected: {
        nonAdjacent: 'InvalidArgumentException',
        itself: 'InvalidArgumentException',
        unknown: 'ResourceNotFoundException',
      },
      observe: async (_, { refusals }) => refusals,
    },
    {
      id: 'child',
      source: 'API Shard: the child names both parents and spans both ranges',
      expected: {
        id: shardId(3),
        parent: shardId(0),
        adjacent: shardId(1),
        open: true,
        range: `0..${2n * THIRD - 1n}`,
      },
      observe: async (world, { StreamName }) => {
        const shard = (await world.shards(StreamName))[3]
        return {
          id: shard?.ShardId,
          parent: shard?.ParentShardId,
          adjacent: shard?.AdjacentParentShardId,
          open: shard?.SequenceNumberRange?.EndingSequenceNumber === undefined,
          range: `${shard?.HashKeyRange?.StartingHashKey}..${shard?.HashKeyRange?.EndingHashKey}`,
        }
      },
    },
    {
      id: 'child-is-newer',
      source: `${RECORDED}: the child's numbers begin above those of both parents`,
      expected: [true, true],
      observe: async (world, { StreamName }) => {
        const shards = await world.shards(StreamName)
        const start = (index: number) =>
          BigInt(shards[index]?.SequenceNumberRange?.StartingSequenceNumber ?? 0)
        return [start(3) > start(0), start(3) > start(1)]
      },
    },
    {
      id: 'open-shards',
      source: 'API Shard: an ending sequence number exactly on closed shards',
      expected: [false, false, true, true],
      observe: async (world, { StreamName }) =>
        (await world.shards(StreamName)).map(
          shard => shard.SequenceNumberRange?.EndingSequenceNumber === undefined,
        ),
    },
    {
      id: 'records-stay',
      source: 'Guide, after resharding: records stay in the parents; the child has what came later',
      expected: [['first'], ['second'], ['third'], ['fourth']],
      observe: async (world, { StreamName }) => {
        const seen: (string | undefined)[][] = []
        for (const index of [0, 1, 2, 3]) {
          const { records } = await world.read(StreamName, shardId(index), index < 2 ? 99 : 1)
          seen.push(records.map(record => record.PartitionKey))
        }
        return seen
      },
    },
    ...[0, 1].map(index => ({
      id: `end-of-parent-${index}`,
      source: 'API GetRecords ChildShards: both parents name the child, the child names both parents',
      expected: { ended: true, childShards: [{ shardId: shardId(3), parents: [shardId(0), shardId(1)] }] },
      observe: async (world: World, { StreamName }: Merged) => {
        const { ended, childShards } = await world.read(StreamName, shardId(index), 99)
        return { ended, childShards }
      },
    })),
    {
      id: 'merge-closed',
      source:
        'API MergeShards: both shards must be open; the service answers as for a split (kinesalite#109)',
      expected: 'InvalidArgumentException',
      observe: (world, { StreamName }) => merge(world, StreamName, 0, 1),
    },
  ],
})
