import * as zlib from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { decodeOne, jsonTextsOf, labelsOf, payload, stagesOf } from './payload.ts'

const ORDER = '{"order":1,"price":12345678901234567890,"note":"café"}'

describe.each([
  ['gzip program', 'gzip'],
  ['gzip with name and extra header', 'gzip'],
  ['zlib', 'zlib'],
  ['zlib fastest', 'zlib'],
  ['zlib best', 'zlib'],
  ['zstd program', 'zstd'],
])('%s', (name, stage) => {
  test('is unpacked to the JSON inside, digits kept', () => {
    const decoded = decodeOne(payload(name))
    expect(stagesOf(decoded)).toEqual([stage, 'json'])
    expect(jsonTextsOf(decoded)).toEqual([ORDER])
    expect(decoded.notes).toEqual([])
  })

  test('a broken copy stays bytes with the reason', () => {
    const broken = payload(name).slice()
    // A bit in the middle of the packed data, where a checksum or the format itself notices it.
    const at = broken.length - 12
    broken[at] = (broken[at] ?? 0) ^ 0x55
    const decoded = decodeOne(broken)
    expect(decoded.content.kind).toBe('bytes')
    expect(decoded.bytes).toEqual(broken)
    expect(decoded.notes.join()).toContain(`${stage}: `)
  })
})

test('all members of a gzip file are read', () => {
  const decoded = decodeOne(payload('gzip two members'))
  expect(labelsOf(decoded)).toEqual(['gzip (2 members)', 'JSON x2'])
  expect(jsonTextsOf(decoded)).toEqual(['{"a":1}', '{"a":2}'])
})

test('both frames of a zstd file are read', () => {
  expect(jsonTextsOf(decodeOne(payload('zstd two frames')))).toEqual(['{"a":1}', '{"a":2}'])
})

test('a gzip that stops early shows what is there and says so', () => {
  const packed = payload('gzip of plain words')
  const decoded = decodeOne(packed.subarray(0, packed.length - 12))
  expect(decoded.content).toMatchObject({ kind: 'text' })
  expect('plain words').toContain(decoded.content.kind === 'text' ? decoded.content.text : '?')
  expect(decoded.notes.join()).toMatch(/gzip: ends too early; its first \d+ bytes are shown/)
})

test('what follows a gzip member is counted, zeros are padding', () => {
  const packed = payload('gzip of plain words')
  const withRest = decodeOne(Buffer.concat([packed, Buffer.from('rest')]))
  expect(withRest.content).toEqual({ kind: 'text', text: 'plain words' })
  expect(withRest.notes).toEqual(['gzip: 4 bytes after the end were left out'])
  expect(decodeOne(Buffer.concat([packed, Buffer.alloc(9)])).notes).toEqual([])
})

test('a second member that is broken does not hide the first', () => {
  const packed = payload('gzip of plain words')
  const broken = packed.slice()
  broken[broken.length - 8] = (broken[broken.length - 8] ?? 0) ^ 1
  const decoded = decodeOne(Buffer.concat([packed, broken]))
  expect(decoded.content).toEqual({ kind: 'text', text: 'plain words' })
  expect(decoded.notes).toEqual(['gzip: member 2: the checksum does not match'])
})

describe('size is bounded', () => {
  test.each([
    ['gzip', zlib.gzipSync(Buffer.alloc(3_000_000))],
    ['zlib', zlib.deflateSync(Buffer.alloc(3_000_000))],
    ['zstd', zlib.zstdCompressSync(Buffer.alloc(3_000_000))],
  ])('%s', (stage, bomb) => {
    const decoded = decodeOne(bomb, { maxInflatedBytes: 2 * 1_048_576 })
    expect(decoded.content.kind).toBe('bytes')
    expect(decoded.notes).toEqual([`${stage}: unpacks to more than 2 MiB and was left packed`])
  })

  test('the bound is one for all members and layers together', () => {
    const member = zlib.gzipSync(Buffer.alloc(1_500_000))
    const decoded = decodeOne(Buffer.concat([member, member]), { maxInflatedBytes: 2 * 1_048_576 })
    expect(decoded.notes.join()).toContain('member 2: unpacks to more than 2 MiB')
    const twice = zlib.gzipSync(zlib.gzipSync(Buffer.alloc(1_000_000)))
    expect(stagesOf(decodeOne(twice, { maxInflatedBytes: 900_000 }))).toEqual(['gzip'])
  })

  test('wrapping without end stops', () => {
    let data: Uint8Array = Buffer.from('x')
    for (let depth = 0; depth < 20; depth += 1) data = zlib.gzipSync(data)
    const decoded = decodeOne(data)
    expect(decoded.badges).toHaveLength(8)
    expect(decoded.content.kind).toBe('bytes')
    expect(decoded.notes).toEqual(['wrapped more than 8 times; the rest was left as it is'])
  })
})

test('text that merely opens like zlib is text without a word', () => {
  const decoded = decodeOne('x^2 + y^2 = z^2')
  expect(decoded.content).toEqual({ kind: 'text', text: 'x^2 + y^2 = z^2' })
  expect(decoded.notes).toEqual([])
})
