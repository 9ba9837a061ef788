import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonLine } from '../../source/commands/json-line.ts'
import { recordRow } from '../../source/commands/record-rows.ts'
import { decodeRecord } from '../../source/domain/decode/decode-record.ts'
import type { StreamRecord } from '../../source/domain/record.ts'

const file = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
const validate = new Ajv2020({
  strict: true,
  strictRequired: false,
  strictTypes: false,
  allErrors: true,
}).compile(JSON.parse(file('../../source/assets/record-v1.schema.json')))
const payloads = Object.entries(
  JSON.parse(file('../domain/decode/payloads.json')) as Record<string, { base64: string }>,
)

function lineOf(data: Uint8Array, more: Partial<StreamRecord> = {}): unknown {
  const record: StreamRecord = {
    streamName: 'orders',
    shardId: 'shardId-000000000000',
    sequenceNumber: '49590338271490256608559692538361571095921575989136588898',
    partitionKey: 'customer-7',
    data,
    ...more,
  }
  return JSON.parse(jsonLine(recordRow({ record, decoded: decodeRecord(record) })))
}

function expectValid(line: unknown): void {
  validate(line)
  expect(validate.errors ?? []).toEqual([])
}

describe('the schema of a record line', () => {
  it.each(payloads)('holds for %s', (_name, { base64 }) => {
    expectValid(lineOf(new Uint8Array(Buffer.from(base64, 'base64'))))
  })

  it('holds for any bytes, keys and times', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.json().map(text => new Uint8Array(Buffer.from(text))),
          fc.string({ unit: 'grapheme' }).map(text => new Uint8Array(Buffer.from(text))),
        ),
        fc.string({ maxLength: 256 }),
        fc.option(fc.date({ noInvalidDate: true }), { nil: undefined }),
        (data, partitionKey, approximateArrivalTimestamp) => {
          const time = approximateArrivalTimestamp === undefined ? {} : { approximateArrivalTimestamp }
          expectValid(lineOf(data, { partitionKey, encryptionType: 'KMS', ...time }))
        },
      ),
      { numRuns: 500 },
    )
  })

  it.each([
    { v: 2 },
    { sequenceNumber: 4959 },
    { data: 'no base64' },
    { approximateArrivalTimestamp: 1_719_999_999 },
    { stages: [] },
    { stages: ['kpl'], decoded: [{ partitionKey: 'k', decoded: 1 }] },
    { extra: true },
  ])('refuses a line with %j', changed => {
    const line = { ...(lineOf(new Uint8Array([0x7b, 0x7d])) as object), ...changed }
    expect(validate(line)).toBe(false)
  })
})
