// Mutated inputs of every decoder: nothing throws, nothing hangs, memory stays within its bound, and what is drawn is safe.
// Where a checksum or a packing would refuse every change, half of the inputs are changed inside and wrapped soundly.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { deflateSync, gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import type { DecodeOptions } from '../../../source/domain/decode/decode-record.ts'
import { decodeRecord } from '../../../source/domain/decode/decode-record.ts'
import { decodedJson } from '../../../source/domain/decode/decoded-json.ts'
import type { ForcedDecoder } from '../../../source/domain/decode/forced-decoder.ts'
import { prettyLines } from '../../../source/domain/decode/pretty-lines.ts'
import { previewOf } from '../../../source/domain/decode/preview.ts'
import { SchemaShelf } from '../../../source/domain/decode/schema-shelf.ts'
import { mutate, mutateJson, type Random, seededRandom } from '../../support/mutate.ts'

/** Inputs of each decoder; a run before a release takes 1,000,000. */
const INPUTS = Number(process.env.SHARDSCOPE_FUZZ_INPUTS ?? 2_000)
const SEED = Number(process.env.SHARDSCOPE_FUZZ_SEED ?? 1)
const MIB = 1_048_576
const MAX_INFLATED_BYTES = MIB
/** Of heap and buffers over what there was before, at any time; the collector comes when it likes. */
const MAX_GROWTH_BYTES = 256 * MIB
/** What is left of it once the collector has been. */
const MAX_KEPT_BYTES = 16 * MIB
/** Not a measure of speed: a hang would show as seconds even on a busy machine. */
const MAX_MILLIS = 5_000
const DRAWN_UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/u

const here = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')
const PAYLOADS = new Map(
  Object.entries(JSON.parse(here('./payloads.json')) as Record<string, { base64: string }>).map(
    ([name, { base64 }]) => [name, new Uint8Array(Buffer.from(base64, 'base64'))],
  ),
)
const seedsOf = (...prefixes: readonly string[]): Uint8Array[] => {
  const found = [...PAYLOADS].flatMap(([name, bytes]) =>
    bytes.length < 4_096 && prefixes.some(prefix => name.startsWith(prefix)) ? [bytes] : [],
  )
  if (found.length < prefixes.length) throw new Error(`seeds are missing of ${prefixes}`)
  return found
}
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text))

const JSON_SEEDS = {
  dynamodb: [
    '{"eventSource":"aws:dynamodb","tableName":"t","eventName":"MODIFY","dynamodb":{"ApproximateCreationDateTime":1719999999123,"Keys":{"a":{"S":"b"}},"NewImage":{"n":{"N":"1"},"l":{"L":[{"M":{"x":{"BOOL":true}}},{"SS":["a"]}]}},"OldImage":{"n":{"N":"2"},"b":{"B":"AAE="}}}}',
    '{"eventSource":"aws:dynamodb","tableName":"t","eventName":"REMOVE","dynamodb":{"ApproximateCreationDateTime":1719999999123456,"ApproximateCreationDateTimePrecision":"MICROSECOND","Keys":{"a":{"N":"1"}},"OldImage":{"z":{"NULL":true}}}}',
  ],
  dms: [
    '{"data":{"id":1,"name":"x"},"metadata":{"timestamp":"2026-01-01T00:00:00Z","record-type":"data","operation":"insert","schema-name":"s","table-name":"t"}}',
    '{"metadata":{"record-type":"control","operation":"create-table","table-name":"t"}}',
  ],
  debezium: [
    '{"before":null,"after":{"id":1},"source":{"ts_ms":1,"db":"d","table":"t"},"op":"c","ts_ms":2}',
    '{"schema":{"type":"struct"},"payload":{"before":{"id":1},"after":{"id":2},"source":{},"op":"u"}}',
  ],
  eventbridge: [
    '{"version":"0","id":"1","detail-type":"x","source":"y","account":"1","time":"2026-01-01T00:00:00Z","region":"r","resources":[],"detail":{"a":1}}',
  ],
  cloudWatchLogs: [
    '{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"s","subscriptionFilters":["f"],"logEvents":[{"id":"1","timestamp":1,"message":"m"},{"id":"2","timestamp":2,"message":"{}"}]}',
    '{"messageType":"CONTROL_MESSAGE","owner":"1","logGroup":"","logStream":"","subscriptionFilters":[],"logEvents":[]}',
  ],
}
const PACKS = [
  '{"a":"\\u001b[31m"}{"b":[1,2,{"c":null}]}\n[3]',
  '{"a":1}\n{"a":2}\n',
  '[[[[[[]]]]]]',
  '"x" 1 true',
]

