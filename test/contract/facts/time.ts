import { scene } from '../fact.ts'
import type { World } from '../world.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const MIB = 1 << 20
const SHARD = 'shardId-000000000000'

const put = (world: World, StreamName: string, PartitionKey: string, size = 1) =>
  world.kinesis.putRecord({ StreamName, PartitionKey, Data: new Uint8Array(size) })

const keys = async (world: World, streamName: string, count: number) =>
  (await world.read(streamName, SHARD, count)).records.map(record => record.PartitionKey)

/** Each fact makes a stream of its own, since time passes for all of them. */
export const timeScene = scene({
  id: 'time',
  movesTime: true,
  setUp: async () => undefined,
  facts: [
    {
      id: 'iterator-expires',
      source: 'API GetShardIterator: expires five minutes after it is returned; ExpiredIteratorException',
      expected: { early: 'accepted', late: 'ExpiredIteratorException' },
      observe: async world => {
        const streamName = await world.stream('iterator', 1)
        const ShardIterator = await world.iterator(streamName, SHARD)
        await world.pause(5 * MINUTE - 10_000)
        const early = await world.refusal(world.kinesis.getRecords({ ShardIterator }))
        await world.pause(11_000)
        return { early, late: await world.refusal(world.kinesis.getRecords({ ShardIterator })) }
      },
    },
    {
      id: 'list-token-expires',
      source: 'API ListShards NextToken: expires after 300 seconds; ExpiredNextTokenException',
      expected: { early: 'accepted', late: 'ExpiredNextTokenException' },
      observe: async world => {
        const StreamName = await world.stream('token', 3)
        const { NextToken } = await world.kinesis.listShards({ StreamName, MaxResults: 1 })
        await world.pause(290_000)
        const early = await world.refusal(world.kinesis.listShards({ NextToken, MaxResults: 1 }))
        await world.pause(11_000)
        return { early, late: await world.refusal(world.kinesis.listShards({ NextToken, MaxResults: 1 })) }
      },
    },
    {
      id: 'behind-counts-from-now',
      source: 'spark-sql-kinesis-connector#49: on an idle stream the distance grows with the clock',
      expected: { behindSeconds: 90, atTheTip: 0 },
      observe: async world => {
        const streamName = await world.stream('behind', 1)
        await put(world, streamName, 'first')
        await world.pause(MINUTE)
        await put(world, streamName, 'second')
        await world.pause(MINUTE / 2)
        const ShardIterator = await world.iterator(streamName, SHARD)
        const page = await world.kinesis.getRecords({ ShardIterator, Limit: 1 })
        const tip = await world.kinesis.getRecords({ ShardIterator: page.NextShardIterator })
        return {
          behindSeconds: Math.round((page.MillisBehindLatest ?? 0) / 1_000),
          atTheTip: tip.MillisBehindLatest,
        }
      },
    },
    {
      id: 'retention-trims',
      source: 'API CreateStream: records are kept for 24 hours',
      expected: { before: ['old', 'young'], after: ['young'] },
      observe: async world => {
        const streamName = await world.stream('trims', 1)
        await put(world, streamName, 'old')
        await world.pause(2 * HOUR)
        await put(world, streamName, 'young')
        await world.pause(21.9 * HOUR)
        const before = await keys(world, streamName, 2)
        await world.pause(0.2 * HOUR)
        return { before, after: await keys(world, streamName, 1) }
      },
    },
    {
      id: 'decrease-drops-at-once',
      source: 'API DecreaseStreamRetentionPeriod: records older than the new period are gone at once',
      expected: { before: ['old'], after: [] },
      observe: async world => {
        const StreamName = await world.stream('drops', 1)
        await world.kinesis.increaseStreamRetentionPeriod({ StreamName, RetentionPeriodHours: 48 })
        await world.untilActive(StreamName)
        await put(world, StreamName, 'old')
        await world.pause(30 * HOUR)
        const before = await keys(world, StreamName, 1)
        await world.kinesis.decreaseStreamRetentionPeriod({ StreamName, RetentionPeriodHours: 24 })
        await world.untilActive(StreamName)
        return { before, after: await keys(world, StreamName, 1) }
      },
    },
    {
      id: 'closed-shard-expires',
      source: 'Guide, after resharding: EXPIRED with its last record; nodejs-kinesis-client-library#21',
      expected: {
        listedBefore: 3,
        listedAfter: [1, 2],
        iterator: 'ResourceNotFoundException',
        childParent: SHARD,
      },
      observe: async world => {
        const StreamName = await world.stream('expires', 1)
        await put(world, StreamName, 'k')
        await world.kinesis.splitShard({
          StreamName,
          ShardToSplit: SHARD,
          NewStartingHashKey: String(1n << 127n),
        })
        await world.untilActive(StreamName)
        const listedBefore = (await world.shards(StreamName)).length
        await world.pause(25 * HOUR)
        const left = await world.shards(StreamName)
        return {
          listedBefore,
          listedAfter: left.map(shard => Number(shard.ShardId?.split('-')[1])),
          iterator: await world.refusal(world.iterator(StreamName, SHARD)),
          childParent: left[0]?.ParentShardId,
        }
      },
    },
    {
      id: 'ten-mebibytes-then-rest',
      source: 'API GetRecords: at most 10 MiB, then calls within five seconds are refused, then it goes on',
      expected: {
        withinLimit: true,
        nearLimit: true,
        within5s: 'ProvisionedThroughputExceededException',
        later: 'accepted',
      },
      observe: async world => {
        const streamName = await world.stream('large', 1)
        for (let index = 0; index < 13; index += 1) {
          await put(world, streamName, `k${index}`, MIB - 10)
          await world.pause(1_100)
        }
        const page = await world.kinesis.getRecords({
          ShardIterator: await world.iterator(streamName, SHARD),
        })
        const bytes = (page.Records ?? []).reduce((sum, record) => sum + (record.Data?.length ?? 0), 0)
        const next = { ShardIterator: page.NextShardIterator }
        await world.pause(2_000)
        const within5s = await world.refusal(world.impatient.getRecords(next))
        await world.pause(4_000)
        return {
          withinLimit: bytes <= 10 * MIB,
          nearLimit: bytes > 8 * MIB,
          within5s,
          later: await world.refusal(world.impatient.getRecords(next)),
        }
      },
    },
    {
      id: 'reshard-limit-is-rolling',
      source: 'API UpdateShardCount: ten times per rolling 24 hours',
      expected: { eleventh: 'LimitExceededException', nextDay: 'accepted' },
      observe: async world => {
        const StreamName = await world.stream('rolling', 1)
        const update = (TargetShardCount: number) =>
          world.refusal(
            world.kinesis.updateShardCount({ StreamName, TargetShardCount, ScalingType: 'UNIFORM_SCALING' }),
          )
        for (let turn = 0; turn < 10; turn += 1) {
          await update(turn % 2 === 0 ? 2 : 1)
          await world.untilActive(StreamName)
        }
        const eleventh = await update(2)
        await world.pause(24 * HOUR)
        return { eleventh, nextDay: await update(2) }
      },
    },
  ],
})
