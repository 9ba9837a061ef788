// How fast records become heat, beside the plainest count that could be written: a Map of key to number. Both run in this
// process, in turns, over the same records; what counts is the ratio. Run with `npm run bench -- heat`.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { foldRecord } from '../source/domain/heat/fold-record.ts'
import { uniformRanges } from '../source/domain/heat/forecast.ts'
import { HeavyKeys } from '../source/domain/heat/heavy-keys.ts'
import { KeyWindow } from '../source/domain/heat/key-window.ts'
import { ShardLoad } from '../source/domain/heat/shard-load.ts'
import { StreamHeat } from '../source/domain/heat/stream-heat.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const RECORDS = 2_000_000
const ROUNDS = 5
const START = 1_780_000_000_000
const RANGE = { startingHashKey: 0n, endingHashKey: (1n << 128n) - 1n }

type Records = { readonly name: string; readonly keys: readonly string[] }

/** Keys by number: each of `count` as often, or number n 1/n as often as number 1. */
function keysOf(name: string, count: number, isSkewed: boolean): Records {
  const names = Array.from({ length: count }, (_, index) => `customer-${index}`)
  let state = 1
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 4_294_967_296
  }
  const keys = Array.from({ length: RECORDS }, () => {
    const index = isSkewed ? Math.floor(count ** random()) - 1 : Math.floor(random() * count)
    return names[Math.min(count - 1, index)] ?? ''
  })
  return { name, keys }
}

type Counter = { add(key: string, index: number): void; readonly held: unknown }

const CONTENDERS: readonly { readonly name: string; make(): Counter }[] = [
  {
    name: 'plain Map count',
    make: () => {
      const counts = new Map<string, number>()
      return { add: key => void counts.set(key, (counts.get(key) ?? 0) + 1), held: counts }
    },
  },
  {
    name: 'sketch of keys',
    make: () => {
      const keys = new HeavyKeys<string>(1_024)
      return { add: key => keys.add(key, 500), held: keys }
    },
  },
  {
    name: 'keys of a minute',
    make: () => {
      const keys = new KeyWindow({
        windowSeconds: 60,
        sliceCount: 4,
        capacity: () => 1_024,
        random: Math.random,
      })
      return { add: (key, index) => keys.add(START + index / 40, key, 500), held: keys }
    },
  },
  {
    name: 'heat fold, whole',
    make: () => {
      const load = new ShardLoad(RANGE, {
        windowSeconds: 60,
        historySeconds: 300,
        keyCapacity: () => 1_024,
        random: Math.random,
      })
      const data = new Uint8Array(500)
      return {
        add: (partitionKey, index) => foldRecord(load, { data, partitionKey }, START + index / 40),
        held: load,
      }
    },
  },
]

/** Records a second, best of the rounds, and bytes that what was counted holds. */
function measure(make: () => Counter, { keys }: Records): { perSecond: number; bytes: number } {
  let best = 0
  const weights: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const found = measureOnce(make, keys)
    best = Math.max(best, found.perSecond)
    weights.push(found.bytes)
  }
  // What others left behind or took back meanwhile moves single rounds.
  return { perSecond: best, bytes: median(weights) }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0
}

function measureOnce(make: () => Counter, keys: readonly string[]): { perSecond: number; bytes: number } {
  collect()
  collect()
  const before = memory()
  const counter = make()
  const startedAt = process.hrtime.bigint()
  for (let index = 0; index < keys.length; index += 1) counter.add(keys[index] ?? '', index)
  const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9
  collect()
  const bytes = memory() - before
  // Held until here, or it would be collected before it was weighed.
  if (counter.held === undefined) throw new Error('nothing was counted')
  return { perSecond: keys.length / seconds, bytes }
}

function memory(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

const CASES = [
  keysOf('1,000,000 distinct keys, even', 1_000_000, false),
  keysOf('1,000,000 distinct keys, skewed', 1_000_000, true),
  keysOf('10,000 distinct keys, even', 10_000, false),
]

console.log(
  `heat: ${RECORDS.toLocaleString('en')} records a case, best of ${ROUNDS}, node ${process.version}`,
)
for (const records of CASES) {
  console.log(`\n${records.name}`)
  console.log(
    `${'contender'.padEnd(18)}${'records/s'.padStart(12)}${'x Map'.padStart(8)}${'memory'.padStart(12)}${'of Map'.padStart(9)}`,
  )
  let map: { perSecond: number; bytes: number } | undefined
  for (const { name, make } of CONTENDERS) {
    const found = measure(make, records)
    map ??= found
    const mib = `${(found.bytes / 1_048_576).toFixed(2)} MiB`
    const ratio = (found.perSecond / map.perSecond).toFixed(2)
    const share = `${((found.bytes / map.bytes) * 100).toFixed(1)} %`
    console.log(
      `${name.padEnd(18)}${Math.round(found.perSecond).toLocaleString('en').padStart(12)}${ratio.padStart(8)}${mib.padStart(12)}${share.padStart(9)}`,
    )
  }
}

console.log('\nmemory with the texts of the keys, 1,000,000 distinct ones, each seen twice')
const whole = [
  { name: 'plain Map count', make: CONTENDERS[0]?.make },
  { name: 'stream of 1 shard', make: () => streamOf(1) },
  { name: 'stream of 64 shards', make: () => streamOf(64) },
  { name: 'of 1,000 shards', make: () => streamOf(1_000) },
]
let mapBytes = 0
for (const { name, make } of whole) {
  if (make === undefined) continue
  const bytes = median(Array.from({ length: 3 }, () => memoryOf(make)))
  mapBytes ||= bytes
  console.log(
    `${name.padEnd(22)}${`${(bytes / 1_048_576).toFixed(2)} MiB`.padStart(12)}${`${((bytes / mapBytes) * 100).toFixed(1)} %`.padStart(9)}`,
  )
}

/** The whole heat of a stream, records spread over its shards by turns. */
function streamOf(shardCount: number): Counter {
  const heat = new StreamHeat({
    windowSeconds: 60,
    historySeconds: shardCount > 300 ? 120 : 300,
    random: Math.random,
  })
  const shards = uniformRanges(shardCount).map((hashKeyRange, index) => ({
    shardId: `shardId-${String(index).padStart(12, '0')}`,
    hashKeyRange,
    startingSequenceNumber: '1',
  }))
  heat.list(shards)
  const data = new Uint8Array(500)
  const add = (partitionKey: string, index: number) => {
    const shardId = shards[index % shardCount]?.shardId ?? ''
    const approximateArrivalTimestamp = new Date(START + index / 40)
    const record = {
      streamName: 's',
      shardId,
      sequenceNumber: '1',
      partitionKey,
      data,
      approximateArrivalTimestamp,
    }
    heat.observe({ shardId, records: [record], seen: [] })
  }
  return { add, held: heat }
}

function memoryOf(make: () => Counter): number {
  collect()
  collect()
  const before = memory()
  const counter = make()
  // Texts of their own, as a parser makes them: nobody else holds them.
  for (let index = 0; index < RECORDS; index += 1) counter.add(`customer-${index % 1_000_000}`, index)
  collect()
  const bytes = memory() - before
  if (counter.held === undefined) throw new Error('nothing was counted')
  return bytes
}
