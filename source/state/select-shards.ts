import { shareOfSpace } from '../domain/hash-key.ts'
import { Lineage, parentIdsOf } from '../domain/lineage.ts'
import { compareByRange, isOpen, type Shard } from '../domain/shard.ts'
import type { StreamRef } from '../domain/stream.ts'
import { memoLast } from './memo.ts'
import { type Model, type ReaderInfo, type Sort, streamKey } from './model.ts'
import { compareNatural, type SortKeys, sorted } from './sorting.ts'

/** One line of a stream's shards. */
export type ShardRow = {
  readonly id: string
  readonly shard: Shard
  readonly isOpen: boolean
  /** Share of the hash-key space, 0..1. */
  readonly share: number
  /** Parents and children by short name, e.g. `<- 0`, `<- 1,2 -> 5`. */
  readonly lineageText: string
  /** Of the tail that reads this stream now; absent while none does. */
  readonly reader?: ReaderInfo
}

export const SHARD_SORT_KEYS: SortKeys<ShardRow> = {
  shard: row => row.id,
  state: row => (row.isOpen ? 'open' : 'closed'),
  range: row => row.shard.hashKeyRange.startingHashKey,
  share: row => row.share,
  lag: row => row.reader?.millisBehindLatest,
  records: row => row.reader?.recordCount,
}

/** Open shards along the hash-key space, then, if asked for, the closed ones, newest first. */
export function shardRows(
  model: Model,
  view: {
    readonly stream: StreamRef
    readonly showClosed: boolean
    readonly filter: string
    readonly sort?: Sort
  },
): readonly ShardRow[] {
  const shards = model.shards.get(streamKey(view.stream))?.value
  const base = baseRows(shards, view.showClosed, view.filter)
  return arrangedRows(base, readersOf(model, view.stream), view.sort)
}

/** The readers of a tail that is running on this stream: numbers of one that was left are no longer true. */
export function readersOf(model: Model, stream: StreamRef): ReadonlyMap<string, ReaderInfo> | undefined {
  const { tail } = model
  if (tail === undefined || streamKey(tail.stream) !== streamKey(stream)) return undefined
  if (tail.phase === 'finished' || tail.phase === 'failed') return undefined
  const isOnStack = model.screens.some(
    screen => screen.screen === 'tail' && streamKey(screen.stream) === streamKey(stream),
  )
  return isOnStack ? tail.readers : undefined
}

export type ShardCounts = { readonly openCount: number; readonly closedCount: number }

/** Counts of all listed shards; undefined while none are known. */
export function shardCounts(model: Model, stream: StreamRef): ShardCounts | undefined {
  const shards = model.shards.get(streamKey(stream))?.value
  return shards === undefined ? undefined : countsOf(shards)
}

const countsOf = memoLast((shards: readonly Shard[]): ShardCounts => {
  const openCount = shards.filter(isOpen).length
  return { openCount, closedCount: shards.length - openCount }
})

/** `shardId-000000000012` as people say it: `12`. Ids of another form stay whole. */
export function shortShardId(shardId: string): string {
  const digits = /^shardId-0*(\d+)$/.exec(shardId)?.[1]
  return digits ?? shardId
}

/** Where a shard came from and what it became. */
export function lineageText(shard: Shard, lineage: Lineage): string {
  const parents = parentIdsOf(shard).map(shortShardId).sort(compareNatural)
  const children = lineage.childrenOf(shard.shardId).map(child => shortShardId(child.shardId))
  return [
    ...(parents.length === 0 ? [] : [`<- ${parents.join(',')}`]),
    ...(children.length === 0 ? [] : [`-> ${children.sort(compareNatural).join(',')}`]),
  ].join(' ')
}

const baseRows = memoLast(
  (shards: readonly Shard[] | undefined, showClosed: boolean, filter: string): readonly ShardRow[] => {
    if (shards === undefined) return []
    const lineage = new Lineage(shards)
    const open = shards.filter(isOpen).sort(compareByRange)
    const closed = showClosed
      ? shards.filter(shard => !isOpen(shard)).sort((a, b) => compareNatural(b.shardId, a.shardId))
      : []
    const wanted = filter.toLowerCase()
    return [...open, ...closed]
      .map(shard => ({
        id: shard.shardId,
        shard,
        isOpen: isOpen(shard),
        share: shareOfSpace(shard.hashKeyRange),
        lineageText: lineageText(shard, lineage),
      }))
      .filter(row => {
        if (wanted === '') return true
        const text = `${row.id} ${row.isOpen ? 'open' : 'closed'} ${row.lineageText}`
        return text.toLowerCase().includes(wanted)
      })
  },
)

const arrangedRows = memoLast(
  (
    rows: readonly ShardRow[],
    readers: ReadonlyMap<string, ReaderInfo> | undefined,
    sort: Sort | undefined,
  ): readonly ShardRow[] => {
    const withReaders =
      readers === undefined
        ? rows
        : rows.map(row => {
            const reader = readers.get(row.id)
            return reader === undefined ? row : { ...row, reader }
          })
    return sorted(withReaders, SHARD_SORT_KEYS, sort)
  },
)
