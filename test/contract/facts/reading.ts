import type { GetRecordsCommandOutput, GetShardIteratorInput } from '@aws-sdk/client-kinesis'
import { scene } from '../fact.ts'
import type { World } from '../world.ts'

const API = 'API GetShardIterator'
const RECORDED = "kinesalite's tests, recorded against the service"
const SHARD = 'shardId-000000000000'
const text = (data: Uint8Array | undefined) => new TextDecoder().decode(data)

/** Five records, a moment apart, so that each has an arrival time of its own. */
type Written = { streamName: string; sequenceNumbers: string[]; startedAt: Date }

/** The texts of the first page from a position. */
async function from(world: World, { streamName }: Written, position: Partial<GetShardIteratorInput>) {
  const { ShardIterator } = await world.kinesis.getShardIterator({
    StreamName: streamName,
    ShardId: SHARD,
    ShardIteratorType: 'TRIM_HORIZON',
    ...position,
  })
  const page = await world.kinesis.getRecords({ ShardIterator })
  return page.Records?.map(record => text(record.Data))
}

const iteratorRefusal = (world: World, StreamName: string, input: Partial<GetShardIteratorInput>) =>
  world.refusal(
    world.kinesis.getShardIterator({
      StreamName,
      ShardId: SHARD,
      ShardIteratorType: 'TRIM_HORIZON',
      ...input,
    }),
  )

