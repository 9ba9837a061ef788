export type StreamStatus = 'CREATING' | 'DELETING' | 'ACTIVE' | 'UPDATING'
export type StreamMode = 'PROVISIONED' | 'ON_DEMAND'

/** How a caller names a stream. An ARN works wherever a name does, also across accounts. */
export type StreamRef =
  | { readonly streamName: string; readonly streamArn?: undefined }
  | { readonly streamName: string; readonly streamArn: string }

/** One row of ListStreams. Emulators may send nothing but the name. */
export type StreamListing = {
  readonly streamName: string
  readonly streamArn?: string
  /** A string, since a service newer than this program may know more states. */
  readonly streamStatus?: StreamStatus | (string & {})
  readonly streamMode?: StreamMode | (string & {})
  readonly streamCreationTimestamp?: Date
}

/** DescribeStreamSummary. Members that the service did not send are absent, never zero. */
export type StreamSummary = StreamListing & {
  readonly openShardCount?: number
  readonly retentionPeriodHours?: number
  readonly consumerCount?: number
  readonly channelCount?: number
  readonly encryptionType?: 'NONE' | 'KMS' | (string & {})
  readonly keyId?: string
  /** Shard-level metrics that are switched on. */
  readonly shardLevelMetrics?: readonly string[]
  /** Largest record that the stream takes, data plus partition key; absent means 1,024. */
  readonly maxRecordSizeInKiB?: number
  readonly warmThroughputMiBps?: { readonly target?: number; readonly current?: number }
  readonly recordDistributionStrategy?: 'AUTO' | 'USER_PARTITION_KEY' | (string & {})
}

/** What a stream name may be (API, StreamName). */
export const STREAM_NAME_PATTERN = /^[a-zA-Z0-9_.-]{1,128}$/
const STREAM_ARN_PATTERN = /^arn:[^:]+:kinesis:[^:]*:\d{12}:stream\/([a-zA-Z0-9_.-]{1,128})$/

/** The stream that a typed name or ARN means, or undefined where it is neither. */
export function parseStreamRef(text: string): StreamRef | undefined {
  const arn = STREAM_ARN_PATTERN.exec(text)
  if (arn?.[1] !== undefined) return { streamName: arn[1], streamArn: text }
  return STREAM_NAME_PATTERN.test(text) ? { streamName: text } : undefined
}

/** The region that a Kinesis ARN names, or undefined. */
export function regionOfArn(arn: string): string | undefined {
  return arn.split(':')[3] || undefined
}
