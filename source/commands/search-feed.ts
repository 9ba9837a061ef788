import { StreamDecoding } from '../domain/decode/stream-decoding.ts'
import type { HashKeyRange } from '../domain/hash-key.ts'
import type { Event, ReadRecord } from '../state/event.ts'
import type { ScreenState, TailSearch } from '../state/model.ts'
import type { TailRow } from '../state/tail-row.ts'
import type { Context } from './command.ts'
import { askedSearch, searchRecords } from './record-search.ts'
import { tailRowsOf } from './tail-rows.ts'

type SearchScreen = Extract<ScreenState, { screen: 'tail' }> & { readonly search: TailSearch }

/** Runs a search and shows what it finds as the rows of its screen. */
export async function showSearch(
  { stream, shardId, from, search }: SearchScreen,
  context: Context,
  tell: (event: Event) => void,
): Promise<void> {
  const asked = askedSearch(
    { ...search, stream, from, ...(shardId === undefined ? {} : { shard: [shardId] }) },
    context.clock.now(),
  )
  const decoding = context.decodings?.of(stream) ?? new StreamDecoding()
  const ranges = new Map<string, HashKeyRange>()
  for await (const event of searchRecords(asked, decoding, context)) {
    switch (event.type) {
      case 'tail-started':
        break
      case 'shards-listed':
        for (const shard of event.shards) ranges.set(shard.shardId, shard.hashKeyRange)
        break
      case 'records-read':
        tell({
          type: 'rows-arrived',
          rows: event.records.flatMap(read => foundRows(read, ranges.get(read.record.shardId), decoding)),
          recordCount: event.records.length,
        })
        break
      case 'act-progressed':
        tell({ type: 'tail-progressed', detail: event.detail })
        break
      case 'noticed':
        // The price is said where the search is shown, and stays there.
        if (event.notice.level === 'info') tell({ type: 'tail-progressed', detail: event.notice.text })
        else tell(event)
        break
      default:
        tell(event)
    }
  }
}

/** Of an aggregate only the user records that are wanted. */
function foundRows(
  { record, decoded, matching }: ReadRecord,
  range: HashKeyRange | undefined,
  decoding: StreamDecoding,
): readonly TailRow[] {
  const rows = tailRowsOf(record, range, decoding)
  if (matching === undefined || rows.length !== decoded.length) return rows
  return rows.filter((_, index) => {
    const part = decoded[index]
    return part !== undefined && matching.includes(part)
  })
}
