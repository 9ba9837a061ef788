import type { ControlApi } from '../aws/control-api.ts'
import { awsCliLine, withCliNote } from '../domain/cli-line.ts'
import { FailureError } from '../domain/failure.ts'
import type { StreamRef, StreamSummary } from '../domain/stream.ts'
import type { ActPreview } from '../state/act-preview.ts'
import { type Probe, waitForEffect } from './act.ts'
import type { ArgSpec } from './argument.ts'
import type { Context } from './command.ts'
import { summaryIfTold } from './look-up.ts'
import { cliTargetOf, namedInput } from './reshape-preview.ts'

export const STREAM_ARG = {
  kind: 'stream',
  title: 'Stream name or ARN',
  required: true,
  positional: true,
} as const satisfies ArgSpec

export const TIMEOUT_ARG = {
  kind: 'count',
  title: 'Seconds to wait for the effect',
  defaultText: '300',
  min: 1,
  only: 'headless',
} as const satisfies ArgSpec

/** The settings port. @throws FailureError `unsupported` in a world without one */
export function controlOf({ control }: Pick<Context, 'control'>): ControlApi {
  if (control !== undefined) return control
  throw new FailureError({
    kind: 'unsupported',
    action: 'Settings',
    message: 'nothing is connected that could set this',
    retryable: false,
  })
}

/** One call for the AWS CLI: the operation and its members; `stream` is filled in by name, or by ARN where that is needed. */
export type CliCall = {
  readonly operation: string
  readonly input?: Readonly<Record<string, unknown>>
  /** Member that names the stream; both forms where absent, none with `null`. */
  readonly streamMember?: 'StreamARN' | 'ResourceARN' | null
}

/**
 * Preview of an act that leaves the shards alone.
 * @throws FailureError where the stream is not there
 */
export async function settingPreview(
  context: Context,
  stream: StreamRef | undefined,
  act: {
    readonly title: string
    readonly lines: (summary: StreamSummary | undefined) => readonly string[]
    readonly calls: readonly CliCall[]
    /** The stream is made by the act, so it cannot be looked at. */
    readonly isNew?: boolean
  },
): Promise<ActPreview> {
  const summary =
    stream === undefined || act.isNew ? undefined : await summaryIfTold(context.api, stream, context.signal)
  const target = cliTargetOf(context.model().session)
  const arn = stream?.streamArn ?? summary?.streamArn ?? `ARN-OF-${stream?.streamName ?? ''}`
  return {
    title: act.title,
    sections: [{ heading: 'Effect', lines: act.lines(summary) }],
    awsCli: withCliNote(
      act.calls.map(({ operation, input, streamMember }) =>
        awsCliLine(operation, { ...namesOf(stream, streamMember, arn), ...input }, target),
      ),
      target,
    ),
  }
}

function namesOf(
  stream: StreamRef | undefined,
  member: CliCall['streamMember'],
  arn: string,
): Record<string, string> {
  if (stream === undefined || member === null) return {}
  return member === undefined ? namedInput(stream) : { [member]: arn }
}

/** Waits until the stream is ACTIVE and as wanted; what the endpoint does not tell counts as reached once it is ACTIVE. */
export async function* untilSet(
  context: Context,
  stream: StreamRef,
  action: string,
  timeoutSeconds: number,
  isReached: (summary: StreamSummary) => boolean,
) {
  const summary = yield* waitForEffect(
    context,
    {
      action,
      timeoutMillis: timeoutSeconds * 1_000,
      nextStep: `The service goes on; look again with shardscope streams.`,
    },
    async (): Promise<Probe<StreamSummary | undefined>> => {
      const seen = await summaryIfTold(context.api, stream, context.signal)
      const isSettled = seen?.streamStatus === undefined || seen.streamStatus === 'ACTIVE'
      if (isSettled && (seen === undefined || isReached(seen))) return { isDone: true, value: seen }
      return { isDone: false, progress: seen?.streamStatus ?? 'status unknown' }
    },
  )
  if (summary !== undefined) {
    yield { type: 'summary-described' as const, stream, summary, at: context.clock.now() }
  }
  return summary
}
