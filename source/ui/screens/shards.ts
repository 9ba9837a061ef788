import { SHARD_READ_BYTES_PER_SECOND } from '../../domain/limits.ts'
import { memoLast } from '../../state/memo.ts'
import { type Model, type ReadUse, streamKey } from '../../state/model.ts'
import { readersOf, type ShardRow, shardCounts, shardRows } from '../../state/select-shards.ts'
import { selectionOf } from '../../state/selection.ts'
import { failureLines, filteredOutBody, filterFacts, staleLine, waitingBody } from '../failure-lines.ts'
import { bytesText, counted, countText, hoursText, lagText, shareText, UNKNOWN } from '../format.ts'
import { type Line, line, span } from '../line.ts'
import { type Column, headerLine, layOut, spokenRow, tableBody, widest } from '../table.ts'
import { keyOf, type ScreenOf, type ScreenView, type View } from '../view.ts'
import { modeText, sortLine, statusTone } from './streams.ts'

//  Streams > orders                                       4 open, 2 closed shards
//  ACTIVE  provisioned  retention 24 h  0 consumers
//    SHARD                 STATE   RANGE SHARE  LINEAGE     LAG     READER
//  > shardId-000000000002  open         25.0 %  <- 0        at tip  caught-up
//    shardId-000000000003  open         25.0 %  <- 0        3m 12s  reading
//    shardId-000000000000  closed       50.0 %  -> 2,3      -       ended

export function shardsView(view: View, screen: ScreenOf<'shards'>): ScreenView {
  const { model } = view
  const rows = shardRows(model, screen)
  const { index, top } = selectionOf(model, screen)
  const counts = shardCounts(model, screen.stream)
  const isRead = readersOf(model, screen.stream) !== undefined
  const columns = layOut(columnsFor(rows, isRead), view.width)
  const summary =
    counts === undefined
      ? []
      : line(`${countText(counts.openCount)} open, ${counted(counts.closedCount, 'closed shard')}`)
  return {
    title: [...streamTitle(screen.stream.streamName)],
    summary,
    facts: factsLine(view, screen, rows[index]),
    header: headerLine(columns, screen.sort),
    spoken: spokenRow(columns, rows[index], index, rows.length),
    body: rows.length > 0 ? tableBody(columns, rows, { index, top }, view.height) : emptyBody(view, screen),
  }
}

/** The beginning of every path below the list of streams. */
export const STREAMS_PATH = 'Streams > '

export function streamTitle(streamName: string): Line {
  return line(span(STREAMS_PATH, 'muted'), span(streamName, 'title'))
}

/** Looked up once a list, not once a frame: there may be 10,000. */
const idWidthOf = memoLast((rows: readonly ShardRow[]): number =>
  Math.max(
    20,
    widest(
      rows.map(row => row.id),
      40,
    ),
  ),
)

function columnsFor(rows: readonly ShardRow[], isRead: boolean): readonly Column<ShardRow>[] {
  const idWidth = idWidthOf(rows)
  return [
    { key: 'shard', header: 'SHARD', width: 20, maxWidth: idWidth, priority: 0, text: row => row.id },
    {
      key: 'state',
      header: 'STATE',
      width: 6,
      priority: 1,
      text: row => (row.isOpen ? 'open' : 'closed'),
      tone: row => (row.isOpen ? 'good' : 'muted'),
    },
    {
      key: 'share',
      header: 'SHARE',
      align: 'right',
      width: 7,
      priority: 2,
      text: row => shareText(row.share),
    },
    {
      key: 'lineage',
      header: 'LINEAGE',
      width: 10,
      maxWidth: Math.max(
        10,
        widest(
          rows.map(row => row.lineageText),
          24,
        ),
      ),
      priority: 3,
      text: row => row.lineageText,
    },
    {
      key: 'lag',
      header: 'LAG',
      align: 'right',
      width: 7,
      priority: 3.5,
      text: row => (row.reader?.state === 'ended' ? UNKNOWN : lagText(row.reader?.millisBehindLatest)),
      tone: row => ((row.reader?.millisBehindLatest ?? 0) > 60_000 ? 'warning' : undefined),
    },
    {
      key: 'reader',
      header: 'READER',
      width: 9,
      maxWidth: 18,
      priority: isRead ? 4 : 9,
      text: row => row.reader?.state ?? UNKNOWN,
      tone: row => readerTone(row.reader?.state),
    },
    {
      key: 'records',
      header: 'READ',
      align: 'right',
      width: 8,
      priority: isRead ? 5 : 10,
      text: row => countText(row.reader?.recordCount),
    },
    {
      key: 'range',
      header: 'HASH KEYS FROM',
      align: 'right',
      width: 39,
      priority: 6,
      text: row => row.shard.hashKeyRange.startingHashKey.toString(),
    },
  ]
}

