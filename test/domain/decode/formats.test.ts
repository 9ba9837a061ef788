// Each format against bytes that other programs wrote (make-fixtures.py).

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { avroFingerprint } from '../../../source/domain/decode/avro-fingerprint.ts'
import { parseAvroSchemaText } from '../../../source/domain/decode/avro-schema.ts'
import { crc32c } from '../../../source/domain/decode/crc32c.ts'
import { SchemaShelf } from '../../../source/domain/decode/schema-shelf.ts'
import { xxHash32 } from '../../../source/domain/decode/xx-hash.ts'
import { decodeOne, jsonTextsOf, labelsOf, payload, stagesOf } from './payload.ts'

const ORDER = '{"order":1,"price":12345678901234567890,"note":"café"}'
const SCHEMA = readFileSync(new URL('./order.avsc', import.meta.url), 'utf8')
const GLUE_ID = 'b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63'
/** What fastavro was given, in the order of its schema; the long has one digit more than a JavaScript number holds. */
const FIRST =
  '{"id":9007199254740993,"note":null,"price":1.5,"tags":["a","b"],"counts":{"x":-1},"kind":"OLD",' +
  '"mark":{"$base64":"AAECAw=="},"raw":{"$base64":"/w=="},"isPaid":true,"at":"2026-11-30T12:00:00.000Z","ratio":0.5}'
const SECOND =
  '{"id":-2,"note":"café","price":0,"tags":[],"counts":{},"kind":"NEW","mark":{"$base64":"YWJjZA=="},' +
  '"raw":{"$base64":""},"isPaid":false,"at":"1969-12-31T23:59:59.500Z","ratio":-2}'

function shelf(...entries: [text: string, id?: string][]): SchemaShelf {
  const schemas = new SchemaShelf()
  for (const [text, id] of entries) expect(schemas.add(text, id)).toBeUndefined()
  return schemas
}

describe('checksums, by their published check values', () => {
  test('CRC-32C of "123456789"', () => {
    expect(crc32c(new TextEncoder().encode('123456789')).toString(16)).toBe('e3069283')
  })

  test('xxHash32 of nothing, and of what the lz4 program hashed', () => {
    expect(xxHash32(new Uint8Array()).toString(16)).toBe('2cc5d05')
    expect(stagesOf(decodeOne(payload('lz4 program, repetitive, linked blocks, checksums')))).toEqual([
      'lz4',
      'json',
    ])
  })
})

describe('compression', () => {
  test.each(['lz4 program', 'snappy framed'])('%s', name => {
    const decoded = decodeOne(payload(name))
    expect(stagesOf(decoded)).toEqual([name.split(' ')[0], 'json'])
    expect(jsonTextsOf(decoded)).toEqual([ORDER])
    expect(decoded.notes).toEqual([])
  })

  test.each([
    ['lz4 program, repetitive, linked blocks, checksums', 40_000],
    ['snappy framed, repetitive', 20_000],
    ['snappy xerial', 9_000],
  ])('%s', (name, repeats) => {
    expect(jsonTextsOf(decodeOne(payload(name)))).toEqual([`{"n":"${'abcdefgh'.repeat(repeats)}"}`])
  })

  test('snappy chunks that are stored as they are', () => {
    const decoded = decodeOne(payload('snappy framed, incompressible'))
    expect([...decoded.bytes]).toEqual([...Array(512).keys()].map(index => index % 256))
  })

  test.each([
    'lz4 program',
    'lz4 program, repetitive, linked blocks, checksums',
    'snappy framed',
    'snappy xerial',
  ])('any flipped bit of %s is noticed, or leaves the value whole', name => {
    const sound = decodeOne(payload(name)).bytes
    const step = Math.max(1, Math.floor(payload(name).length / 150))
    for (let at = 10; at < payload(name).length; at += step) {
      const broken = payload(name).slice()
      broken[at] = (broken[at] ?? 0) ^ 0x10
      const decoded = decodeOne(broken)
      // The old Java framing has no checksums: there a broken value can only be unlike the sound one.
      if (decoded.notes.length === 0 && name !== 'snappy xerial') expect(decoded.bytes).toEqual(sound)
    }
  })

  test('two lz4 frames with a skippable one between, and what follows', () => {
    const frame = payload('lz4 program')
    const skippable = Uint8Array.of(0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9)
    expect(jsonTextsOf(decodeOne(Buffer.concat([frame, skippable, frame])))).toEqual([ORDER, ORDER])
    expect(decodeOne(Buffer.concat([frame, Buffer.from('rest')])).notes).toEqual([
      'lz4: 4 bytes after the end were left out',
    ])
  })

  test('size is bounded before memory is taken', () => {
    for (const name of [
      'lz4 program, repetitive, linked blocks, checksums',
      'snappy framed, repetitive',
      'snappy xerial',
    ]) {
      const decoded = decodeOne(payload(name), { maxInflatedBytes: 50_000 })
      expect(decoded.content.kind).toBe('bytes')
      expect(decoded.notes.join()).toContain('unpacks to more than')
    }
  })

  test('bzip2 and xz are named', () => {
    const bzip2 = Uint8Array.of(0x42, 0x5a, 0x68, 0x39, 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 0xff)
    expect(decodeOne(bzip2).notes).toEqual(['bzip2: opens like bzip2, which is not unpacked here'])
  })
})

