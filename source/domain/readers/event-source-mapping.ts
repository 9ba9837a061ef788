/** A Lambda event source mapping (ListEventSourceMappings). Members that the service did not send are absent. */
export type EventSourceMapping = {
  readonly uuid: string
  readonly functionArn?: string
  readonly eventSourceArn?: string
  /** Creating, Enabling, Enabled, Disabling, Disabled, Updating, Deleting. */
  readonly state?: string
  readonly stateTransitionReason?: string
  /** Free text of the last invocation, of any shard. It proves no delivery: another shard may fail meanwhile. */
  readonly lastProcessingResult?: string
  readonly batchSize?: number
  readonly maximumBatchingWindowInSeconds?: number
  readonly parallelizationFactor?: number
  readonly startingPosition?: string
  readonly bisectBatchOnFunctionError?: boolean
  /** -1: for ever. */
  readonly maximumRecordAgeInSeconds?: number
  /** -1: for ever. */
  readonly maximumRetryAttempts?: number
  readonly tumblingWindowInSeconds?: number
  readonly functionResponseTypes: readonly string[]
  readonly onFailureDestination?: string
  readonly filterCount?: number
}

/** The name in a function's ARN, with its alias or version. */
export function functionName(mapping: Pick<EventSourceMapping, 'functionArn' | 'uuid'>): string {
  return /:function:(.+)$/.exec(mapping.functionArn ?? '')?.[1] ?? mapping.functionArn ?? mapping.uuid
}

/**
 * Guards that a mapping lacks, by what happens without each (Lambda developer guide, Kinesis event source). A batch that
 * fails blocks its shard until it succeeds or expires.
 */
export function missingGuards(mapping: EventSourceMapping): string[] {
  const missing: string[] = []
  const isRetryingForEver =
    (mapping.maximumRetryAttempts ?? -1) === -1 && (mapping.maximumRecordAgeInSeconds ?? -1) === -1
  if (isRetryingForEver) {
    missing.push(
      'No MaximumRetryAttempts and no MaximumRecordAgeInSeconds: one bad batch blocks its shard until the records expire.',
    )
  }
  if (mapping.bisectBatchOnFunctionError !== true) {
    missing.push('No BisectBatchOnFunctionError: one bad record takes its whole batch with it.')
  }
  if (!mapping.functionResponseTypes.includes('ReportBatchItemFailures')) {
    missing.push('No ReportBatchItemFailures: after a failure records that were done are delivered again.')
  }
  if (mapping.onFailureDestination === undefined) {
    missing.push(
      isRetryingForEver
        ? 'No on-failure destination.'
        : 'No on-failure destination: batches that are given up leave no trace.',
    )
  }
  return missing
}
