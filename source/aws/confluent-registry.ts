import { FailureError, usageFailure } from '../domain/failure.ts'
import { inlineReferences, type NamedSchema } from './avro-references.ts'
import { assertAllowed } from './guard.ts'
import type { HttpGet } from './registry-http.ts'
import type { RegistrySchema } from './services-api.ts'

// Confluent's Schema Registry over HTTP: GET /schemas/ids/{id}, and GET /subjects/{subject}/versions/{version} for what a
// schema refers to. With `format=serialized` a Protobuf schema comes as its compiled file, in base64.

const ACTION = 'confluent:GetSchema'
const CALL_MILLIS = 5_000
const MAX_ANSWER_BYTES = 4 * 1_048_576
const MAX_REFERENCES = 50

type Reference = { readonly name: string; readonly subject: string; readonly version: number }
type Answer = {
  readonly schema: string
  readonly schemaType: string
  readonly references: readonly Reference[]
}

export type ConfluentOptions = {
  /** Where it answers, with its user and password where it wants such; these are sent and never told. */
  readonly address: string
  readonly get: (origin: string) => HttpGet
}

/** Asks one registry for schemas. Reads only; redirects are not followed. */
export function confluentRegistry(options: ConfluentOptions): {
  schema(id: string, signal: AbortSignal): Promise<RegistrySchema>
  close(): void
} {
  const { url, authorization } = addressOf(options.address)
  const http = options.get(url)
  const get = async (path: string, signal: AbortSignal): Promise<Answer> => {
    assertAllowed(ACTION, { armed: false })
    const { status, body } = await http({
      url: new URL(`${url}${path}`),
      headers: {
        accept: 'application/vnd.schemaregistry.v1+json, application/json',
        ...(authorization === undefined ? {} : { authorization }),
      },
      action: ACTION,
      signal,
      callMillis: CALL_MILLIS,
      maxBytes: MAX_ANSWER_BYTES,
    })
    if (status < 200 || status > 299) throw refusal(status, body)
    return answerOf(body)
  }
  const schema = async (id: string, signal: AbortSignal): Promise<RegistrySchema> => {
    if (!/^\d{1,10}$/.test(id)) throw usageFailure(ACTION, `"${id}" is no id of a schema`)
    const answer = await get(`/schemas/ids/${id}`, signal)
    if (answer.schemaType === 'JSON') return { format: 'json', content: '' }
    const isProtobuf = answer.schemaType === 'PROTOBUF'
    if (!isProtobuf && answer.schemaType !== 'AVRO') {
      throw failed('unsupported', `a schema of type "${answer.schemaType}" is not known here`)
    }
    const format = isProtobuf ? '?format=serialized' : ''
    const main = isProtobuf ? await get(`/schemas/ids/${id}${format}`, signal) : answer
    // What is referred to comes before what refers to it, each once.
    const parts = new Map<string, NamedSchema>()
    const collect = async (references: readonly Reference[], above: readonly string[]): Promise<void> => {
      for (const { name, subject, version } of references) {
        const key = `${subject} ${version}`
        if (parts.has(key) || above.includes(key)) continue
        if (parts.size + above.length >= MAX_REFERENCES) {
          throw failed('unsupported', `it refers to more than ${MAX_REFERENCES} others`)
        }
        const found = await get(
          `/subjects/${encodeURIComponent(subject)}/versions/${version}${format}`,
          signal,
        )
        await collect(found.references, [...above, key])
        parts.set(key, { name, text: found.schema })
      }
    }
    await collect(answer.references, [])
    if (isProtobuf) {
      return {
        format: 'protobuf',
        content: descriptorSet([...parts.values(), { name: '', text: main.schema }]),
      }
    }
    return { format: 'avro', content: inlineReferences(answer.schema, [...parts.values()]) }
  }
  return { schema, close: () => http.close() }
}

/** @throws FailureError `usage` for what is no address */
export function addressOf(address: string): { readonly url: string; readonly authorization?: string } {
  const url = URL.parse(address.trim())
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw usageFailure(
      ACTION,
      'the schema registry is named neither "glue" nor by an http(s) address',
      'Write glue, or an address such as http://127.0.0.1:8081.',
    )
  }
  const { username, password } = url
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return {
    url: `${url.origin}${url.pathname.replace(/\/+$/, '')}`,
    ...(username === '' && password === ''
      ? {}
      : { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` }),
  }
}

/** A FileDescriptorSet is each file as field 1, one after the other. */
function descriptorSet(files: readonly NamedSchema[]): Uint8Array {
  return Buffer.concat(
    files.flatMap(({ text }) => {
      const file = Buffer.from(text, 'base64')
      // Source text in place of base64: a registry that does not know the format.
      if (file.toString('base64').replace(/=+$/, '') !== text.trim().replace(/=+$/, '')) {
        throw failed('unsupported', 'the registry gives Protobuf schemas as source only')
      }
      return [Buffer.from([0x0a]), varint(file.length), file]
    }),
  )
}

function varint(value: number): Uint8Array {
  const bytes: number[] = []
  let rest = value
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80)
  return Uint8Array.from([...bytes, rest])
}

function answerOf(body: string): Answer {
  let raw: unknown
  try {
    raw = JSON.parse(body)
  } catch {
    throw failed('bad-answer', 'the answer is no JSON')
  }
  const { schema, schemaType = 'AVRO', references = [] } = (raw ?? {}) as Readonly<Record<string, unknown>>
  if (typeof schema !== 'string' || typeof schemaType !== 'string' || !Array.isArray(references)) {
    throw failed('bad-answer', 'the answer holds no schema')
  }
  return {
    schema,
    schemaType,
    references: references.map((one: Partial<Reference> | null) => {
      if (
        typeof one?.name !== 'string' ||
        typeof one.subject !== 'string' ||
        !Number.isInteger(one.version)
      ) {
        throw failed('bad-answer', 'the answer refers to something without name, subject and version')
      }
      return { name: one.name, subject: one.subject, version: Number(one.version) }
    }),
  }
}

/** Errors are `{"error_code": 40403, "message": "Schema not found"}`. */
function refusal(status: number, body: string): FailureError {
  let message = ''
  try {
    const told = (JSON.parse(body) as { message?: unknown }).message
    if (typeof told === 'string') message = told.slice(0, 300)
  } catch {
    // A proxy's page says nothing that is worth its length.
  }
  const kind = status === 404 ? 'not-found' : status === 401 || status === 403 ? 'denied' : 'service'
  return failed(kind, `${message === '' ? 'the registry refused' : message} (HTTP ${status})`)
}

function failed(kind: ConstructorParameters<typeof FailureError>[0]['kind'], message: string): FailureError {
  return new FailureError({ kind, action: ACTION, message, retryable: false })
}
