import type { KinesisApi, StartingPosition } from '../aws/kinesis-api.ts'
import type { Clock } from '../domain/clock.ts'
import { failureOf } from '../domain/failure.ts'
import type { Checkpoint } from '../domain/readers/lease.ts'
import type { StreamRef } from '../domain/stream.ts'

/** Pages that are read to find the first unread record; each is one of the shard's five reads a second. */
export const MOST_READS_PER_PROBE = 4

export type ProbedLag =
  | { readonly kind: 'lag'; readonly lagMillis: number }
  | { readonly kind: 'unknown'; readonly reason: string }
  /** The sequence number is none of this stream. */
  | { readonly kind: 'foreign' }

/**
 * How long the oldest record after a checkpoint has waited: reads one record at the place where the application would go
 * on. Costs one iterator and one to four reads of the shard, and raises its iterator age in CloudWatch.
 */
export async function probeLag(
  {
    api,
    clock,
  }: { readonly api: Pick<KinesisApi, 'getShardIterator' | 'getRecords'>; readonly clock: Clock },
  stream: StreamRef,
  shardId: string,
  checkpoint: Checkpoint,
  signal: AbortSignal,
): Promise<ProbedLag> {
  const position = positionOf(checkpoint)
  if (position === undefined)
    return { kind: 'unknown', reason: `nothing was read yet (${textOf(checkpoint)})` }
  try {
    let iterator: string | undefined = await api.getShardIterator(stream, shardId, position, { signal })
    for (let read = 0; read < MOST_READS_PER_PROBE && iterator !== undefined; read += 1) {
      const page = await api.getRecords(stream, shardId, iterator, { signal, limit: 1 })
      const [record] = page.records
      if (record !== undefined) {
        const arrived = record.approximateArrivalTimestamp?.getTime()
        if (arrived !== undefined) return { kind: 'lag', lagMillis: Math.max(0, clock.now() - arrived) }
        return page.millisBehindLatest === undefined
          ? { kind: 'unknown', reason: 'the endpoint tells no times' }
          : { kind: 'lag', lagMillis: page.millisBehindLatest }
      }
      // An empty page far from the tip says nothing, and on an idle shard the distance grows with the time.
      if (page.millisBehindLatest === 0) return { kind: 'lag', lagMillis: 0 }
      iterator = page.nextShardIterator
      if (iterator === undefined) return { kind: 'lag', lagMillis: 0 }
    }
    return { kind: 'unknown', reason: `no record in ${MOST_READS_PER_PROBE} reads after its checkpoint` }
  } catch (error) {
    if (signal.aborted) throw error
    const failure = failureOf(error, 'GetRecords')
    if (failure.kind === 'invalid' && checkpoint.kind === 'sequence-number') return { kind: 'foreign' }
    return { kind: 'unknown', reason: failure.message }
  }
}

function positionOf(checkpoint: Checkpoint): StartingPosition | undefined {
  if (checkpoint.kind === 'sequence-number')
    return { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: checkpoint.sequenceNumber }
  return checkpoint.kind === 'TRIM_HORIZON' ? { type: 'TRIM_HORIZON' } : undefined
}

export function textOf(checkpoint: Checkpoint): string {
  switch (checkpoint.kind) {
    case 'sequence-number':
      return checkpoint.sequenceNumber
    case 'unknown':
      return checkpoint.text === '' ? 'no checkpoint' : `"${checkpoint.text}"`
    default:
      return checkpoint.kind
  }
}
