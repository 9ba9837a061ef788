import { randomUUID } from 'node:crypto'
import { ServiceError } from '../engine/errors.ts'
import type { Service } from '../engine/service.ts'
import type { Faults } from '../faults/faults.ts'
import type { WireRequest, WireResponse } from '../wire/exchange.ts'
import { sufferFault } from '../wire/fault-answer.ts'
import { cborFormat } from './cbor-format.ts'
import type { CloudWatch } from './cloudwatch.ts'
import { CloudWatchError, type CloudWatchErrorCode } from './cloudwatch-error.ts'
import { jsonFormat } from './json-format.ts'
import { queryFormat } from './query-format.ts'
import type { WireFormat } from './wire-format.ts'

const TARGET = /^GraniteServiceVersion20100801\.(\w+)$/
const RPC_PATH = /^\/service\/GraniteServiceVersion20100801\/operation\/(\w+)$/
const API_VERSION = '2010-08-01'

/** A request to CloudWatch: the operation and the protocol it is spoken in. */
export type CloudWatchRequest = { operation: string; format: WireFormat }

/** What a request asks of CloudWatch, or nothing where it is for another service. */
export function cloudWatchRequest(request: WireRequest): CloudWatchRequest | undefined {
  const { headers } = request
  const isQueryMode = headers['x-amzn-query-mode'] === 'true'
  const target = TARGET.exec(headers['x-amz-target'] ?? '')?.[1]
  if (target !== undefined) return { operation: target, format: jsonFormat(isQueryMode) }
  const called = RPC_PATH.exec(request.path)?.[1]
  if (called !== undefined) return { operation: called, format: cborFormat(isQueryMode) }
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded') !== true) return undefined
  const form = new URLSearchParams(Buffer.from(request.body).toString('utf8'))
  const action = form.get('Action')
  return action !== null && form.get('Version') === API_VERSION
    ? { operation: action, format: queryFormat }
    : undefined
}

/** Answers one CloudWatch request, with whatever goes wrong on purpose; never throws. */
export async function answerCloudWatch(
  { service, cloudWatch, faults }: { service: Service; cloudWatch: CloudWatch; faults: Faults },
  { operation, format }: CloudWatchRequest,
  request: WireRequest,
): Promise<WireResponse> {
  const requestId = randomUUID()
  try {
    for (const fault of faults.strike(operation, undefined)) {
      const spoiled = await sufferFault(fault, operation, request, faults, service.clock)
      if (spoiled !== undefined) return spoiled
    }
    const input = format.parse(request.body, operation, cloudWatch.shapes)
    return format.success(operation, cloudWatch.handle(operation, input, format.codec), requestId)
  } catch (error) {
    return format.failure(asCloudWatchError(error), requestId)
  }
}

/** Names that CloudWatch has other codes for than Kinesis. */
const CODES: Record<string, CloudWatchErrorCode> = {
  AccessDeniedException: 'AccessDenied',
  ExpiredTokenException: 'ExpiredToken',
  LimitExceededException: 'Throttling',
  ProvisionedThroughputExceededException: 'Throttling',
  SerializationException: 'SerializationException',
  ServiceUnavailable: 'ServiceUnavailable',
  ValidationException: 'ValidationError',
}

function asCloudWatchError(error: unknown): CloudWatchError {
  if (error instanceof CloudWatchError) return error
  if (error instanceof ServiceError) {
    const code = CODES[error.name] ?? (error.statusCode < 500 ? 'ValidationError' : 'InternalServiceError')
    const message =
      code === 'AccessDenied' ? error.message.replaceAll('kinesis:', 'cloudwatch:') : error.message
    return new CloudWatchError(code, message, error.statusCode)
  }
  return new CloudWatchError('InternalServiceError', String(error), 500)
}
