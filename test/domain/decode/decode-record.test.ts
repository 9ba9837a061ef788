import * as zlib from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodedJson } from '../../../source/domain/decode/decoded-json.ts'
import { prettyLines } from '../../../source/domain/decode/pretty-lines.ts'
import { previewOf } from '../../../source/domain/decode/preview.ts'
import { decode, decodeOne, jsonTextsOf, labelsOf, payload, stagesOf } from './payload.ts'

describe('report 23: each record by its own look', () => {
  test('gzip of a CloudWatch Logs message expands to its log events', () => {
    const decoded = decodeOne(payload('CloudWatch Logs data'))
    expect(stagesOf(decoded)).toEqual(['gzip', 'cloudwatch-logs'])
    expect(decoded.content).toMatchObject({
      kind: 'log-events',
      owner: '123456789012',
      logGroup: '/aws/lambda/orders',
      logStream: '2026/11/30/[$LATEST]abc',
      logEvents: [
        { timestampMillis: 1764504000123, message: 'START RequestId: 1\n' },
        { timestampMillis: 1764504000456, message: '{"level":"info"}' },
      ],
    })
    expect(previewOf(decoded, 200)).toBe(
      '/aws/lambda/orders 2026/11/30/[$LATEST]abc: 2 log events: START RequestId: 1 | {"level":"info"}',
    )
    expect(prettyLines(decoded)).toContain('2025-11-30T12:00:00.123Z')
    expect(prettyLines(decoded)).toContain('START RequestId: 1')
  })

  test('plain JSON beside it stays plain JSON', () => {
    expect(stagesOf(decodeOne('{"a":1}'))).toEqual(['json'])
  })

  test('gzip of something else is text', () => {
    const decoded = decodeOne(payload('gzip of plain words'))
    expect(stagesOf(decoded)).toEqual(['gzip', 'text'])
    expect(decoded.content).toEqual({ kind: 'text', text: 'plain words' })
  })
})

describe('report 24', () => {
  test('the CONTROL_MESSAGE is a probe and no error', () => {
    const decoded = decodeOne(payload('CloudWatch Logs probe'))
    expect(labelsOf(decoded).at(-1)).toBe('CloudWatch Logs probe')
    expect(decoded.content.kind).toBe('probe')
    expect(decoded.notes).toEqual([])
    expect(previewOf(decoded, 100)).toContain('CloudWatch Logs probe')
  })

  test('a probe without any events or with empty fields is one too', () => {
    const decoded = decodeOne(
      '{"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs","logGroup":"","logEvents":[]}',
    )
    expect(decoded.content.kind).toBe('probe')
  })

  test('{"a":1}{"a":2} is two documents', () => {
    const decoded = decodeOne('{"a":1}{"a":2}')
    expect(labelsOf(decoded)).toEqual(['JSON x2'])
    expect(jsonTextsOf(decoded)).toEqual(['{"a":1}', '{"a":2}'])
    expect(decodedJson([decoded])).toBe('[{"a":1},{"a":2}]')
  })

  test('so are lines of JSON', () => {
    expect(jsonTextsOf(decodeOne('{"a":1}\r\n\n[2]\n'))).toEqual(['{"a":1}', '[2]'])
  })
})

