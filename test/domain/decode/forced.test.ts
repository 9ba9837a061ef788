import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decodeRecord } from '../../../source/domain/decode/decode-record.ts'
import { ruleFor } from '../../../source/domain/decode/decoder-rule.ts'
import type { ForcedDecoder } from '../../../source/domain/decode/forced-decoder.ts'
import { StreamDecoding } from '../../../source/domain/decode/stream-decoding.ts'
import { rowBadges, rowPreview } from '../../../source/state/row-text.ts'
import type { TailRow } from '../../../source/state/tail-row.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text)
const forced = (data: Uint8Array, steps: readonly ForcedDecoder[], isAutomatic = true) =>
  decodeRecord({ data }, { forced: { steps, isAutomatic } })[0]

describe('a forced decoder', () => {
  it('reads as it was told, whatever the bytes look like', () => {
    expect(forced(bytes('{"a":1}'), ['text'])?.content).toEqual({ kind: 'text', text: '{"a":1}' })
    expect(forced(bytes('{"a":1}'), ['raw'])?.content).toEqual({ kind: 'bytes' })
    expect(forced(gzipSync('{"a":1}'), ['gzip', 'text'])?.content).toEqual({ kind: 'text', text: '{"a":1}' })
    expect(forced(gzipSync('{"a":1}'), ['gzip'])?.content.kind).toBe('json')
  })

  it('leaves bytes, with a badge and the reason, where it fails', () => {
    const read = forced(bytes('plain'), ['gzip', 'json'])
    expect(read?.content).toEqual({ kind: 'bytes' })
    expect(read?.badges.map(badge => badge.label)).toEqual(['gzip failed'])
    expect(read?.notes.join()).toContain('the bytes are no gzip')
  })

  it('without automatic decoding a record is text or bytes', () => {
    expect(forced(bytes('{"a":1}'), [], false)?.content.kind).toBe('text')
    expect(forced(gzipSync('x'), [], false)?.content.kind).toBe('bytes')
  })
})

describe('the rule for a stream', () => {
  const rules = [
    { stream: 'orders', profile: 'prod', registry: 'glue' },
    { stream: 'or*r-*-log', registry: 'http://127.0.0.1:1' },
    { stream: '*', forced: { steps: [], isAutomatic: false } },
  ]
  const of = (streamName: string, profile?: string) =>
    rules.indexOf(
      ruleFor(rules, {
        streamName,
        endpoint: 'http://127.0.0.1:4567',
        ...(profile ? { profile } : {}),
      }) as never,
    )

  it('is the first that fits its name, its profile and its endpoint', () => {
    expect(of('orders', 'prod')).toBe(0)
    expect(of('orders', 'dev')).toBe(2)
    expect(of('order-eu-log')).toBe(1)
    expect(of('order-log')).toBe(2)
  })
})

describe('a schema that comes later', () => {
  it('has a row read anew', () => {
    const decoding = new StreamDecoding()
    const header = Uint8Array.from([3, 0, ...Array.from({ length: 16 }, (_, index) => index)])
    // Avro: the record {"n": 21} is the zig-zag number 42.
    const data = Buffer.concat([header, Uint8Array.of(42)])
    const row: TailRow = {
      id: 'x',
      record: { streamName: 's', shardId: 'shardId-000000000000', sequenceNumber: '1', data },
      data,
      keptBytes: 1,
      decoding,
    }
    expect(rowPreview(row)).not.toContain('21')
    const schema = '{"type":"record","name":"N","fields":[{"name":"n","type":"int"}]}'
    expect(decoding.schemas.add(schema, '00010203-0405-0607-0809-0a0b0c0d0e0f')).toBeUndefined()
    expect(rowPreview(row)).toContain('"n":21')
    expect(rowBadges(row).join()).toContain('Avro N')
  })
})
