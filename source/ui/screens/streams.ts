import { amountText } from '../../domain/heat/heat-text.ts'
import type { Sort, StreamLoad } from '../../state/model.ts'
import { type StreamRow, streamCount, streamRows } from '../../state/select-streams.ts'
import { selectionOf } from '../../state/selection.ts'
import {
  failureLines,
  filteredOutBody,
  filterFacts,
  keyLines,
  staleLine,
  waitingBody,
} from '../failure-lines.ts'
import { ageText, counted, countText, hoursText, longAgeText, UNKNOWN } from '../format.ts'
import { type Line, line, span, wrapText } from '../line.ts'
import { type Column, headerLine, layOut, spokenRow, tableBody, widest } from '../table.ts'
import type { Tone } from '../theme.ts'
import { keyOf, type ScreenOf, type ScreenView, type View } from '../view.ts'

//  SANDBOX  ARMED  us-east-1  http://127.0.0.1:41234                     data <10s
//  Streams                                                              6 streams
//
//    NAME              STATUS    MODE         SHARDS  RETENTION  CREATED
//  > orders            ACTIVE    provisioned       4       24 h       2m
//    payments          UPDATING  on-demand         8        7 d       3h
//
//  enter shards  t tail  p put  / filter            : commands  ? help  q quit

export function streamsView(view: View, screen: ScreenOf<'streams'>): ScreenView {
  const { model } = view
  const rows = streamRows(model, screen)
  const { index, top } = selectionOf(model, screen)
  const total = streamCount(model)
  const columns = layOut(columnsFor(rows, model.now), view.width)
  const summary =
    total === undefined
      ? []
      : line(
          span(
            rows.length === total
              ? counted(total, 'stream')
              : `${countText(rows.length)} of ${counted(total, 'stream')}`,
          ),
        )
  const body =
    rows.length > 0 ? tableBody(columns, rows, { index, top }, view.height) : emptyBody(view, screen)
  return {
    title: line(span('Streams', 'title')),
    summary,
    facts: factsLine(view, screen, rows[index]),
    header: headerLine(columns, screen.sort),
    spoken: spokenRow(columns, rows[index], index, rows.length),
    body,
  }
}

function columnsFor(rows: readonly StreamRow[], now: number): readonly Column<StreamRow>[] {
  return [
    {
      key: 'name',
      header: 'NAME',
      width: 14,
      maxWidth: Math.max(
        14,
        widest(
          rows.map(row => row.streamName),
          128,
        ),
      ),
      priority: 0,
      text: row => row.streamName,
    },
    {
      key: 'status',
      header: 'STATUS',
      width: 8,
      priority: 1,
      text: row => row.streamStatus ?? UNKNOWN,
      tone: row => statusTone(row.streamStatus),
    },
    { key: 'mode', header: 'MODE', width: 11, priority: 4, text: row => modeText(row.streamMode) },
    {
      key: 'shards',
      header: 'SHARDS',
      align: 'right',
      width: 7,
      priority: 2,
      text: row => countText(row.openShardCount),
    },
    {
      key: 'retention',
      header: 'RETENTION',
      align: 'right',
      width: 10,
      priority: 3,
      text: row => hoursText(row.retentionPeriodHours),
    },
    // Only there once something was looked at: names need the room more.
    ...(rows.every(row => row.load === undefined)
      ? []
      : [
          {
            key: 'load',
            header: 'LOAD',
            align: 'right' as const,
            width: 11,
            priority: 5,
            // Old figures are in the line above the list, with their age.
            text: (row: StreamRow) =>
              amountText(isFresh(row.load, now) ? row.load?.bytesPerSecond : undefined, 'bytes'),
          },
        ]),
    {
      key: 'consumers',
      header: 'CONSUMERS',
      align: 'right',
      width: 10,
      priority: 7,
      text: row => countText(row.consumerCount),
    },
    {
      key: 'encryption',
      header: 'ENCRYPTION',
      width: 11,
      priority: 8,
      text: row => (row.encryptionType ?? UNKNOWN).toLowerCase(),
    },
    {
      key: 'created',
      header: 'AGE',
      align: 'right',
      width: 5,
      priority: 6,
      text: row => longAgeText(row.createdAt, now),
    },
  ]
}

export function statusTone(status: string | undefined): Tone | undefined {
  if (status === 'ACTIVE') return 'good'
  if (status === undefined) return 'muted'
  return status === 'DELETING' ? 'bad' : 'warning'
}

/** The API's modes in lower case; one that is newer than this program stays as it came. */
export function modeText(mode: string | undefined): string {
  if (mode === 'PROVISIONED') return 'provisioned'
  if (mode === 'ON_DEMAND') return 'on-demand'
  return mode ?? UNKNOWN
}

function factsLine(view: View, screen: ScreenOf<'streams'>, selected: StreamRow | undefined): Line {
  const stale = staleLine(view.model.streams, view.model.now)
  if (stale !== undefined) return stale
  if (screen.filter !== '') return filterFacts(screen.filter)
  const failure = selected?.failure
  if (failure === undefined) {
    return screen.sort === undefined ? loadLine(view, selected) : sortLine(screen.sort)
  }
  return line(span(`! ${failure.action} of ${selected?.streamName}: `, 'warning'), failure.message)
}

/** A load that is older than this is a memory, not a load. */
const FRESH_MILLIS = 60_000

function isFresh(load: StreamLoad | undefined, now: number): boolean {
  return load !== undefined && now - load.at <= FRESH_MILLIS
}

/** What the selected stream takes: known only where somebody looked at its heat, since that costs reads. */
function loadLine(view: View, selected: StreamRow | undefined): Line {
  if (selected === undefined) return []
  const { load, streamName } = selected
  if (load === undefined) {
    return line(
      span(`Load of ${streamName}: not measured; ${keyOf(view, 'heat.open')} looks at its heat`, 'muted'),
    )
  }
  const how = load.source === 'observed' ? 'observed' : 'told by CloudWatch'
  const rates = `${amountText(load.bytesPerSecond, 'bytes')}, ${amountText(load.recordsPerSecond, 'records')}`
  return line(
    span(`Load of ${streamName}: ${rates}, ${how} ${ageText(load.at, view.model.now)} ago`, 'muted'),
  )
}

/** Said in words too, since the sorted column may not fit on the screen. */
export function sortLine(sort: Sort | undefined): Line {
  return sort === undefined ? [] : line(span(`Sorted by ${sort.column}, ${sort.direction}`, 'muted'))
}

function emptyBody(view: View, screen: ScreenOf<'streams'>): readonly Line[] {
  const { streams, session } = view.model
  const byName = ['stream.open-named', 'type the name or ARN of a stream'] as const
  const elsewhere = [
    ['session.switch-profile', 'another AWS profile'],
    ...(session.isSandbox ? [] : [['session.switch-region', 'another region'] as const]),
  ] as const
  if (streams.value === undefined && streams.failure !== undefined) {
    return failureLines(streams.failure, view, [['view.refresh', 'try again'], byName, ...elsewhere])
  }
  if (streams.value === undefined) {
    return waitingBody('Asking for the streams (ListStreams) ...')
  }
  if (screen.filter !== '') {
    return filteredOutBody(view, 'stream', screen.filter)
  }
  return [
    [],
    ...wrapText(
      `There are no streams in ${session.region.value} at ${session.endpoint.value}.`,
      Math.max(20, view.width - 4),
    ).map(text => line(`  ${text}`)),
    [],
    ...keyLines(view, [['stream.create', 'create one'], byName, ...elsewhere]),
  ]
}