describe('Avro', () => {
  test.each(['null', 'deflate', 'snappy', 'zstandard'])('a container with codec %s', codec => {
    const decoded = decodeOne(payload(`Avro container, ${codec}`))
    expect(labelsOf(decoded)).toEqual(['Avro shop.Order x2'])
    expect(jsonTextsOf(decoded)).toEqual([FIRST, SECOND])
  })

  test('a codec that is not known, and a broken marker, leave bytes with the reason', () => {
    const text = Buffer.from(payload('Avro container, null'))
      .toString('latin1')
      .replace('codec\bnull', 'codec\bblub')
    expect(decodeOne(Buffer.from(text, 'latin1')).notes).toEqual([
      'avro: its blocks are packed with "blub", which cannot be unpacked here',
    ])
    const broken = payload('Avro container, null').slice()
    broken[broken.length - 1] = 0
    expect(decodeOne(broken).notes).toEqual(['avro: a sync marker does not match'])
  })

  test('a single object finds its schema by fingerprint', () => {
    const bytes = payload('Avro single object')
    expect(jsonTextsOf(decodeOne(bytes, { schemas: shelf([SCHEMA]) }))).toEqual([FIRST])
    const without = decodeOne(bytes, { schemas: shelf(['"string"']) })
    expect(without.notes.join()).toMatch(
      /avro: needs the schema with fingerprint [0-9a-f]{16}, which was not given/,
    )
  })

  test('the fingerprint of "int" is the one of the specification\'s own test data', () => {
    expect(avroFingerprint(parseAvroSchemaText('"int"'))).toBe(0x7275d51a3f395c8fn)
  })

  test('values that take no bytes cannot fill the memory', () => {
    const schema = '{"type":"array","items":"null"}'
    // 2^40 of them, zig-zag.
    const datum = Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 0)
    const record = Uint8Array.of(3, 0, ...Buffer.from(GLUE_ID.replaceAll('-', ''), 'hex'), ...datum)
    const decoded = decodeOne(record, { schemas: shelf([schema, GLUE_ID]) })
    expect(decoded.notes.join()).toContain('holds more than 1000000 values')
  })

  test('a schema that contains itself without end stops', () => {
    const schemas = shelf(['{"type":"record","name":"A","fields":[{"name":"a","type":"A"}]}', '5'])
    const decoded = decodeOne(Uint8Array.of(0, 0, 0, 0, 5, 1), { schemas })
    expect(decoded.notes.join()).toContain('nested deeper')
  })

  test.each([
    ['{"type":"bytes","logicalType":"decimal","scale":2}', [0x04, 0xff, 0x85], '"-1.23"'],
    ['{"type":"int","logicalType":"date"}', [0x02], '"1970-01-02"'],
    ['{"type":"long","logicalType":"timestamp-micros"}', [0x01], '"1969-12-31T23:59:59.999999Z"'],
    ['["null","long"]', [0x02, 0x02], '1'],
  ])('%s', (type, datum, expected) => {
    const schema = `{"type":"record","name":"R","fields":[{"name":"x","type":${type}}]}`
    const decoded = decodeOne(Uint8Array.of(0, 0, 0, 0, 5, ...datum), { schemas: shelf([schema, '5']) })
    expect(jsonTextsOf(decoded)).toEqual([`{"x":${expected}}`])
  })

  test('a schema that is none is refused with the reason', () => {
    const schemas = new SchemaShelf()
    expect(schemas.add('{"type":"record","name":"A","fields":[{"name":"a","type":"Missing"}]}')).toContain(
      '"Missing"',
    )
    expect(schemas.add('no json')).toContain('not JSON')
    expect(schemas.add('{"type":"fixed","name":"F","size":-1}')).toContain('size')
  })
})

