import { countedBytes, type StreamRecord } from '../domain/record.ts'
import type { TailRow } from '../state/tail-row.ts'

/** What a row costs beside its bytes, roughly: objects, ids, the sequence number. */
const ROW_OVERHEAD_BYTES = 400

/** The lines that one record makes in a tail. */
export function tailRowsOf(record: StreamRecord): readonly TailRow[] {
  return [
    {
      id: `${record.shardId}/${record.sequenceNumber}`,
      record,
      ...(record.partitionKey === undefined ? {} : { partitionKey: record.partitionKey }),
      data: record.data,
      keptBytes: countedBytes(record) + ROW_OVERHEAD_BYTES,
    },
  ]
}
