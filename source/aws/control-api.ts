import type { RegisteredConsumer } from '../domain/consumer.ts'
import type { StreamMode, StreamRef } from '../domain/stream.ts'
import type { CallOptions } from './kinesis-api.ts'

/** DescribeLimits: open shards of the account and how many it may have. Members that were not told are absent. */
export type AccountLimits = {
  readonly shardLimit?: number
  readonly openShardCount?: number
  readonly onDemandStreamCount?: number
  readonly onDemandStreamCountLimit?: number
}

/** DescribeAccountSettings: the account-wide billing commitment of on-demand streams. */
export type AccountSettings = {
  /** E.g. `ENABLED`, `DISABLED`, `ENABLED_UNTIL_EARLIEST_ALLOWED_END`. */
  readonly commitmentStatus?: string
  readonly startedAt?: Date
  readonly endedAt?: Date
  readonly earliestAllowedEndAt?: Date
}

/**
 * The operations that set streams and the account, beside those that read, write and reshard (kinesis-api.ts). Throws only
 * FailureError. Operations that the API offers for ARNs alone ask the stream for its ARN first where it is not known.
 */
export type ControlApi = {
  describeLimits(options?: CallOptions): Promise<AccountLimits>
  describeAccountSettings(options?: CallOptions): Promise<AccountSettings>
  /** Of the whole account and region. */
  updateBillingCommitment(isEnabled: boolean, options?: CallOptions): Promise<AccountSettings>
  updateStreamMode(
    stream: StreamRef,
    mode: StreamMode,
    options?: CallOptions & { readonly warmThroughputMiBps?: number },
  ): Promise<void>
  updateWarmThroughput(stream: StreamRef, mibPerSecond: number, options?: CallOptions): Promise<void>
  updateMaxRecordSize(stream: StreamRef, kib: number, options?: CallOptions): Promise<void>
  updateRecordDistribution(
    stream: StreamRef,
    strategy: 'AUTO' | 'USER_PARTITION_KEY',
    options?: CallOptions,
  ): Promise<void>
  startEncryption(stream: StreamRef, keyId: string, options?: CallOptions): Promise<void>
  stopEncryption(stream: StreamRef, keyId: string, options?: CallOptions): Promise<void>
  listConsumers(stream: StreamRef, options?: CallOptions): Promise<readonly RegisteredConsumer[]>
  registerConsumer(stream: StreamRef, name: string, options?: CallOptions): Promise<RegisteredConsumer>
  deregisterConsumer(stream: StreamRef, name: string, options?: CallOptions): Promise<void>
  /** The JSON text of the policy; undefined where there is none. */
  getResourcePolicy(stream: StreamRef, options?: CallOptions): Promise<string | undefined>
  putResourcePolicy(stream: StreamRef, policy: string, options?: CallOptions): Promise<void>
  deleteResourcePolicy(stream: StreamRef, options?: CallOptions): Promise<void>
}
