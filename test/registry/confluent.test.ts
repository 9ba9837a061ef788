import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { Connection } from '../../source/aws/connection.ts'
import { Decodings } from '../../source/commands/decodings.ts'
import { SettledReading } from '../../source/commands/record-decoding.ts'
import type { Clock } from '../../source/domain/clock.ts'
import { decodeRecord } from '../../source/domain/decode/decode-record.ts'
import { selfSignedCertificate } from '../../source/sandbox/wire/certificate.ts'
import { rowPreview } from '../../source/state/row-text.ts'
import type { TailRow } from '../../source/state/tail-row.ts'
import { SYSTEM_CLOCK } from '../../source/system-clock.ts'
import { connectTo, failureIn, settingsOf } from '../aws/connect-to.ts'
import { jsonTextsOf, labelsOf, payload } from '../domain/decode/payload.ts'
import { StepClock } from '../support/step-clock.ts'
import { type FakeConfluent, fakeConfluent } from './fake-confluent.ts'

const ORDER_SCHEMA = readFileSync(new URL('../domain/decode/order.avsc', import.meta.url), 'utf8')
/** What fastavro was given for these bytes (make-fixtures.py). */
const AVRO_VALUE =
  '{"id":9007199254740993,"note":null,"price":1.5,"tags":["a","b"],"counts":{"x":-1},"kind":"OLD",' +
  '"mark":{"$base64":"AAECAw=="},"raw":{"$base64":"/w=="},"isPaid":true,"at":"2026-11-30T12:00:00.000Z","ratio":0.5}'
/** What the Python library of Protobuf was given. */
const PROTOBUF_VALUE =
  '{"id":-9007199254740993,"big":18446744073709551615,"price":1.5,"counts":[1,-1,300],' +
  '"items":[{"name":"pen","delta":-3},{"name":"ink","delta":4}],"kinds":{"x":"OLD","y":"NEW"},' +
  '"at":"2026-11-30T12:00:00.000001Z","raw":{"$base64":"AP8="},"is_paid":true,"mark":9223372036854775808,"low":-5,' +
  '"ratio":0.1,"text":"café","tags":["a","b"],"negative":-7}'
const STREAM = { streamName: 'orders' }
const never = new AbortController().signal
const ending: (() => unknown)[] = []

afterEach(async () => {
  for (const end of ending.splice(0)) await end()
})

async function registryWith(ids: Parameters<FakeConfluent['ids']['set']>[1][] | object, user?: string) {
  const server = await fakeConfluent(user === undefined ? {} : { user })
  for (const [id, stored] of Object.entries(ids)) server.ids.set(id, stored)
  ending.push(() => server.close())
  return server
}

async function connected(options: Parameters<typeof connectTo>[1] = {}): Promise<Connection> {
  const connection = await connectTo('http://127.0.0.1:9', options)
  ending.push(() => connection.close())
  return connection
}

async function decodingsAt(address: string, options: { clock?: Clock; connection?: Connection } = {}) {
  const connection = options.connection ?? (await connected())
  let changes = 0
  const decodings = new Decodings({
    rules: [{ stream: 'orders', registry: address }],
    readInput: () => Promise.reject(new Error('no files')),
    clock: options.clock ?? SYSTEM_CLOCK,
    session: () => ({ endpoint: { value: 'x' } }),
    services: () => connection.services,
    onChange: () => {
      changes += 1
    },
  })
  ending.push(() => decodings.close())
  expect(await decodings.problem(STREAM)).toBeUndefined()
  const decode = (data: Uint8Array) => {
    const [decoded] = decodeRecord({ data }, decodings.of(STREAM).options)
    if (decoded === undefined) throw new Error('nothing')
    return decoded
  }
  /** Asked for by decoding, answered, decoded again. */
  const settled = async (data: Uint8Array) => {
    decode(data)
    await decodings.settled(STREAM, 30_000, never)
    return decode(data)
  }
  return { decodings, decode, settled, changes: () => changes }
}

