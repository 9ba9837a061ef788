import type { CloudWatch } from '../cloudwatch/cloudwatch.ts'
import { answerCloudWatch, cloudWatchRequest } from '../cloudwatch/cloudwatch-endpoint.ts'
import { ServiceError } from '../engine/errors.ts'
import type { Service } from '../engine/service.ts'
import type { Faults } from '../faults/faults.ts'
import { answerAdmin, isAdmin } from './admin-endpoint.ts'
import type { Answer } from './exchange.ts'
import { refuseForeign } from './guard.ts'
import { jsonProtocol } from './json-protocol.ts'
import { answerKinesis, errorResponse, kinesisOperation } from './kinesis-endpoint.ts'

/** What every transport serves: the guard first, then whichever service the request is for. */
export function createAnswer(service: Service, faults: Faults, cloudWatch: CloudWatch): Answer {
  return async request => {
    const refusal = refuseForeign(request)
    if (refusal !== undefined) return refusal
    if (isAdmin(request)) return answerAdmin(service, faults, request)
    const operation = kinesisOperation(request)
    if (operation !== undefined) return answerKinesis(service, faults, operation, request)
    const query = cloudWatchRequest(request)
    if (query !== undefined) return answerCloudWatch({ service, cloudWatch, faults }, query, request)
    return errorResponse(new ServiceError('UnknownOperationException', ''), jsonProtocol)
  }
}
