import { kplStage } from '../decode/kpl.ts'
import type { DecodeContext } from '../decode/stage.ts'
import { countedBytes, type StreamRecord } from '../record.ts'
import { utf8Length } from '../utf8-length.ts'
import type { ShardLoad } from './shard-load.ts'

/** First byte of a producer-library aggregate: anything else need not be looked at further. */
const AGGREGATE_OPENING = 0xf3
const UNPACKING: DecodeContext = { inflateBudget: { remainingBytes: 0, totalBytes: 0 }, depth: 0 }

export type FoldableRecord = Pick<StreamRecord, 'data' | 'partitionKey'>

/**
 * Counts one record as read: its outer size against the shard's limits, and for the keys its user records where it is a
 * sound producer-library aggregate, else itself.
 */
export function foldRecord(load: ShardLoad, record: FoldableRecord, arrivalMillis: number): void {
  const { data, partitionKey } = record
  const bytes = countedBytes(record)
  load.addRecord(arrivalMillis, bytes)
  if (data[0] === AGGREGATE_OPENING && foldAggregate(load, data, arrivalMillis)) return
  if (partitionKey === undefined) load.addKeyless(arrivalMillis, bytes)
  else load.addKey(arrivalMillis, partitionKey, bytes)
}

function foldAggregate(load: ShardLoad, data: Uint8Array, arrivalMillis: number): boolean {
  const unwrapped = kplStage.unwrap(data, UNPACKING)
  if (unwrapped?.outcome !== 'user-records' || unwrapped.userRecords.length === 0) return false
  load.addAggregate(arrivalMillis, unwrapped.userRecords.length)
  for (const { userRecord, bytes } of unwrapped.userRecords) {
    const { partitionKey, explicitHashKey } = userRecord
    load.addKey(arrivalMillis, partitionKey, bytes.length + utf8Length(partitionKey), explicitHashKey)
  }
  return true
}
