import type { KinesisApi } from '../aws/kinesis-api.ts'
import type { Clock } from '../domain/clock.ts'
import type { HashKey } from '../domain/hash-key.ts'
import type { StreamRecord } from '../domain/record.ts'
import type { StartFrom } from '../domain/start-from.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { TailEvent } from '../domain/tail-event.ts'
import type { FanOut } from './fan-out.ts'

/** How fast one shard is polled. The service allows 5 reads/s and 2 MiB/s a shard for all polling readers together. */
export type ReadPace = {
  /** Between two reads at the tip of a shard that has gone quiet. Default 1,000. */
  readonly idleMillis: number
  /** Between two reads at the tip while records come and for 10 s after; never below 200 or above `idleMillis`. Default 1,000. */
  readonly busyMillis: number
  /** Between two reads while behind the tip; never below 200. Default 250. */
  readonly behindMillis: number
  /** Bytes a second that a reader takes at most while behind. Default 2 MiB. */
  readonly bytesPerSecond: number
  /** No wait at all while behind, and full pages: for endpoints without the limits of the service. */
  readonly isUnlimited?: boolean
}

export type TailOptions = {
  /** With `describeStreamSummary`, what expires before it is read is told: its retention is asked for by who is a day behind. */
  readonly api: Pick<KinesisApi, 'listShards' | 'getShardIterator' | 'getRecords'> &
    Partial<Pick<KinesisApi, 'describeStreamSummary'>>
  readonly stream: StreamRef
  readonly from: StartFrom
  /** Records are pushed to this consumer instead of being asked for: enhanced fan-out. */
  readonly fanOut?: FanOut
  /** Read these shards and their descendants only. */
  readonly shardIds?: readonly string[]
  /** Read only the shards whose range holds this key, through every reshard: those that took a partition key's records. */
  readonly hashKey?: HashKey
  /** Deliver only these records; `limit` and `idleMillis` count what is delivered. */
  readonly accepts?: (record: StreamRecord) => boolean
  /** Tell with `place-reached` how far each page went. */
  readonly tellsPlaces?: boolean
  /** Deliver exactly this many records, then finish. */
  readonly limit?: number
  /** Finish when every shard has been read up to where its tip was when the tail started. */
  readonly exitAtTip?: boolean
  /** Finish when every shard has been read up to this moment; later records are left out. */
  readonly until?: Date
  /** Finish when no record came for this long. */
  readonly idleMillis?: number
  readonly clock: Clock
  /** 0 (included) .. 1 (excluded); used for jitter. */
  readonly random: () => number
  readonly signal?: AbortSignal
  readonly pace?: Partial<ReadPace>
  /** Undelivered record bytes at which reading stops until the consumer has taken some. Default 16 MiB. */
  readonly bufferBytes?: number
  /** GetRecords and GetShardIterator calls in flight at once. Default 32. */
  readonly maxConcurrentCalls?: number
  /** GetRecords calls a second over all shards. Default 1,000; with more shards than that each is polled less often. */
  readonly maxReadsPerSecond?: number
  /** Between two listings that look for reshards an endpoint does not announce. Default 30,000. */
  readonly relistMillis?: number
}

/**
 * A running tail. Iterate it once; leaving the loop stops all reading. A slow consumer slows the reading.
 * Failures of calls are events, never thrown.
 */
export type Tail = AsyncIterable<TailEvent> & {
  /** Stop reading, keep every place; works for longer than an iterator lives (5 minutes). */
  pause(): void
  resume(): void
  readonly isPaused: boolean
}
