import type { ReaderState, TailState } from '../../state/model.ts'
import { rowBadges, rowPreview, rowWrappings } from '../../state/row-text.ts'
import { shortShardId } from '../../state/select-shards.ts'
import { readerCounts, tailFilter, tailMatches, tailRate, tailRows } from '../../state/select-tail.ts'
import { selectionOf } from '../../state/selection.ts'
import type { TailRow } from '../../state/tail-row.ts'
import { isTailOf } from '../../state/update-tail.ts'
import { failureLines, keyLines } from '../failure-lines.ts'
import { bytesText, counted, countText, durationText, rateText, timeText, UNKNOWN } from '../format.ts'
import { type Line, line, span } from '../line.ts'
import { type Column, headerLine, layOut, rowLine, spokenRow } from '../table.ts'
import { keyOf, type ScreenOf, type ScreenView, type View } from '../view.ts'
import { streamTitle } from './shards.ts'

//  Streams > orders > tail from latest                      1,234 records, 0 dropped
//  FOLLOWING  4 shards: 3 at tip, 1 reading, 2 ended; 3m 12s behind   12.3/s  4.5 KiB/s
//    TIME (UTC)    SHARD  KEY          SIZE  PAYLOAD
//    14:03:09.123      2  user-17     312 B  {"event":"click","at":1719999999123}
//  > 14:03:09.201      3  user-4      298 B  {"event":"view"}

export function tailView(view: View, screen: ScreenOf<'tail'>): ScreenView {
  const { model } = view
  const tail = isTailOf(model.tail, screen) ? model.tail : undefined
  const rows = tailRows(model, screen)
  const { index, top } = selectionOf(model, screen)
  const columns = layOut(columnsFor(view.width, screen), view.width)
  const matches = tailMatches(model, screen)
  const body: Line[] = []
  for (let place = top; place < Math.min(top + view.height, rows.count); place += 1) {
    const row = rows.at(place)
    if (row !== undefined) body.push(rowLine(columns, row, place === index))
  }
  const which = screen.shardId === undefined ? '' : ` of shard ${shortShardId(screen.shardId)}`
  return {
    title: [...streamTitle(screen.stream.streamName), span(titleOf(screen, which))],
    summary: tail === undefined ? [] : line(countsText(tail, screen, matches?.count)),
    facts: tail === undefined ? [] : factsLine(tail, screen, matches?.newerCount),
    header: headerLine(columns, undefined),
    spoken: spokenRow(columns, rows.at(index), index, rows.count),
    body: body.length > 0 ? body : emptyBody(view, screen, tail),
  }
}

function titleOf({ search, isFanOut, from }: ScreenOf<'tail'>, which: string): string {
  if (search === undefined) return ` > tail${which} from ${from}${isFanOut ? ' with enhanced fan-out' : ''}`
  const key = search.key === undefined ? '' : ` key ${search.key}`
  return ` > find${key}${search.filter === undefined ? '' : ` ${search.filter}`} from ${from} to ${search.to ?? 'now'}`
}

function columnsFor(width: number, screen: ScreenOf<'tail'>): readonly Column<TailRow>[] {
  const { filter } = tailFilter(screen.filter)
  const marks = filter === undefined ? {} : { marks: filter.highlights }
  const hasMillis = width >= 80
  const hasFormat = width >= 110
  const columns: readonly Column<TailRow>[] = [
    {
      key: 'time',
      header: hasMillis ? 'TIME (UTC)' : 'UTC',
      width: hasMillis ? 12 : 8,
      priority: 1,
      text: row => timeText(row.record.approximateArrivalTimestamp, hasMillis ? 'millis' : 'seconds'),
    },
    // Only there once something is marked: it would be empty for most.
    ...(screen.marked === undefined || screen.marked.size === 0
      ? []
      : [
          {
            key: 'mark',
            header: 'M',
            width: 1,
            priority: 1,
            text: (row: TailRow) => (screen.marked?.has(row.id) ? '*' : ''),
          },
        ]),
    {
      key: 'shard',
      header: 'SHARD',
      align: 'right',
      width: 5,
      priority: 2,
      text: row => shortShardId(row.record.shardId),
    },
    {
      key: 'key',
      header: 'KEY',
      width: 10,
      maxWidth: width >= 120 ? 30 : 14,
      priority: 3,
      text: row => row.partitionKey ?? UNKNOWN,
      ...marks,
    },
    {
      key: 'size',
      header: 'SIZE',
      align: 'right',
      width: 9,
      priority: 4,
      text: row => bytesText(row.data.length),
    },
    {
      key: 'format',
      header: 'FORMAT',
      width: 8,
      maxWidth: width >= 130 ? 30 : 18,
      priority: 5,
      text: row => rowBadges(row).join(' '),
      tone: () => 'accent',
    },
    {
      key: 'payload',
      header: 'PAYLOAD',
      width: 24,
      maxWidth: 1_000,
      priority: 0,
      text: row => (hasFormat ? rowPreview(row) : `${wrappingText(row)}${rowPreview(row)}`),
      ...marks,
    },
  ]
  // What a payload was unwrapped from is worth its cells only where the payload keeps most of the line.
  return hasFormat ? columns : columns.filter(column => column.key !== 'format')
}

