import { scene } from '../fact.ts'
import type { World } from '../world.ts'

const MODEL = 'service model constraints'
const RECORDED = "kinesalite's tests, recorded against the service"

const retention = async (world: World, StreamName: string) =>
  (await world.kinesis.describeStreamSummary({ StreamName })).StreamDescriptionSummary?.RetentionPeriodHours

const increase = (world: World, StreamName: string, RetentionPeriodHours: number) =>
  world.kinesis.increaseStreamRetentionPeriod({ StreamName, RetentionPeriodHours })

const decrease = (world: World, StreamName: string, RetentionPeriodHours: number) =>
  world.kinesis.decreaseStreamRetentionPeriod({ StreamName, RetentionPeriodHours })

export const retentionScene = scene({
  id: 'retention',
  setUp: world => world.stream('retention', 1),
  facts: [
    { id: 'default', source: 'API CreateStream: 24 hours', expected: 24, observe: retention },
    {
      id: 'increase',
      source: 'API IncreaseStreamRetentionPeriod',
      expected: 48,
      observe: async (world, name) => {
        await increase(world, name, 48)
        await world.untilActive(name)
        return retention(world, name)
      },
    },
    {
      id: 'increase-to-less',
      source: `API: must be more than now; ${RECORDED}`,
      expected: 'InvalidArgumentException',
      observe: (world, name) => world.refusal(increase(world, name, 36)),
    },
    {
      id: 'decrease-to-more',
      source: `API: must be less than now; ${RECORDED}`,
      expected: 'InvalidArgumentException',
      observe: (world, name) => world.refusal(decrease(world, name, 72)),
    },
    ...[23, 0].map(hours => ({
      id: `decrease-to-${hours}`,
      source: `API DecreaseStreamRetentionPeriod: at least 24; ${RECORDED}`,
      expected: 'InvalidArgumentException',
      observe: (world: World, name: string) => world.refusal(decrease(world, name, hours)),
    })),
    {
      id: 'increase-to-8761',
      source: 'API IncreaseStreamRetentionPeriod: at most 8,760',
      expected: 'InvalidArgumentException',
      observe: (world, name) => world.refusal(increase(world, name, 8_761)),
    },
    {
      id: 'increase-to-a-year',
      source: 'API IncreaseStreamRetentionPeriod: at most 8,760',
      expected: 8_760,
      observe: async (world, name) => {
        await increase(world, name, 8_760)
        await world.untilActive(name)
        return retention(world, name)
      },
    },
    {
      id: 'decrease',
      source: 'API DecreaseStreamRetentionPeriod',
      expected: 24,
      observe: async (world, name) => {
        await decrease(world, name, 24)
        await world.untilActive(name)
        return retention(world, name)
      },
    },
    {
      id: 'unknown-stream',
      source: 'API: ResourceNotFoundException',
      expected: ['ResourceNotFoundException', 'ResourceNotFoundException'],
      observe: async world => {
        const name = world.streamName('nowhere')
        return [
          await world.refusal(increase(world, name, 48)),
          await world.refusal(decrease(world, name, 24)),
        ]
      },
    },
  ],
})

const tags = async (
  world: World,
  StreamName: string,
  rest: { Limit?: number; ExclusiveStartTagKey?: string } = {},
) => {
  const answer = await world.kinesis.listTagsForStream({ StreamName, ...rest })
  return { tags: answer.Tags?.map(tag => `${tag.Key}=${tag.Value}`), more: answer.HasMoreTags }
}

const add = (world: World, StreamName: string, Tags: Record<string, string>) =>
  world.refusal(world.kinesis.addTagsToStream({ StreamName, Tags }))

const numbered = (from: number, to: number) =>
  Object.fromEntries(Array.from({ length: to - from + 1 }, (_, index) => [`k${from + index}`, 'v']))

export const tagScene = scene({
  id: 'tags',
  setUp: world => world.stream('tags', 1),
  facts: [
    {
      id: 'none',
      source: 'API ListTagsForStream',
      expected: { tags: [], more: false },
      observe: (world, name) => tags(world, name),
    },
    {
      id: 'added',
      source: "API AddTagsToStream; an AWS-validated snapshot of localstack's",
      expected: { tags: ['env=prod', 'owner=team b', 'zone=1'], more: false },
      observe: async (world, name) => {
        await add(world, name, { zone: '1', env: 'prod', owner: 'team b' })
        return tags(world, name)
      },
    },
    {
      id: 'overwritten',
      source: 'API AddTagsToStream: a tag of the same key is overwritten',
      expected: { tags: ['env=prod', 'owner=team b', 'zone=2'], more: false },
      observe: async (world, name) => {
        await add(world, name, { zone: '2' })
        return tags(world, name)
      },
    },
    {
      id: 'limit',
      source: 'API ListTagsForStream: Limit and HasMoreTags',
      expected: { tags: ['env=prod', 'owner=team b'], more: true },
      observe: (world, name) => tags(world, name, { Limit: 2 }),
    },
    {
      id: 'start-key',
      source: 'API ListTagsForStream: ExclusiveStartTagKey is the key to start behind',
      expected: { tags: ['owner=team b', 'zone=2'], more: false },
      observe: (world, name) => tags(world, name, { ExclusiveStartTagKey: 'env' }),
    },
    {
      id: 'removed',
      source: 'API RemoveTagsFromStream: keys that are not there are ignored',
      expected: { tags: ['env=prod'], more: false },
      observe: async (world, StreamName) => {
        await world.kinesis.removeTagsFromStream({ StreamName, TagKeys: ['owner', 'zone', 'nothing'] })
        return tags(world, StreamName)
      },
    },
    ...[0, 51].map(Limit => ({
      id: `limit-${Limit}`,
      source: `${MODEL}: 1 to 50`,
      expected: 'ValidationException',
      observe: (world: World, name: string) => world.refusal(tags(world, name, { Limit })),
    })),
    {
      id: 'long-key',
      source: `${MODEL}: TagKey 1 to 128`,
      expected: 'ValidationException',
      observe: (world, name) => add(world, name, { ['k'.repeat(129)]: 'v' }),
    },
    {
      id: 'long-value',
      source: `${MODEL}: TagValue up to 256`,
      expected: 'ValidationException',
      observe: (world, name) => add(world, name, { k: 'v'.repeat(257) }),
    },
    {
      id: 'empty-value',
      source: `${MODEL}: TagValue from 0`,
      expected: 'accepted',
      observe: (world, name) => add(world, name, { empty: '' }),
    },
    {
      id: 'fifty',
      source: 'API AddTagsToStream: up to 50 tags',
      expected: 'accepted',
      observe: async (world, StreamName) => {
        await world.kinesis.removeTagsFromStream({ StreamName, TagKeys: ['env', 'empty'] })
        await add(world, StreamName, numbered(1, 30))
        return add(world, StreamName, numbered(31, 50))
      },
    },
    {
      id: 'fifty-one',
      source: `API AddTagsToStream: up to 50 tags; the error's name by ${RECORDED}`,
      expected: 'InvalidArgumentException',
      observe: (world, name) => add(world, name, numbered(51, 51)),
    },
    {
      id: 'unknown-stream',
      source: 'API: ResourceNotFoundException',
      expected: ['ResourceNotFoundException', 'ResourceNotFoundException'],
      observe: async world => {
        const name = world.streamName('nowhere')
        return [await add(world, name, { k: 'v' }), await world.refusal(tags(world, name))]
      },
    },
  ],
})