function readerTone(state: string | undefined) {
  if (state === 'throttled' || state === 'stalled') return 'warning'
  return state === 'failed' ? 'bad' : undefined
}

function factsLine(view: View, screen: ScreenOf<'shards'>, selected: ShardRow | undefined): Line {
  const { model } = view
  const fetched = model.shards.get(streamKey(screen.stream))
  const stale = fetched === undefined ? undefined : staleLine(fetched, model.now)
  if (stale !== undefined) return stale
  if (screen.filter !== '') return filterFacts(screen.filter)
  const note = readerNote(model, screen, selected)
  if (note !== undefined) return line(`${selected?.id}: ${note}`)
  if (screen.sort !== undefined) return sortLine(screen.sort)
  const reads = selected?.reader?.reads
  const facts = streamFacts(model, screen)
  return reads === undefined ? facts : [...facts, span(`  ${selected?.id} takes ${readsText(reads)}`)]
}

/** What the selected shard's reader waits for, and how far those are. */
function readerNote(
  model: Model,
  screen: ScreenOf<'shards'>,
  selected: ShardRow | undefined,
): string | undefined {
  const reader = selected?.reader
  if (reader === undefined) return undefined
  const parents = (reader.parentShardIds ?? []).flatMap(shardId => {
    const behind = readersOf(model, screen.stream)?.get(shardId)?.millisBehindLatest
    return behind === undefined ? [] : [`${shardId} is ${lagText(behind)} behind`]
  })
  const parts = [...(reader.note === undefined ? [] : [reader.note]), ...parents]
  return parts.length === 0 ? undefined : parts.join('; ')
}

/** `1.0 of 5 reads/s, 12.3 KiB of 2 MiB/s`. */
export function readsText({ readsPerSecond, bytesPerSecond }: ReadUse): string {
  const calls = readsPerSecond === undefined ? '' : `${readsPerSecond.toFixed(1)} of 5 reads/s, `
  return `${calls}${bytesText(bytesPerSecond)} of ${bytesText(SHARD_READ_BYTES_PER_SECOND)}/s`
}

/** What the summary says of a stream; parts that it did not say are left out. */
function streamFacts(model: Model, screen: ScreenOf<'shards'>): Line {
  const summary = model.summaries.get(streamKey(screen.stream))?.value
  if (summary === undefined) return []
  const parts = [
    ...(summary.streamMode === undefined ? [] : [span(modeText(summary.streamMode))]),
    ...(summary.retentionPeriodHours === undefined
      ? []
      : [span(`retention ${hoursText(summary.retentionPeriodHours)}`)]),
    ...(summary.encryptionType === undefined
      ? []
      : [span(`encryption ${summary.encryptionType.toLowerCase()}`)]),
    ...(summary.consumerCount === undefined ? [] : [span(counted(summary.consumerCount, 'consumer'))]),
  ]
  const status = summary.streamStatus
  return [span(status ?? UNKNOWN, statusTone(status)), ...parts.flatMap(part => [span('  '), part])]
}

function emptyBody(view: View, screen: ScreenOf<'shards'>): readonly Line[] {
  const fetched = view.model.shards.get(streamKey(screen.stream))
  if (fetched?.value === undefined && fetched?.failure !== undefined) {
    return failureLines(fetched.failure, view, [
      ['view.refresh', 'try again'],
      ['view.back', 'back to the streams'],
      ['stream.open-named', 'open another stream by name or ARN'],
    ])
  }
  if (fetched?.value === undefined) {
    return waitingBody('Asking for the shards (ListShards) ...')
  }
  if (screen.filter !== '') {
    return filteredOutBody(view, 'shard', screen.filter)
  }
  if (fetched.value.length > 0) {
    return [[], line(`  No shard is open. ${keyOf(view, 'shards.toggle-closed')} shows the closed ones.`)]
  }
  const status = view.model.summaries.get(streamKey(screen.stream))?.value?.streamStatus
  const why = status === 'CREATING' ? ' It is being created.' : ''
  return [[], line(`  The stream has no shards yet.${why}`)]
}
