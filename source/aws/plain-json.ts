import { isAscii } from 'node:buffer'
import { NOT_IMPLEMENTED, saysNotImplemented } from './unimplemented.ts'

/** An answer that no Kinesis gives: HTML of a proxy or portal, broken or endless JSON. */
export class NotKinesisAnswer extends Error {
  /** Named as in the SDK, whose retry rules look at it. */
  readonly $metadata: { readonly httpStatusCode: number }

  constructor(message: string, httpStatusCode: number) {
    super(message)
    this.name = 'NotKinesisAnswer'
    this.$metadata = { httpStatusCode }
  }
}

/** No answer of the service is larger: 10 MiB of records make 14 MB of base64. */
const LARGEST_BODY_BYTES = 64 * 1_048_576

type Response = { statusCode: number; headers: Record<string, string>; body?: unknown }
// biome-ignore lint/suspicious/noExplicitAny: stands for the SDK's generic protocol method
type Deserialize = (schema: any, context: any, response: any) => Promise<any>

/**
 * Makes a client hand out answers as the parsed JSON, without the SDK's schema reader: that one fails a whole page on
 * unpadded base64, ISO dates or other oddities of emulators, and is about three times slower on records. shapes.ts
 * reads the values. Errors still become the SDK's typed ones, except those that are not JSON at all.
 */
export function answerPlainJson(protocol: { deserializeResponse: Deserialize }): void {
  const typed = protocol.deserializeResponse.bind(protocol)
  protocol.deserializeResponse = async (schema, context, response: Response) => {
    const bytes = await collected(response)
    // A page of records is all ASCII, whose text is made three times faster and takes half the room of any other.
    const text = bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8')
    const isError = response.statusCode >= 300
    const value = /\S/.test(text) ? parsed(text, response) : {}
    if (isError)
      return typed(schema, context, { ...response, statusCode: statusOf(value, response), body: bytes })
    return { ...value, $metadata: { httpStatusCode: response.statusCode } }
  }
}

/** A server's fault whose text says that it lacks the operation is none that another try could help. */
function statusOf(value: Readonly<Record<string, unknown>>, { statusCode }: Response): number {
  if (statusCode < 500) return statusCode
  const { __type: type, code, message, Message } = value
  const text = message ?? Message
  return saysNotImplemented(String(type ?? code ?? ''), typeof text === 'string' ? text : '')
    ? NOT_IMPLEMENTED
    : statusCode
}

async function collected(response: Response): Promise<Buffer> {
  const body = response.body
  if (body === undefined || body === null) return Buffer.alloc(0)
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > LARGEST_BODY_BYTES) {
      throw new NotKinesisAnswer(
        `Not a Kinesis answer: over ${LARGEST_BODY_BYTES} bytes`,
        response.statusCode,
      )
    }
    chunks.push(chunk)
  }
  const only = chunks.length === 1 ? chunks[0] : undefined
  return only === undefined
    ? Buffer.concat(chunks, size)
    : Buffer.from(only.buffer, only.byteOffset, only.byteLength)
}

function parsed(text: string, response: Response): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>
    }
  } catch {
    // Told below, with what was found instead.
  }
  throw new NotKinesisAnswer(
    `Not a Kinesis answer: HTTP ${response.statusCode} with ${looksLike(text)}`,
    response.statusCode,
  )
}

/** What a body is, in a few words: the title of a page, else its first characters. */
function looksLike(text: string): string {
  const title = /<title[^>]*>([^<]{1,120})/i.exec(text)?.[1]?.trim()
  if (title !== undefined) return `an HTML page titled "${title}"`
  if (/^\s*<(!doctype html|html)/i.test(text)) return 'an HTML page'
  if (/^\s*</.test(text)) return `XML: ${text.trim().slice(0, 60)}`
  return `a body that begins "${text.trim().slice(0, 40)}"`
}
