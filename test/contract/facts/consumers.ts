import type { SubscribeToShardEvent } from '@aws-sdk/client-kinesis'
import { scene } from '../fact.ts'
import type { World } from '../world.ts'

const SHARD = 'shardId-000000000000'
const API = 'API RegisterStreamConsumer'

type Registered = {
  StreamName: string
  StreamARN: string
  ConsumerARN: string
  statusAtFirst: string | undefined
}

/** Events of a subscription from the horizon until `enough`, its end, or some seconds, whichever is first. */
async function subscribe(
  world: World,
  ConsumerARN: string,
  enough: (event: SubscribeToShardEvent) => boolean,
): Promise<{ events: SubscribeToShardEvent[]; ended: boolean }> {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), 4_000)
  const events: SubscribeToShardEvent[] = []
  try {
    const { EventStream } = await world.kinesis.subscribeToShard(
      { ConsumerARN, ShardId: SHARD, StartingPosition: { Type: 'TRIM_HORIZON' } },
      { abortSignal: abort.signal },
    )
    for await (const { SubscribeToShardEvent: event } of EventStream ?? []) {
      if (event === undefined) continue
      events.push(event)
      if (enough(event)) return { events, ended: false }
    }
    return { events, ended: !abort.signal.aborted }
  } catch (error) {
    // Over HTTP/1.1 the SDK throws where a subscription is called off in the middle of the body.
    if (abort.signal.aborted) return { events, ended: false }
    throw error
  } finally {
    clearTimeout(timer)
    abort.abort()
  }
}

async function untilConsumerActive(world: World, ConsumerARN: string): Promise<void> {
  for (;;) {
    const { ConsumerDescription } = await world.kinesis.describeStreamConsumer({ ConsumerARN })
    if (ConsumerDescription?.ConsumerStatus === 'ACTIVE') return
    await world.pause(200)
  }
}

async function register(world: World, StreamARN: string, ConsumerName: string) {
  const { Consumer } = await world.kinesis.registerStreamConsumer({ StreamARN, ConsumerName })
  await untilConsumerActive(world, Consumer?.ConsumerARN ?? '')
  return Consumer?.ConsumerARN ?? ''
}

