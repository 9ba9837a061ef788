import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSteppedClock } from '../../source/sandbox/engine/clock.ts'
import { ServiceError } from '../../source/sandbox/engine/errors.ts'
import { type Change, createService, type Service } from '../../source/sandbox/engine/service.ts'
import { id, NEW_YEAR, type Output } from './support.ts'

/** A shard by number, most often one that is open when it comes to it: -1 is the first on the ring, -2 the second. */
const shard = fc
  .oneof({ weight: 1, arbitrary: fc.nat(12) }, { weight: 6, arbitrary: fc.integer({ min: -5, max: -1 }) })
  .map(String)
const StreamName = fc.constantFrom('a', 'b')
const hashKey = fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }).map(String)
const arnOf = (name: string) => `arn:aws:kinesis:us-east-1:000000000000:stream/${name}`

/** Any call a user could make, most of them sensible. */
const call = fc.oneof(
  {
    weight: 2,
    arbitrary: fc
      .record({ StreamName, ShardCount: fc.integer({ min: 1, max: 5 }) })
      .map(input => ['CreateStream', input] as const),
  },
  {
    weight: 8,
    arbitrary: fc
      .record({
        StreamName,
        Records: fc.array(
          fc.record(
            {
              PartitionKey: fc.string({ minLength: 1, maxLength: 6, unit: 'grapheme' }),
              Data: fc.uint8Array({ maxLength: 20 }),
              ExplicitHashKey: hashKey,
            },
            { requiredKeys: ['PartitionKey', 'Data'] },
          ),
          { minLength: 1, maxLength: 8 },
        ),
      })
      .map(input => ['PutRecords', input] as const),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({ StreamName, ShardToSplit: shard, NewStartingHashKey: hashKey })
      .map(input => ['SplitShard', input] as const),
  },
  {
    weight: 3,
    arbitrary: fc
      .record({ StreamName, ShardToMerge: shard, AdjacentShardToMerge: shard })
      .map(input => ['MergeShards', input] as const),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({
        StreamName,
        TargetShardCount: fc.integer({ min: 1, max: 9 }),
        ScalingType: fc.constant('UNIFORM_SCALING'),
      })
      .map(input => ['UpdateShardCount', input] as const),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({
        StreamARN: StreamName.map(arnOf),
        StreamModeDetails: fc.record({ StreamMode: fc.constantFrom('ON_DEMAND', 'PROVISIONED') }),
      })
      .map(input => ['UpdateStreamMode', input] as const),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({
        StreamARN: StreamName.map(arnOf),
        RecordDistributionStrategy: fc.constantFrom('AUTO', 'USER_PARTITION_KEY'),
      })
      .map(input => ['UpdateStreamRecordDistributionStrategy', input] as const),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ StreamName, EncryptionType: fc.constant('KMS'), KeyId: fc.constant('alias/k') })
      .map(input => ['StartStreamEncryption', input] as const),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ StreamName, RetentionPeriodHours: fc.constantFrom(24, 30, 48) })
      .map(input => ['IncreaseStreamRetentionPeriod', input] as const),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ StreamARN: StreamName.map(arnOf), ConsumerName: fc.constantFrom('c', 'd') })
      .map(input => ['RegisterStreamConsumer', input] as const),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ StreamName, EnforceConsumerDeletion: fc.boolean() })
      .map(input => ['DeleteStream', input] as const),
  },
  {
    weight: 8,
    arbitrary: fc
      .constantFrom(0, 1, 150, 1000, 5000, 3_600_000, 10 * 3_600_000)
      .map(wait => ['wait', wait] as const),
  },
)

/** Puts shard ids for the numbers of `shard`, and a hash key inside the shard for the one to split at. */
function withRealShards(service: Service, input: object): object {
  const given: Output = { ...input }
  const open = service.account.streams.get(given.StreamName)?.openShards ?? []
  const real = (text: string, offset = 0) => {
    const number = Number(text)
    return number >= 0 ? id(number) : (open[(-number - 1 + offset) % Math.max(1, open.length)]?.id ?? id(0))
  }
  if (given.ShardToSplit !== undefined) {
    const target = open.find(candidate => candidate.id === real(given.ShardToSplit))
    given.ShardToSplit = real(given.ShardToSplit)
    if (target !== undefined) {
      const width = target.endingHashKey - target.startingHashKey
      given.NewStartingHashKey = String(
        target.startingHashKey + (width === 0n ? 0n : BigInt(given.NewStartingHashKey) % width),
      )
    }
  }
  if (given.ShardToMerge !== undefined) {
    // The neighbour, so that most merges are possible.
    given.AdjacentShardToMerge = real(given.ShardToMerge, 1)
    given.ShardToMerge = real(given.ShardToMerge)
  }
  return given
}

