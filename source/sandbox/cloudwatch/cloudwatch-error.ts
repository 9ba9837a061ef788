/** Error codes as the query protocol has them, which is how callers know them in every protocol. */
export type CloudWatchErrorCode =
  | 'AccessDenied'
  | 'ExpiredToken'
  | 'InternalServiceError'
  | 'InvalidNextToken'
  | 'InvalidParameterCombination'
  | 'InvalidParameterValue'
  | 'MissingParameter'
  | 'SerializationException'
  | 'ServiceUnavailable'
  | 'Throttling'
  | 'UnknownOperation'
  | 'ValidationError'

/** Shape names where the service's model calls an error otherwise than its code. */
const SHAPE_NAMES: Partial<Record<CloudWatchErrorCode, string>> = {
  AccessDenied: 'AccessDeniedException',
  ExpiredToken: 'ExpiredTokenException',
  InternalServiceError: 'InternalServiceFault',
  InvalidParameterCombination: 'InvalidParameterCombinationException',
  InvalidParameterValue: 'InvalidParameterValueException',
  MissingParameter: 'MissingRequiredParameterException',
  Throttling: 'ThrottlingException',
  UnknownOperation: 'UnknownOperationException',
  ValidationError: 'ValidationException',
}

/** An answer of CloudWatch other than success. */
export class CloudWatchError extends Error {
  readonly code: CloudWatchErrorCode
  readonly statusCode: number
  constructor(code: CloudWatchErrorCode, message: string, statusCode = 400) {
    super(message)
    this.code = code
    this.statusCode = statusCode
  }
  /** The name of its shape in the service's model. */
  get shapeName(): string {
    return SHAPE_NAMES[this.code] ?? this.code
  }
  /** Whose fault it is, in the words of the query protocol. */
  get party(): 'Sender' | 'Receiver' {
    return this.statusCode < 500 ? 'Sender' : 'Receiver'
  }
}

export const validationError = (message: string) => new CloudWatchError('ValidationError', message)
