import { scene } from '../fact.ts'
import type { World } from '../world.ts'

const SPACE = 1n << 128n
const QUARTER = SPACE / 4n
const [ZERO, ONE, TWO, THREE] = [0, 1, 2, 3].map(index => `shardId-${String(index).padStart(12, '0')}`) as [
  string,
  string,
  string,
  string,
]
const RECORDED = "kinesalite's tests, recorded against the service"
const API = 'API SplitShard'
const SERVICE_RULE = "the service's refusal text: above start + 1, below the end"

type Split = {
  streamName: string
  sequenceNumbers: bigint[]
  beforeSplit: Date
  afterSplit: Date
}

const arrivalOf = async (world: World, streamName: string, shardId: string) =>
  (await world.read(streamName, shardId, 1)).records[0]?.ApproximateArrivalTimestamp ?? new Date(0)

async function splitRefusal(world: World, StreamName: string, ShardToSplit: string, key: bigint | string) {
  await world.untilActive(StreamName)
  return world.refusal(
    world.kinesis.splitShard({ StreamName, ShardToSplit, NewStartingHashKey: String(key) }),
  )
}

const idsFor = async (
  world: World,
  split: Split,
  ShardFilter: { Type: string; Timestamp?: Date; ShardId?: string },
) => {
  const answer = await world.kinesis.listShards({
    StreamName: split.streamName,
    ShardFilter: ShardFilter as never,
  })
  return answer.Shards?.map(shard => Number(shard.ShardId?.split('-')[1])).sort((a, b) => a - b)
}

