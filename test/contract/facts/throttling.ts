import { scene } from '../fact.ts'

const THROTTLED = 'ProvisionedThroughputExceededException'

export const throttlingScene = scene({
  id: 'throttling',
  setUp: world => world.stream('throttling', 1),
  facts: [
    {
      id: 'bytes-in',
      source:
        'Quotas: 1 MiB/s into a shard; API PutRecords: refused entries have an error code, the call succeeds',
      expected: { counted: true, someWritten: true, someRefused: true, codes: [THROTTLED] },
      observe: async (world, StreamName) => {
        const Records = Array.from({ length: 6 }, () => ({
          PartitionKey: 'k',
          Data: new Uint8Array(500_000),
        }))
        const answer = await world.impatient.putRecords({ StreamName, Records })
        const refused = answer.Records?.filter(record => record.ErrorCode != null) ?? []
        return {
          counted: answer.FailedRecordCount === refused.length,
          someWritten: refused.length < Records.length,
          someRefused: refused.length > 0,
          codes: [...new Set(refused.map(record => record.ErrorCode))],
        }
      },
    },
    {
      id: 'reads',
      source: 'API GetRecords: 5 calls a second from a shard, then ProvisionedThroughputExceededException',
      expected: [THROTTLED],
      observe: async (world, StreamName) => {
        await world.pause(2_500)
        const ShardIterator = await world.iterator(StreamName, 'shardId-000000000000', 'LATEST')
        const names = new Set<string>()
        for (let call = 0; call < 25; call += 1) {
          names.add(await world.refusal(world.impatient.getRecords({ ShardIterator })))
        }
        names.delete('accepted')
        return [...names]
      },
    },
  ],
})

export const dailyLimitScene = scene({
  id: 'reshards-a-day',
  setUp: world => world.stream('daily', 1),
  facts: [
    {
      id: 'eleventh',
      source:
        'API UpdateShardCount: ten times in 24 hours, then LimitExceededException (amazon-kinesis-scaling-utils#52)',
      expected: { accepted: 10, refusal: 'LimitExceededException' },
      observe: async (world, StreamName) => {
        for (let accepted = 0; accepted < 13; accepted += 1) {
          const refusal = await world.refusal(
            world.kinesis.updateShardCount({
              StreamName,
              TargetShardCount: accepted % 2 === 0 ? 2 : 1,
              ScalingType: 'UNIFORM_SCALING',
            }),
          )
          if (refusal !== 'accepted') return { accepted, refusal }
          await world.untilActive(StreamName)
        }
        return { accepted: 13, refusal: 'accepted' }
      },
    },
  ],
})
