import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { Decodings } from '../../source/commands/decodings.ts'
import { decodeRecord } from '../../source/domain/decode/decode-record.ts'
import { SYSTEM_CLOCK } from '../../source/system-clock.ts'
import { connectTo } from '../aws/connect-to.ts'
import { type Reply, type ScriptedServer, scriptedServer, serviceError } from '../aws/scripted-server.ts'
import { type Emulator, startMoto } from '../contract/peers/emulators.ts'
import { jsonTextsOf, labelsOf, payload } from '../domain/decode/payload.ts'
import { PYTHON } from '../support/python.ts'

vi.setConfig({ testTimeout: 60_000 })

const STREAM = { streamName: 'orders' }
const AVSC = fileURLToPath(new URL('../domain/decode/order.avsc', import.meta.url))
const GLUE_ID = 'b7b4a7f0-9c96-4e4a-a687-fb5de9ef0c63'
const never = new AbortController().signal
const ending: (() => unknown)[] = []

afterEach(async () => {
  for (const end of ending.splice(0)) await end()
})

/** Decodes a record of a stream whose schemas are looked up in Glue at this address, once they have come. */
async function readingAt(url: string) {
  const connection = await connectTo(url)
  const decodings = new Decodings({
    rules: [{ stream: 'orders', registry: 'glue' }],
    readInput: () => Promise.reject(new Error('no files')),
    clock: SYSTEM_CLOCK,
    session: () => ({ endpoint: { value: url } }),
    services: () => connection.services,
  })
  ending.push(() => {
    decodings.close()
    connection.close()
  })
  expect(await decodings.problem(STREAM)).toBeUndefined()
  const decode = (data: Uint8Array) => {
    const [decoded] = decodeRecord({ data }, decodings.of(STREAM).options)
    if (decoded === undefined) throw new Error('nothing')
    return decoded
  }
  return async (data: Uint8Array) => {
    decode(data)
    await decodings.settled(STREAM, 30_000, never)
    return decode(data)
  }
}

/** Version 3, a compression byte, the id's 16 bytes, the value: the published header. */
function withHeader(id: string, value: Uint8Array): Uint8Array {
  return Buffer.concat([Uint8Array.of(3, 0), Buffer.from(id.replaceAll('-', ''), 'hex'), value])
}

describe.skipIf(PYTHON === undefined)(
  'the Glue schema registry of moto (needs SHARDSCOPE_PYTHON; .ci/run makes one)',
  () => {
    let moto: Emulator
    let ids: { avro: string; json: string; protobuf: string }

    beforeAll(async () => {
      const python = PYTHON as string
      moto = await startMoto(python)
      const prepare = fileURLToPath(new URL('prepare_glue.py', import.meta.url))
      const { stdout } = await promisify(execFile)(python, [prepare, moto.url, AVSC])
      ids = JSON.parse(stdout)
    })
    afterAll(() => moto.stop())

    test('Avro is read with the schema of its id', async () => {
      const read = await readingAt(moto.url)
      const datum = payload('Glue, Avro').subarray(18)
      const decoded = await read(withHeader(ids.avro, datum))
      expect(labelsOf(decoded)).toEqual([`Glue schema ${ids.avro}, Avro shop.Order`])
      // What fastavro was given.
      expect(jsonTextsOf(decoded)).toEqual([
        '{"id":9007199254740993,"note":null,"price":1.5,"tags":["a","b"],"counts":{"x":-1},"kind":"OLD",' +
          '"mark":{"$base64":"AAECAw=="},"raw":{"$base64":"/w=="},"isPaid":true,"at":"2026-11-30T12:00:00.000Z","ratio":0.5}',
      ])
    })

    test('JSON is read as such, Protobuf source is refused with what helps', async () => {
      const read = await readingAt(moto.url)
      const json = await read(withHeader(ids.json, Buffer.from('{"a":1}')))
      expect(jsonTextsOf(json)).toEqual(['{"a":1}'])
      const event = await read(withHeader(ids.protobuf, Uint8Array.of(0, 0xff, 0xff, 0xff)))
      expect(event.notes.join()).toContain('Protobuf source, which Glue keeps in no compiled form')
    })

    test('an id that is not there', async () => {
      const read = await readingAt(moto.url)
      const decoded = await read(payload('Glue, Avro'))
      expect(decoded.notes.join()).toContain(`needs Glue schema ${GLUE_ID}`)
      expect(decoded.notes.join()).toMatch(/the registry did not give: .*not found/i)
    })
  },
)

describe('a Glue that does not give a schema', () => {
  async function glueThat(reply: (count: number) => Reply): Promise<ScriptedServer> {
    let count = 0
    const server = await scriptedServer(() => {
      count += 1
      return reply(count)
    })
    ending.push(() => server.close())
    return server
  }
  const schema = {
    SchemaVersionId: GLUE_ID,
    DataFormat: 'AVRO',
    SchemaDefinition: readFileSync(AVSC, 'utf8'),
  }

  test('is asked by the published operation, once for all records of an id', async () => {
    const server = await glueThat(() => ({ json: schema }))
    const read = await readingAt(server.url)
    const decoded = await read(payload('Glue, Avro'))
    expect(labelsOf(decoded)).toEqual([`Glue schema ${GLUE_ID}, Avro shop.Order`])
    await read(payload('Glue, Avro'))
    expect(server.requests.map(({ operation, body }) => [operation, body])).toEqual([
      ['GetSchemaVersion', { SchemaVersionId: GLUE_ID }],
    ])
  })

  test.each<[string, Reply, string]>([
    ['denied', serviceError('AccessDeniedException', 'not allowed to glue:GetSchemaVersion'), 'not allowed'],
    ['absent', serviceError('EntityNotFoundException', 'Schema version is not found.'), 'not found'],
    ['without a schema', { json: { SchemaVersionId: GLUE_ID } }, 'holds no schema'],
    ['of another format', { json: { ...schema, DataFormat: 'THRIFT' } }, 'holds no schema'],
    ['no Glue', { text: '<html>nginx</html>', status: 404 }, 'does not answer as Glue'],
  ])('%s: the bytes stay, with the reason, and it is not asked again', async (_, reply, reason) => {
    const server = await glueThat(() => reply)
    const read = await readingAt(server.url)
    const decoded = await read(payload('Glue, Avro'))
    expect(decoded.content.kind).not.toBe('json')
    expect(decoded.notes.join()).toContain(reason)
    const asked = server.requests.length
    await read(payload('Glue, Avro'))
    expect(server.requests).toHaveLength(asked)
  })

  test('a fault of the service is tried again by the call itself', async () => {
    const server = await glueThat(count =>
      count === 1 ? serviceError('InternalServiceException', 'try again', 500) : { json: schema },
    )
    const read = await readingAt(server.url)
    expect(labelsOf(await read(payload('Glue, Avro')))).toEqual([`Glue schema ${GLUE_ID}, Avro shop.Order`])
  })
})
