import { FailureError } from '../domain/failure.ts'
import type { StreamRef, StreamSummary } from '../domain/stream.ts'
import { type Probe, waitForEffect } from './act.ts'
import type { Context } from './command.ts'

/** Waits for a summary as wanted; a stream that is not there (yet) counts as progress, since listings lag behind acts. */
export async function* waitForSummary(
  context: Context,
  stream: StreamRef,
  action: string,
  timeoutSeconds: number,
  isReached: (summary: StreamSummary) => boolean,
) {
  const summary = yield* waitForEffect(
    context,
    { action, timeoutMillis: timeoutSeconds * 1_000, nextStep: nextLook(stream) },
    async (): Promise<Probe<StreamSummary>> => {
      try {
        const seen = await context.api.describeStreamSummary(stream, { signal: context.signal })
        if (isReached(seen)) return { isDone: true, value: seen }
        return { isDone: false, progress: progressOf(seen) }
      } catch (error) {
        if (error instanceof FailureError && error.failure.kind === 'not-found')
          return { isDone: false, progress: 'not there yet' }
        throw error
      }
    },
  )
  yield { type: 'summary-described' as const, stream, summary, at: context.clock.now() }
  return summary
}

function progressOf({ streamStatus, retentionPeriodHours }: StreamSummary): string {
  const retention = retentionPeriodHours === undefined ? '' : `, retention ${retentionPeriodHours} h`
  return `${streamStatus ?? 'status unknown'}${retention}`
}

export function nextLook({ streamName }: StreamRef): string {
  return `The service goes on; look again with shardscope shards ${streamName}.`
}
