import { invalidArgument, ServiceError } from './errors.ts'
import { ordinalAtTime, recordAt } from './record-log.ts'
import { parseSequenceNumber } from './sequence-number.ts'
import { recordSequenceNumber, type Shard } from './shard.ts'
import type { Stream } from './stream.ts'
import { openToken, sealToken } from './token.ts'

/** A place in a shard: the ordinal of the next record to read, good for five minutes from `issuedAt`. */
export type ShardIterator = {
  streamName: string
  streamCreatedAt: number
  shardId: string
  ordinal: number
  issuedAt: number
}

export const ITERATOR_LIFETIME_MS = 300_000

/** The text handed to the caller. */
export function encodeIterator(iterator: ShardIterator): string {
  const { streamName, streamCreatedAt, shardId, ordinal, issuedAt } = iterator
  return sealToken('iterator', [streamName, streamCreatedAt, shardId, ordinal, issuedAt])
}

/** Reads an iterator back and checks its age. Errors: InvalidArgument (not ours), ExpiredIterator (older than 5 minutes). */
export function decodeIterator(text: string, now: number): ShardIterator {
  const content = openToken('iterator', text)
  if (!Array.isArray(content)) throw invalidArgument('Invalid ShardIterator.')
  const [streamName, streamCreatedAt, shardId, ordinal, issuedAt] = content
  const age = now - issuedAt
  if (age > ITERATOR_LIFETIME_MS) {
    throw new ServiceError(
      'ExpiredIteratorException',
      `Iterator expired. The iterator was created at time ${new Date(issuedAt).toUTCString()} while right now it is ${new Date(now).toUTCString()} which is further in the future than the tolerated delay of ${ITERATOR_LIFETIME_MS} milliseconds.`,
    )
  }
  return { streamName, streamCreatedAt, shardId, ordinal, issuedAt }
}

export type Position = { type: string; sequenceNumber?: string; timestampMs?: number }

/** The ordinal a position stands for in a shard. Errors: InvalidArgumentException. */
export function ordinalOf(stream: Stream, shard: Shard, position: Position, now: number): number {
  const { type, sequenceNumber } = position
  if (sequenceNumber !== undefined && (type === 'TRIM_HORIZON' || type === 'LATEST')) {
    throw invalidArgument(`A StartingSequenceNumber does not go with the iterator type ${type}.`)
  }
  switch (type) {
    case 'TRIM_HORIZON':
      return shard.log.firstOrdinal
    case 'LATEST':
      return shard.log.nextOrdinal
    case 'AT_TIMESTAMP':
      return ordinalAtTime(shard.log, checkedTimestamp(position.timestampMs, now))
    case 'AT_SEQUENCE_NUMBER':
      return ordinalOfSequenceNumber(stream, shard, position, false)
    default:
      return ordinalOfSequenceNumber(stream, shard, position, true)
  }
}

function checkedTimestamp(timestampMs: number | undefined, now: number): number {
  if (timestampMs === undefined)
    throw invalidArgument('Must specify timestamp parameter for iterator of type AT_TIMESTAMP.')
  if (timestampMs > now) {
    throw invalidArgument(
      `The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: ${timestampMs}, currentTimestampInMillis: ${now}`,
    )
  }
  return timestampMs
}

function ordinalOfSequenceNumber(
  stream: Stream,
  shard: Shard,
  { type, sequenceNumber }: Position,
  after: boolean,
): number {
  if (sequenceNumber === undefined) {
    throw invalidArgument(
      `Must either specify a StartingSequenceNumber parameter or choose another type than ${type}.`,
    )
  }
  const parts = parseSequenceNumber(sequenceNumber)
  if (
    parts === undefined ||
    parts.shardIndex !== shard.index ||
    parts.shardCreatedSeconds !== shard.createdSeconds
  ) {
    throw invalidArgument(
      `StartingSequenceNumber ${sequenceNumber} used in GetShardIterator on shard ${shard.id} in stream ${stream.name} is invalid because it did not come from this stream.`,
    )
  }
  const ordinal = parts.counter - 1
  if (ordinal >= shard.log.nextOrdinal) return shard.log.nextOrdinal
  const record = recordAt(shard.log, ordinal)
  if (record === undefined) return shard.log.firstOrdinal
  // A place between two records (as a subscription hands out) lies after the first, whichever way it is asked for.
  const given = BigInt(sequenceNumber)
  const own = BigInt(recordSequenceNumber(shard, ordinal, record.arrivalMs))
  return given > own || (after && given === own) ? ordinal + 1 : ordinal
}
