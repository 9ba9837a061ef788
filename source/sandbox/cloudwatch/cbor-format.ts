import { cbor, tag } from '@smithy/core/cbor'
import { ServiceError } from '../engine/errors.ts'
import { isTagged, plain } from '../wire/cbor-protocol.ts'
import type { WireFormat } from './wire-format.ts'

/** RPC v2 CBOR, `POST /service/GraniteServiceVersion20100801/operation/<Operation>`. Times are epoch SECONDS, tag 1. */
export const cborFormat = (isQueryMode: boolean): WireFormat => ({
  codec: {
    timestamp(value) {
      if (value instanceof Date) return value.getTime()
      const content = Number(isTagged(value) ? value.value : value)
      return Number.isFinite(content) ? Math.round(content * 1000) : undefined
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
  success: (_, output, requestId) => ({
    statusCode: 200,
    headers: headersOf(requestId),
    body: cbor.serialize(cborValue(output)),
  }),
  failure: (error, requestId) => ({
    statusCode: error.statusCode,
    headers: {
      ...headersOf(requestId),
      ...(isQueryMode ? { 'x-amzn-query-error': `${error.code};${error.party}` } : {}),
    },
    body: cbor.serialize({ __type: `com.amazonaws.cloudwatch#${error.shapeName}`, message: error.message }),
  }),
})

const headersOf = (requestId: string) => ({
  'content-type': 'application/cbor',
  'smithy-protocol': 'rpc-v2-cbor',
  'x-amzn-requestid': requestId,
})

function cborValue(value: unknown): unknown {
  if (value instanceof Date) return tag({ tag: 1, value: value.getTime() / 1000 })
  if (value instanceof Map) return Object.fromEntries(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(cborValue)
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, cborValue(member)]))
}