export const readingScene = scene<Written>({
  id: 'reading',
  async setUp(world) {
    const streamName = await world.stream('reading', 1)
    const { StreamDescriptionSummary: summary } = await world.kinesis.describeStreamSummary({
      StreamName: streamName,
    })
    const sequenceNumbers: string[] = []
    for (const word of ['one', 'two', 'three', 'four', 'five']) {
      await world.pause(60)
      const answer = await world.kinesis.putRecord({
        StreamName: streamName,
        PartitionKey: `key-${word}`,
        Data: new TextEncoder().encode(word),
      })
      sequenceNumbers.push(answer.SequenceNumber ?? '')
    }
    return { streamName, sequenceNumbers, startedAt: summary?.StreamCreationTimestamp ?? new Date(0) }
  },
  facts: [
    {
      id: 'trim-horizon',
      source: `${API}: TRIM_HORIZON is the oldest record`,
      expected: ['one', 'two', 'three', 'four', 'five'],
      observe: (world, written) => from(world, written, {}),
    },
    {
      id: 'at-sequence-number',
      source: `${API}: AT_SEQUENCE_NUMBER begins with that record`,
      expected: ['three', 'four', 'five'],
      observe: (world, written) =>
        from(world, written, {
          ShardIteratorType: 'AT_SEQUENCE_NUMBER',
          StartingSequenceNumber: written.sequenceNumbers[2],
        }),
    },
    {
      id: 'after-sequence-number',
      source: `${API}: AFTER_SEQUENCE_NUMBER begins right after that record`,
      expected: ['four', 'five'],
      observe: (world, written) =>
        from(world, written, {
          ShardIteratorType: 'AFTER_SEQUENCE_NUMBER',
          StartingSequenceNumber: written.sequenceNumbers[2],
        }),
    },
    {
      id: 'after-the-last',
      source: `${API}: AFTER_SEQUENCE_NUMBER of the newest record is the tip`,
      expected: [],
      observe: (world, written) =>
        from(world, written, {
          ShardIteratorType: 'AFTER_SEQUENCE_NUMBER',
          StartingSequenceNumber: written.sequenceNumbers[4],
        }),
    },
    {
      id: 'at-shard-start',
      source: `${API}: the shard's own StartingSequenceNumber is a place to start from (KCL begins there)`,
      expected: ['one', 'two', 'three', 'four', 'five'],
      observe: async (world, written) => {
        const [shard] = await world.shards(written.streamName)
        return from(world, written, {
          ShardIteratorType: 'AT_SEQUENCE_NUMBER',
          StartingSequenceNumber: shard?.SequenceNumberRange?.StartingSequenceNumber,
        })
      },
    },
    {
      id: 'at-timestamp',
      source: `${API}: AT_TIMESTAMP begins with the first record at or after it`,
      expected: ['three', 'four', 'five'],
      observe: async (world, written) => {
        const page = await world.kinesis.getRecords({
          ShardIterator: await world.iterator(written.streamName, SHARD),
        })
        return from(world, written, {
          ShardIteratorType: 'AT_TIMESTAMP',
          Timestamp: page.Records?.[2]?.ApproximateArrivalTimestamp,
        })
      },
    },
    {
      id: 'at-timestamp-before-the-stream',
      source: `${API}: older than the horizon is the horizon`,
      expected: ['one', 'two', 'three', 'four', 'five'],
      observe: (world, written) =>
        from(world, written, {
          ShardIteratorType: 'AT_TIMESTAMP',
          Timestamp: new Date(written.startedAt.getTime() - 3_600_000),
        }),
    },
    {
      id: 'at-timestamp-in-the-future',
      source: 'aws-sdk-java#2588: InvalidArgumentException',
      expected: 'InvalidArgumentException',
      observe: (world, written) =>
        iteratorRefusal(world, written.streamName, {
          ShardIteratorType: 'AT_TIMESTAMP',
          Timestamp: new Date(Date.now() + 400 * 86_400_000),
        }),
    },
    {
      id: 'limit',
      source: 'API GetRecords: at most Limit records; the next iterator goes on behind them',
      expected: [['one', 'two'], ['three', 'four'], ['five']],
      observe: async (world, { streamName }) => {
        const pages: string[][] = []
        let ShardIterator: string | undefined = await world.iterator(streamName, SHARD)
        while (pages.flat().length < 5) {
          const page: GetRecordsCommandOutput = await world.kinesis.getRecords({ ShardIterator, Limit: 2 })
          ShardIterator = page.NextShardIterator
          pages.push((page.Records ?? []).map(record => text(record.Data)))
        }
        return pages
      },
    },
    {
      id: 'iterator-again',
      source: 'API GetRecords: an iterator can be used again until it expires',
      expected: true,
      observe: async (world, { streamName }) => {
        const ShardIterator = await world.iterator(streamName, SHARD)
        const first = await world.kinesis.getRecords({ ShardIterator, Limit: 3 })
        const second = await world.kinesis.getRecords({ ShardIterator, Limit: 3 })
        return JSON.stringify(first.Records) === JSON.stringify(second.Records)
      },
    },
    {
      id: 'record',
      source: 'API Record: data, key, the sequence number of the put, arrival time of the server',
      expected: { key: 'key-one', data: 'one', sameSequenceNumber: true, arrival: true },
      observe: async (world, { streamName, sequenceNumbers, startedAt }) => {
        const page = await world.kinesis.getRecords({
          ShardIterator: await world.iterator(streamName, SHARD),
        })
        const [record] = page.Records ?? []
        const age = (record?.ApproximateArrivalTimestamp?.getTime() ?? 0) - startedAt.getTime()
        return {
          key: record?.PartitionKey,
          data: text(record?.Data),
          sameSequenceNumber: record?.SequenceNumber === sequenceNumbers[0],
          arrival: age >= 0 && age < 120_000,
        }
      },
    },
    {
      id: 'behind-at-the-horizon',
      source: 'API GetRecords: MillisBehindLatest is how far the answer is behind the tip',
      expected: true,
      observe: async (world, { streamName }) => {
        await world.pause(400)
        const ShardIterator = await world.iterator(streamName, SHARD)
        const page = await world.kinesis.getRecords({ ShardIterator, Limit: 1 })
        return (page.MillisBehindLatest ?? 0) > 0
      },
    },
    {
      id: 'behind-at-the-tip',
      source: 'API GetRecords: zero says that there is nothing more to read now',
      expected: { millisBehindLatest: 0, records: 0, goesOn: true },
      observe: async (world, { streamName }) => {
        const ShardIterator = await world.iterator(streamName, SHARD, 'LATEST')
        const page = await world.kinesis.getRecords({ ShardIterator })
        return {
          millisBehindLatest: page.MillisBehindLatest,
          records: page.Records?.length,
          goesOn: page.NextShardIterator != null,
        }
      },
    },
    {
      id: 'latest-sees-what-follows',
      source: `${API}: LATEST is right after the newest record`,
      expected: ['six'],
      observe: async (world, { streamName }) => {
        let ShardIterator: string | undefined = await world.iterator(streamName, SHARD, 'LATEST')
        const Data = new TextEncoder().encode('six')
        await world.kinesis.putRecord({ StreamName: streamName, PartitionKey: 'k', Data })
        for (let turn = 0; turn < 20; turn += 1) {
          const page: GetRecordsCommandOutput = await world.kinesis.getRecords({ ShardIterator })
          if (page.Records?.length !== 0) return page.Records?.map(record => text(record.Data))
          ShardIterator = page.NextShardIterator
        }
        return []
      },
    },
    ...[
      {
        id: 'garbage-iterator',
        input: { ShardIterator: 'bm90IGFuIGl0ZXJhdG9y' },
        name: 'InvalidArgumentException',
      },
      { id: 'empty-iterator', input: { ShardIterator: '' }, name: 'ValidationException' },
      { id: 'iterator-of-513', input: { ShardIterator: 'A'.repeat(513) }, name: 'ValidationException' },
    ].map(({ id, input, name }) => ({
      id,
      source: `${RECORDED}; service model ShardIterator: 1 to 512`,
      expected: name,
      observe: (world: World) => world.refusal(world.kinesis.getRecords(input)),
    })),
    ...[0, 10_001].map(Limit => ({
      id: `limit-${Limit}`,
      source: 'service model GetRecordsInputLimit: 1 to 10,000',
      expected: 'ValidationException',
      observe: async (world: World, { streamName }: Written) =>
        world.refusal(
          world.kinesis.getRecords({ ShardIterator: await world.iterator(streamName, SHARD), Limit }),
        ),
    })),
    ...(
      [
        {
          id: 'no-sequence-number',
          input: { ShardIteratorType: 'AT_SEQUENCE_NUMBER' },
          name: 'InvalidArgumentException',
        },
        {
          id: 'no-timestamp',
          input: { ShardIteratorType: 'AT_TIMESTAMP' },
          name: 'InvalidArgumentException',
        },
        {
          id: 'sequence-number-of-another-kind',
          input: { ShardIteratorType: 'AT_SEQUENCE_NUMBER', StartingSequenceNumber: '5' },
          name: 'InvalidArgumentException',
        },
        {
          id: 'sequence-number-abc',
          input: { ShardIteratorType: 'AT_SEQUENCE_NUMBER', StartingSequenceNumber: 'abc' },
          name: 'ValidationException',
        },
        {
          id: 'sequence-number-at-horizon',
          input: { ShardIteratorType: 'TRIM_HORIZON', StartingSequenceNumber: '5' },
          name: 'InvalidArgumentException',
        },
        {
          id: 'unknown-type',
          input: { ShardIteratorType: 'EARLIEST' as 'LATEST' },
          name: 'ValidationException',
        },
        {
          id: 'unknown-shard',
          input: { ShardId: 'shardId-000000000005' },
          name: 'ResourceNotFoundException',
        },
        { id: 'shard-with-blank', input: { ShardId: 'shard 1' }, name: 'ValidationException' },
        { id: 'no-shard', input: { ShardId: undefined }, name: 'ValidationException' },
      ] as const
    ).map(({ id, input, name }) => ({
      id: `iterator-with-${id}`,
      source: `${RECORDED}; service model`,
      expected: name,
      observe: (world: World, { streamName }: Written) => iteratorRefusal(world, streamName, input),
    })),
    {
      id: 'iterator-of-unknown-stream',
      source: `${API}: ResourceNotFoundException`,
      expected: 'ResourceNotFoundException',
      observe: world => iteratorRefusal(world, world.streamName('nowhere'), {}),
    },
  ],
})
