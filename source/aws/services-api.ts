import type { EventSourceMapping } from '../domain/readers/event-source-mapping.ts'
import type { TableRow } from '../domain/readers/lease.ts'
import type { ServiceItem } from '../domain/services/service-item.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { CallOptions } from './kinesis-api.ts'

/** A pipe of EventBridge that reads a stream. */
export type Pipe = {
  readonly name: string
  readonly arn?: string
  readonly state?: string
  readonly stateReason?: string
  readonly source: string
  readonly target?: string
  readonly facts: readonly (readonly [string, string])[]
  /** Retry, age, bisect and dead-letter guards that are not set, one sentence each. */
  readonly warnings: readonly string[]
}

export type Channel = {
  readonly name: string
  readonly arn?: string
  readonly status?: string
  readonly facts: readonly (readonly [string, string])[]
}

export type StreamConsumer = {
  readonly consumerName: string
  readonly consumerArn: string
  readonly consumerStatus?: string
  readonly consumerCreationTimestamp?: Date
}

/** A listing that stops at a bound: `isComplete` is false where more would have followed. */
export type Bounded<Item> = { readonly items: readonly Item[]; readonly isComplete: boolean }

/**
 * The services around a stream, in domain terms. Each has a client of its own that is loaded at its first call, and its
 * own deadline. Throws only FailureError whose `action` is the IAM action, e.g. `lambda:ListEventSourceMappings`;
 * `unsupported` where the endpoint does not answer as that service.
 */
export type ServicesApi = {
  /** `eventSourceArn`: of a stream or of a registered consumer. */
  listEventSourceMappings(
    eventSourceArn: string,
    options?: CallOptions,
  ): Promise<readonly EventSourceMapping[]>
  listTables(options?: CallOptions): Promise<Bounded<string>>
  tableKeySchema(
    tableName: string,
    options?: CallOptions,
  ): Promise<readonly { readonly name: string; readonly type: string }[]>
  /** All rows, eventually consistent (half the price), up to a bound. */
  scanTable(tableName: string, options?: CallOptions): Promise<Bounded<TableRow>>
  listDeliveryStreams(options?: CallOptions): Promise<Bounded<string>>
  describeDeliveryStream(deliveryStreamName: string, options?: CallOptions): Promise<ServiceItem>
  /** Needs an armed session. */
  putDeliveryRecord(
    deliveryStreamName: string,
    data: Uint8Array,
    options?: CallOptions,
  ): Promise<{ readonly recordId: string }>
  /** Pipes whose source begins with `sourceArn`, described one by one. */
  listPipes(sourceArn: string, options?: CallOptions): Promise<readonly Pipe[]>
  listFlinkApplications(options?: CallOptions): Promise<Bounded<string>>
  describeFlinkApplication(applicationName: string, options?: CallOptions): Promise<ServiceItem>
  listVideoStreams(options?: CallOptions): Promise<Bounded<ServiceItem>>
  listChannels(streamArn: string, options?: CallOptions): Promise<readonly Channel[]>
  listConsumers(streamArn: string, options?: CallOptions): Promise<readonly StreamConsumer[]>
  /** The word for the account's commitment of on-demand streams (On-demand Advantage), e.g. `ENABLED`. */
  throughputCommitment(options?: CallOptions): Promise<string | undefined>
  /**
   * `glue`, or the address of a Confluent registry. Asked by the user's wish only.
   * @throws FailureError `usage` for what is neither
   */
  schemaRegistry?(where: string): SchemaRegistry
}

/** A schema as a registry keeps it; of a JSON schema nothing is needed to read a value. */
export type RegistrySchema =
  | { readonly format: 'avro'; readonly content: string }
  /** A FileDescriptorSet, what it imports before what imports it. */
  | { readonly format: 'protobuf'; readonly content: Uint8Array }
  | { readonly format: 'json'; readonly content: '' }

/** One place to ask for the schemas that records only name. Reads, and nothing else. */
export type SchemaRegistry = {
  readonly kind: 'glue' | 'confluent'
  /** @throws FailureError; the whole look-up ends with the signal, each call with a deadline of its own */
  schema(id: string, signal: AbortSignal): Promise<RegistrySchema>
}

/** Calls that doctor makes to see whether they would be allowed. */
export type PermissionChecks = {
  describeLimits(options?: CallOptions): Promise<void>
  /** With `DryRun`; what comes back is a DryRunOperationException or, where that is not known, an iterator. */
  dryRunShardIterator(stream: StreamRef, shardId: string, options?: CallOptions): Promise<string | undefined>
  /** With `DryRun`; where that is not known one record is read. */
  dryRunGetRecords(stream: StreamRef, shardIterator: string, options?: CallOptions): Promise<void>
  /** With `DryRun`: only for endpoints that know it, or a record is written. Needs an armed session. */
  dryRunPutRecord(stream: StreamRef, options?: CallOptions): Promise<void>
  /** One unsigned request: what the endpoint says of the time, whatever else it answers. */
  reach(
    options?: CallOptions,
  ): Promise<{ readonly statusCode: number; readonly date?: Date; readonly millis: number }>
  /** Whether the KMS key of a stream can be used is seen on a real read only; see doctor. */
  credentialsExpireAt(options?: CallOptions): Promise<Date | undefined>
}