describe('report 25: KPL aggregates', () => {
  const AGGREGATE = Buffer.from(
    '84mawgoGdXNlci0xCgZ1c2VyLTIaCwgAGgd7Im4iOjF9GgsIARoHeyJuIjoyfTpkMZqoY/n7taqiM0G1IuQ=',
    'base64',
  )

  test('two user records with sub-sequence numbers and their own keys', () => {
    const records = decode(AGGREGATE)
    expect(records.map(record => record.userRecord)).toEqual([
      {
        subSequenceNumber: 0,
        userRecordCount: 2,
        partitionKey: 'user-1',
        hashKey: 285573413173782752570879317399258818820n,
      },
      { subSequenceNumber: 1, userRecordCount: 2, partitionKey: 'user-2', hashKey: expect.any(BigInt) },
    ])
    expect(records.map(labelsOf)).toEqual([
      ['KPL 1/2', 'JSON'],
      ['KPL 2/2', 'JSON'],
    ])
    expect(records.flatMap(jsonTextsOf)).toEqual(['{"n":1}', '{"n":2}'])
    expect(decodedJson(records)).toBe(
      '[{"subSequenceNumber":0,"partitionKey":"user-1","decoded":{"n":1}},{"subSequenceNumber":1,"partitionKey":"user-2","decoded":{"n":2}}]',
    )
  })

  test('a bad MD5 makes it one opaque record with a note', () => {
    const broken = Buffer.from(AGGREGATE)
    broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1
    const decoded = decodeOne(broken)
    expect(decoded.userRecord).toBeUndefined()
    expect(decoded.content.kind).toBe('bytes')
    expect(decoded.bytes).toEqual(broken)
    expect(decoded.notes).toEqual([
      'kpl: opens like a KPL aggregate, but the MD5 at its end does not match: shown as one record',
    ])
  })

  test.each([0, 1, 16])('the magic and %i bytes are one record', length => {
    const decoded = decodeOne(Buffer.concat([AGGREGATE.subarray(0, 4), Buffer.alloc(length)]))
    expect(decoded.content.kind).toBe('bytes')
    expect(decoded.notes.join()).toContain('too short')
  })

  test('a user record outside the shard is kept and marked', () => {
    // user-1 belongs to the third of three equal shards, so a reader of the first would drop it.
    const first = { startingHashKey: 0n, endingHashKey: 113427455640312821154458202477256070484n }
    const third = {
      startingHashKey: 226854911280625642308916404954512140970n,
      endingHashKey: (1n << 128n) - 1n,
    }
    expect(decode(AGGREGATE, { shardRange: first })[0]?.userRecord?.isOutsideShardRange).toBe(true)
    expect(decode(AGGREGATE, { shardRange: third })[0]?.userRecord?.isOutsideShardRange).toBe(false)
    expect(decode(AGGREGATE)[0]?.userRecord?.isDroppedByKcl).toBeUndefined()
    expect(decodedJson(decode(AGGREGATE, { shardRange: first }))).toContain('"isOutsideShardRange":true')
  })

  test('what the producer library itself wrote', () => {
    const records = decode(payload('KPL 1.0.8 itself'))
    expect(records.map(({ userRecord }) => userRecord?.partitionKey)).toEqual([
      'user-1',
      'user-2',
      'café',
      'user-1',
      'user-3',
    ])
    expect(records.slice(0, 4).flatMap(jsonTextsOf)).toEqual(['{"n":1}', '{"n":2}', '{"n":3}', '{"n":4}'])
    expect(records[4]).toMatchObject({
      userRecord: { subSequenceNumber: 4, userRecordCount: 5, explicitHashKey: (1n << 128n) - 1n },
      content: { kind: 'text', text: 'explicit' },
    })
  })

  test('explicit hash keys decide, and the inside is decoded on', () => {
    const records = decode(payload('KPL three records'), {
      shardRange: { startingHashKey: 0n, endingHashKey: 100n },
    })
    expect(records.map(({ userRecord }) => userRecord)).toMatchObject([
      { partitionKey: 'user-1', explicitHashKey: 0n, hashKey: 0n, isOutsideShardRange: false },
      { partitionKey: 'é', explicitHashKey: (1n << 128n) - 1n, isOutsideShardRange: true },
      { partitionKey: 'user-1', explicitHashKey: 5n, isOutsideShardRange: false },
    ])
    // One outside is enough: the KCL (3.5.1, AggregatorUtil) drops the aggregate as a whole.
    expect(records.map(({ userRecord }) => userRecord?.isDroppedByKcl)).toEqual([true, true, true])
    expect(records.map(stagesOf)).toEqual([['kpl', 'json'], ['kpl', 'gzip', 'json'], ['kpl']])
    expect(decodedJson(records)).toContain('"explicitHashKey":"5","isDroppedByKcl":true,"data":"AAEC"')
  })
})

describe('text and bytes', () => {
  test('zero bytes', () => {
    const decoded = decodeOne(new Uint8Array())
    expect(decoded.content.kind).toBe('empty')
    expect(previewOf(decoded, 20)).toBe('(empty)')
    expect(decodedJson([decoded])).toBeUndefined()
  })

  test('UTF-8 text, with a colour code, is text', () => {
    const decoded = decodeOne('\x1b[31mError\x1b[0m in café\n')
    expect(decoded.content.kind).toBe('text')
    expect(previewOf(decoded, 80)).toBe('\\e[31mError\\e[0m in café\\n')
  })

  test.each([
    ['Latin-1', Uint8Array.of(0x63, 0x61, 0x66, 0xe9)],
    ['overlong UTF-8', Uint8Array.of(0xc0, 0xaf)],
    ['a surrogate in UTF-8', Uint8Array.of(0xed, 0xa0, 0x80)],
    ['a zero byte', Uint8Array.of(0x61, 0x00)],
    ['control characters', Uint8Array.of(0x0a, 0x05, 0x68, 0x65)],
  ])('%s is bytes', (_, data) => {
    expect(decodeOne(data).content.kind).toBe('bytes')
  })

  test('JSON that is cut off is text with the reason', () => {
    const decoded = decodeOne('{"a":[1,2')
    expect(decoded.content.kind).toBe('text')
    expect(decoded.notes).toEqual(['not JSON: ends within 2 open brackets'])
    expect(decodeOne('[INFO] started').notes).toEqual([])
  })

  test('lone numbers and words stay text', () => {
    for (const text of ['123', 'true', '"quoted"', 'null']) {
      expect(decodeOne(text).content).toEqual({ kind: 'text', text })
    }
  })

  test('deep nesting is text with the reason, 200 levels are JSON', () => {
    expect(decodeOne(`${'['.repeat(200)}${']'.repeat(200)}`).content.kind).toBe('json')
    const deep = decodeOne(`{"a":${'['.repeat(300_000)}${']'.repeat(300_000)}}`)
    expect(deep.content.kind).toBe('text')
    expect(deep.notes).toEqual(['not JSON: nested deeper than 200 levels'])
  })
})

