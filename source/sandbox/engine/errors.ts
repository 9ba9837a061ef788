/** Every error name the service's model declares for Kinesis, with the ones the front door answers by itself. */
export type ServiceErrorName =
  | 'AccessDeniedException'
  | 'DryRunOperationException'
  | 'ExpiredIteratorException'
  | 'ExpiredNextTokenException'
  | 'ExpiredTokenException'
  | 'InternalFailure'
  | 'InternalFailureException'
  | 'InvalidArgumentException'
  | 'KMSAccessDeniedException'
  | 'KMSDisabledException'
  | 'KMSInvalidStateException'
  | 'KMSNotFoundException'
  | 'KMSOptInRequired'
  | 'KMSThrottlingException'
  | 'LimitExceededException'
  | 'ProvisionedThroughputExceededException'
  | 'RequestTimeTooSkewed'
  | 'ResourceInUseException'
  | 'ResourceNotFoundException'
  | 'SerializationException'
  | 'ServiceUnavailable'
  | 'UnknownOperationException'
  | 'ValidationException'

/** An answer other than success. `statusCode` is what HTTP says: 400 for the caller's faults, 5xx for ours. */
export class ServiceError extends Error {
  readonly statusCode: number
  override readonly name: ServiceErrorName
  constructor(name: ServiceErrorName, message: string, statusCode = 400) {
    super(message)
    this.name = name
    this.statusCode = statusCode
  }
}

export const invalidArgument = (message: string) => new ServiceError('InvalidArgumentException', message)
export const resourceInUse = (message: string) => new ServiceError('ResourceInUseException', message)
export const resourceNotFound = (message: string) => new ServiceError('ResourceNotFoundException', message)
export const limitExceeded = (message: string) => new ServiceError('LimitExceededException', message)
export const validationFailed = (message: string) => new ServiceError('ValidationException', message)
export const throughputExceeded = (message: string) =>
  new ServiceError('ProvisionedThroughputExceededException', message)
