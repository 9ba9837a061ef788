import { scene } from '../fact.ts'
import type { World } from '../world.ts'

const MODEL = 'service model constraints'
const RECORDED = "kinesalite's tests, recorded against the service"

const create = (world: World, StreamName: string, ShardCount: number) =>
  world.refusal(world.kinesis.createStream({ StreamName, ShardCount }))

const summary = async (world: World, StreamName: string) =>
  (await world.kinesis.describeStreamSummary({ StreamName })).StreamDescriptionSummary

export const streamScene = scene({
  id: 'streams',
  async setUp(world) {
    const before = Date.now()
    const StreamName = world.streamName('life')
    await world.kinesis.createStream({ StreamName, ShardCount: 2 })
    const first = await summary(world, StreamName)
    await world.untilActive(StreamName)
    return { StreamName, before, statusAfterCreate: first?.StreamStatus }
  },
  facts: [
    {
      id: 'creating',
      source: 'API CreateStream: returns at once with the stream CREATING',
      expected: 'CREATING',
      observe: async (_, { statusAfterCreate }) => statusAfterCreate,
    },
    {
      id: 'summary',
      source: 'API DescribeStreamSummary, CreateStream (defaults)',
      expected: {
        status: 'ACTIVE',
        mode: 'PROVISIONED',
        openShards: 2,
        consumers: 0,
        retention: 24,
        encryption: 'NONE',
        metrics: [],
        keys: false,
      },
      observe: async (world, { StreamName }) => {
        const it = await summary(world, StreamName)
        return {
          status: it?.StreamStatus,
          mode: it?.StreamModeDetails?.StreamMode,
          openShards: it?.OpenShardCount,
          consumers: it?.ConsumerCount,
          retention: it?.RetentionPeriodHours,
          encryption: it?.EncryptionType,
          metrics: it?.EnhancedMonitoring?.[0]?.ShardLevelMetrics,
          keys: it?.KeyId != null,
        }
      },
    },
    {
      id: 'largest-record',
      source: 'API StreamDescriptionSummary MaxRecordSizeInKiB: 1,024 unless raised',
      expected: 1_024,
      observe: async (world, { StreamName }) => (await summary(world, StreamName))?.MaxRecordSizeInKiB,
    },
    {
      id: 'arn',
      source: 'API StreamARN',
      expected: true,
      observe: async (world, { StreamName }) => {
        const arn = (await summary(world, StreamName))?.StreamARN ?? ''
        return new RegExp(String.raw`^arn:aws[a-z-]*:kinesis:[a-z0-9-]+:\d{12}:stream/${StreamName}$`).test(
          arn,
        )
      },
    },
    {
      id: 'by-arn',
      source: 'API DescribeStreamSummary: StreamARN in place of StreamName',
      expected: true,
      observe: async (world, { StreamName }) => {
        const StreamARN = (await summary(world, StreamName))?.StreamARN
        const answer = await world.kinesis.describeStreamSummary({ StreamARN })
        return answer.StreamDescriptionSummary?.StreamName === StreamName
      },
    },
    {
      id: 'created',
      source: 'API StreamCreationTimestamp, whole seconds',
      expected: true,
      observe: async (world, { StreamName }) => {
        const created = (await summary(world, StreamName))?.StreamCreationTimestamp?.getTime() ?? 0
        return created > 1_500_000_000_000 && created < 4_100_000_000_000
      },
    },
    {
      id: 'describe',
      source: 'API DescribeStream',
      expected: { status: 'ACTIVE', shards: 2, more: false, retention: 24 },
      observe: async (world, { StreamName }) => {
        const { StreamDescription: it } = await world.kinesis.describeStream({ StreamName })
        return {
          status: it?.StreamStatus,
          shards: it?.Shards?.length,
          more: it?.HasMoreShards,
          retention: it?.RetentionPeriodHours,
        }
      },
    },
    {
      id: 'create-again',
      source: `API CreateStream: ResourceInUseException; ${RECORDED}`,
      expected: 'ResourceInUseException',
      observe: (world, { StreamName }) => create(world, StreamName, 1),
    },
    {
      id: 'name-with-blank',
      source: `${MODEL}: StreamName [a-zA-Z0-9_.-]+`,
      expected: 'ValidationException',
      observe: world => create(world, 'two words', 1),
    },
    {
      id: 'name-of-129',
      source: `${MODEL}: StreamName 1 to 128`,
      expected: 'ValidationException',
      observe: world => create(world, 'n'.repeat(129), 1),
    },
    {
      id: 'empty-name',
      source: `${MODEL}: StreamName 1 to 128`,
      expected: 'ValidationException',
      observe: world => create(world, '', 1),
    },
    ...[0, -1].map(count => ({
      id: `shard-count-${count}`,
      source: `${MODEL}: PositiveIntegerObject, at least 1`,
      expected: 'ValidationException',
      observe: (world: World) => create(world, world.streamName('none'), count),
    })),
    ...(['describeStream', 'describeStreamSummary', 'listShards', 'deleteStream'] as const).map(
      operation => ({
        id: `${operation}-unknown`,
        source: `API ${operation}: ResourceNotFoundException`,
        expected: 'ResourceNotFoundException',
        observe: (world: World) =>
          world.refusal(world.kinesis[operation]({ StreamName: world.streamName('nowhere') })),
      }),
    ),
    {
      id: 'delete',
      source: 'API DeleteStream: DELETING, then gone',
      expected: ['DELETING', 'ResourceNotFoundException'],
      observe: async world => {
        const StreamName = await world.stream('short', 1)
        await world.kinesis.deleteStream({ StreamName })
        const during = await summary(world, StreamName).then(
          it => it?.StreamStatus,
          () => 'gone at once',
        )
        for (let turn = 0; turn < 200; turn += 1) {
          const now = await world.refusal(world.kinesis.describeStreamSummary({ StreamName }))
          if (now !== 'accepted') return [during, now]
          await world.pause(200)
        }
        return [during, 'stays']
      },
    },
  ],
})