/** `[KPL 3/18] `: where there is no column for it, what a payload was unwrapped from stands before it. */
function wrappingText(row: TailRow): string {
  const wrappings = rowWrappings(row)
  return wrappings.length === 0 ? '' : `[${wrappings.join(' ')}] `
}

function countsText(tail: TailState, screen: ScreenOf<'tail'>, matchCount: number | undefined): string {
  const kept = (tail.pausedWindow ?? tail.window).recordCount
  const dropped = tail.window.droppedCount
  const marked = screen.marked?.size ?? 0
  const records = `${marked === 0 ? '' : `${countText(marked)} marked, `}${
    matchCount === undefined
      ? counted(kept, 'record')
      : `${countText(matchCount)} of ${counted(kept, 'record')}`
  }`
  // What no longer fits the memory must be said: a list that silently begins later would look whole.
  return dropped === 0 ? records : `${records}, ${countText(dropped)} older dropped`
}

const STATE_TEXT: readonly (readonly [ReaderState, string])[] = [
  ['caught-up', 'at tip'],
  ['reading', 'reading'],
  ['starting', 'starting'],
  ['waiting-for-parent', 'waiting for parents'],
  ['throttled', 'throttled'],
  ['stalled', 'stalled'],
  ['failed', 'failed'],
  ['ended', 'ended'],
]

function factsLine(tail: TailState, screen: ScreenOf<'tail'>, newerMatches: number | undefined): Line {
  const { failure: badFilter } = tailFilter(screen.filter)
  if (badFilter !== undefined)
    return line(span('! ', 'warning'), `${badFilter.message}; all records are shown`)
  if (tail.failure !== undefined) {
    return line(span(`! ${tail.failure.action} failed: `, 'bad'), tail.failure.message)
  }
  if (tail.retriedFailure !== undefined) {
    return line(span(`! ${tail.retriedFailure.action}: `, 'warning'), tail.retriedFailure.message)
  }
  const { byState, largestMillisBehindLatest } = readerCounts(tail)
  const states = STATE_TEXT.flatMap(([state, text]) => {
    const count = byState.get(state) ?? 0
    return count === 0 ? [] : [`${countText(count)} ${text}`]
  })
  const behind =
    largestMillisBehindLatest === undefined ? '' : `; ${durationText(largestMillisBehindLatest)} behind`
  const rate = tailRate(tail)
  const rates =
    rate === undefined ? '' : `  ${rateText(rate.recordsPerSecond)}  ${bytesText(rate.bytesPerSecond)}/s`
  return [
    modeSpan(tail, screen, newerMatches),
    ...(tail.progress === undefined ? [] : [span(`  ${tail.progress}`, 'accent')]),
    span(`  ${states.length === 0 ? '' : `shards: ${states.join(', ')}${behind}`}${rates}`),
    ...(screen.filter === ''
      ? []
      : [span(screen.showsOthers ? '  marking ' : '  only '), span(screen.filter, 'accent')]),
  ]
}

function modeSpan(tail: TailState, screen: ScreenOf<'tail'>, newerMatches: number | undefined) {
  if (tail.pausedWindow !== undefined) {
    const newer = tail.arrivedWhilePaused
    const matching = newerMatches === undefined ? '' : `, ${countText(newerMatches)} of them match`
    return span(newer === 0 ? 'PAUSED' : `PAUSED, ${countText(newer)} newer${matching}`, 'warning')
  }
  if (screen.search !== undefined) {
    if (tail.isCalledOff) return span('STOPPED', 'warning')
    return tail.phase === 'finished' ? span('FOUND', 'good') : span('SEARCHING', 'accent')
  }
  if (tail.phase === 'finished') return span('ENDED', 'warning')
  if (tail.phase === 'starting') return span('STARTING', 'muted')
  return screen.isFollowing ? span('FOLLOWING', 'good') : span('STAYING', 'accent')
}

function emptyBody(view: View, screen: ScreenOf<'tail'>, tail: TailState | undefined): readonly Line[] {
  if (tail?.failure !== undefined) {
    return failureLines(tail.failure, view, [
      ['view.refresh', 'try again'],
      ['tail.open-from', 'start from another place'],
      ['view.back', 'back'],
    ])
  }
  if (tail === undefined || tail.phase === 'starting') {
    return [[], line('  ', span('Taking a shard iterator for each shard ...', 'muted'))]
  }
  if (screen.filter.trim() !== '' && tail.window.recordCount > 0) {
    return [
      [],
      line('  No record kept so far matches ', span(screen.filter, 'accent'), '.'),
      [],
      ...keyLines(view, [['view.back', 'clear the filter']]),
    ]
  }
  if (tail.phase === 'finished') return [[], line('  The shards have ended, and there is no record in them.')]
  return [
    [],
    line('  Reading; no record has come yet.'),
    ...(screen.from === 'latest'
      ? [
          line(
            `  Older ones: ${keyOf(view, 'tail.open-from')} starts from another place, such as 15m or oldest.`,
          ),
        ]
      : []),
  ]
}
