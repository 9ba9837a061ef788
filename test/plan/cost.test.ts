import { describe, expect, it } from 'vitest'
import { awsCliLine, kebab } from '../../source/domain/cli-line.ts'
import { estimate, shardsNeeded, type Traffic } from '../../source/domain/cost/estimate.ts'
import { LIST_PRICES, pricesFrom } from '../../source/domain/cost/prices.ts'

const traffic: Traffic = {
  recordsPerSecond: 1_000,
  averageRecordBytes: 1_024,
  pollingConsumers: 1,
  fanOutConsumers: 0,
  retentionHours: 24,
  meanShare: 1,
}
const monthly = (changes: Partial<Traffic>, shardCount?: number) =>
  Object.fromEntries(
    estimate({ ...traffic, ...changes }, LIST_PRICES, shardCount).costs.map(({ mode, dollars }) => [
      mode,
      Number(dollars.toFixed(2)),
    ]),
  )

// Worked by hand: 730 h, 2,628,000 s, 2.628e9 records, 2506.26 GiB a month.
describe('an estimate', () => {
  it('of 1,000 records of 1 KiB a second', () => {
    expect(monthly({})).toEqual({
      // 730 x 0.015 + 2,628 million units x 0.014
      provisioned: 47.74,
      // 730 x 0.04 + 2506.26 x (0.08 + 0.04)
      'on-demand-standard': 329.95,
      // 25 MiB/s for a month are 64,160.16 GiB: the commitment both ways, 64,160.16 x (0.032 + 0.016)
      'on-demand-advantage': 3_079.69,
    })
  })

  it('rounds on-demand records up to 1 KiB, and payload units up to 25 KiB', () => {
    const tiny = monthly({ averageRecordBytes: 100 })
    expect(tiny['on-demand-standard']).toBe(329.95)
    expect(tiny.provisioned).toBe(47.74)
    // 25,601 bytes are two units: 10.95 x 25 shards + 2 x 2,628 x 0.014
    expect(monthly({ averageRecordBytes: 25_601 }).provisioned).toBe(347.33)
  })

  it('bills extended retention by shard and hour where shards are paid, by byte where not', () => {
    // + 730 x 0.020
    expect(monthly({ retentionHours: 168 }).provisioned).toBe(62.34)
    // + 2506.26 / 730 x 144 GiB-months x 0.10
    expect(monthly({ retentionHours: 168 })['on-demand-standard']).toBe(379.39)
  })

  it('counts fan-out by consumer, shard and hour, and by byte', () => {
    // + 730 x 0.015 + 2506.26 x 0.013
    expect(monthly({ fanOutConsumers: 1 }).provisioned).toBe(91.27)
  })

  it('takes as many shards as the first limit asks for', () => {
    expect(shardsNeeded({ ...traffic, recordsPerSecond: 2_001, averageRecordBytes: 10 })).toEqual({
      shardCount: 3,
      limitedBy: 'records written',
    })
    expect(shardsNeeded({ ...traffic, averageRecordBytes: 10_486 })).toMatchObject({ shardCount: 11 })
    expect(shardsNeeded({ ...traffic, averageRecordBytes: 2_048, pollingConsumers: 5 })).toEqual({
      shardCount: 5,
      limitedBy: 'bytes read',
    })
  })

  it('says where advantage begins to pay: about 10 MiB/s', () => {
    const { breakEvens } = estimate(traffic, LIST_PRICES)
    const advantage = breakEvens.find(
      ({ first, then }) => first === 'on-demand-standard' && then.endsWith('advantage'),
    )
    // 29.2 + 0.12 g = 3,079.69 while both are below the commitment: g = 25,420.7 GiB a month.
    expect((advantage?.bytesPerSecond ?? 0) / 1_048_576).toBeCloseTo(9.905, 2)
  })
})

describe('prices of your own', () => {
  it('replace what they name, and nothing else', () => {
    const prices = pricesFrom('{ "region": "eu-west-1", "provisioned": { "shardHour": 0.02 } }', 'p.json')
    expect(prices.provisioned.shardHour).toBe(0.02)
    expect(prices.provisioned.millionPayloadUnits).toBe(0.014)
    expect(prices.region).toBe('eu-west-1')
  })

  it.each(['{', '[]', '{"x":1}', '{"provisioned":{"shardHour":"1"}}', '{"provisioned":{"shardHour":-1}}'])(
    '%s is refused',
    text => expect(() => pricesFrom(text, 'p.json')).toThrow(/prices "p.json"/),
  )
})

describe('lines for the AWS CLI', () => {
  it.each([
    ['StreamARN', 'stream-arn'],
    ['WarmThroughputMiBps', 'warm-throughput-mi-bps'],
    ['MaxRecordSizeInKiB', 'max-record-size-in-ki-b'],
    ['NewStartingHashKey', 'new-starting-hash-key'],
  ])('%s is --%s', (name, option) => expect(kebab(name)).toBe(option))

  it('are safe in a shell whatever a value holds', () => {
    const line = awsCliLine(
      'AddTagsToStream',
      { StreamName: 's', Note: `$(rm -rf ~)'; \`x\`` },
      { region: 'r' },
    )
    expect(line).toBe(
      `aws kinesis add-tags-to-stream --stream-name s --note '$(rm -rf ~)'\\''; \`x\`' --region r`,
    )
  })
})
