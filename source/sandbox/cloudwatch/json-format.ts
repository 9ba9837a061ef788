import { jsonProtocol } from '../wire/json-protocol.ts'
import type { WireFormat } from './wire-format.ts'

const CONTENT_TYPE = 'application/x-amz-json-1.0'

/** AWS JSON 1.0, `X-Amz-Target: GraniteServiceVersion20100801.<Operation>`. Times are epoch seconds with a fraction. */
export const jsonFormat = (isQueryMode: boolean): WireFormat => ({
  codec: jsonProtocol.codec,
  parse: body => jsonProtocol.parse(body),
  success: (_, output, requestId) => ({
    statusCode: 200,
    headers: { 'content-type': CONTENT_TYPE, 'x-amzn-requestid': requestId },
    body: jsonProtocol.print(plainMaps(output) as object),
  }),
  failure: (error, requestId) => ({
    statusCode: error.statusCode,
    headers: {
      'content-type': CONTENT_TYPE,
      'x-amzn-requestid': requestId,
      // For callers that still know errors by the codes of the query protocol, and say so.
      ...(isQueryMode ? { 'x-amzn-query-error': `${error.code};${error.party}` } : {}),
    },
    body: JSON.stringify({
      __type: `com.amazonaws.cloudwatch#${error.shapeName}`,
      message: error.message,
    }),
  }),
})

/** Maps as objects, which both JSON and CBOR write them as. */
export function plainMaps(value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries(value)
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  if (Array.isArray(value)) return value.map(plainMaps)
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plainMaps(member)]))
}
