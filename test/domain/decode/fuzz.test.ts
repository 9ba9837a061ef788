// Mutated payloads of every format: nothing throws, everything stays within its bounds, and what is drawn is safe.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { decodeRecord } from '../../../source/domain/decode/decode-record.ts'
import { decodedJson } from '../../../source/domain/decode/decoded-json.ts'
import { prettyLines } from '../../../source/domain/decode/pretty-lines.ts'
import { previewOf } from '../../../source/domain/decode/preview.ts'
import { SchemaShelf } from '../../../source/domain/decode/schema-shelf.ts'

const ROUNDS = Number(process.env.SHARDSCOPE_FUZZ_INPUTS ?? 20_000)
const MAX_INFLATED_BYTES = 1_048_576
const DRAWN_UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/u

const here = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')
const PAYLOADS = Object.values(JSON.parse(here('./payloads.json')) as Record<string, { base64: string }>)
  .map(({ base64 }) => new Uint8Array(Buffer.from(base64, 'base64')))
  .filter(bytes => bytes.length < 4_096)
const TEXTS = [
  '{"eventSource":"aws:dynamodb","tableName":"t","eventName":"MODIFY","dynamodb":{"Keys":{"a":{"S":"b"}},"NewImage":{"n":{"N":"1"}}}}',
  '{"data":{"id":1},"metadata":{"record-type":"data","operation":"insert","table-name":"t"}}',
  '{"before":null,"after":{"id":1},"source":{"ts_ms":1},"op":"c"}',
  '{"version":"0","id":"1","detail-type":"x","source":"y","detail":{}}',
  '{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"s","logEvents":[{"id":"1","timestamp":1,"message":"m"}]}',
  '{"a":"\\u001b[31m"}{"b":[1,2,{"c":null}]}\n[3]',
].map(text => new TextEncoder().encode(text))
const SEEDS = [...PAYLOADS, ...TEXTS]

/** Deterministic, so that a failure can be looked at again. */
function generator(seed: number): (below: number) => number {
  let state = seed >>> 0
  return below => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0
    state = (state ^ (state >>> 12)) >>> 0
    return state % below
  }
}

function mutate(next: (below: number) => number): Uint8Array {
  let bytes = (SEEDS[next(SEEDS.length)] ?? new Uint8Array()).slice()
  for (let change = next(4); change >= 0; change -= 1) {
    const at = next(Math.max(1, bytes.length))
    switch (next(7)) {
      case 0:
        bytes[at] = next(256)
        break
      case 1:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << next(8))
        break
      case 2:
        bytes = bytes.slice(0, at)
        break
      case 3:
        bytes = Uint8Array.of(...bytes.slice(0, at), 0xff, 0xff, 0xff, 0xff, ...bytes.slice(at))
        break
      case 4: {
        const other = SEEDS[next(SEEDS.length)] ?? bytes
        bytes = Uint8Array.of(...bytes.slice(0, at), ...other.slice(next(other.length + 1)))
        break
      }
      case 5:
        bytes = Uint8Array.of(...bytes.slice(at), ...bytes.slice(0, at))
        break
      default:
        bytes.fill(next(256), at, at + next(9))
    }
  }
  return bytes
}

test(`${ROUNDS} mutated inputs: no throw, bounded, safe to draw`, () => {
  const schemas = new SchemaShelf()
  schemas.add(here('./order.avsc'), 'b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63')
  const payloads = JSON.parse(here('./payloads.json')) as Record<string, { base64: string }>
  const descriptors = Buffer.from(payloads['Protobuf descriptor set']?.base64 ?? '', 'base64')
  expect(schemas.add(new Uint8Array(descriptors), '9', 'shop.Order')).toBeUndefined()
  const next = generator(Number(process.env.SHARDSCOPE_FUZZ_SEED ?? 1))
  let slowest = 0
  for (let round = 0; round < ROUNDS; round += 1) {
    const data = mutate(next)
    const startedAt = performance.now()
    try {
      const decoded = decodeRecord(
        { data },
        { maxInflatedBytes: MAX_INFLATED_BYTES, ...(round % 2 === 0 ? { schemas } : {}) },
      )
      // A schema file is the user's own, but may be the wrong one.
      if (round % 50 === 0) new SchemaShelf().add(data)
      const json = decodedJson(decoded)
      if (json !== undefined) JSON.parse(json)
      for (const one of decoded.slice(0, 3)) {
        if (one.bytes.length > MAX_INFLATED_BYTES + data.length) throw new Error(`${one.bytes.length} bytes`)
        for (const line of [previewOf(one, 80), ...prettyLines(one, 50)]) {
          if (DRAWN_UNSAFE.test(line)) throw new Error(`unsafe: ${JSON.stringify(line)}`)
        }
      }
    } catch (error) {
      throw new Error(`round ${round}: ${Buffer.from(data).toString('base64')}`, { cause: error })
    }
    slowest = Math.max(slowest, performance.now() - startedAt)
  }
  // Not a measure of speed: a hang would show as seconds even on a busy machine.
  expect(slowest).toBeLessThan(10_000)
  if (process.env.SHARDSCOPE_FUZZ_INPUTS !== undefined) console.log(`slowest ${slowest.toFixed(1)} ms`)
}, 3_600_000)
