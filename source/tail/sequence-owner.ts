import { failureOf, usageFailure } from '../domain/failure.ts'
import { compareSequenceNumbers, type SequenceNumber, type Shard } from '../domain/shard.ts'
import type { TailOptions } from './tail-options.ts'

/**
 * The id of the shard that a sequence number belongs to: by the ranges of the listed shards, and where these overlap (shards
 * of one age) by asking the service. With `shardIds` only those are candidates. Throws a usage failure where there is none
 * or where several would take it, and whatever else the service answers.
 */
export async function ownerOfSequenceNumber(
  sequenceNumber: SequenceNumber,
  shards: readonly Shard[],
  options: Pick<TailOptions, 'stream' | 'shardIds'> & {
    readonly api: Pick<TailOptions['api'], 'getShardIterator'>
    readonly signal: AbortSignal
  },
): Promise<string> {
  const { api, stream, shardIds, signal } = options
  const candidates =
    shardIds === undefined
      ? shards.filter(shard => mayHold(shard, sequenceNumber))
      : shards.filter(shard => shardIds.includes(shard.shardId))
  const [only] = candidates
  if (only !== undefined && candidates.length === 1) return only.shardId
  const accepting: string[] = []
  for (const { shardId } of candidates) {
    try {
      await api.getShardIterator(stream, shardId, { type: 'AT_SEQUENCE_NUMBER', sequenceNumber }, { signal })
      accepting.push(shardId)
    } catch (error) {
      const { kind } = failureOf(error, 'GetShardIterator')
      if (kind !== 'invalid' && kind !== 'not-found') throw error
    }
  }
  const [accepted] = accepting
  if (accepted !== undefined && accepting.length === 1) return accepted
  throw accepted === undefined
    ? usageFailure(
        'tail',
        `No shard within retention holds the sequence number ${sequenceNumber}.`,
        'Start from a time or from the oldest record; numbers of an earlier stream of this name are not valid here.',
      )
    : usageFailure(
        'tail',
        `The sequence number ${sequenceNumber} could belong to ${accepting.join(' or ')}.`,
        'Name its shard.',
      )
}

function mayHold(shard: Shard, sequenceNumber: SequenceNumber): boolean {
  const { startingSequenceNumber, endingSequenceNumber } = shard
  if (compareSequenceNumbers(startingSequenceNumber, sequenceNumber) > 0) return false
  return (
    endingSequenceNumber === undefined || compareSequenceNumbers(sequenceNumber, endingSequenceNumber) <= 0
  )
}
