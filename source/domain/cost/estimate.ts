import {
  SHARD_READ_BYTES_PER_SECOND,
  SHARD_WRITE_BYTES_PER_SECOND,
  SHARD_WRITE_RECORDS_PER_SECOND,
} from '../limits.ts'
import type { Prices } from './prices.ts'

/** Traffic of one stream, steady over a month. */
export type Traffic = {
  readonly recordsPerSecond: number
  /** Data plus partition key. */
  readonly averageRecordBytes: number
  /** Readers that poll: they share the read limit of each shard. */
  readonly pollingConsumers: number
  readonly fanOutConsumers: number
  readonly retentionHours: number
  /** Part of the highest rate that the month has on average, 0..1: shards are needed for the highest, bytes are billed. */
  readonly meanShare: number
}

export type CostItem = { readonly name: string; readonly dollars: number }

export type MonthlyCost = {
  readonly mode: 'provisioned' | 'on-demand-standard' | 'on-demand-advantage'
  readonly items: readonly CostItem[]
  readonly dollars: number
}

export type Estimate = {
  readonly traffic: Traffic
  readonly shardsNeeded: number
  /** What asks for that many shards. */
  readonly limitedBy: 'bytes written' | 'records written' | 'bytes read'
  /** Shards that the provisioned figure counts: those needed, or those that are there. */
  readonly shardCount: number
  readonly costs: readonly MonthlyCost[]
  readonly breakEvens: readonly BreakEven[]
}

/** The rate, with records of this size, from which on `then` is cheaper than `first`; absent where it never is. */
export type BreakEven = {
  readonly first: MonthlyCost['mode']
  readonly then: MonthlyCost['mode']
  readonly recordsPerSecond?: number
  readonly bytesPerSecond?: number
  /** `then` is cheaper at every rate that was looked at. */
  readonly isAlways?: true
}

const SECONDS_PER_HOUR = 3_600
const FREE_RETENTION_HOURS = 24
const LONG_RETENTION_HOURS = 168

/** Shards that the highest rate needs (developer guide, sizing a stream, and the limit of records). */
export function shardsNeeded(traffic: Traffic): { shardCount: number; limitedBy: Estimate['limitedBy'] } {
  const { recordsPerSecond, averageRecordBytes, pollingConsumers } = traffic
  const bytes = recordsPerSecond * averageRecordBytes
  const candidates = [
    ['bytes written', bytes / SHARD_WRITE_BYTES_PER_SECOND],
    ['records written', recordsPerSecond / SHARD_WRITE_RECORDS_PER_SECOND],
    ['bytes read', (bytes * pollingConsumers) / SHARD_READ_BYTES_PER_SECOND],
  ] as const
  const [limitedBy, exact] = candidates.reduce((most, next) => (next[1] > most[1] ? next : most))
  // 3 shards' worth computed as 3.0000000001 is 3.
  return { shardCount: Math.max(1, Math.ceil(exact - 1e-9)), limitedBy }
}

/** The three ways to pay for a stream side by side. `shardCount` where the shards of today are to be counted. */
export function estimate(traffic: Traffic, prices: Prices, shardCount?: number): Estimate {
  const needed = shardsNeeded(traffic)
  return {
    traffic,
    shardsNeeded: needed.shardCount,
    limitedBy: needed.limitedBy,
    shardCount: shardCount ?? needed.shardCount,
    costs: [
      provisionedCost(traffic, prices, shardCount ?? needed.shardCount),
      standardCost(traffic, prices),
      advantageCost(traffic, prices),
    ],
    breakEvens: [
      breakEven(traffic, prices, 'on-demand-standard', 'provisioned'),
      breakEven(traffic, prices, 'on-demand-standard', 'on-demand-advantage'),
      breakEven(traffic, prices, 'provisioned', 'on-demand-advantage'),
    ],
  }
}

/** A month of provisioned mode. Polling is free in it. */
export function provisionedCost(traffic: Traffic, prices: Prices, shardCount: number): MonthlyCost {
  const { provisioned } = prices
  const monthly = monthlyVolume(traffic, prices, 1)
  const units = Math.ceil(traffic.averageRecordBytes / provisioned.payloadUnitBytes) * monthly.records
  return summed('provisioned', [
    ...shardItems(traffic, prices, shardCount),
    { name: 'PUT payload units', dollars: (units / 1e6) * provisioned.millionPayloadUnits },
    {
      name: 'long retention',
      dollars:
        storedGigabytes(traffic, prices, 1, LONG_RETENTION_HOURS) * provisioned.longRetentionGigabyteMonth,
    },
    {
      name: 'fan-out bytes',
      dollars: monthly.gigabytes * traffic.fanOutConsumers * provisioned.fanOutGigabyte,
    },
  ])
}

/** What a number of shards costs a month whatever goes through them: open shards, extended retention, fan-out. */
export function shardItems(
  settings: Pick<Traffic, 'retentionHours' | 'fanOutConsumers'>,
  { provisioned, hoursPerMonth }: Prices,
  shardCount: number,
): CostItem[] {
  const { retentionHours, fanOutConsumers } = settings
  const hours = shardCount * hoursPerMonth
  return [
    { name: 'shard hours', dollars: hours * provisioned.shardHour },
    {
      name: 'extended retention',
      dollars: retentionHours > FREE_RETENTION_HOURS ? hours * provisioned.extendedRetentionShardHour : 0,
    },
    {
      name: 'fan-out shard hours',
      dollars: hours * fanOutConsumers * provisioned.fanOutConsumerShardHour,
    },
  ]
}

