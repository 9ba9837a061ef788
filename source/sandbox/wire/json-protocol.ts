import { ServiceError } from '../engine/errors.ts'
import type { ValueCodec } from '../engine/input.ts'
import type { Protocol } from './protocol.ts'

/** AWS JSON 1.1: times are epoch seconds with a fraction, bytes are base64. */
export const jsonProtocol: Protocol = {
  contentType: 'application/x-amz-json-1.1',
  codec: jsonCodec(),
  parse(body) {
    if (body.length === 0) return {}
    try {
      return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.length).toString('utf8'))
    } catch {
      throw new ServiceError('SerializationException', 'The request body is not valid JSON.')
    }
  },
  print(output) {
    const { Records, ...rest } = output as { Records?: unknown }
    if (!Array.isArray(Records) || Records.length === 0 || !isStoredRecord(Records[0])) {
      return JSON.stringify(jsonValue(output))
    }
    const others = JSON.stringify(jsonValue(rest))
    return `{"Records":[${Records.map(printRecord).join()}]${others === '{}' ? '' : ','}${others.slice(1)}`
  },
}

type RecordStructure = {
  SequenceNumber: string
  ApproximateArrivalTimestamp: Date
  Data: Uint8Array
  PartitionKey?: string
  EncryptionType?: string
}

const isStoredRecord = (value: object): value is RecordStructure => 'ApproximateArrivalTimestamp' in value

/** Records are most of the traffic, and printing them by hand takes half the time. */
function printRecord(record: RecordStructure): string {
  const { SequenceNumber, ApproximateArrivalTimestamp: time, Data, PartitionKey, EncryptionType } = record
  const key = PartitionKey === undefined ? '' : `,"PartitionKey":${JSON.stringify(PartitionKey)}`
  const encryption = EncryptionType === undefined ? '' : `,"EncryptionType":"${EncryptionType}"`
  return `{"SequenceNumber":"${SequenceNumber}","ApproximateArrivalTimestamp":${time.getTime() / 1000},"Data":"${base64(Data)}"${key}${encryption}}`
}

const base64 = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64')

function jsonCodec(): ValueCodec {
  return {
    timestamp: value => (typeof value === 'number' ? Math.round(value * 1000) : undefined),
    blob: value => (typeof value === 'string' ? decodeBase64(value) : undefined),
  }
}

/** Bytes of canonical base64, or nothing: Node's own decoder skips what it does not know. */
function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || text.includes('-') || text.includes('_')) return undefined
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === (text.length / 4) * 3 - padding ? bytes : undefined
}

function jsonValue(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return value.getTime() / 1000
  if (value instanceof Uint8Array) return base64(value)
  if (Array.isArray(value)) return value.map(jsonValue)
  const result: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(value))
    if (member !== undefined) result[name] = jsonValue(member)
  return result
}