/** Every record in every shard that is listed, read page by page from the horizon. */
function readAll(service: Service, name: string): Map<string, string> {
  const found = new Map<string, string>()
  const ask = (operation: string, input: object): Output => service.handle(operation, input)
  for (const { ShardId, SequenceNumberRange } of ask('ListShards', { StreamName: name }).Shards) {
    let { ShardIterator } = ask('GetShardIterator', {
      StreamName: name,
      ShardId,
      ShardIteratorType: 'TRIM_HORIZON',
    })
    let last = BigInt(SequenceNumberRange.StartingSequenceNumber)
    while (ShardIterator !== undefined) {
      const page = ask('GetRecords', { ShardIterator, Limit: 3 })
      for (const { SequenceNumber, Data } of page.Records) {
        // In order, inside the shard's own range, and never twice.
        expect(BigInt(SequenceNumber)).toBeGreaterThan(last)
        last = BigInt(SequenceNumber)
        expect(found.has(SequenceNumber)).toBe(false)
        found.set(SequenceNumber, Buffer.from(Data).toString('hex'))
      }
      const ending = SequenceNumberRange.EndingSequenceNumber
      if (ending !== undefined) expect(BigInt(ending)).toBeGreaterThan(last)
      ShardIterator = page.Records.length === 0 ? undefined : page.NextShardIterator
    }
  }
  return found
}

function expectTiled(service: Service, name: string): void {
  const { Shards } = service.handle('ListShards', {
    StreamName: name,
    ShardFilter: { Type: 'AT_LATEST' },
  }) as Output
  let next = 0n
  const ranges = Shards.map(({ HashKeyRange: range }: Output) => [
    BigInt(range.StartingHashKey),
    BigInt(range.EndingHashKey),
  ])
  for (const [start, end] of ranges.sort(([a]: bigint[], [b]: bigint[]) =>
    (a ?? 0n) < (b ?? 0n) ? -1 : 1,
  )) {
    expect(start).toBe(next)
    next = end + 1n
  }
  if (ranges.length > 0) expect(next).toBe(2n ** 128n)
}

type Accepted = { data: string; arrivedAt: number }

describe('any sequence of calls', () => {
  it('keeps the space covered, loses and doubles no record, and comes out the same when replayed', {
    timeout: 60_000,
  }, () => {
    fc.assert(
      fc.property(fc.array(call, { minLength: 20, maxLength: 60, size: 'max' }), calls => {
        const clock = createSteppedClock(NEW_YEAR)
        const changes: Change[] = []
        const service = createService({ clock, onChange: change => changes.push(change) })
        // What was accepted in the present life of each stream.
        const accepted = new Map<string, Map<string, Accepted>>()
        service.handle('CreateStream', { StreamName: 'a', ShardCount: 3 })
        accepted.set('a', new Map())
        clock.advance(1000)
        for (const step of calls) {
          if (step[0] === 'wait') {
            clock.advance(step[1])
            continue
          }
          const operation = step[0]
          const input = withRealShards(service, step[1]) as Output
          try {
            const output: Output = service.handle(operation, input)
            if (operation === 'CreateStream') accepted.set(input.StreamName, new Map())
            if (operation === 'PutRecords') {
              for (const [index, { SequenceNumber }] of output.Records.entries()) {
                if (SequenceNumber === undefined) continue
                const data = Buffer.from(input.Records[index]?.Data ?? []).toString('hex')
                accepted.get(input.StreamName)?.set(SequenceNumber, { data, arrivedAt: clock.now() })
              }
            }
          } catch (error) {
            if (!(error instanceof ServiceError) || error.statusCode !== 400) throw error
          }
        }
        service.account.limits = 'off'
        service.settle()
        for (const [name, stream] of service.account.streams) {
          expectTiled(service, name)
          const found = readAll(service, name)
          const oldest = clock.now() - stream.retentionPeriodHours * 3_600_000
          const expected = [...(accepted.get(name) ?? [])].filter(([, { arrivedAt }]) => arrivedAt >= oldest)
          // Records older than the retention may go; those within it must be there (longer retention revives none).
          for (const [number, { data }] of expected)
            if (stream.retentionPeriodHours === 24) expect(found.get(number)).toBe(data)
          for (const number of found.keys()) expect(accepted.get(name)?.has(number)).toBe(true)
        }
        const again = createService({ clock })
        for (const change of changes) again.replay(change)
        again.account.limits = 'off'
        again.settle()
        expect([...again.account.streams.keys()]).toEqual([...service.account.streams.keys()])
        for (const name of service.account.streams.keys()) {
          expect(readAll(again, name)).toEqual(readAll(service, name))
          const described = (from: Service) => from.handle('DescribeStreamSummary', { StreamName: name })
          expect(described(again)).toEqual(described(service))
        }
      }),
      { numRuns: 150 },
    )
  })
})

describe('any input', () => {
  it('is answered or refused by name, never with a fault of ours', () => {
    const { service } = { service: createService({ clock: createSteppedClock(NEW_YEAR) }) }
    const operations = [
      'ListShards',
      'PutRecords',
      'GetRecords',
      'CreateStream',
      'SubscribeToShard',
      'CreateChannel',
      'TagResource',
    ]
    const member = fc.constantFrom(
      'StreamName',
      'StreamARN',
      'ShardIterator',
      'Records',
      'Limit',
      'Tags',
      'ResourceARN',
      'NextToken',
      'ShardFilter',
      'ConsumerARN',
    )
    fc.assert(
      fc.property(
        fc.constantFrom(...operations),
        fc.dictionary(member, fc.anything()),
        (operation, input) => {
          try {
            service.handle(operation, input)
          } catch (error) {
            if (!(error instanceof ServiceError) || error.statusCode !== 400) throw error
          }
        },
      ),
      { numRuns: 2000 },
    )
  })
})
