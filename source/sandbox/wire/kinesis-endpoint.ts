import { randomUUID } from 'node:crypto'
import { ServiceError } from '../engine/errors.ts'
import type { Service } from '../engine/service.ts'
import type { Subscription } from '../engine/subscription.ts'
import { cborProtocol } from './cbor-protocol.ts'
import { subscriptionMessages } from './event-stream.ts'
import type { WireRequest, WireResponse } from './exchange.ts'
import { jsonProtocol } from './json-protocol.ts'
import type { Protocol } from './protocol.ts'

const TARGET = /^Kinesis_20131202\.(\w+)$/

/** The Kinesis operation a request asks for, or nothing when it is for another service. */
export const kinesisOperation = (request: WireRequest) =>
  TARGET.exec(request.headers['x-amz-target'] ?? '')?.[1]

/** The wire format a request speaks; what is neither is answered in JSON. */
export const protocolOf = (request: WireRequest): Protocol =>
  request.headers['content-type']?.startsWith('application/x-amz-cbor') === true ? cborProtocol : jsonProtocol

/** Answers one Kinesis request; never throws. */
export function answerKinesis(service: Service, operation: string, request: WireRequest): WireResponse {
  const protocol = protocolOf(request)
  try {
    const output = service.handle(operation, protocol.parse(request.body), { codec: protocol.codec })
    if (operation === 'SubscribeToShard') {
      const headers = { ...headersOf(protocol), 'content-type': 'application/vnd.amazon.eventstream' }
      const body = subscriptionMessages(service, output as Subscription, protocol, request.signal)
      return { statusCode: 200, headers, body }
    }
    const empty = Object.keys(output).length === 0
    return { statusCode: 200, headers: headersOf(protocol), body: empty ? '' : protocol.print(output) }
  } catch (error) {
    return errorResponse(error, protocol)
  }
}

const headersOf = (protocol: Protocol) => ({
  'content-type': protocol.contentType,
  'x-amzn-requestid': randomUUID(),
})

/** The answer for a failure: the service's own error, or InternalFailure (500) with the fault's text if it is ours. */
export function errorResponse(error: unknown, protocol: Protocol): WireResponse {
  const failure =
    error instanceof ServiceError ? error : new ServiceError('InternalFailure', String(error), 500)
  const body: Record<string, string> = { __type: failure.name }
  if (failure.message !== '') body.message = failure.message
  return { statusCode: failure.statusCode, headers: headersOf(protocol), body: protocol.print(body) }
}