describe('schema registries', () => {
  test('Glue: the id is shown, the value read with its schema', () => {
    const bytes = payload('Glue, Avro')
    const read = decodeOne(bytes, { schemas: shelf([SCHEMA, GLUE_ID], ['"string"']) })
    expect(labelsOf(read)).toEqual([`Glue schema ${GLUE_ID}, Avro shop.Order`])
    expect(jsonTextsOf(read)).toEqual([FIRST])
    const unread = decodeOne(bytes)
    expect(labelsOf(unread)[0]).toBe(`Glue schema ${GLUE_ID}`)
    expect(unread.notes[0]).toBe(`needs Glue schema ${GLUE_ID} to be read fully, which was not given`)
  })

  test('Glue: JSON and zlib inside need no schema', () => {
    const decoded = decodeOne(payload('Glue, JSON, zlib'))
    expect(stagesOf(decoded)).toEqual(['glue', 'json'])
    expect(jsonTextsOf(decoded)).toEqual([ORDER])
    expect(decoded.notes).toEqual([])
  })

  test('Confluent: Avro with the one schema given says that the id was not checked', () => {
    const decoded = decodeOne(payload('Confluent, Avro'), { schemas: shelf([SCHEMA]) })
    expect(jsonTextsOf(decoded)).toEqual([FIRST])
    expect(decoded.notes).toEqual([
      'Confluent schema 42 was read with the one schema given; its id was not checked',
    ])
    expect(
      decodeOne(payload('Confluent, Avro'), { schemas: shelf([SCHEMA, '42'], ['"int"', '43']) }).notes,
    ).toEqual([])
  })

  test('Confluent: JSON, and Protobuf behind its message index', () => {
    expect(jsonTextsOf(decodeOne(payload('Confluent, JSON')))).toEqual([ORDER])
    for (const name of ['first', 'nested']) {
      const decoded = decodeOne(payload(`Confluent, Protobuf, ${name} message`))
      expect(stagesOf(decoded)).toEqual(['confluent', 'protobuf'])
    }
  })

  test('a schema that does not fit is said, the bytes stay', () => {
    const decoded = decodeOne(payload('Confluent, Avro'), {
      schemas: shelf(['{"type":"record","name":"X","fields":[]}', '42']),
    })
    expect(decoded.notes.join()).toContain('does not fit')
    expect(decoded.content.kind).not.toBe('json')
  })
})

