import * as zlib from 'node:zlib'
import { ByteReader } from './byte-reader.ts'
import { afterMessageIndex, type GivenSchema, readBehindHeader, type SchemaReading } from './given-schema.ts'
import { inflateWithin } from './inflate.ts'
import { looksLikeMessage } from './protobuf-guess.ts'
import type { LookUpState, SchemaShelf } from './schema-shelf.ts'
import type { ByteStage, InflateBudget, Unwrapped } from './stage.ts'
import { readText } from './text.ts'

const GLUE_VERSION = 3
const GLUE_HEADER_BYTES = 18
const CONFLUENT_HEADER_BYTES = 5

/** AWS Glue Schema Registry: 3, a compression byte (0 none, 5 zlib), the schema version's UUID, the value. */
export const glueStage: ByteStage = {
  stage: 'glue',
  unwrap(bytes, { schemas, inflateBudget }) {
    const [version, compression] = bytes
    if (version !== GLUE_VERSION || (compression !== 0 && compression !== 5)) return undefined
    if (bytes.length < GLUE_HEADER_BYTES) return undefined
    const id = uuidOf(bytes.subarray(2, GLUE_HEADER_BYTES))
    const packed = bytes.subarray(GLUE_HEADER_BYTES)
    const body = compression === 0 ? packed : inflated(packed, inflateBudget)
    if (typeof body === 'string') return { outcome: 'refused', reason: body }
    return behindHeader(body, `Glue schema ${id}`, { registry: 'glue', id }, schemas)
  },
}

/**
 * Confluent's wire format: 0, a schema id of four bytes, the value (behind a message index for Protobuf). A zero proves
 * little, so that it is taken only where the rest can be read.
 */
export const confluentStage: ByteStage = {
  stage: 'confluent',
  unwrap(bytes, { schemas }) {
    if (bytes[0] !== 0 || bytes.length <= CONFLUENT_HEADER_BYTES) return undefined
    const id = new ByteReader(bytes, 1).uint32()
    if (id === 0 || id > 100_000_000) return undefined
    const label = `Confluent schema ${id}`
    const body = bytes.subarray(CONFLUENT_HEADER_BYTES)
    const named = { registry: 'confluent', id: String(id) } as const
    const unwrapped = behindHeader(body, label, named, schemas)
    if (schemaFor(named, schemas)?.isCertain === true) return unwrapped
    if (unwrapped.outcome === 'content' || readText(body)?.trimStart().startsWith('{')) return unwrapped
    const message = afterMessageIndex(body)
    if (message !== undefined && looksLikeMessage(message)) return { outcome: 'bytes', bytes: message, label }
    const asked = schemas?.lookUp?.ask(named.registry, named.id)
    return { outcome: 'refused', reason: `could be a value of schema ${id}, which ${missing(asked)}` }
  },
}

/** The value with its schema where there is one; else what the chain makes of the bytes (JSON, Protobuf). */
function behindHeader(
  body: Uint8Array,
  label: string,
  named: Named,
  schemas: SchemaShelf | undefined,
): Unwrapped {
  const schema = schemaFor(named, schemas)
  // The schema says what may be in it, not how it is written.
  if (schema?.schema.format === 'json')
    return { outcome: 'bytes', bytes: body, label: `${label}, JSON schema` }
  const isText = readText(body) !== undefined
  if (schema === undefined) {
    const notes =
      isText || body.length === 0
        ? undefined
        : [
            `needs ${label} to be read fully, which ${missing(schemas?.lookUp?.ask(named.registry, named.id))}`,
          ]
    return { outcome: 'bytes', bytes: body, label, ...(notes === undefined ? {} : { notes }) }
  }
  const read = readBehindHeader(body, schema.schema)
  if (read.outcome !== 'content')
    return { outcome: 'bytes', bytes: body, label, notes: [notFitting(label, read)] }
  const notes = schema.isCertain
    ? []
    : [`${label} was read with the one schema given; its id was not checked`]
  return { ...read, label: `${label}, ${read.label}`, ...(notes.length === 0 ? {} : { notes }) }
}

function notFitting(label: string, read: Extract<SchemaReading, { outcome: 'refused' }>): string {
  return `${label}: the given schema does not fit: ${read.reason}`
}

type Named = { readonly registry: 'glue' | 'confluent'; readonly id: string }

/** The schema that was given under this id, else the registry's, else the only one that was given at all. */
function schemaFor(
  { registry, id }: Named,
  schemas: SchemaShelf | undefined,
): { readonly schema: GivenSchema; readonly isCertain: boolean } | undefined {
  const given = schemas?.byId(id)
  if (given?.isCertain === true) return given
  const asked = schemas?.lookUp?.ask(registry, id)
  return asked?.state === 'found' ? { schema: asked.schema, isCertain: true } : given
}

function missing(asked: LookUpState | undefined): string {
  if (asked === undefined) return 'was not given'
  return asked.state === 'failed'
    ? `the registry did not give: ${asked.reason}`
    : 'the registry is being asked for'
}

function inflated(packed: Uint8Array, budget: InflateBudget): Uint8Array | string {
  const result = inflateWithin(budget, options => zlib.inflateSync(packed, options))
  return result.outcome === 'refused' ? result.reason : result.bytes
}

function uuidOf(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
