import { type HashKeyRange, shareOfSpace } from '../domain/hash-key.ts'
import type { HeatBoard, KeyShare, ShardHeat } from '../domain/heat/shard-heat.ts'
import { compareByRange, isOpen, type Shard } from '../domain/shard.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { HeatSnapshot, HeatState } from './heat-state.ts'
import { memoLast } from './memo.ts'
import { type Model, type Sort, streamKey } from './model.ts'
import { type SortKeys, sorted } from './sorting.ts'

/** One line of the board: a shard and, once it was looked at, its heat. */
export type BoardRow = {
  readonly id: string
  readonly shard: Shard
  readonly isOpen: boolean
  readonly spaceShare: number
  readonly heat?: ShardHeat
}

export const BOARD_SORT_KEYS: SortKeys<BoardRow> = {
  range: row => row.shard.hashKeyRange.startingHashKey,
  shard: row => row.id,
  use: row => row.heat?.utilisation,
  peak: row => row.heat?.peakUtilisation,
  bytes: row => row.heat?.bytesPerSecond?.perSecond,
  records: row => row.heat?.recordsPerSecond?.perSecond,
  throttled: row => row.heat?.throttledRecords,
  share: row => row.spaceShare,
  traffic: row => row.heat?.trafficShare,
  lag: row => row.heat?.lagMillis,
  verdict: row => row.heat?.verdict.kind,
}

export type KeyRow = { readonly id: string; readonly key: KeyShare }

export const KEY_SORT_KEYS: SortKeys<KeyRow> = {
  bytes: row => row.key.byteShare,
  records: row => row.key.recordShare,
  key: row => row.key.partitionKey,
  shard: row => row.key.shardId,
}

/** The heat that is looked at, if it is that of this stream. */
export function heatOf(model: Model, stream: StreamRef): HeatState | undefined {
  const { heat } = model
  return heat !== undefined && streamKey(heat.stream) === streamKey(stream) ? heat : undefined
}

export function snapshotOf(model: Model, stream: StreamRef): HeatSnapshot | undefined {
  return heatOf(model, stream)?.snapshot
}

/** Open shards along the hash-key space, then, if asked for, the closed ones; sorted as asked. */
export function boardRows(
  model: Model,
  view: {
    readonly stream: StreamRef
    readonly source: string
    readonly showClosed: boolean
    readonly filter: string
    readonly sort?: Sort
  },
): readonly BoardRow[] {
  const snapshot = snapshotOf(model, view.stream)
  const board = snapshot?.source === view.source ? snapshot.board : undefined
  const shards = model.shards.get(streamKey(view.stream))?.value
  return arrangedRows(shards, board, view.showClosed, view.filter, view.sort)
}

const arrangedRows = memoLast(
  (
    shards: readonly Shard[] | undefined,
    board: HeatBoard | undefined,
    showClosed: boolean,
    filter: string,
    sort: Sort | undefined,
  ): readonly BoardRow[] => {
    const rows: readonly BoardRow[] =
      board === undefined
        ? [...(shards ?? [])].sort(openThenRange).map(shard => ({
            id: shard.shardId,
            shard,
            isOpen: isOpen(shard),
            spaceShare: shareOfSpace(shard.hashKeyRange),
          }))
        : board.shards.map(heat => ({
            id: heat.shard.shardId,
            shard: heat.shard,
            isOpen: heat.isOpen,
            spaceShare: heat.spaceShare,
            heat,
          }))
    const wanted = filter.toLowerCase()
    const shown = rows.filter(
      row => (showClosed || row.isOpen) && (wanted === '' || textOf(row).includes(wanted)),
    )
    return sorted(shown, BOARD_SORT_KEYS, sort)
  },
)

/** The open shards as pieces of the whole space, whatever the list shows of them. */
export function stripPieces(
  model: Model,
  view: { readonly stream: StreamRef; readonly source: string },
): readonly { readonly range: HashKeyRange; readonly utilisation?: number }[] {
  const snapshot = snapshotOf(model, view.stream)
  const board = snapshot?.source === view.source ? snapshot.board : undefined
  return piecesOf(model.shards.get(streamKey(view.stream))?.value, board)
}

const piecesOf = memoLast((shards: readonly Shard[] | undefined, board: HeatBoard | undefined) =>
  board === undefined
    ? (shards ?? []).filter(isOpen).map(shard => ({ range: shard.hashKeyRange }))
    : board.shards
        .filter(heat => heat.isOpen)
        .map(({ shard, utilisation }) => ({
          range: shard.hashKeyRange,
          ...(utilisation === undefined ? {} : { utilisation }),
        })),
)

/** The heaviest keys, those that contain the filter. */
export function keyRows(
  model: Model,
  view: { readonly stream: StreamRef; readonly filter: string; readonly sort?: Sort },
): readonly KeyRow[] {
  return filteredKeys(snapshotOf(model, view.stream)?.keys?.keys, view.filter, view.sort)
}

const filteredKeys = memoLast(
  (keys: readonly KeyShare[] | undefined, filter: string, sort: Sort | undefined): readonly KeyRow[] => {
    const wanted = filter.toLowerCase()
    const rows = (keys ?? [])
      .filter(({ partitionKey, shardId }) => `${partitionKey} ${shardId}`.toLowerCase().includes(wanted))
      .map(key => ({ id: `${key.shardId} ${key.partitionKey}`, key }))
    return sorted(rows, KEY_SORT_KEYS, sort)
  },
)

function openThenRange(a: Shard, b: Shard): number {
  return Number(isOpen(b)) - Number(isOpen(a)) || compareByRange(a, b)
}

function textOf({ id, heat, isOpen: open }: BoardRow): string {
  const verdict = heat === undefined ? '' : `${heat.level} ${heat.verdict.kind} ${heat.verdict.sentence}`
  const keys = heat?.verdict.partitionKeys.join(' ') ?? ''
  return `${id} ${open ? 'open' : 'closed'} ${verdict} ${keys}`.toLowerCase()
}
