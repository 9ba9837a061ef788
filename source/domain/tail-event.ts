import type { Failure } from './failure.ts'
import type { StreamRecord } from './record.ts'
import type { SequenceNumber, Shard } from './shard.ts'

/** Where one shard's reader stands. Times are milliseconds since the epoch on the reader's clock. */
export type ReaderState =
  /** Taking its first iterator. */
  | { readonly state: 'starting' }
  /** Behind the tip and reading on; the distance is absent where the endpoint does not say. */
  | { readonly state: 'reading'; readonly millisBehindLatest?: number }
  /** At the tip: polls at the idle pace. */
  | { readonly state: 'caught-up'; readonly millisBehindLatest?: number }
  /** Waits for the shard's read budget, which all polling readers share. */
  | {
      readonly state: 'throttled'
      /** `refused`: the service said so. `large-page`: our own last page used the budget up. */
      readonly cause: 'refused' | 'large-page'
      readonly retryAtMillis: number
      /** Refusals in a row; 0 for `large-page`. */
      readonly attempt: number
      /** Bytes of the last page, where that is what must be paid back. */
      readonly pageBytes?: number
    }
  /** A child is read only after all of its parents that are being read. */
  | { readonly state: 'waiting-for-parent'; readonly parentShardIds: readonly string[] }
  /** The shard is closed and everything in it was read. */
  | { readonly state: 'ended'; readonly childShardIds: readonly string[] }
  /** Reading this shard was given up; the failure says why. */
  | { readonly state: 'failed'; readonly failure: Failure }
  /** Calls fail in a way that can pass; the place is kept and the read is tried again. */
  | {
      readonly state: 'stalled'
      readonly failure: Failure
      readonly sinceMillis: number
      readonly retryAtMillis: number
      readonly attempt: number
    }

/** What a tail did; past facts in the order in which they happened. */
export type TailEvent =
  /** All shards in retention, at the start and whenever a later listing differs (reshards, closings). */
  | { readonly type: 'shards-listed'; readonly shards: readonly Shard[] }
  /** A shard's reader changed its state. A growing or shrinking distance alone comes with `records-arrived`. */
  | { readonly type: 'reader-changed'; readonly shardId: string; readonly reader: ReaderState }
  /** One non-empty answer of GetRecords, in the order of the shard. Never changed after it was handed out. */
  | {
      readonly type: 'records-arrived'
      readonly shardId: string
      readonly records: readonly StreamRecord[]
      readonly millisBehindLatest?: number
      /** When the answer came in, milliseconds since the epoch. */
      readonly receivedAtMillis: number
    }
  /**
   * Every record of the shard up to this one was handed out, or not wanted. Follows each page, after its `records-arrived`;
   * only where it is asked for (`tellsPlaces`). Without a number: an empty page.
   */
  | {
      readonly type: 'place-reached'
      readonly shardId: string
      readonly sequenceNumber?: SequenceNumber
      readonly approximateArrivalTimestamp?: Date
      readonly millisBehindLatest?: number
    }
  /**
   * What arrived in the shard between these moments left the retention before it was read: whatever it was, it is lost to
   * this tail. Milliseconds since the epoch; the service does not say whether or how many records there were.
   */
  | {
      readonly type: 'records-expired'
      readonly shardId: string
      readonly fromMillis: number
      readonly untilMillis: number
    }
  /** The shard is read to its end; its children follow (none were found if the list is empty). */
  | { readonly type: 'shard-ended'; readonly shardId: string; readonly childShardIds: readonly string[] }
  /** Every shard that is read from the start holds its iterator: what is written from now on will be shown. */
  | { readonly type: 'tailing'; readonly shardIds: readonly string[] }
  /** Calls began to fail; said once a kind, however many shards it hits. `isRetried` is false where it was given up. */
  | { readonly type: 'failure-met'; readonly failure: Failure; readonly isRetried: boolean }
  /** The retried failure has passed on every shard that it hit. */
  | { readonly type: 'failure-passed'; readonly failure: Failure; readonly lastedMillis: number }
  | { readonly type: 'finished'; readonly reason: FinishReason; readonly totals: TailTotals }

export type FinishReason =
  | 'limit' // the asked number of records was delivered
  | 'tip' // every shard was at its tip
  | 'until' // every shard was read up to the asked time
  | 'idle' // no record came for the asked time
  | 'ended' // every shard ended and none has children
  | 'aborted' // the caller's signal
  | 'failed' // no shard can be read (any more); `failure` in the totals

export type TailTotals = {
  readonly recordCount: number
  /** Payload bytes plus partition keys of what was delivered. */
  readonly byteCount: number
  readonly shardCount: number
  readonly endedShardCount: number
  readonly failedShardCount: number
  /** GetRecords calls that were refused for throughput. */
  readonly throttledCount: number
  /** GetRecords calls in all. */
  readonly readCount: number
  readonly elapsedMillis: number
  /** The failure that ended the tail, where one did. */
  readonly failure?: Failure
}

/** One sentence on what a reader is doing and why, for the screen and the log; an empty string where nothing needs saying. */
export function explainReaderState(reader: ReaderState): string {
  switch (reader.state) {
    case 'starting':
      return 'taking its first iterator'
    case 'reading':
    case 'caught-up':
      return ''
    case 'throttled':
      return reader.cause === 'large-page'
        ? `its last page of ${((reader.pageBytes ?? 0) / 1_048_576).toFixed(1)} MiB used up the shard's 2 MiB/s; waits until that is paid back`
        : 'throttled: 5 reads/s and 2 MiB/s a shard are shared with its other readers; backing off, place kept'
    case 'waiting-for-parent':
      return `waits until ${reader.parentShardIds.join(' and ')} ${reader.parentShardIds.length === 1 ? 'is' : 'are'} read to the end`
    case 'ended':
      return reader.childShardIds.length === 0
        ? 'closed and read to its end'
        : `closed and read to its end; goes on in ${reader.childShardIds.join(', ')}`
    case 'failed':
      return reader.failure.message
    case 'stalled':
      return `${reader.failure.message} (tried again, place kept)`
  }
}
