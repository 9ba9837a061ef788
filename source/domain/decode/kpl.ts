import { createHash } from 'node:crypto'
import { type HashKeyRange, hashKeyOf, parseHashKey, rangeContains } from '../hash-key.ts'
import type { UserRecord } from './decoded-record.ts'
import { readWireFields } from './protobuf-wire.ts'
import type { ByteStage, Unwrapped } from './stage.ts'

// Producer library aggregation, as its format text has it: magic | protobuf AggregatedRecord | MD5 of the protobuf bytes.
const MAGIC = [0xf3, 0x89, 0x9a, 0xc2]
const CHECKSUM_BYTES = 16
/** A record of 10 MiB could hold millions of empty user records. */
const MAX_USER_RECORDS = 50_000

type Entry = {
  readonly partitionKeyIndex: number
  readonly explicitHashKeyIndex?: number
  readonly data: Uint8Array
}
type Aggregate = {
  readonly partitionKeys: readonly string[]
  readonly explicitHashKeys: readonly string[]
  readonly entries: readonly Entry[]
}

/**
 * Only at the outermost level, as the consumer library does. What carries the magic without being sound is one plain record
 * with a note, also as there.
 */
export const kplStage: ByteStage = {
  stage: 'kpl',
  unwrap(bytes, { shardRange, depth }) {
    if (depth > 0 || !opensAggregate(bytes)) return undefined
    if (bytes.length <= MAGIC.length + CHECKSUM_BYTES) return refused('too short')
    const body = bytes.subarray(MAGIC.length, bytes.length - CHECKSUM_BYTES)
    const checksum = bytes.subarray(bytes.length - CHECKSUM_BYTES)
    if (!createHash('md5').update(body).digest().equals(checksum)) {
      return refused('the MD5 at its end does not match')
    }
    const aggregate = readAggregate(body)
    return aggregate === undefined ? refused('the protobuf inside is broken') : unfold(aggregate, shardRange)
  },
}

/** Whether the bytes carry the mark of an aggregate; only decoding tells whether they are one. */
export function opensAggregate(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, index) => bytes[index] === byte)
}

function refused(reason: string): Unwrapped {
  return { outcome: 'refused', reason: `opens like a KPL aggregate, but ${reason}: shown as one record` }
}

function readAggregate(body: Uint8Array): Aggregate | undefined {
  const partitionKeys: string[] = []
  const explicitHashKeys: string[] = []
  const entries: Entry[] = []
  const text = new TextDecoder()
  for (const field of readWireFields(body) ?? [undefined]) {
    if (field === undefined) return undefined
    if (field.wireType !== 'length-delimited') continue
    if (field.fieldNumber === 1) partitionKeys.push(text.decode(field.bytes))
    if (field.fieldNumber === 2) explicitHashKeys.push(text.decode(field.bytes))
    if (field.fieldNumber === 3) {
      const entry = readEntry(field.bytes)
      if (entry === undefined) return undefined
      entries.push(entry)
    }
  }
  return { partitionKeys, explicitHashKeys, entries }
}

function readEntry(bytes: Uint8Array): Entry | undefined {
  let partitionKeyIndex: number | undefined
  let explicitHashKeyIndex: number | undefined
  let data: Uint8Array | undefined
  for (const field of readWireFields(bytes) ?? []) {
    if (field.fieldNumber === 1 && field.wireType === 'varint') partitionKeyIndex = Number(field.value)
    if (field.fieldNumber === 2 && field.wireType === 'varint') explicitHashKeyIndex = Number(field.value)
    if (field.fieldNumber === 3 && field.wireType === 'length-delimited') data = field.bytes
  }
  // Both are required members of the message.
  if (partitionKeyIndex === undefined || data === undefined) return undefined
  return { partitionKeyIndex, data, ...(explicitHashKeyIndex === undefined ? {} : { explicitHashKeyIndex }) }
}

function unfold(aggregate: Aggregate, shardRange: HashKeyRange | undefined): Unwrapped {
  const { partitionKeys, explicitHashKeys, entries } = aggregate
  let userRecords: { userRecord: UserRecord; bytes: Uint8Array }[] = []
  for (const [subSequenceNumber, entry] of entries.slice(0, MAX_USER_RECORDS).entries()) {
    const partitionKey = partitionKeys[entry.partitionKeyIndex]
    const hasExplicitHashKey = entry.explicitHashKeyIndex !== undefined
    const explicitText = explicitHashKeys[entry.explicitHashKeyIndex ?? 0]
    if (partitionKey === undefined || (hasExplicitHashKey && explicitText === undefined)) {
      return refused(`user record ${subSequenceNumber} names a key that its table does not have`)
    }
    const explicitHashKey = hasExplicitHashKey ? parseHashKey(explicitText ?? '') : undefined
    if (hasExplicitHashKey && explicitHashKey === undefined) {
      return refused(`"${explicitText}" is not a hash key`)
    }
    const hashKey = explicitHashKey ?? hashKeyOf(partitionKey)
    userRecords.push({
      userRecord: {
        subSequenceNumber,
        userRecordCount: entries.length,
        partitionKey,
        ...(explicitHashKey === undefined ? {} : { explicitHashKey }),
        hashKey,
        ...(shardRange === undefined ? {} : { isOutsideShardRange: !rangeContains(shardRange, hashKey) }),
      },
      bytes: entry.data,
    })
  }
  if (userRecords.some(({ userRecord }) => userRecord.isOutsideShardRange === true)) {
    // A KCL gives up the whole aggregate, also what it had already taken out of it (AggregatorUtil).
    userRecords = userRecords.map(({ userRecord, bytes }) => ({
      userRecord: { ...userRecord, isDroppedByKcl: true },
      bytes,
    }))
  }
  const notes = notesOf(entries.length)
  return { outcome: 'user-records', userRecords, ...(notes.length === 0 ? {} : { notes }) }
}

function notesOf(count: number): string[] {
  if (count === 0) return ['KPL: an aggregate without user records']
  if (count <= MAX_USER_RECORDS) return []
  return [`KPL: the first ${MAX_USER_RECORDS} of ${count} user records are shown`]
}
