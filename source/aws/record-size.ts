import { FailureError } from '../domain/failure.ts'
import { DEFAULT_MAX_RECORD_SIZE_KIB } from '../domain/limits.ts'
import { countedBytes } from '../domain/record.ts'
import type { PutEntry } from './kinesis-api.ts'

/** The largest record that every stream takes. Above it the stream's own maximum decides. */
export const EVERY_STREAM_TAKES_BYTES = DEFAULT_MAX_RECORD_SIZE_KIB * 1_024

/** Refuses before sending what the stream would refuse: one oversized entry fails the whole call of PutRecords. */
export function assertRecordSizes(
  operation: string,
  streamName: string,
  entries: readonly PutEntry[],
  maxRecordSizeInKiB: number,
): void {
  const limit = maxRecordSizeInKiB * 1_024
  for (const [index, entry] of entries.entries()) {
    const size = countedBytes(entry)
    if (size <= limit) continue
    throw new FailureError({
      kind: 'invalid',
      action: operation,
      message:
        `${entries.length > 1 ? `Record ${index + 1} of ${entries.length}` : 'The record'} has ${size} bytes with its partition key, ` +
        `and ${streamName} takes at most ${limit} (${maxRecordSizeInKiB} KiB).`,
      nextStep:
        'Send less, or raise the maximum record size of the stream (UpdateMaxRecordSize, up to 10240 KiB).',
      retryable: false,
    })
  }
}
