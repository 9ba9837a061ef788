import type { Failure } from '../failure.ts'

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

/** What one service told: its own failure does not touch the others. */
export type ServiceListing = {
  readonly service: ServiceKind
  /** The IAM action that was tried. */
  readonly action: string
  readonly state: 'asking' | 'told' | 'failed'
  readonly items: readonly ServiceItem[]
  readonly failure?: Failure
  readonly note?: string
  /** When `items` were told, in milliseconds since the epoch; older than the look where a later one failed. */
  readonly toldAt?: number
}

export type ServicesSnapshot = { readonly at: number; readonly listings: readonly ServiceListing[] }
