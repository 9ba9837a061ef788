import { scene } from '../fact.ts'
import type { World } from '../world.ts'

const MODEL = 'service model constraints'
const REFUSED = ['InvalidArgumentException', 'ValidationException', 'ExpiredNextTokenException']

/** Three streams whose names follow each other; where the target has others, they sort before them. */
export const streamPagingScene = scene({
  id: 'list-streams',
  async setUp(world) {
    const names: string[] = []
    for (const letter of ['a', 'b', 'c']) names.push(await world.stream(`zzz-page-${letter}`, 1))
    return { names, before: world.streamName('zzz-page-') }
  },
  facts: [
    {
      id: 'sorted-pages',
      source: 'API ListStreams: Limit, ExclusiveStartStreamName, HasMoreStreams',
      expected: { first: ['a', 'b'], more: true, second: ['c'], moreAfter: false },
      observe: async (world, { before }) => {
        const letters = (names: string[] | undefined) => names?.map(name => name.at(-1))
        const first = await world.kinesis.listStreams({ Limit: 2, ExclusiveStartStreamName: before })
        const last = first.StreamNames?.at(-1)
        const second = await world.kinesis.listStreams({ Limit: 1, ExclusiveStartStreamName: last })
        return {
          first: letters(first.StreamNames),
          more: first.HasMoreStreams,
          second: letters(second.StreamNames),
          moreAfter: second.HasMoreStreams,
        }
      },
    },
    {
      id: 'next-token',
      source: 'API ListStreams NextToken: sent while there is more, and enough by itself',
      expected: { token: true, second: ['c'] },
      observe: async (world, { before }) => {
        const { NextToken } = await world.kinesis.listStreams({ Limit: 2, ExclusiveStartStreamName: before })
        const token = NextToken !== undefined
        if (!token) return { token, second: [] }
        const second = await world.kinesis.listStreams({ NextToken })
        return { token, second: second.StreamNames?.map(name => name.at(-1)).slice(0, 1) }
      },
    },
    {
      id: 'summaries',
      source: 'API StreamSummary: name, ARN, status, mode and creation time in the same call',
      expected: [
        { name: 'a', arn: true, status: 'ACTIVE', mode: 'PROVISIONED', created: true },
        { name: 'b', arn: true, status: 'ACTIVE', mode: 'PROVISIONED', created: true },
      ],
      observe: async (world, { before }) => {
        const answer = await world.kinesis.listStreams({ Limit: 2, ExclusiveStartStreamName: before })
        return answer.StreamSummaries?.map(it => ({
          name: it.StreamName?.at(-1),
          arn: it.StreamARN?.endsWith(`/${it.StreamName}`),
          status: it.StreamStatus,
          mode: it.StreamModeDetails?.StreamMode,
          created: it.StreamCreationTimestamp instanceof Date,
        }))
      },
    },
    ...[0, 10_001].map(Limit => ({
      id: `limit-${Limit}`,
      source: `${MODEL}: ListStreamsInputLimit 1 to 10,000`,
      expected: 'ValidationException',
      observe: (world: World) => world.refusal(world.kinesis.listStreams({ Limit })),
    })),
  ],
})

const pages = async (world: World, StreamName: string, MaxResults: number) => {
  const counts: number[] = []
  let answer = await world.kinesis.listShards({ StreamName, MaxResults })
  counts.push(answer.Shards?.length ?? 0)
  while (answer.NextToken != null && counts.length < 50) {
    answer = await world.kinesis.listShards({ NextToken: answer.NextToken, MaxResults })
    counts.push(answer.Shards?.length ?? 0)
  }
  return counts
}