describe('Protobuf with its descriptor set', () => {
  // What the Python library was given; 64-bit numbers keep their digits, enum values and map entries have names.
  const VALUE =
    '{"id":-9007199254740993,"big":18446744073709551615,"price":1.5,"counts":[1,-1,300],' +
    '"items":[{"name":"pen","delta":-3},{"name":"ink","delta":4}],"kinds":{"x":"OLD","y":"NEW"},' +
    '"at":"2026-11-30T12:00:00.000001Z","raw":{"$base64":"AP8="},"is_paid":true,"mark":9223372036854775808,"low":-5,' +
    '"ratio":0.1,"text":"café","tags":["a","b"],"negative":-7}'

  function descriptors(id?: string): SchemaShelf {
    const schemas = new SchemaShelf()
    expect(schemas.add(payload('Protobuf descriptor set'), id, 'shop.Order')).toBeUndefined()
    return schemas
  }

  test('bytes without any header', () => {
    const decoded = decodeOne(payload('Protobuf order'), { schemas: descriptors() })
    expect(labelsOf(decoded)).toEqual(['Protobuf shop.Order'])
    expect(jsonTextsOf(decoded)).toEqual([VALUE])
    expect(decoded.notes).toEqual([])
  })

  test('behind a Confluent header with a message index', () => {
    const record = Buffer.concat([Uint8Array.of(0, 0, 0, 0, 9, 0), payload('Protobuf order')])
    const decoded = decodeOne(record, { schemas: descriptors('9') })
    expect(labelsOf(decoded)).toEqual(['Confluent schema 9, Protobuf shop.Order'])
    expect(jsonTextsOf(decoded)).toEqual([VALUE])
  })

  test('fields that the type does not know are kept by number behind a header, and stop a guess without one', () => {
    const extended = Buffer.concat([payload('Protobuf order'), Uint8Array.of(0x98, 0x06, 0x05)])
    const record = Buffer.concat([Uint8Array.of(0, 0, 0, 0, 9, 0), extended])
    expect(jsonTextsOf(decodeOne(record, { schemas: descriptors('9') }))).toEqual([
      `${VALUE.slice(0, -1)},"#99":[5]}`,
    ])
    expect(labelsOf(decodeOne(extended, { schemas: descriptors() }))).toEqual(['Protobuf?'])
  })

  test('another message, a wrong name and a file that is no descriptor set are refused with the reason', () => {
    const schemas = new SchemaShelf()
    const set = payload('Protobuf descriptor set')
    expect(schemas.add(set)).toBe('holds several messages: shop.Order, shop.Other; name one')
    expect(schemas.add(set, undefined, 'shop.Missing')).toContain('has no message "shop.Missing"')
    expect(schemas.add(Uint8Array.of(1, 2, 3))).toContain('descriptor set')
    expect(schemas.add(new Uint8Array())).toContain('descriptor set')
  })
})

test('an Avro datum without any header is read with the schema given, where it fits exactly', () => {
  const bytes = payload('Avro datum without container')
  expect(jsonTextsOf(decodeOne(bytes, { schemas: shelf([SCHEMA]) }))).toEqual([FIRST])
  expect(stagesOf(decodeOne(bytes.subarray(0, -1), { schemas: shelf([SCHEMA]) }))).not.toContain('schema')
})

