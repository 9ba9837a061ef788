import { randomUUID } from 'node:crypto'
import { ServiceError } from '../engine/errors.ts'
import type { Service } from '../engine/service.ts'
import type { Subscription } from '../engine/subscription.ts'
import type { Fault } from '../faults/fault-plan.ts'
import type { Faults } from '../faults/faults.ts'
import { countThrottled } from '../faults/throttle-metrics.ts'
import { cborProtocol } from './cbor-protocol.ts'
import { subscriptionMessages } from './event-stream.ts'
import type { WireRequest, WireResponse } from './exchange.ts'
import { withFailedRecords } from './failed-records.ts'
import { emptyPage, spoilStream, streamNameOf, sufferFault } from './fault-answer.ts'
import { jsonProtocol } from './json-protocol.ts'
import type { Protocol } from './protocol.ts'

const TARGET = /^Kinesis_20131202\.(\w+)$/

/** The Kinesis operation a request asks for, or nothing when it is for another service. */
export const kinesisOperation = (request: WireRequest) =>
  TARGET.exec(request.headers['x-amz-target'] ?? '')?.[1]

/** The wire format a request speaks; what is neither is answered in JSON. */
export const protocolOf = (request: WireRequest): Protocol =>
  request.headers['content-type']?.startsWith('application/x-amz-cbor') === true ? cborProtocol : jsonProtocol

/** Answers one Kinesis request, with whatever goes wrong on purpose; never throws. */
export async function answerKinesis(
  service: Service,
  faults: Faults,
  operation: string,
  request: WireRequest,
): Promise<WireResponse> {
  const protocol = protocolOf(request)
  const arrivedAt = service.clock.now()
  try {
    const input = protocol.parse(request.body)
    const streamName = faults.plan.faults.length === 0 ? undefined : streamNameOf(input)
    const struck = faults.plan.faults.length === 0 ? [] : faults.strike(operation, streamName)
    for (const fault of struck) {
      if (fault.fault === 'throttle') {
        countThrottled(service.account, operation, streamName, input, service.clock.now())
      }
      const spoiled = await sufferFault(fault, operation, request, faults, service.clock)
      if (spoiled !== undefined) return spoiled
    }
    const run = (what: unknown) => service.handle(operation, what, { codec: protocol.codec, arrivedAt })
    if (operation === 'SubscribeToShard') {
      return eventStream(service, run(input) as Subscription, protocol, request, struck)
    }
    const output = spoiledOutput(operation, input, struck, faults, run)
    const empty = Object.keys(output).length === 0
    return { statusCode: 200, headers: headersOf(protocol), body: empty ? '' : protocol.print(output) }
  } catch (error) {
    return errorResponse(error, protocol)
  }
}

/** The output, with the faults that change it: entries that fail, pages that are empty. */
function spoiledOutput(
  operation: string,
  input: unknown,
  struck: readonly Fault[],
  faults: Faults,
  run: (input: unknown) => object,
): object {
  for (const fault of struck) {
    if (fault.fault === 'failed-records' && operation === 'PutRecords') {
      return withFailedRecords(fault, input, () => faults.chance(), run)
    }
    if (fault.fault === 'empty-pages' && operation === 'GetRecords') return emptyPage(input)
  }
  return run(input)
}

function eventStream(
  service: Service,
  subscription: Subscription,
  protocol: Protocol,
  { signal }: WireRequest,
  struck: readonly Fault[],
): WireResponse {
  const headers = { ...headersOf(protocol), 'content-type': 'application/vnd.amazon.eventstream' }
  const messages = subscriptionMessages(service, subscription, protocol, signal)
  const spoiler = struck.find(fault => fault.fault === 'cut-stream' || fault.fault === 'stall-stream')
  const body = spoiler === undefined ? messages : spoilStream(messages, spoiler, service.clock, signal)
  return { statusCode: 200, headers, body }
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