/** Two shards, three records in each, the lower one split in the middle, one record in each half. */
export const splittingScene = scene<Split>({
  id: 'splitting',
  async setUp(world) {
    const StreamName = await world.stream('splitting', 2)
    const put = (hashKey: bigint, word: string) =>
      world.kinesis.putRecord({
        StreamName,
        PartitionKey: word,
        ExplicitHashKey: String(hashKey),
        Data: new TextEncoder().encode(word),
      })
    const sequenceNumbers: bigint[] = []
    for (const hashKey of [1n, QUARTER, 2n * QUARTER - 2n]) {
      sequenceNumbers.push(BigInt((await put(hashKey, `parent-${hashKey > 1n}`)).SequenceNumber ?? 0))
      await put(3n * QUARTER, 'other')
    }
    const beforeSplit = await arrivalOf(world, StreamName, ZERO)
    await world.pause(1_100)
    await world.kinesis.splitShard({ StreamName, ShardToSplit: ZERO, NewStartingHashKey: String(QUARTER) })
    await world.untilActive(StreamName)
    await world.pause(1_100)
    sequenceNumbers.push(BigInt((await put(1n, 'lower')).SequenceNumber ?? 0))
    sequenceNumbers.push(BigInt((await put(QUARTER, 'upper')).SequenceNumber ?? 0))
    const afterSplit = await arrivalOf(world, StreamName, TWO)
    return { streamName: StreamName, sequenceNumbers, beforeSplit, afterSplit }
  },
  facts: [
    {
      id: 'children',
      source: 'API Shard: two open children with the parent named, the next ids, the halves of its range',
      expected: [
        { id: TWO, parent: ZERO, adjacent: undefined, open: true, range: `0..${QUARTER - 1n}` },
        {
          id: THREE,
          parent: ZERO,
          adjacent: undefined,
          open: true,
          range: `${QUARTER}..${2n * QUARTER - 1n}`,
        },
      ],
      observe: async (world, { streamName }) =>
        (await world.shards(streamName)).slice(2).map(shard => ({
          id: shard.ShardId,
          parent: shard.ParentShardId,
          adjacent: shard.AdjacentParentShardId,
          open: shard.SequenceNumberRange?.EndingSequenceNumber === undefined,
          range: `${shard.HashKeyRange?.StartingHashKey}..${shard.HashKeyRange?.EndingHashKey}`,
        })),
    },
    {
      id: 'parent-closes',
      source: 'API SequenceNumberRange: an end above all its records; it keeps its range',
      expected: { closed: true, endAboveRecords: true, range: `0..${2n * QUARTER - 1n}`, sibling: 'open' },
      observe: async (world, { streamName, sequenceNumbers }) => {
        const [parent, sibling] = await world.shards(streamName)
        const end = parent?.SequenceNumberRange?.EndingSequenceNumber
        return {
          closed: end !== undefined,
          endAboveRecords: BigInt(end ?? 0) > (sequenceNumbers[2] ?? 0n),
          range: `${parent?.HashKeyRange?.StartingHashKey}..${parent?.HashKeyRange?.EndingHashKey}`,
          sibling: sibling?.SequenceNumberRange?.EndingSequenceNumber === undefined ? 'open' : 'closed',
        }
      },
    },
    {
      id: 'children-are-newer',
      source: `${RECORDED}: a child's numbers begin above its parent's records`,
      expected: { starts: true, records: true },
      observe: async (world, { streamName, sequenceNumbers }) => {
        const children = (await world.shards(streamName)).slice(2)
        const [, , last, lower, upper] = sequenceNumbers as [bigint, bigint, bigint, bigint, bigint]
        return {
          starts: children.every(
            child => BigInt(child.SequenceNumberRange?.StartingSequenceNumber ?? 0) > last,
          ),
          records: lower > last && upper > last,
        }
      },
    },
    {
      id: 'parent-keeps-its-records',
      source: 'Guide, after resharding: records stay in the parent until they expire',
      expected: { records: 3, ended: true },
      observe: async (world, { streamName }) => {
        const { records, ended } = await world.read(streamName, ZERO, 99)
        return { records: records.length, ended }
      },
    },
    {
      id: 'end-names-the-children',
      source: 'API GetRecords ChildShards: sent at the end of a shard',
      expected: [
        { shardId: TWO, parents: [ZERO] },
        { shardId: THREE, parents: [ZERO] },
      ],
      observe: async (world, { streamName }) =>
        (await world.read(streamName, ZERO, 99)).childShards?.toSorted((a, b) =>
          a.shardId < b.shardId ? -1 : 1,
        ),
    },
    {
      id: 'children-hold-the-new-records',
      source: 'API PutRecord: a closed shard takes no writes, the children do; they inherit no record',
      expected: [['lower'], ['upper']],
      observe: async (world, { streamName }) =>
        Promise.all(
          [TWO, THREE].map(async shardId =>
            (await world.read(streamName, shardId, 1)).records.map(record => record.PartitionKey),
          ),
        ),
    },
    {
      id: 'open-shard-count',
      source: 'API StreamDescriptionSummary: OpenShardCount counts open shards',
      expected: 3,
      observe: async (world, { streamName }) =>
        (await world.kinesis.describeStreamSummary({ StreamName: streamName })).StreamDescriptionSummary
          ?.OpenShardCount,
    },
    {
      id: 'describe-lists-closed',
      source: 'API DescribeStream: closed shards are listed, in the order of their ids',
      expected: [ZERO, ONE, TWO, THREE],
      observe: async (world, { streamName }) =>
        (await world.kinesis.describeStream({ StreamName: streamName })).StreamDescription?.Shards?.map(
          shard => shard.ShardId,
        ),
    },
    {
      id: 'filter-at-latest',
      source: 'API ShardFilter: the open shards',
      expected: [1, 2, 3],
      observe: (world, split) => idsFor(world, split, { Type: 'AT_LATEST' }),
    },
    {
      id: 'filter-from-trim-horizon',
      source: 'API ShardFilter: every shard within retention',
      expected: [0, 1, 2, 3],
      observe: (world, split) => idsFor(world, split, { Type: 'FROM_TRIM_HORIZON' }),
    },
    {
      id: 'filter-at-timestamp-before',
      source: 'API ShardFilter: the shards that were open then',
      expected: [0, 1],
      observe: (world, split) => idsFor(world, split, { Type: 'AT_TIMESTAMP', Timestamp: split.beforeSplit }),
    },
    {
      id: 'filter-at-timestamp-after',
      source: 'API ShardFilter: the shards that were open then',
      expected: [1, 2, 3],
      observe: (world, split) => idsFor(world, split, { Type: 'AT_TIMESTAMP', Timestamp: split.afterSplit }),
    },
    {
      id: 'filter-from-timestamp-before',
      source: 'API ShardFilter: the shards open at or after that time',
      expected: [0, 1, 2, 3],
      observe: (world, split) =>
        idsFor(world, split, { Type: 'FROM_TIMESTAMP', Timestamp: split.beforeSplit }),
    },
    {
      id: 'filter-from-timestamp-after',
      source: 'API ShardFilter: the shards open at or after that time',
      expected: [1, 2, 3],
      observe: (world, split) =>
        idsFor(world, split, { Type: 'FROM_TIMESTAMP', Timestamp: split.afterSplit }),
    },
    {
      id: 'filter-after-shard-id',
      source: 'API ShardFilter: the shards whose ids follow that one',
      expected: [2, 3],
      observe: (world, split) => idsFor(world, split, { Type: 'AFTER_SHARD_ID', ShardId: ONE }),
    },
    {
      id: 'filter-of-no-type',
      source: 'service model ShardFilterType',
      expected: 'ValidationException',
      observe: (world, split) => world.refusal(idsFor(world, split, { Type: 'NEWEST' })),
    },
    {
      id: 'exclusive-start-shard-id',
      source: 'API ListShards: begins behind that id',
      expected: [TWO, THREE],
      observe: async (world, { streamName }) =>
        (await world.kinesis.listShards({ StreamName: streamName, ExclusiveStartShardId: ONE })).Shards?.map(
          shard => shard.ShardId,
        ),
    },
    {
      id: 'split-again',
      source: 'kinesalite#109, a transcript of the service: "already been merged or split"',
      expected: 'InvalidArgumentException',
      observe: (world, { streamName }) => splitRefusal(world, streamName, ZERO, QUARTER),
    },
    {
      id: 'split-at-abc',
      source: String.raw`service model HashKey: 0|([1-9]\d{0,38})`,
      expected: 'ValidationException',
      observe: (world, { streamName }) => splitRefusal(world, streamName, ONE, 'abc'),
    },
    {
      id: 'split-unknown-shard',
      source: `${API}: ResourceNotFoundException`,
      expected: 'ResourceNotFoundException',
      observe: (world, { streamName }) => splitRefusal(world, streamName, 'shardId-000000000099', QUARTER),
    },
    ...[
      { id: 'at-its-start-plus-one', key: 2n * QUARTER + 1n },
      { id: 'at-its-end', key: SPACE - 1n },
      { id: 'outside', key: 5n },
      { id: 'at-its-start', key: 2n * QUARTER },
    ].map(({ id, key }) => ({
      id: `split-${id}`,
      source: SERVICE_RULE,
      expected: 'InvalidArgumentException',
      observe: (world: World, { streamName }: Split) => splitRefusal(world, streamName, ONE, key),
    })),
  ],
})

export const busyScene = scene({
  id: 'busy',
  async setUp(world) {
    const StreamName = await world.stream('busy', 2)
    await world.kinesis.splitShard({ StreamName, ShardToSplit: ZERO, NewStartingHashKey: String(QUARTER) })
    return StreamName
  },
  facts: [
    {
      id: 'status',
      source: `${API}: returns at once with the stream UPDATING`,
      expected: 'UPDATING',
      observe: async (world, StreamName) =>
        (await world.kinesis.describeStreamSummary({ StreamName })).StreamDescriptionSummary?.StreamStatus,
    },
    {
      id: 'second-split',
      source: `${API}: a stream that is not ACTIVE refuses with ResourceInUseException`,
      expected: 'ResourceInUseException',
      observe: (world, StreamName) =>
        world.refusal(
          world.impatient.splitShard({
            StreamName,
            ShardToSplit: ONE,
            NewStartingHashKey: String(3n * QUARTER),
          }),
        ),
    },
  ],
})
