import { countedBytes, type StreamRecord } from '../domain/record.ts'
import { rowPreview } from '../state/row-text.ts'
import type { TailRow } from '../state/tail-row.ts'
import type { OutputColumn, OutputRow } from './command.ts'
import { withoutAbsent } from './output-rows.ts'

/** A tailed record as the JSON line that README documents: members of the API's Record, and what was decoded. */
export function recordRow(record: StreamRecord): OutputRow {
  return withoutAbsent({
    streamName: record.streamName,
    shardId: record.shardId,
    sequenceNumber: record.sequenceNumber,
    partitionKey: record.partitionKey,
    approximateArrivalTimestamp: record.approximateArrivalTimestamp,
    encryptionType: record.encryptionType,
    data: record.data,
  })
}

export const RECORD_COLUMNS: readonly OutputColumn[] = [
  { key: 'time', header: 'TIME' },
  { key: 'shardId', header: 'SHARD' },
  { key: 'partitionKey', header: 'KEY' },
  { key: 'size', header: 'SIZE', align: 'right' },
  { key: 'preview', header: 'DATA' },
]

/** A line for people: time, shard, key, size as Kinesis counts it, and the payload on one line. */
export function recordTextRow(row: TailRow): OutputRow {
  const { record } = row
  return withoutAbsent({
    time: record.approximateArrivalTimestamp?.toISOString(),
    shardId: record.shardId,
    partitionKey: row.partitionKey,
    size: `${countedBytes({ data: row.data, ...(row.partitionKey === undefined ? {} : { partitionKey: row.partitionKey }) })} B`,
    preview: rowPreview(row),
  })
}
