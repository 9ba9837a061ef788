import type { KinesisApi } from '../aws/kinesis-api.ts'
import { FailureError, failureOf } from '../domain/failure.ts'
import type { Shard } from '../domain/shard.ts'
import type { StreamRef, StreamSummary } from '../domain/stream.ts'

/**
 * The summary of a stream, or undefined where the endpoint does not know the operation or denies it: what only adds to a
 * check must not stand in the way of the act itself.
 * @throws FailureError of any other kind, e.g. `not-found`.
 */
export async function summaryIfTold(
  api: Pick<KinesisApi, 'describeStreamSummary'>,
  stream: StreamRef,
  signal: AbortSignal,
): Promise<StreamSummary | undefined> {
  try {
    return await api.describeStreamSummary(stream, { signal })
  } catch (error) {
    const { kind } = failureOf(error, 'DescribeStreamSummary')
    if (kind === 'unsupported' || kind === 'denied') return undefined
    throw error
  }
}

/** @throws FailureError of kind `not-found` that names the shard, the stream and how to see its shards. */
export function shardNamed(
  shards: readonly Shard[],
  shardId: string,
  stream: StreamRef,
  action: string,
): Shard {
  const shard = shards.find(candidate => candidate.shardId === shardId)
  if (shard !== undefined) return shard
  throw new FailureError({
    kind: 'not-found',
    action,
    message: `stream ${stream.streamName} has no shard ${shardId} (any more)`,
    nextStep: `See its shards with shardscope shards ${stream.streamName}.`,
    retryable: false,
  })
}

/** A refusal of an act before any request, because the stream or shard is in another state than it needs. */
export function conflict(action: string, message: string, nextStep?: string): FailureError {
  return new FailureError({
    kind: 'conflict',
    action,
    message,
    retryable: false,
    ...(nextStep === undefined ? {} : { nextStep }),
  })
}

/** A refusal of an act's values before any request. */
export function invalid(action: string, message: string, nextStep?: string): FailureError {
  return new FailureError({
    kind: 'invalid',
    action,
    message,
    retryable: false,
    ...(nextStep === undefined ? {} : { nextStep }),
  })
}

/** Splits, merges and UpdateShardCount belong to the service on on-demand streams (developer guide, updating a stream). */
export function refuseOnDemand(summary: StreamSummary | undefined, action: string): void {
  if (summary?.streamMode !== 'ON_DEMAND') return
  throw conflict(
    action,
    `stream ${summary.streamName} is on-demand: the service splits and merges its shards by itself`,
    'Switch the stream to provisioned mode first, at most twice in 24 hours.',
  )
}