const descriptors = PAYLOADS.get('Protobuf descriptor set') ?? new Uint8Array()
const avroShelf = new SchemaShelf()
avroShelf.add(here('./order.avsc'), 'b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63')
const protobufShelf = new SchemaShelf()
expect(protobufShelf.add(descriptors, '9', 'shop.Order')).toBeUndefined()
const bothShelves = new SchemaShelf()
bothShelves.add(here('./order.avsc'), 'b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63')
bothShelves.add(descriptors, '9', 'shop.Order')

type Make = (random: Random) => Uint8Array
type Target = { readonly name: string; readonly make: Make; readonly read: (data: Uint8Array) => void }

const half =
  (one: Make, other: Make): Make =>
  random =>
    random(2) === 0 ? one(random) : other(random)
const changed =
  (seeds: readonly Uint8Array[]): Make =>
  random =>
    mutate(seeds, random)
const json =
  (texts: readonly string[]): Make =>
  random =>
    random(2) === 0 ? bytesOf(mutateJson(texts, random)) : mutate(texts.map(bytesOf), random)

/** An aggregate whose MD5 is right, whatever is inside. */
const aggregate =
  (seeds: readonly Uint8Array[]): Make =>
  random => {
    const body = mutate(
      seeds.map(bytes => bytes.subarray(4, -16)),
      random,
    )
    const digest = createHash('md5').update(body).digest()
    return new Uint8Array(Buffer.concat([Buffer.from('f3899ac2', 'hex'), body, digest]))
  }

function decoder(name: string, make: Make, options: DecodeOptions = {}): Target {
  return { name, make, read: data => drawn(data, options) }
}

const by = (...steps: readonly ForcedDecoder[]): DecodeOptions => ({ forced: { steps, isAutomatic: true } })

function drawn(data: Uint8Array, options: DecodeOptions): void {
  const decoded = decodeRecord({ data }, { maxInflatedBytes: MAX_INFLATED_BYTES, ...options })
  const value = decodedJson(decoded)
  if (value !== undefined) JSON.parse(value)
  for (const one of decoded.slice(0, 3)) {
    if (one.bytes.length > MAX_INFLATED_BYTES + data.length) throw new Error(`${one.bytes.length} bytes`)
    for (const line of [previewOf(one, 80), ...prettyLines(one, 50)]) {
      if (DRAWN_UNSAFE.test(line)) throw new Error(`unsafe: ${JSON.stringify(line)}`)
    }
  }
}

