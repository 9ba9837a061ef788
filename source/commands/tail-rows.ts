import { decodeRecord } from '../domain/decode/decode-record.ts'
import type { DecodedRecord } from '../domain/decode/decoded-record.ts'
import type { StreamDecoding } from '../domain/decode/stream-decoding.ts'
import type { HashKeyRange } from '../domain/hash-key.ts'
import { countedBytes, type StreamRecord } from '../domain/record.ts'
import type { TailRow } from '../state/tail-row.ts'
import { keptFromKcl } from './record-rows.ts'

/** What a row costs beside its bytes, roughly: objects, ids, the sequence number. */
const ROW_OVERHEAD_BYTES = 400
/** The first bytes of a producer-library aggregate. */
const AGGREGATE_MAGIC = [0xf3, 0x89, 0x9a, 0xc2] as const

/**
 * The lines that one record makes in a tail: itself, or the user records of an aggregate. What is no aggregate is decoded
 * only when it is drawn, since most records of a busy tail never are.
 */
export function tailRowsOf(
  record: StreamRecord,
  shardRange?: HashKeyRange,
  decoding?: StreamDecoding,
): readonly TailRow[] {
  const id = `${record.shardId}/${record.sequenceNumber}`
  const read = decoding === undefined ? {} : { decoding }
  const isAggregate = AGGREGATE_MAGIC.every((byte, index) => record.data[index] === byte)
  if (isAggregate && decoding?.splitsAggregates !== false) {
    const range = shardRange === undefined ? {} : { shardRange }
    // Taken apart and no more: what the user records hold is read when it is drawn, maybe with a schema that comes later.
    const decoded = decodeRecord(record, { ...range, forced: { steps: ['kpl'], isAutomatic: false } })
    if (decoded.some(part => part.userRecord !== undefined)) {
      return decoded.map((part, index) => ({ ...userRow(id, record, part, index), ...read }))
    }
  }
  return [
    {
      id,
      record,
      ...(record.partitionKey === undefined ? {} : { partitionKey: record.partitionKey }),
      data: record.data,
      keptBytes: countedBytes(record) + ROW_OVERHEAD_BYTES,
      ...read,
    },
  ]
}

function userRow(id: string, record: StreamRecord, decoded: DecodedRecord, index: number): TailRow {
  const { userRecord, bytes, badges, notes } = decoded
  const subSequenceNumber = userRecord?.subSequenceNumber ?? index
  // The parts share the record's bytes, which are counted with the first.
  const ownBytes = index === 0 ? countedBytes(record) : 0
  return {
    id: `${id}/${subSequenceNumber}`,
    record,
    ...(userRecord === undefined ? {} : { partitionKey: userRecord.partitionKey }),
    data: bytes,
    subSequenceNumber,
    ...(userRecord === undefined ? {} : { aggregateCount: userRecord.userRecordCount }),
    badges: badges
      .filter(badge => badge.stage !== 'json' && badge.stage !== 'text')
      .map(badge => badge.label),
    notes: [...keptFromKcl(decoded), ...notes],
    keptBytes: ownBytes + ROW_OVERHEAD_BYTES,
  }
}