export const onDemandScene = scene({
  id: 'on-demand',
  async setUp(world) {
    const StreamName = world.streamName('on-demand')
    await world.kinesis.createStream({ StreamName, StreamModeDetails: { StreamMode: 'ON_DEMAND' } })
    await world.untilActive(StreamName)
    return StreamName
  },
  facts: [
    {
      id: 'four-shards',
      source: "AWS-validated snapshot of localstack's: create without a shard count",
      expected: 4,
      observe: async (world, name) => (await world.shards(name)).length,
    },
    {
      id: 'mode',
      source: 'API StreamModeDetails',
      expected: 'ON_DEMAND',
      observe: async (world, name) => (await summary(world, name))?.StreamModeDetails?.StreamMode,
    },
    ...[
      {
        id: 'split',
        call: (world: World, StreamName: string) =>
          world.kinesis.splitShard({
            StreamName,
            ShardToSplit: 'shardId-000000000000',
            NewStartingHashKey: '1000',
          }),
      },
      {
        id: 'merge',
        call: (world: World, StreamName: string) =>
          world.kinesis.mergeShards({
            StreamName,
            ShardToMerge: 'shardId-000000000002',
            AdjacentShardToMerge: 'shardId-000000000003',
          }),
      },
      {
        id: 'update-shard-count',
        call: (world: World, StreamName: string) =>
          world.kinesis.updateShardCount({ StreamName, TargetShardCount: 5, ScalingType: 'UNIFORM_SCALING' }),
      },
    ].map(({ id, call }) => ({
      id: `no-${id}`,
      source:
        'API ValidationException: "tried to invoke this API for a data stream with the on-demand capacity mode"',
      expected: 'ValidationException',
      observe: async (world: World, name: string) => {
        const answer = await world.refusal(call(world, name))
        await world.untilActive(name)
        return answer
      },
    })),
  ],
})