/** A file of the descriptor set that protoc wrote, as the registry serializes one. */
function serializedFile(index: number): string {
  const set = payload('Protobuf descriptor set')
  const files: Uint8Array[] = []
  for (let at = 0; at < set.length; ) {
    // Tag 0x0a, then the length in two bytes of seven bits: both files are between 128 and 16,383 bytes long.
    const length = ((set[at + 1] ?? 0) & 0x7f) | ((set[at + 2] ?? 0) << 7)
    files.push(set.subarray(at + 3, at + 3 + length))
    at += 3 + length
  }
  return Buffer.from(files[index] ?? []).toString('base64')
}

describe('values by the schemas of a registry', () => {
  test('Avro', async () => {
    const server = await registryWith({ 42: { schema: ORDER_SCHEMA } })
    const { decode, settled, changes } = await decodingsAt(server.url)
    expect(decode(payload('Confluent, Avro')).notes.join()).toContain('the registry is being asked for')
    const decoded = await settled(payload('Confluent, Avro'))
    expect(labelsOf(decoded)).toEqual(['Confluent schema 42, Avro shop.Order'])
    expect(jsonTextsOf(decoded)).toEqual([AVRO_VALUE])
    expect(decoded.notes).toEqual([])
    expect(changes()).toBe(1)
  })

  test('Avro that refers to another subject, which refers to a third', async () => {
    const order = JSON.parse(ORDER_SCHEMA)
    const at = (name: string) => order.fields.find((field: { name: string }) => field.name === name)
    const kind = { ...at('kind').type, namespace: 'shop' }
    const server = await registryWith({
      42: {
        schema: JSON.stringify({
          ...order,
          fields: order.fields.map((field: { name: string }) =>
            field.name === 'kind' ? { ...field, type: 'shop.Kind' } : field,
          ),
        }),
        references: [{ name: 'shop.Kind', subject: 'kinds of/orders', version: 3 }],
      },
    })
    server.subjects.set('kinds of/orders 3', { schema: JSON.stringify(kind) })
    const { settled } = await decodingsAt(server.url)
    expect(jsonTextsOf(await settled(payload('Confluent, Avro')))).toEqual([AVRO_VALUE])
    expect(server.requests).toEqual(['GET /schemas/ids/42', 'GET /subjects/kinds%20of%2Forders/versions/3'])
  })

  test('Protobuf, of whose file two messages are; what every registry knows is not referred to', async () => {
    const server = await registryWith({ 9: { schema: serializedFile(1), schemaType: 'PROTOBUF' } })
    const { settled } = await decodingsAt(server.url)
    const record = Buffer.concat([Uint8Array.of(0, 0, 0, 0, 9, 0), payload('Protobuf order')])
    const decoded = await settled(record)
    expect(labelsOf(decoded)).toEqual(['Confluent schema 9, Protobuf shop.Order'])
    expect(jsonTextsOf(decoded)).toEqual([PROTOBUF_VALUE])
    expect(server.requests).toEqual(['GET /schemas/ids/9', 'GET /schemas/ids/9?format=serialized'])
    // Message 1 of the file is shop.Other: index list of one (zig-zag 2), index 1 (zig-zag 2), then field 1 "pen".
    const other = Uint8Array.of(0, 0, 0, 0, 9, 2, 2, 0x0a, 3, 0x70, 0x65, 0x6e)
    const second = await settled(other)
    expect(labelsOf(second)).toEqual(['Confluent schema 9, Protobuf shop.Other'])
    expect(jsonTextsOf(second)).toEqual(['{"name":"pen"}'])
  })

  test('Protobuf source, from a registry that does not serialize, is refused with the reason', async () => {
    const server = await registryWith({ 9: { schema: 'syntax = "proto3";', schemaType: 'PROTOBUF' } })
    const { settled } = await decodingsAt(server.url)
    const decoded = await settled(Uint8Array.of(0, 0, 0, 0, 9, 0, 0xff, 0xff, 1, 2))
    expect(decoded.notes.join()).toContain('the registry gives Protobuf schemas as source only')
    expect(decoded.content.kind).toBe('bytes')
  })

  test('JSON', async () => {
    const server = await registryWith({ 7: { schema: '{"type":"object"}', schemaType: 'JSON' } })
    const { settled } = await decodingsAt(server.url)
    const decoded = await settled(payload('Confluent, JSON'))
    expect(labelsOf(decoded)[0]).toBe('Confluent schema 7, JSON schema')
    expect(jsonTextsOf(decoded)).toEqual(['{"order":1,"price":12345678901234567890,"note":"café"}'])
  })

  test('a row that was drawn before its schema came is drawn anew', async () => {
    const server = await registryWith({ 42: { schema: ORDER_SCHEMA } })
    const { decodings } = await decodingsAt(server.url)
    const data = payload('Confluent, Avro')
    const row = { id: '1', record: { data }, data, keptBytes: 1, decoding: decodings.of(STREAM) }
    expect(rowPreview(row as unknown as TailRow)).not.toContain('9007199254740993')
    await decodings.settled(STREAM, 30_000, never)
    expect(rowPreview(row as unknown as TailRow)).toContain('"id":9007199254740993')
  })
})

