import type { ReaderState, TailState } from '../../state/model.ts'
import { rowBadges, rowPreview, rowWrappings } from '../../state/row-text.ts'
import { shortShardId } from '../../state/select-shards.ts'
import { readerCounts, tailRate, tailRows } from '../../state/select-tail.ts'
import { selectionOf } from '../../state/selection.ts'
import type { TailRow } from '../../state/tail-row.ts'
import { isTailOf } from '../../state/update-tail.ts'
import { failureLines, keyLines } from '../failure-lines.ts'
import { bytesText, counted, countText, durationText, rateText, timeText, UNKNOWN } from '../format.ts'
import { type Line, line, span } from '../line.ts'
import { type Column, headerLine, layOut, rowLine } from '../table.ts'
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
  const columns = layOut(columnsFor(view.width), view.width)
  const body: Line[] = []
  for (let place = top; place < Math.min(top + view.height, rows.count); place += 1) {
    const row = rows.at(place)
    if (row !== undefined) body.push(rowLine(columns, row, place === index))
  }
  const which = screen.shardId === undefined ? '' : ` of shard ${shortShardId(screen.shardId)}`
  return {
    title: [...streamTitle(screen.stream.streamName), span(` > tail${which} from ${screen.from}`)],
    summary: tail === undefined ? [] : line(countsText(tail, rows.count, screen.filter)),
    facts: tail === undefined ? [] : factsLine(tail, screen),
    header: headerLine(columns, undefined),
    body: body.length > 0 ? body : emptyBody(view, screen, tail),
  }
}

function columnsFor(width: number): readonly Column<TailRow>[] {
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

function countsText(tail: TailState, shownCount: number, filter: string): string {
  const kept = (tail.pausedWindow ?? tail.window).recordCount
  const dropped = tail.window.droppedCount
  const records =
    filter === '' ? counted(kept, 'record') : `${countText(shownCount)} of ${counted(kept, 'record')}`
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

function factsLine(tail: TailState, screen: ScreenOf<'tail'>): Line {
  if (tail.failure !== undefined) {
    return line(span(`! ${tail.failure.action} failed: `, 'bad'), tail.failure.message)
  }
  if (tail.retriedFailure !== undefined) {
    return line(span(`! ${tail.retriedFailure.action}: `, 'warning'), tail.retriedFailure.message)
  }
  const { byState, largestMillisBehindLatest } = readerCounts(tail.readers)
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
    modeSpan(tail, screen),
    span(`  ${states.length === 0 ? '' : `shards: ${states.join(', ')}${behind}`}${rates}`),
    ...(screen.filter === '' ? [] : [span('  only '), span(screen.filter, 'accent')]),
  ]
}

function modeSpan(tail: TailState, screen: ScreenOf<'tail'>) {
  if (tail.pausedWindow !== undefined) {
    const newer = tail.arrivedWhilePaused
    return span(newer === 0 ? 'PAUSED' : `PAUSED, ${countText(newer)} newer`, 'warning')
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
  if (screen.filter !== '') {
    return [
      [],
      line('  No record kept so far contains ', span(screen.filter, 'accent'), '.'),
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