describe('properties', () => {
  const json = fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.jsonValue()))

  test('any JSON, however it is spaced, keeps its value through compact and pretty form', () => {
    fc.assert(
      fc.property(json, fc.constantFrom(undefined, 1, 2, '\t'), (value, space) => {
        const decoded = decodeOne(JSON.stringify(value, null, space))
        expect(decodedJson([decoded])).toBe(JSON.stringify(value))
        const lines = prettyLines(decoded)
        // visibleText escapes what a terminal must not see; only then does a line differ from JSON's own form.
        const expected = JSON.stringify(value, null, 2).split('\n')
        expect(lines).toHaveLength(expected.length)
        if (/^[\x20-\x7e\n]*$/.test(expected.join('\n'))) expect(lines).toEqual(expected)
      }),
    )
  })

  test('packs keep their documents', () => {
    const pack = fc.array(json, { minLength: 2, maxLength: 5 })
    fc.assert(
      fc.property(pack, fc.constantFrom('', '\n', ' \r\n'), (values, gap) => {
        const decoded = decodeOne(values.map(value => JSON.stringify(value)).join(gap))
        expect(jsonTextsOf(decoded)).toEqual(values.map(value => JSON.stringify(value)))
      }),
    )
  })

  test('no bytes crash it, and what is drawn is safe', () => {
    const opening = fc.constantFrom(
      [],
      [0x1f, 0x8b, 8],
      [0x28, 0xb5, 0x2f, 0xfd],
      [0x78, 0x9c],
      [0xf3, 0x89, 0x9a, 0xc2],
    )
    const bytes = fc.oneof(
      fc
        .tuple(opening, fc.uint8Array({ maxLength: 200 }))
        .map(([head, rest]) => Uint8Array.of(...head, ...rest)),
      fc.string({ unit: 'binary' }).map(text => new TextEncoder().encode(text)),
      fc.string({ unit: 'binary' }).map(text => new Uint8Array(zlib.gzipSync(text))),
    )
    fc.assert(
      fc.property(bytes, fc.integer({ min: 4, max: 60 }), (data, width) => {
        for (const decoded of decode(data)) {
          const preview = previewOf(decoded, width)
          expect(preview.length).toBeLessThanOrEqual(width)
          for (const line of [preview, ...prettyLines(decoded)])
            expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('views', () => {
  test('a preview is cut with two dots', () => {
    expect(previewOf(decodeOne('{ "a" : 1, "b" : "x y" }'), 80)).toBe('{"a":1,"b":"x y"}')
    expect(previewOf(decodeOne('0123456789'), 10)).toBe('0123456789')
    expect(previewOf(decodeOne('0123456789'), 9)).toBe('0123456..')
    expect(previewOf(decodeOne(Uint8Array.of(0, 1, 0xfe, 0xff)), 80)).toBe('00 01 fe ff')
  })

  test('bytes are a hex dump', () => {
    const data = Uint8Array.from({ length: 18 }, (_, index) => index + 0x38)
    data[0] = 0
    expect(prettyLines(decodeOne(data))).toEqual([
      '00000000  00 39 3a 3b 3c 3d 3e 3f  40 41 42 43 44 45 46 47  |.9:;<=>?@ABCDEFG|',
      '00000010  48 49                                             |HI|',
    ])
  })

  test('lines are bounded and say so', () => {
    const lines = prettyLines(decodeOne('a\nb\nc\nd'), 2)
    expect(lines).toEqual(['a', 'b', '.. more than 2 lines; the rest is not shown'])
    const [long] = prettyLines(decodeOne('x'.repeat(10_000)))
    expect(long).toBe(`${'x'.repeat(4_096)}.. (10000 characters)`)
  })

  test('keys that JavaScript would reorder stay in their order', () => {
    expect(prettyLines(decodeOne('{"b":1,"10":2,"9":3,"b":4}'))).toEqual([
      '{',
      '  "b": 1,',
      '  "10": 2,',
      '  "9": 3,',
      '  "b": 4',
      '}',
    ])
  })
})
