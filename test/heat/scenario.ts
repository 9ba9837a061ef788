import { HASH_SPACE_SIZE } from '../../source/domain/hash-key.ts'
import type { HeatBoard } from '../../source/domain/heat/shard-heat.ts'
import { StreamHeat } from '../../source/domain/heat/stream-heat.ts'
import type { VerdictKind } from '../../source/domain/heat/verdict.ts'
import type { StreamRecord } from '../../source/domain/record.ts'
import type { Shard } from '../../source/domain/shard.ts'
import { aggregate as kplAggregate } from '../../source/sandbox/traffic/kpl-aggregate.ts'
import { seededRandom } from '../domain/heat/seeded-random.ts'

/** What is written to one shard from one second to another (60 seconds are looked at), and how often. */
export type ScenarioTraffic = {
  readonly shard: number
  readonly fromSecond: number
  readonly toSecond: number
  readonly recordsPerSecond: number
  /** Bytes of one record, partition key included. */
  readonly recordBytes: number
  /** One key, or so many keys in turn, or none. */
  readonly key?: string
  readonly keyCount?: number
  /** Each record is an aggregate under this outer key, with so many user records. */
  readonly aggregate?: { readonly outerKey: string; readonly userRecords: number }
}

export type HeatScenario = {
  readonly about: string
  /** Width of each open shard, in percent of the hash-key space, in order. */
  readonly shardWidths: readonly number[]
  readonly traffic: readonly ScenarioTraffic[]
  /** Records that the service refused, by shard. */
  readonly throttledRecords?: Readonly<Record<string, number>>
  readonly expect: readonly {
    readonly shard: number
    readonly verdict: VerdictKind
    readonly partitionKeys?: readonly string[]
    /** Rounded percent. */
    readonly utilisationPercent?: number
    readonly peakPercent?: number
    /** What the sentence must tell. */
    readonly says?: string
  }[]
}

const START_SECOND = 1_780_000_000

/** The board after a scenario's minute was read whole. */
export function boardOf(scenario: HeatScenario): HeatBoard {
  const shards = shardsOf(scenario.shardWidths)
  const heat = new StreamHeat({ windowSeconds: 60, historySeconds: 60, random: seededRandom(1) })
  heat.list(shards)
  for (const [index, shard] of shards.entries()) {
    heat.observe({
      shardId: shard.shardId,
      records: scenario.traffic
        .filter(traffic => traffic.shard === index)
        .flatMap(traffic => recordsOf(traffic, shard)),
      seen: Array.from({ length: 60 }, (_, second) => ({ second: START_SECOND + second, standsFor: 1 })),
    })
  }
  const throttled = new Map(
    Object.entries(scenario.throttledRecords ?? {}).map(([shard, count]) => [idOf(Number(shard)), count]),
  )
  return heat.board((START_SECOND + 60) * 1000, throttled)
}

export function shardsOf(widths: readonly number[]): Shard[] {
  let start = 0n
  let reached = 0
  return widths.map((width, index) => {
    reached += width
    const end = index === widths.length - 1 ? HASH_SPACE_SIZE : (HASH_SPACE_SIZE * BigInt(reached)) / 100n
    const shard = {
      shardId: idOf(index),
      hashKeyRange: { startingHashKey: start, endingHashKey: end - 1n },
      startingSequenceNumber: '1',
    }
    start = end
    return shard
  })
}

export function idOf(index: number): string {
  return `shardId-${String(index).padStart(12, '0')}`
}

function recordsOf(traffic: ScenarioTraffic, shard: Shard): StreamRecord[] {
  const records: StreamRecord[] = []
  for (let second = traffic.fromSecond; second < traffic.toSecond; second += 1) {
    for (let index = 0; index < traffic.recordsPerSecond; index += 1) {
      const arrivalMillis =
        (START_SECOND + second) * 1000 + Math.floor((index * 1000) / traffic.recordsPerSecond)
      records.push({
        streamName: 'orders',
        shardId: shard.shardId,
        sequenceNumber: String(records.length + 1),
        approximateArrivalTimestamp: new Date(arrivalMillis),
        ...payloadOf(traffic, records.length),
      })
    }
  }
  return records
}

function payloadOf(traffic: ScenarioTraffic, index: number): Pick<StreamRecord, 'data' | 'partitionKey'> {
  const { recordBytes, aggregate } = traffic
  if (aggregate !== undefined) {
    const { outerKey, userRecords } = aggregate
    const each = Math.floor((recordBytes - outerKey.length) / userRecords)
    const entries = Array.from({ length: userRecords }, (_, place) => {
      const partitionKey = keyOf(traffic, index * userRecords + place) ?? ''
      return { partitionKey, data: Buffer.alloc(Math.max(1, each - partitionKey.length)) }
    })
    return { partitionKey: outerKey, data: kplAggregate(entries) }
  }
  const partitionKey = keyOf(traffic, index)
  if (partitionKey === undefined) return { data: Buffer.alloc(recordBytes) }
  return { partitionKey, data: Buffer.alloc(recordBytes - partitionKey.length) }
}

function keyOf({ key, keyCount }: ScenarioTraffic, index: number): string | undefined {
  if (key !== undefined) return key
  return keyCount === undefined ? undefined : `key-${index % keyCount}`
}