function standardCost(traffic: Traffic, prices: Prices): MonthlyCost {
  const { onDemandStandard: price, hoursPerMonth } = prices
  const { gigabytes } = monthlyVolume(traffic, prices, price.roundedUpToBytes)
  const stored = (from: number, to: number) =>
    storedGigabytes(traffic, prices, price.roundedUpToBytes, from) -
    storedGigabytes(traffic, prices, price.roundedUpToBytes, to)
  return summed('on-demand-standard', [
    { name: 'stream hours', dollars: hoursPerMonth * price.streamHour },
    { name: 'bytes in', dollars: gigabytes * price.gigabyteIn },
    { name: 'bytes out', dollars: gigabytes * traffic.pollingConsumers * price.gigabyteOut },
    { name: 'fan-out bytes', dollars: gigabytes * traffic.fanOutConsumers * price.fanOutGigabyte },
    {
      name: 'extended retention',
      dollars: stored(FREE_RETENTION_HOURS, LONG_RETENTION_HOURS) * price.extendedRetentionGigabyteMonth,
    },
    {
      name: 'long retention',
      dollars: stored(LONG_RETENTION_HOURS, Number.POSITIVE_INFINITY) * price.longRetentionGigabyteMonth,
    },
  ])
}

/** The commitment is the account's, in one region: here this stream alone has to fill it. */
function advantageCost(traffic: Traffic, prices: Prices): MonthlyCost {
  const { onDemandAdvantage: price, hoursPerMonth, bytesPerGigabyte } = prices
  const { gigabytes } = monthlyVolume(traffic, prices, price.roundedUpToBytes)
  const committed = (bytesPerSecond: number) =>
    (bytesPerSecond * hoursPerMonth * SECONDS_PER_HOUR) / bytesPerGigabyte
  const out = gigabytes * (traffic.pollingConsumers + traffic.fanOutConsumers)
  const shortIn = Math.max(0, committed(price.committedBytesPerSecondIn) - gigabytes)
  const shortOut = Math.max(0, committed(price.committedBytesPerSecondOut) - out)
  return summed('on-demand-advantage', [
    { name: 'bytes in', dollars: gigabytes * price.gigabyteIn },
    { name: 'bytes out', dollars: gigabytes * traffic.pollingConsumers * price.gigabyteOut },
    { name: 'fan-out bytes', dollars: gigabytes * traffic.fanOutConsumers * price.fanOutGigabyte },
    { name: 'commitment not used', dollars: shortIn * price.gigabyteIn + shortOut * price.gigabyteOut },
    {
      name: 'retention',
      dollars:
        storedGigabytes(traffic, prices, price.roundedUpToBytes, FREE_RETENTION_HOURS) *
        price.retentionGigabyteMonth,
    },
  ])
}

function monthlyVolume(traffic: Traffic, prices: Prices, roundedUpToBytes: number) {
  const { recordsPerSecond, averageRecordBytes, meanShare } = traffic
  const records = recordsPerSecond * meanShare * prices.hoursPerMonth * SECONDS_PER_HOUR
  const billedBytes = Math.ceil(averageRecordBytes / roundedUpToBytes) * roundedUpToBytes
  return { records, gigabytes: (records * billedBytes) / prices.bytesPerGigabyte }
}

/** What lies in the stream beyond an age, once it is full. */
function storedGigabytes(traffic: Traffic, prices: Prices, roundedUpToBytes: number, olderThanHours: number) {
  const hours = Math.max(0, traffic.retentionHours - olderThanHours)
  return (monthlyVolume(traffic, prices, roundedUpToBytes).gigabytes / prices.hoursPerMonth) * hours
}

function summed(mode: MonthlyCost['mode'], items: readonly CostItem[]): MonthlyCost {
  const shown = items.filter(({ dollars }) => dollars > 0)
  return { mode, items: shown, dollars: shown.reduce((sum, { dollars }) => sum + dollars, 0) }
}

const SCALES = Array.from({ length: 141 }, (_, index) => 10 ** (-3 + index / 20))

/** Looked for from a thousandth to ten thousand times the traffic. */
function breakEven(
  traffic: Traffic,
  prices: Prices,
  first: MonthlyCost['mode'],
  then: MonthlyCost['mode'],
): BreakEven {
  const costAt = (mode: MonthlyCost['mode'], scale: number): number => {
    const scaled = { ...traffic, recordsPerSecond: traffic.recordsPerSecond * scale }
    if (mode === 'on-demand-standard') return standardCost(scaled, prices).dollars
    if (mode === 'on-demand-advantage') return advantageCost(scaled, prices).dollars
    return provisionedCost(scaled, prices, shardsNeeded(scaled).shardCount).dollars
  }
  const isCheaper = (scale: number) => costAt(then, scale) < costAt(first, scale)
  // From the top down: the rate from which on it stays cheaper, not one of the teeth of whole shards below it.
  let found: number | undefined
  for (const scale of SCALES.toReversed()) {
    if (!isCheaper(scale)) break
    found = scale
  }
  if (traffic.recordsPerSecond <= 0 || found === undefined) return { first, then }
  if (found === SCALES[0]) return { first, then, isAlways: true }
  let [low, high] = [found / 10 ** (1 / 20), found]
  for (let round = 0; round < 40; round += 1) {
    const middle = (low + high) / 2
    if (isCheaper(middle)) high = middle
    else low = middle
  }
  const recordsPerSecond = high * traffic.recordsPerSecond
  return { first, then, recordsPerSecond, bytesPerSecond: recordsPerSecond * traffic.averageRecordBytes }
}
