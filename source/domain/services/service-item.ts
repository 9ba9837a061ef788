export type ServiceKind = 'firehose' | 'flink' | 'video'

/** A resource of a service around the streams. */
export type ServiceItem = {
  readonly service: ServiceKind
  readonly name: string
  readonly arn?: string
  readonly status?: string
  /** One line that tells it from others: its source and destination, its runtime, its retention. */
  readonly summary: string
  /** Name in the service's own terms, and value. */
  readonly facts: readonly (readonly [string, string])[]
  /** Streams that it reads. */
  readonly streamArns: readonly string[]
  /** Takes records that are put to it, so that a test record can be. */
  readonly isDirectPut?: boolean
  /** When it began to read its stream, for a delivery stream. */
  readonly readsSince?: Date
}

export const SERVICE_TITLES: Readonly<Record<ServiceKind, string>> = {
  firehose: 'Data Firehose',
  flink: 'Managed Flink',
  video: 'Kinesis Video Streams',
}
