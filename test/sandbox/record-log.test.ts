import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  append,
  createRecordLog,
  ordinalAtTime,
  readRecords,
  recordAt,
  trimBefore,
} from '../../source/sandbox/engine/record-log.ts'
import { engine, texts } from './support.ts'

describe('the record log', () => {
  it('behaves as a plain list of records does', () => {
    const record = fc.record({
      data: fc.uint8Array({ maxLength: 3000 }),
      key: fc.option(fc.string({ maxLength: 20, unit: 'grapheme' }), { nil: undefined }),
      wait: fc.nat(1000),
      encrypted: fc.boolean(),
      trim: fc.option(fc.nat(30), { nil: undefined }),
    })
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 200, size: 'max' }),
        fc.nat(200),
        fc.nat(20),
        (records, from, limit) => {
          const log = createRecordLog()
          const model: { data: string; key: string | undefined; at: number; encrypted: boolean }[] = []
          let now = 1000
          let trimmed = 0
          for (const { data, key, wait, encrypted, trim } of records) {
            now += wait
            expect(append(log, data, key, now, encrypted)).toBe(model.length)
            model.push({ data: Buffer.from(data).toString('hex'), key, at: now, encrypted })
            if (trim !== undefined && trim < 3) {
              trimmed = Math.min(model.length, trimmed + trim)
              trimBefore(log, trimmed)
            }
          }
          for (const [ordinal, { data, key, at, encrypted }] of model.entries()) {
            const stored = recordAt(log, ordinal)
            if (ordinal < trimmed) expect(stored).toBeUndefined()
            else {
              expect(stored?.data.toString('hex')).toBe(data)
              expect([stored?.partitionKey, stored?.arrivalMs, stored?.encrypted]).toEqual([
                key,
                at,
                encrypted,
              ])
            }
          }
          const page = readRecords(log, from, limit, 10_000).records.map(({ ordinal }) => ordinal)
          const begin = Math.max(from, trimmed)
          expect(page).toEqual(page.map((_, index) => begin + index))
          expect(page.length).toBeLessThanOrEqual(limit)
          const moment = 1000 + from * 200
          const expected = model.findIndex(({ at }, ordinal) => ordinal >= trimmed && at >= moment)
          expect(ordinalAtTime(log, moment)).toBe(expected < 0 ? model.length : expected)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('always gives one record, however large, and counts bytes of data and keys', () => {
    const log = createRecordLog()
    append(log, Buffer.alloc(5000), 'key', 1, false)
    append(log, Buffer.alloc(10), 'key', 1, false)
    expect(readRecords(log, 0, 10, 100)).toMatchObject({ bytes: 5003 })
    expect(readRecords(log, 0, 10, 5016).records).toHaveLength(2)
    expect(readRecords(log, 0, 10, 5015).records).toHaveLength(1)
  })
})

describe('the memory limit', () => {
  it('lets the oldest records go early and goes on counting', () => {
    const { clock, create, iterator, put, read } = engine({ limits: 'off', memoryLimitBytes: 5 << 20 })
    create('s', 1)
    for (let count = 0; count < 200; count++) {
      put('s', 'a', `${count} ${'x'.repeat(100_000)}`)
      clock.advance(1000)
    }
    const page = read(iterator('s', 0), 1)
    const first = Number(texts(page)[0]?.split(' ')[0])
    expect(first).toBeGreaterThan(100)
    expect(first).toBeLessThan(199)
    const rest: string[] = []
    for (let next = page.NextShardIterator; ; ) {
      const output = read(next)
      if (output.Records.length === 0) break
      rest.push(...texts(output))
      next = output.NextShardIterator
    }
    expect(rest.map(text => Number(text.split(' ')[0]))).toEqual(
      Array.from({ length: 199 - first }, (_, index) => first + 1 + index),
    )
  })
})