export const shardPagingScene = scene({
  id: 'list-shards',
  setUp: world => world.stream('shards', 7),
  facts: [
    {
      id: 'pages',
      source: 'API ListShards: MaxResults, then NextToken without a stream name',
      expected: [3, 3, 1],
      observe: (world, name) => pages(world, name, 3),
    },
    {
      id: 'even-pages',
      source: 'API ListShards: no token behind the last shard',
      expected: [7],
      observe: (world, name) => pages(world, name, 7),
    },
    {
      id: 'token-with-name',
      source: 'API ListShards NextToken: together with StreamName InvalidArgumentException',
      expected: 'InvalidArgumentException',
      observe: async (world, StreamName) => {
        const { NextToken } = await world.kinesis.listShards({ StreamName, MaxResults: 2 })
        return NextToken === undefined
          ? 'no token'
          : world.refusal(world.kinesis.listShards({ StreamName, NextToken }))
      },
    },
    {
      id: 'garbage-token',
      source: 'API ListShards: InvalidArgumentException or ExpiredNextTokenException',
      expected: 'refused',
      observe: async world => {
        const name = await world.refusal(world.kinesis.listShards({ NextToken: 'bm90IGEgdG9rZW4=' }))
        return REFUSED.includes(name) ? 'refused' : name
      },
    },
    ...[0, 10_001].map(MaxResults => ({
      id: `max-results-${MaxResults}`,
      source: `${MODEL}: ListShardsInputLimit 1 to 10,000`,
      expected: 'ValidationException',
      observe: (world: World, StreamName: string) =>
        world.refusal(world.kinesis.listShards({ StreamName, MaxResults })),
    })),
    {
      id: 'no-stream',
      source: 'API ListShards: a name, an ARN or a token is needed',
      expected: 'refused',
      observe: async world => {
        const name = await world.refusal(world.kinesis.listShards({}))
        return REFUSED.includes(name) ? 'refused' : name
      },
    },
    {
      id: 'describe-limit',
      source: 'API DescribeStream: Limit, HasMoreShards, ExclusiveStartShardId',
      expected: { first: 3, more: true, next: ['shardId-000000000003'] },
      observe: async (world, StreamName) => {
        const first = await world.kinesis.describeStream({ StreamName, Limit: 3 })
        const ExclusiveStartShardId = first.StreamDescription?.Shards?.at(-1)?.ShardId
        const next = await world.kinesis.describeStream({ StreamName, Limit: 1, ExclusiveStartShardId })
        return {
          first: first.StreamDescription?.Shards?.length,
          more: first.StreamDescription?.HasMoreShards,
          next: next.StreamDescription?.Shards?.map(shard => shard.ShardId),
        }
      },
    },
    ...[0, 10_001].map(Limit => ({
      id: `describe-limit-${Limit}`,
      source: `${MODEL}: DescribeStreamInputLimit 1 to 10,000`,
      expected: 'ValidationException',
      observe: (world: World, StreamName: string) =>
        world.refusal(world.kinesis.describeStream({ StreamName, Limit })),
    })),
  ],
})

export const manyShardsScene = scene({
  id: 'many-shards',
  setUp: world => world.stream('many', 250),
  facts: [
    {
      id: 'describe-pages-by-100',
      source: 'API DescribeStream: at most 100 shards, whatever Limit asks; kinesis-consumer#80',
      expected: [100, 100, 50],
      observe: async (world, StreamName) => {
        const counts: number[] = []
        let ExclusiveStartShardId: string | undefined
        for (let more = true; more && counts.length < 10; ) {
          const { StreamDescription: it } = await world.kinesis.describeStream({
            StreamName,
            Limit: 1_000,
            ...(ExclusiveStartShardId === undefined ? {} : { ExclusiveStartShardId }),
          })
          counts.push(it?.Shards?.length ?? 0)
          ExclusiveStartShardId = it?.Shards?.at(-1)?.ShardId
          more = it?.HasMoreShards ?? false
        }
        return counts
      },
    },
    {
      id: 'list-in-one-page',
      source: 'API ListShards: up to 1,000 in one answer',
      expected: 250,
      observe: async (world, StreamName) => (await world.kinesis.listShards({ StreamName })).Shards?.length,
    },
  ],
})
