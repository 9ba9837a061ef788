import { usageFailure } from '../domain/failure.ts'
import { regionOfArn, type StreamRef } from '../domain/stream.ts'

/** How a request names a stream. `StreamId` has no place here: sent to a custom endpoint it would go to AWS instead. */
export type StreamInput = { readonly StreamName?: string; readonly StreamARN?: string }

/**
 * A name is sent as a name. An ARN is sent as an ARN to AWS, which may know the stream in another account only by it;
 * a custom endpoint also gets the name, since some emulators know nothing else.
 * @throws FailureError `usage` for an ARN of another region: requests would go to this session's region and miss it
 */
export function streamInput(
  stream: StreamRef,
  session: { readonly region: string; readonly hasCustomEndpoint: boolean },
): StreamInput {
  if (stream.streamArn === undefined) return { StreamName: stream.streamName }
  const region = regionOfArn(stream.streamArn)
  if (region !== undefined && region !== session.region) {
    throw usageFailure(
      'NameStream',
      `${stream.streamArn} is in ${region}, and this session is in ${session.region}.`,
      `Switch the region to ${region}, or start with --region ${region}.`,
    )
  }
  return session.hasCustomEndpoint
    ? { StreamName: stream.streamName, StreamARN: stream.streamArn }
    : { StreamARN: stream.streamArn }
}
