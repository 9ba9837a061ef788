import { ServiceError } from '../engine/errors.ts'
import type { Service } from '../engine/service.ts'
import type { Answer } from './exchange.ts'
import { refuseForeign } from './guard.ts'
import { jsonProtocol } from './json-protocol.ts'
import { answerKinesis, errorResponse, kinesisOperation } from './kinesis-endpoint.ts'

/** What every transport serves: the guard first, then whichever service the request is for. */
export function createAnswer(service: Service): Answer {
  return async request => {
    const refusal = refuseForeign(request)
    if (refusal !== undefined) return refusal
    const operation = kinesisOperation(request)
    if (operation !== undefined) return answerKinesis(service, operation, request)
    return errorResponse(new ServiceError('UnknownOperationException', ''), jsonProtocol)
  }
}