export const consumerScene = scene<Registered>({
  id: 'consumers',
  async setUp(world) {
    const StreamName = await world.stream('consumers', 1)
    const { StreamDescriptionSummary } = await world.kinesis.describeStreamSummary({ StreamName })
    const StreamARN = StreamDescriptionSummary?.StreamARN ?? ''
    const { Consumer } = await world.kinesis.registerStreamConsumer({ StreamARN, ConsumerName: 'reader' })
    const ConsumerARN = Consumer?.ConsumerARN ?? ''
    await untilConsumerActive(world, ConsumerARN)
    for (const word of ['one', 'two']) {
      await world.kinesis.putRecord({ StreamName, PartitionKey: word, Data: new TextEncoder().encode(word) })
    }
    return { StreamName, StreamARN, ConsumerARN, statusAtFirst: Consumer?.ConsumerStatus }
  },
  facts: [
    {
      id: 'creating',
      source: `${API}: answers with the consumer CREATING`,
      expected: 'CREATING',
      observe: async (_, { statusAtFirst }) => statusAtFirst,
    },
    {
      id: 'arn',
      source: 'API Consumer: the ARN holds the stream, the name and the creation time in seconds',
      expected: true,
      observe: async (_, { StreamARN, ConsumerARN }) =>
        ConsumerARN.startsWith(`${StreamARN}/consumer/reader:`) && /:\d{10}$/.test(ConsumerARN),
    },
    {
      id: 'listed',
      source: 'API ListStreamConsumers; ConsumerCount of DescribeStreamSummary',
      expected: { names: ['reader'], token: false, count: 1 },
      observe: async (world, { StreamARN, StreamName }) => {
        const list = await world.kinesis.listStreamConsumers({ StreamARN })
        const { StreamDescriptionSummary } = await world.kinesis.describeStreamSummary({ StreamName })
        return {
          names: list.Consumers?.map(consumer => consumer.ConsumerName),
          token: list.NextToken != null,
          count: StreamDescriptionSummary?.ConsumerCount,
        }
      },
    },
    {
      id: 'by-name',
      source: 'API DescribeStreamConsumer: by stream ARN and name as well',
      expected: true,
      observe: async (world, { StreamARN, ConsumerARN }) => {
        const answer = await world.kinesis.describeStreamConsumer({ StreamARN, ConsumerName: 'reader' })
        return answer.ConsumerDescription?.ConsumerARN === ConsumerARN
      },
    },
    {
      id: 'twice',
      source: `${API}: the name is unique in the stream; ResourceInUseException`,
      expected: 'ResourceInUseException',
      observe: (world, { StreamARN }) =>
        world.refusal(world.kinesis.registerStreamConsumer({ StreamARN, ConsumerName: 'reader' })),
    },
    {
      id: 'unknown',
      source: 'API DescribeStreamConsumer: ResourceNotFoundException',
      expected: 'ResourceNotFoundException',
      observe: (world, { StreamARN }) =>
        world.refusal(world.kinesis.describeStreamConsumer({ StreamARN, ConsumerName: 'nobody' })),
    },
    {
      id: 'pushes',
      source: "API SubscribeToShardEvent; an AWS-validated snapshot of localstack's, over HTTP/1.1",
      expected: { data: ['one', 'two'], continues: true, behind: 'number' },
      observe: async (world, { ConsumerARN }) => {
        let seen = 0
        const { events } = await subscribe(world, ConsumerARN, event => {
          seen += event.Records?.length ?? 0
          return seen >= 2
        })
        const last = events.at(-1)
        return {
          data: events.flatMap(event => event.Records ?? []).map(it => new TextDecoder().decode(it.Data)),
          continues: /^\d{56}$/.test(last?.ContinuationSequenceNumber ?? ''),
          behind: typeof last?.MillisBehindLatest,
        }
      },
    },
    {
      id: 'again-at-once',
      source: 'API SubscribeToShard: again within five seconds of a success is ResourceInUseException',
      expected: 'ResourceInUseException',
      observe: async (world, { StreamARN }) => {
        const ConsumerARN = await register(world, StreamARN, 'hasty')
        await subscribe(world, ConsumerARN, event => (event.Records?.length ?? 0) > 0)
        return world.refusal(subscribe(world, ConsumerARN, () => true))
      },
    },
    {
      id: 'end-of-shard',
      source:
        'API SubscribeToShardEvent ChildShards: sent at the end of a shard, without a continuation; then it ends',
      expected: { ended: true, children: 2, continues: false },
      observe: async (world, { StreamName, StreamARN }) => {
        const ConsumerARN = await register(world, StreamARN, 'finisher')
        await world.kinesis.splitShard({
          StreamName,
          ShardToSplit: SHARD,
          NewStartingHashKey: String(1n << 127n),
        })
        await world.untilActive(StreamName)
        const { events, ended } = await subscribe(world, ConsumerARN, () => false)
        const last = events.at(-1)
        return {
          ended,
          children: last?.ChildShards?.length ?? 0,
          continues: last?.ContinuationSequenceNumber != null && last.ContinuationSequenceNumber !== '',
        }
      },
    },
    {
      id: 'deregister',
      source: 'API DeregisterStreamConsumer: DELETING, then gone',
      expected: 'ResourceNotFoundException',
      observe: async (world, { ConsumerARN }) => {
        await world.kinesis.deregisterStreamConsumer({ ConsumerARN })
        for (let turn = 0; turn < 100; turn += 1) {
          const now = await world.refusal(world.kinesis.describeStreamConsumer({ ConsumerARN }))
          if (now !== 'accepted') return now
          await world.pause(200)
        }
        return 'stays'
      },
    },
    {
      id: 'keeps-the-stream',
      source: 'API DeleteStream: with consumers ResourceInUseException unless EnforceConsumerDeletion',
      expected: { refusal: 'ResourceInUseException', after: 'accepted' },
      observe: async (world, { StreamName, StreamARN }) => {
        await register(world, StreamARN, 'keeper')
        const refusal = await world.refusal(world.kinesis.deleteStream({ StreamName }))
        await world.pause(1_000)
        return { refusal, after: await world.refusal(world.kinesis.describeStreamSummary({ StreamName })) }
      },
    },
  ],
})
