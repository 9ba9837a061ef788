import type { KinesisApi, PutEntry, PutReceipt } from '../aws/kinesis-api.ts'
import { FailureError, failureOf } from '../domain/failure.ts'
import { compareSequenceNumbers } from '../domain/shard.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { Context } from './command.ts'

const FIRST_WAIT_MILLIS = 500
const LONGEST_WAIT_MILLIS = 10_000
/** Refusals in a row of everything that is left after which a batch is given up. */
const MOST_FRUITLESS_ROUNDS = 8

export type BatchResult = {
  /** Entries that were sent again, each time counted. */
  readonly retriedCount: number
  /** Keys whose records were not written in the order of the file. */
  readonly reorderedKeys: readonly string[]
}

/**
 * Writes up to 500 entries, and of those that fail only the failed ones again. `onWritten` hears which are in the stream,
 * by index, after each call.
 * @throws FailureError where nothing gets through any more, or where an answer was lost: then the entries of that call may
 * be in the stream or not
 */
export async function putBatch(
  { api, stream }: { readonly api: Pick<KinesisApi, 'putRecords'>; readonly stream: StreamRef },
  entries: readonly PutEntry[],
  { clock, random, signal }: Pick<Context, 'clock' | 'random' | 'signal'>,
  onWritten: (indexes: readonly number[]) => Promise<void>,
): Promise<BatchResult> {
  const receipts = new Map<number, PutReceipt>()
  let left = entries.map((_, index) => index)
  let retriedCount = 0
  let fruitlessCount = 0
  while (left.length > 0) {
    let refusal = 'ProvisionedThroughputExceededException'
    let written: readonly number[] = []
    try {
      const sent = left
      const outcomes = await api.putRecords(
        stream,
        sent.map(index => entries[index] as PutEntry),
        { signal },
      )
      written = sent.filter((index, place) => {
        const outcome = outcomes[place]
        if (outcome?.outcome === 'written') receipts.set(index, outcome.receipt)
        else if (outcome !== undefined) refusal = `${outcome.errorCode}: ${outcome.errorMessage}`
        return outcome?.outcome === 'written'
      })
    } catch (error) {
      const failure = failureOf(error, 'PutRecords')
      // Refused as a whole: nothing of it was written. What else fails can have been written, and is not sent twice.
      if (failure.kind !== 'throttled') throw error
      refusal = failure.message
    }
    if (written.length > 0) await onWritten(written)
    const isWritten = new Set(written)
    left = left.filter(index => !isWritten.has(index))
    if (left.length === 0) break
    fruitlessCount = written.length > 0 ? 0 : fruitlessCount + 1
    if (fruitlessCount >= MOST_FRUITLESS_ROUNDS || signal.aborted)
      throw givenUp(left.length, refusal, signal.aborted)
    retriedCount += left.length
    const wait = Math.min(LONGEST_WAIT_MILLIS, FIRST_WAIT_MILLIS * 2 ** fruitlessCount)
    await clock.sleep(Math.round(wait * (1 + random() / 2)), signal)
  }
  return { retriedCount, reorderedKeys: reorderedKeys(entries, receipts) }
}

function givenUp(count: number, refusal: string, isAborted: boolean): FailureError {
  return new FailureError({
    kind: isAborted ? 'aborted' : 'throttled',
    action: 'PutRecords',
    message: isAborted
      ? `stopped with ${count} records of a batch unwritten`
      : `${count} records are refused again and again: ${refusal}`,
    retryable: false,
  })
}

/** The service tells where each record went: of one key in one shard, later lines must have larger numbers. */
function reorderedKeys(entries: readonly PutEntry[], receipts: ReadonlyMap<number, PutReceipt>): string[] {
  const last = new Map<string, PutReceipt>()
  const reordered = new Set<string>()
  entries.forEach(({ partitionKey }, index) => {
    const receipt = receipts.get(index)
    if (partitionKey === undefined || receipt === undefined) return
    const before = last.get(partitionKey)
    const isSameShard = before?.shardId === receipt.shardId
    if (
      before !== undefined &&
      isSameShard &&
      compareSequenceNumbers(before.sequenceNumber, receipt.sequenceNumber) > 0
    ) {
      reordered.add(partitionKey)
    } else last.set(partitionKey, receipt)
  })
  return [...reordered]
}