describe('a registry that does not give one', () => {
  const AVRO = payload('Confluent, Avro')
  const rows: [string, object, string][] = [
    ['404', {}, 'Schema 42 not found (HTTP 404)'],
    ['500', { 42: 'fault' }, 'Error in the backend data store (HTTP 500)'],
    ['a page of a proxy', { 42: 'html' }, 'the answer is no JSON'],
    ['more than 4 MiB', { 42: 'huge' }, 'the answer is larger than 4 MiB'],
    ['a redirect', { 42: 'redirect' }, 'the registry refused (HTTP 302)'],
    ['a connection that breaks', { 42: 'torn' }, 'broke before the whole answer was there'],
    ['another kind of schema', { 42: { schema: 'x', schemaType: 'XSD' } }, 'type "XSD" is not known here'],
    ['what is no schema', { 42: { schema: '{"type":"recrd"}' } }, 'recrd'],
  ]

  test.each(rows)('%s: the bytes stay, with the reason; it is not asked again', async (_, ids, reason) => {
    const server = await registryWith(ids)
    const { settled } = await decodingsAt(server.url)
    const decoded = await settled(AVRO)
    expect(decoded.content).toEqual({ kind: 'bytes' })
    expect(decoded.notes.join()).toContain(reason)
    await settled(AVRO)
    expect(server.requests).toHaveLength(1)
  })

  test('nobody listens', async () => {
    const server = await fakeConfluent()
    await server.close()
    const { settled } = await decodingsAt(server.url)
    expect((await settled(AVRO)).notes.join()).toContain('connection refused')
  })

  test('silence ends with the deadline of a call', async () => {
    const server = await registryWith({ 42: 'silent' })
    const { settled } = await decodingsAt(server.url)
    expect((await settled(AVRO)).notes.join()).toContain('no answer within 5 s')
  }, 30_000)

  test('what was absent is asked for again after five minutes, and is read then', async () => {
    const server = await registryWith({})
    const clock = new StepClock()
    const { decode, decodings } = await decodingsAt(server.url, { clock })
    const answered = async (count: number) => {
      decode(AVRO)
      while (server.requests.length < count) await new Promise(resolve => setImmediate(resolve))
      for (;;) {
        const { notes } = decode(AVRO)
        if (!notes.join().includes('being asked')) return notes.join()
        await new Promise(resolve => setImmediate(resolve))
      }
    }
    expect(await answered(1)).toContain('not found')
    server.ids.set('42', { schema: ORDER_SCHEMA })
    await clock.run(clock.sleep(299_000))
    expect(await answered(1)).toContain('not found')
    await clock.run(clock.sleep(2_000))
    expect(await answered(2)).toBe('')
    expect(jsonTextsOf(decode(AVRO))).toEqual([AVRO_VALUE])
    decodings.close()
  })

  test('bytes that only look like headers cost twenty calls, not one each', async () => {
    const server = await registryWith({})
    const { settled } = await decodingsAt(server.url)
    for (let id = 1; id <= 100; id += 1) await settled(Uint8Array.of(0, 0, 0, 1, id, 0xff, 0xfe, 0xfd))
    expect(server.requests).toHaveLength(20)
  })
})