describe('binary values without a mark', () => {
  // What msgpack and cbor2 were given: 2^64 - 1 keeps its digits.
  const VALUE =
    '{"id":1,"big":18446744073709551615,"neg":-5,"f":1.25,"list":[1,null,true],"raw":{"$base64":"AP8="},"text":"café","deep":{"a":{"b":[]}}}'

  test.each(['MessagePack', 'CBOR'])('%s', name => {
    const decoded = decodeOne(payload(name))
    expect(stagesOf(decoded)).toEqual([name.toLowerCase()])
    expect(jsonTextsOf(decoded)).toEqual([VALUE])
  })

  test('times', () => {
    const AT = '{"at":"2026-11-30T12:00:00.000Z"}'
    expect(jsonTextsOf(decodeOne(payload('MessagePack timestamp')))).toEqual([AT])
    expect(jsonTextsOf(decodeOne(payload('CBOR tagged')))).toEqual(['{"at":"2026-11-30T12:00:00Z"}'])
  })

  test.each([
    // RFC 8949, appendix A.
    ['a26161016162820203', '{"a":1,"b":[2,3]}'],
    ['bf6161019f0203ffff', undefined],
    ['bf61610161629f0203ffff', '{"a":1,"b":[2,3]}'],
    ['a1616ac249010000000000000000', '{"j":18446744073709551616}'],
    ['a1616ac349010000000000000000', '{"j":-18446744073709551617}'],
    ['a16168f93c00', '{"h":1}'],
    ['a16168f90001', '{"h":5.960464477539063e-8}'],
    ['a16168f97c00', '{"h":"Infinity"}'],
    ['a16168fb7ff8000000000000', '{"h":"NaN"}'],
    ['a16173c074323031332d30332d32315432303a30343a30305a', '{"s":"2013-03-21T20:04:00Z"}'],
    ['a16173c11a514b67b0', '{"s":"2013-03-21T20:04:00.000Z"}'],
    [
      'a16175d82076687474703a2f2f7777772e6578616d706c652e636f6d',
      '{"u":{"tag":32,"value":"http://www.example.com"}}',
    ],
    ['a201020304', '{"1":2,"3":4}'],
    ['a161737f657374726561646d696e67ff', '{"s":"streaming"}'],
    ['a161625f42010243030405ff', '{"b":{"$base64":"AQIDBAU="}}'],
  ])('CBOR %s', (hex, expected) => {
    const decoded = decodeOne(new Uint8Array(Buffer.from(hex, 'hex')))
    if (expected === undefined) expect(stagesOf(decoded)).not.toContain('cbor')
    else expect(jsonTextsOf(decoded)).toEqual([expected])
  })

  test.each([
    // A map with one key "v", then one value of each kind of the specification.
    ['81a176ccff', '{"v":255}'],
    ['81a176cdffff', '{"v":65535}'],
    ['81a176ceffffffff', '{"v":4294967295}'],
    ['81a176d080', '{"v":-128}'],
    ['81a176d18000', '{"v":-32768}'],
    ['81a176d280000000', '{"v":-2147483648}'],
    ['81a176d38000000000000000', '{"v":-9223372036854775808}'],
    ['81a176ca3fc00000', '{"v":1.5}'],
    ['81a176cb3ff8000000000000', '{"v":1.5}'],
    ['81a176d40561', '{"v":{"extension":5,"data":{"$base64":"YQ=="}}}'],
    ['81a176d6ff65920080', '{"v":"2024-01-01T00:00:00.000Z"}'],
    ['81a176d7ff1dcd650065920080', '{"v":"2024-01-01T00:00:00.125Z"}'],
    ['81a176de0001a161c3', '{"v":{"a":true}}'],
    ['81a176dc0001d90161', '{"v":["a"]}'],
  ])('MessagePack %s', (hex, expected) => {
    expect(jsonTextsOf(decodeOne(new Uint8Array(Buffer.from(hex, 'hex'))))).toEqual([expected])
  })

  test('announced sizes take no memory, deep nesting no stack', () => {
    for (const [header, count] of [
      [[0xdd, 0x00, 0xff, 0xff, 0xff], 1_000],
      [[0x91], 1_000_000],
      [[0x9a, 0x00, 0xff, 0xff, 0xff], 1_000],
      [[0x81], 1_000_000],
      [[0xc1], 100_000],
      [[0xd9, 0xd9, 0xf7], 100_000],
      [[0x9f], 100_000],
    ] as const) {
      const data = new Uint8Array(header.length * count)
      for (let index = 0; index < count; index += 1) data.set(header, index * header.length)
      expect(decodeOne(data).content.kind).toBe('bytes')
    }
  })

  test('numbers alone, and bytes that happen to parse, stay bytes', () => {
    for (const bytes of [[0x93, 1, 2, 3], [0x80], [0x90], [0xa0], [0x80, 0x01], [0x82, 1, 2, 3, 4]]) {
      expect(decodeOne(Uint8Array.from(bytes)).content.kind).toBe('bytes')
    }
  })

  test('Protobuf: field numbers, texts and messages inside, and that it is a guess', () => {
    const decoded = decodeOne(payload('Protobuf Struct'))
    expect(labelsOf(decoded)).toEqual(['Protobuf?'])
    expect(decoded.notes.join()).toContain('guess')
    // google.protobuf.Struct: field 1 repeated entries { 1 key, 2 Value { 2 number, 3 string, 6 list } }.
    expect(JSON.parse(jsonTextsOf(decoded)[0] ?? '')).toEqual({
      '1': [
        { '1': 'id', '2': { '2': 1 } },
        { '1': 'list', '2': { '6': { '1': [{ '4': 1 }, { '1': 0 }] } } },
        { '1': 'name', '2': { '3': 'café' } },
      ],
    })
  })
})
