import { cbor, tag, tagSymbol } from '@smithy/core/cbor'
import { ServiceError } from '../engine/errors.ts'
import type { Protocol } from './protocol.ts'

/**
 * AWS CBOR 1.1, which the Java SDKs speak to Kinesis by default: the JSON shapes in CBOR, bytes as bytes, and times as
 * whole epoch MILLISECONDS under tag 1 in both directions (aws-sdk-java-v2 #4661), unlike every other CBOR protocol.
 */
export const cborProtocol: Protocol = {
  contentType: 'application/x-amz-cbor-1.1',
  codec: {
    timestamp(value) {
      if (value instanceof Date) return value.getTime()
      const content = isTagged(value) ? value.value : value
      return typeof content === 'number'
        ? Math.round(content)
        : typeof content === 'bigint'
          ? Number(content)
          : undefined
    },
    blob: value => (value instanceof Uint8Array ? value : undefined),
  },
  parse(body) {
    if (body.length === 0) return {}
    try {
      return plain(cbor.deserialize(body))
    } catch {
      throw new ServiceError('SerializationException', 'The request body is not valid CBOR.')
    }
  },
  print: output => cbor.serialize(cborValue(output)),
}

export const isTagged = (value: unknown): value is { tag: number; value: unknown } =>
  typeof value === 'object' && value !== null && tagSymbol in value

/** Whole numbers come as bigint when they are written in eight bytes. */
export function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array || isTagged(value))
    return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]))
}

function cborValue(value: unknown): unknown {
  if (value instanceof Date) return tag({ tag: 1, value: value.getTime() })
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  if (Array.isArray(value)) return value.map(cborValue)
  const result: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(value))
    if (member !== undefined) result[name] = cborValue(member)
  return result
}
