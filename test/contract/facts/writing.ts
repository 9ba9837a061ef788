import { scene } from '../fact.ts'
import type { World } from '../world.ts'

const RECORDED = "kinesalite's tests, recorded against the service"
const MODEL = 'service model constraints'
const MIB = 1 << 20
const bytes = (length: number) => new Uint8Array(length).fill(120)
const one = bytes(1)

/** The service names a value out of its range in either way, by size and by age of the rule. */
const REFUSED = ['InvalidArgumentException', 'ValidationException']
const refused = (name: string) => (REFUSED.includes(name) ? 'refused' : name)

const put = (world: World, StreamName: string, PartitionKey: string, Data: Uint8Array) =>
  world.refusal(world.kinesis.putRecord({ StreamName, PartitionKey, Data }))

const putMany = (world: World, StreamName: string, count: number, size: number) =>
  world.refusal(
    world.kinesis.putRecords({
      StreamName,
      Records: Array.from({ length: count }, (_, index) => ({
        PartitionKey: String(index),
        Data: bytes(size),
      })),
    }),
  )

export const writingScene = scene({
  id: 'writing',
  setUp: world => world.stream('writing', 1),
  facts: [
    {
      id: 'put-record-answer',
      source: 'API PutRecord: shard and sequence number; 56 digits in AWS sample events',
      expected: { shard: 'shardId-000000000000', digits: 56 },
      observe: async (world, StreamName) => {
        const answer = await world.kinesis.putRecord({ StreamName, PartitionKey: 'k', Data: one })
        return { shard: answer.ShardId, digits: answer.SequenceNumber?.length }
      },
    },
    {
      id: 'put-records-answer',
      source: 'API PutRecords: one result per entry, by index; FailedRecordCount 0 when all are written',
      expected: { failed: 0, results: 5, increasing: true, errorCodes: 0 },
      observe: async (world, StreamName) => {
        const Records = Array.from({ length: 5 }, (_, index) => ({ PartitionKey: `k${index}`, Data: one }))
        const answer = await world.kinesis.putRecords({ StreamName, Records })
        const numbers = (answer.Records ?? []).map(record => BigInt(record.SequenceNumber ?? 0))
        return {
          failed: answer.FailedRecordCount,
          results: numbers.length,
          increasing: numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0n)),
          errorCodes: answer.Records?.filter(record => record.ErrorCode != null).length,
        }
      },
    },
    {
      id: 'later-is-larger',
      source: 'API PutRecord: sequence numbers of one shard increase',
      expected: true,
      observe: async (world, StreamName) => {
        const numbers: bigint[] = []
        for (let turn = 0; turn < 5; turn += 1) {
          const { SequenceNumber } = await world.kinesis.putRecord({
            StreamName,
            PartitionKey: 'k',
            Data: one,
          })
          numbers.push(BigInt(SequenceNumber ?? 0))
        }
        return numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? 0n))
      },
    },
    {
      id: 'empty-data',
      source: `${MODEL}: Data is 0 to 10,485,760 bytes; AWS-validated snapshot of localstack holds an empty record`,
      expected: 'accepted',
      observe: (world, streamName) => put(world, streamName, 'k', bytes(0)),
    },
    {
      id: 'key-of-256-characters',
      source: 'API PutRecord: the limit counts Unicode characters, not bytes',
      expected: 'accepted',
      observe: (world, streamName) => put(world, streamName, 'é'.repeat(256), one),
    },
    {
      id: 'key-of-257-characters',
      source: `${MODEL}: PartitionKey 1 to 256`,
      expected: 'ValidationException',
      observe: (world, streamName) => put(world, streamName, 'k'.repeat(257), one),
    },
    {
      id: 'empty-key',
      source: `${MODEL}: PartitionKey 1 to 256`,
      expected: 'ValidationException',
      observe: (world, streamName) => put(world, streamName, '', one),
    },
    {
      id: 'no-data',
      source: `${MODEL}: Data is required`,
      expected: 'ValidationException',
      observe: (world, StreamName) =>
        world.refusal(world.kinesis.putRecord({ StreamName, PartitionKey: 'k', Data: undefined })),
    },
    {
      id: 'largest-record',
      source: 'API PutRecord: data and key together up to 1 MiB by default',
      expected: 'accepted',
      observe: async (world, streamName) => {
        await world.pause(1_100)
        return put(world, streamName, 'k', bytes(MIB - 1))
      },
    },
    {
      id: 'record-too-large',
      source: 'API PutRecord: larger than 1 MiB is refused; amazon-kinesis-producer#680',
      expected: 'refused',
      observe: async (world, streamName) => {
        await world.pause(1_100)
        return refused(await put(world, streamName, 'k', bytes(MIB + 1)))
      },
    },
    {
      id: 'key-counts-as-size',
      source: 'API PutRecord: the size is that of data and key',
      expected: 'refused',
      observe: async (world, streamName) => {
        await world.pause(1_100)
        return refused(await put(world, streamName, 'k', bytes(MIB)))
      },
    },
    {
      id: 'one-bad-entry',
      source: 'amazon-kinesis-producer#680: one entry that is too large fails the whole call',
      expected: 'refused',
      observe: async (world, StreamName) => {
        const Records = [
          { PartitionKey: 'good', Data: one },
          { PartitionKey: 'bad', Data: bytes(MIB + 1) },
        ]
        return refused(await world.refusal(world.kinesis.putRecords({ StreamName, Records })))
      },
    },
    {
      id: 'batch-of-500',
      source: 'API PutRecords: up to 500 records',
      expected: 'accepted',
      observe: async (world, streamName) => {
        await world.pause(1_100)
        return putMany(world, streamName, 500, 10)
      },
    },
    {
      id: 'batch-of-501',
      source: `${RECORDED}; ${MODEL}: 1 to 500 records`,
      expected: 'ValidationException',
      observe: (world, streamName) => putMany(world, streamName, 501, 1),
    },
    {
      id: 'batch-of-none',
      source: `${RECORDED}; ${MODEL}: 1 to 500 records`,
      expected: 'ValidationException',
      observe: (world, streamName) => putMany(world, streamName, 0, 1),
    },
    {
      id: 'batch-of-11-mib',
      source: 'API PutRecords: 10 MiB for the whole request, keys included',
      expected: 'refused',
      observe: async (world, streamName) => refused(await putMany(world, streamName, 11, MIB - 10)),
    },
    {
      id: 'unknown-stream',
      source: 'API PutRecord: ResourceNotFoundException',
      expected: 'ResourceNotFoundException',
      observe: world => put(world, world.streamName('nowhere'), 'k', one),
    },
    {
      id: 'batch-to-unknown-stream',
      source: 'API PutRecords: ResourceNotFoundException',
      expected: 'ResourceNotFoundException',
      observe: world => putMany(world, world.streamName('nowhere'), 1, 1),
    },
    {
      id: 'by-arn',
      source: 'API PutRecord: StreamARN in place of StreamName',
      expected: 'shardId-000000000000',
      observe: async (world, StreamName) => {
        const { StreamDescriptionSummary } = await world.kinesis.describeStreamSummary({ StreamName })
        const answer = await world.kinesis.putRecord({
          StreamARN: StreamDescriptionSummary?.StreamARN,
          PartitionKey: 'k',
          Data: one,
        })
        return answer.ShardId
      },
    },
  ],
})