describe('the way to a registry', () => {
  test('user and password of the address are sent, and told nowhere', async () => {
    const server = await registryWith({ 42: { schema: ORDER_SCHEMA } }, 'reader:s3cret/%')
    const withUser = server.url.replace('//', '//reader:s3cret%2F%25@')
    const { settled } = await decodingsAt(withUser)
    expect(jsonTextsOf(await settled(payload('Confluent, Avro')))).toEqual([AVRO_VALUE])
    const wrong = await decodingsAt(server.url.replace('//', '//reader:hunter2@'))
    const { notes } = await wrong.settled(payload('Confluent, Avro'))
    expect(notes.join()).toContain('Unauthorized (HTTP 401)')
    expect(notes.join()).not.toContain('hunter2')
  })

  test('AWS_CA_BUNDLE is trusted, and without it the certificate is refused', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'shardscope-registry-'))
    ending.push(() => rmSync(folder, { recursive: true }))
    const tls = selfSignedCertificate(Date.now())
    const bundle = join(folder, 'ca.pem')
    writeFileSync(bundle, tls.cert)
    const server = await fakeConfluent({ tls })
    ending.push(() => server.close())
    server.ids.set('42', { schema: ORDER_SCHEMA })
    const settings = settingsOf({
      flags: { endpointUrl: 'http://127.0.0.1:9' },
      environment: { AWS_CA_BUNDLE: bundle },
    })
    const trusting = await decodingsAt(server.url, { connection: await connected({ settings }) })
    expect(jsonTextsOf(await trusting.settled(payload('Confluent, Avro')))).toEqual([AVRO_VALUE])
    const { settled } = await decodingsAt(server.url)
    expect((await settled(payload('Confluent, Avro'))).notes.join()).toMatch(/certificate/i)
  })

  test('HTTP_PROXY is used for what is not this machine', async () => {
    const asked: string[] = []
    const proxy = createServer((incoming, outgoing) => {
      asked.push(incoming.url ?? '')
      outgoing.end(JSON.stringify({ schema: ORDER_SCHEMA }))
    })
    await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve))
    ending.push(() => proxy.close())
    const settings = settingsOf({
      flags: { endpointUrl: 'http://127.0.0.1:9' },
      environment: { HTTP_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` },
    })
    const connection = await connected({ settings })
    const { settled } = await decodingsAt('http://registry.invalid:8081/base/', { connection })
    expect(jsonTextsOf(await settled(payload('Confluent, Avro')))).toEqual([AVRO_VALUE])
    expect(asked).toEqual(['http://registry.invalid:8081/base/schemas/ids/42'])
  })

  test.each(['orders', 'ftp://127.0.0.1', ''])('"%s" is no address', async address => {
    const { services } = await connected()
    const failure = await failureIn(
      Promise.resolve().then(() => services.schemaRegistry?.(address).schema('1', never)),
    )
    expect(failure).toMatchObject({ kind: 'usage' })
  })
})

describe('a page that goes to a pipe', () => {
  const page = async ({ decodings }: Awaited<ReturnType<typeof decodingsAt>>) => {
    const decoding = decodings.of(STREAM)
    const data = payload('Confluent, Avro')
    const records = [{ ...STREAM, shardId: 's', sequenceNumber: '1', data }]
    const reading = new SettledReading({ decodings, signal: never } as never, STREAM, decoding)
    const api = reading.api({
      listShards: async () => [],
      getShardIterator: async () => 'i',
      getRecords: async () => ({ records }),
    } as never)
    await api.getRecords('i' as never, {} as never, {} as never)
    return decodeRecord({ data }, decoding.options)[0]
  }

  test('waits for the schemas that its records name', async () => {
    const server = await registryWith({ 42: { schema: ORDER_SCHEMA } })
    expect(jsonTextsOf((await page(await decodingsAt(server.url))) as never)).toEqual([AVRO_VALUE])
  })

  test('waits five seconds and no longer, then goes on as bytes with the reason', async () => {
    const server = await registryWith({ 42: 'silent' })
    const clock = new StepClock()
    const reading = await decodingsAt(server.url, { clock })
    const startedAt = clock.now()
    const decoded = await clock.run(page(reading))
    expect(clock.now() - startedAt).toBe(5_000)
    expect(decoded?.content).toEqual({ kind: 'bytes' })
    expect(decoded?.notes.join()).toContain('the registry is being asked for')
  })
})
