import type { Failure } from '../domain/failure.ts'
import type { StreamListing, StreamRef, StreamSummary } from '../domain/stream.ts'
import { memoLast } from './memo.ts'
import type { Fetched, Model, Sort, StreamLoad } from './model.ts'
import { type SortKeys, sorted } from './sorting.ts'

/** One line of the list of streams. What neither the listing nor a summary told is absent. */
export type StreamRow = {
  readonly id: string
  readonly stream: StreamRef
  readonly streamName: string
  readonly streamStatus?: string
  readonly streamMode?: string
  readonly openShardCount?: number
  readonly retentionPeriodHours?: number
  readonly consumerCount?: number
  readonly encryptionType?: string
  readonly createdAt?: number
  /** As its heat told it; absent where nobody looked. */
  readonly load?: StreamLoad
  /** The summary could not be had. */
  readonly failure?: Failure
}

export const STREAM_SORT_KEYS: SortKeys<StreamRow> = {
  name: row => row.streamName,
  status: row => row.streamStatus,
  mode: row => row.streamMode,
  shards: row => row.openShardCount,
  retention: row => row.retentionPeriodHours,
  consumers: row => row.consumerCount,
  encryption: row => row.encryptionType,
  created: row => row.createdAt,
  load: row => row.load?.bytesPerSecond,
}

/** The rows of the list of streams, filtered by plain text over name, status and mode. */
export function streamRows(
  model: Model,
  view: { readonly filter: string; readonly sort?: Sort },
): readonly StreamRow[] {
  return arrangedRows(joinedRows(model.streams.value, model.summaries, model.loads), view.filter, view.sort)
}

/** How many streams there are before any filter; undefined while nobody has told. */
export function streamCount(model: Model): number | undefined {
  return model.streams.value?.length
}

const joinedRows = memoLast(
  (
    listings: readonly StreamListing[] | undefined,
    summaries: Model['summaries'],
    loads: Model['loads'],
  ): readonly StreamRow[] =>
    (listings ?? []).map(listing =>
      rowOf(listing, summaries.get(listing.streamName), loads?.get(listing.streamName)),
    ),
)

const arrangedRows = memoLast((rows: readonly StreamRow[], filter: string, sort: Sort | undefined) => {
  const wanted = filter.toLowerCase()
  const kept =
    wanted === ''
      ? rows
      : rows.filter(row =>
          `${row.streamName} ${row.streamStatus ?? ''} ${row.streamMode ?? ''}`
            .toLowerCase()
            .includes(wanted),
        )
  return sorted(kept, STREAM_SORT_KEYS, sort)
})

function rowOf(
  listing: StreamListing,
  fetched: Fetched<StreamSummary> | undefined,
  load: StreamLoad | undefined,
): StreamRow {
  const summary = fetched?.value
  const streamStatus = listing.streamStatus ?? summary?.streamStatus
  const streamMode = listing.streamMode ?? summary?.streamMode
  const created = listing.streamCreationTimestamp ?? summary?.streamCreationTimestamp
  return {
    id: listing.streamName,
    // The list holds streams of one account and region, where the name is enough; some endpoints know no ARNs.
    stream: { streamName: listing.streamName },
    streamName: listing.streamName,
    ...(streamStatus === undefined ? {} : { streamStatus }),
    ...(streamMode === undefined ? {} : { streamMode }),
    ...(summary?.openShardCount === undefined ? {} : { openShardCount: summary.openShardCount }),
    ...(summary?.retentionPeriodHours === undefined
      ? {}
      : { retentionPeriodHours: summary.retentionPeriodHours }),
    ...(summary?.consumerCount === undefined ? {} : { consumerCount: summary.consumerCount }),
    ...(summary?.encryptionType === undefined ? {} : { encryptionType: summary.encryptionType }),
    ...(created === undefined ? {} : { createdAt: created.getTime() }),
    ...(load === undefined ? {} : { load }),
    ...(fetched?.failure === undefined ? {} : { failure: fetched.failure }),
  }
}
