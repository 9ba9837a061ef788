import { hashKeyOf } from '../../domain/hash-key.ts'
import { countedBytes } from '../../domain/record.ts'
import { rowBadges } from '../../state/row-text.ts'
import { shortShardId } from '../../state/select-shards.ts'
import type { TailRow } from '../../state/tail-row.ts'
import { bytesText, countText, instantText, UNKNOWN } from '../format.ts'
import { hexLines } from '../hex.ts'
import { type Line, line, span } from '../line.ts'
import type { LineSource } from '../line-source.ts'
import { recordValue } from '../record-value.ts'
import type { ScreenOf, ScreenView, View } from '../view.ts'
import { streamTitle } from './shards.ts'

//  Streams > orders > shard 2 > record                               decoded, 1-18 of 42
//  JSON
//
//  Sequence number  49546986683135544286507457936321625675700192471156785154
//  Partition key    user-17
//  Hash key         127357394912834891248912348912389123489
//  Arrived          2026-11-30T14:03:09.123Z
//  Size             312 B payload, 319 B counted
//
//  {
//    "event": "click",

export function recordView(view: View, screen: ScreenOf<'record'>): ScreenView {
  const { row } = screen
  const fields = fieldLines(row, view.width)
  const value = recordValue(row)
  const content: LineSource =
    screen.view === 'hex' ? hexLines(row.record.data, view.width) : value.lines(view.width)
  const count = fields.length + content.count
  const first = scrollTop(count, screen.scroll, view.height)
  const body: Line[] = []
  for (let place = first; place < Math.min(first + view.height, count); place += 1) {
    body.push(fields[place] ?? content.at(place - fields.length))
  }
  const lastShown = Math.min(first + view.height, count)
  const badges = rowBadges(row).join('  ')
  return {
    title: [
      ...streamTitle(row.record.streamName),
      span(` > shard ${shortShardId(row.record.shardId)} > record`),
    ],
    summary: line(
      `${screen.view}, lines ${countText(first + 1)}-${countText(lastShown)} of ${countText(count)}`,
    ),
    facts: line(span(badges, 'accent'), ...value.notes.map(note => span(`  ! ${note}`, 'warning'))),
    header: [],
    body,
  }
}

/** The first line drawn: scrolling stops when the last line is in sight. */
export function scrollTop(count: number, scroll: number, height: number): number {
  return Math.min(scroll, Math.max(0, count - height))
}

function fieldLines(row: TailRow, width: number): readonly Line[] {
  const { record } = row
  const key = row.partitionKey
  const counted = countedBytes(record)
  const fields: (readonly [string, string])[] = [
    ['Sequence number', record.sequenceNumber],
    ...(row.subSequenceNumber === undefined
      ? []
      : [
          [
            'Place',
            `user record ${row.subSequenceNumber + 1} of ${row.aggregateCount ?? UNKNOWN} in an aggregate`,
          ] as const,
        ]),
    ['Shard', record.shardId],
    ['Partition key', key ?? `${UNKNOWN} (the service chose the shard)`],
    ...(key === undefined ? [] : [['Hash key of it', hashKeyOf(key).toString()] as const]),
    ['Arrived', `${instantText(record.approximateArrivalTimestamp)} (server time, approximate)`],
    [
      'Size',
      row.subSequenceNumber === undefined
        ? `${bytesText(row.data.length)} payload, ${bytesText(counted)} counted with the key`
        : `${bytesText(row.data.length)} payload of its own; the whole aggregate is counted as ${bytesText(counted)}`,
    ],
    ...(record.encryptionType === undefined ? [] : [['Encryption', record.encryptionType] as const]),
  ]
  const room = Math.max(1, width - 17)
  const lines = fields.flatMap(([name, text]) => {
    const shown = text === '' ? '(empty)' : text
    return chunksOf(shown, room).map((part, index) =>
      line(span((index === 0 ? name : '').padEnd(17), 'muted'), part),
    )
  })
  return [...lines, []]
}

/** A long key or number is shown whole, over as many lines as it takes. */
function chunksOf(text: string, room: number): readonly string[] {
  const chunks: string[] = []
  for (let at = 0; at < text.length; at += room) chunks.push(text.slice(at, at + room))
  return chunks
}
