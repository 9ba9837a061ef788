import type { SequenceNumber } from './shard.ts'
import { utf8Length } from './utf8-length.ts'

/** One Kinesis record as it was read, before any decoding. */
export type StreamRecord = {
  readonly streamName: string
  readonly shardId: string
  readonly sequenceNumber: SequenceNumber
  /** Absent on streams whose record distribution is service-managed. */
  readonly partitionKey?: string
  /** The bytes as read; may be empty. Never touch `.buffer`: it can be a view into a pool. */
  readonly data: Uint8Array
  /** Server time in milliseconds; neither exact nor monotonic within a shard. Absent on some emulators. */
  readonly approximateArrivalTimestamp?: Date
  readonly encryptionType?: string
}

/** Bytes that a record counts for against shard throughput and size limits: data plus partition key (API PutRecord). */
export function countedBytes(record: Pick<StreamRecord, 'data' | 'partitionKey'>): number {
  return record.data.length + (record.partitionKey === undefined ? 0 : utf8Length(record.partitionKey))
}