const kpl = seedsOf('KPL')
const jsonTexts = Object.values(JSON_SEEDS).flat()
const TARGETS: readonly Target[] = [
  decoder('KPL aggregate', half(changed(kpl), aggregate(kpl)), by('kpl')),
  decoder(
    'gzip',
    half(changed(seedsOf('gzip')), random => gzipSync(json(jsonTexts)(random), { level: 1 })),
  ),
  decoder(
    'zlib',
    half(changed(seedsOf('zlib')), random => deflateSync(json(jsonTexts)(random), { level: 1 })),
  ),
  decoder('zstd', changed(seedsOf('zstd')), by('zstd')),
  decoder('lz4 frame', changed(seedsOf('lz4')), by('lz4')),
  decoder('snappy framed', changed(seedsOf('snappy')), by('snappy')),
  decoder('CloudWatch Logs', random => gzipSync(json(JSON_SEEDS.cloudWatchLogs)(random), { level: 1 })),
  decoder('JSON documents', half(json(jsonTexts), changed(PACKS.map(bytesOf))), by('json')),
  decoder('text', changed([...jsonTexts, ...PACKS, 'é🙂\u202e\n\t'].map(bytesOf)), by('text')),
  decoder('DynamoDB change', json(JSON_SEEDS.dynamodb)),
  decoder('DMS', json(JSON_SEEDS.dms)),
  decoder('Debezium', json(JSON_SEEDS.debezium)),
  decoder('EventBridge', json(JSON_SEEDS.eventbridge)),
  decoder('Glue header', changed(seedsOf('Glue')), { ...by('glue'), schemas: avroShelf }),
  decoder('Confluent header', changed(seedsOf('Confluent')), { ...by('confluent'), schemas: bothShelves }),
  decoder('Avro container', changed(seedsOf('Avro container')), by('avro')),
  decoder('Avro single object', changed(seedsOf('Avro single object')), { schemas: avroShelf }),
  decoder('Avro datum by schema', changed(seedsOf('Avro datum')), { ...by('avro'), schemas: avroShelf }),
  decoder('MessagePack', changed(seedsOf('MessagePack')), by('msgpack')),
  decoder('CBOR', changed(seedsOf('CBOR')), by('cbor')),
  decoder('Protobuf wire', changed(seedsOf('Protobuf')), by('protobuf')),
  decoder('Protobuf by schema', changed(seedsOf('Protobuf order')), {
    ...by('protobuf'),
    schemas: protobufShelf,
  }),
  // A file of schemas is the user's own, but may be the wrong one or damaged.
  {
    name: 'Avro schema file',
    make: half(json([here('./order.avsc')]), changed([bytesOf(here('./order.avsc'))])),
    read: data => void new SchemaShelf().add(data),
  },
  {
    name: 'Protobuf descriptor set',
    make: changed([descriptors]),
    read: data => void new SchemaShelf().add(data, undefined, 'shop.Order'),
  },
  decoder('any of them, by its look', changed([...PAYLOADS.values(), ...jsonTexts.map(bytesOf)]), {
    schemas: bothShelves,
  }),
]

test('a character of two units is never cut in half', () => {
  for (let length = 1; length < 12; length += 1) {
    const [one] = decodeRecord({ data: bytesOf('ab\u{1f642}c\u{1f642}\u{1f642}d') })
    if (one === undefined) throw new Error('nothing was read')
    const line = previewOf(one, length)
    expect(line).not.toMatch(DRAWN_UNSAFE)
    expect(line).not.toContain('ud83d')
    expect(line.length).toBeLessThanOrEqual(Math.max(2, length))
  }
})

setFlagsFromString('--expose-gc')
const gc = runInNewContext('gc') as () => void

/** Buffers outside the heap are given back by jobs of the event loop that the collector leaves. */
async function collect(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    gc()
    await new Promise(resolve => setImmediate(resolve))
  }
}

function usedBytes(): number {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const figures: string[] = []
afterAll(() => {
  if (process.env.SHARDSCOPE_FUZZ_INPUTS !== undefined) console.log(figures.join('\n'))
})

test.each(TARGETS)(
  `$name: ${INPUTS} mutated inputs`,
  async ({ name, make, read }) => {
    const random = seededRandom(SEED)
    await collect()
    const before = usedBytes()
    const beganAt = performance.now()
    let slowest = 0
    let peak = 0
    for (let round = 0; round < INPUTS; round += 1) {
      const data = make(random)
      const startedAt = performance.now()
      try {
        read(data)
      } catch (error) {
        throw new Error(`round ${round}: ${Buffer.from(data).toString('base64')}`, { cause: error })
      }
      const took = performance.now() - startedAt
      if (took > MAX_MILLIS)
        throw new Error(`round ${round} took ${took} ms: ${Buffer.from(data).toString('base64')}`)
      slowest = Math.max(slowest, took)
      if (round % 4_096 === 4_095) await new Promise(resolve => setImmediate(resolve))
      // Seldom, since asking costs more than most inputs, but always after one that took long.
      if (round % 256 === 0 || took > 20) peak = Math.max(peak, usedBytes() - before)
    }
    const seconds = (performance.now() - beganAt) / 1_000
    await collect()
    const kept = usedBytes() - before
    const mib = (bytes: number) => `${(bytes / MIB).toFixed(1)} MiB`
    figures.push(
      `${name}: ${INPUTS} in ${seconds.toFixed(1)} s, slowest ${slowest.toFixed(1)} ms, at most ${mib(peak)} more, ${mib(kept)} kept`,
    )
    expect(peak).toBeLessThan(MAX_GROWTH_BYTES)
    expect(kept).toBeLessThan(MAX_KEPT_BYTES)
  },
  3_600_000,
)
