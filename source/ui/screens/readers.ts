import { deadlineText, lagTextOf } from '../../commands/readers-rows.ts'
import { trendText } from '../../domain/readers/deadline.ts'
import type { ReaderShard, StreamReader } from '../../domain/readers/reader.ts'
import { type ReaderRow, readerRows, readersOf } from '../../state/select-readers.ts'
import { selectionOf } from '../../state/selection.ts'
import { failedBody, filteredOutBody, filterFacts, waitingBody } from '../failure-lines.ts'
import { counted } from '../format.ts'
import { type Line, line, span, wrapText } from '../line.ts'
import { scrolled } from '../scroll.ts'
import { type Column, headerLine, layOut, spokenRow, tableBody, widest } from '../table.ts'
import type { Tone } from '../theme.ts'
import { keyOf, type ScreenOf, type ScreenView, type View } from '../view.ts'
import { streamTitle } from './shards.ts'

//  Streams > orders > readers                                     consumers 2 of 20, retention 24 h
//  ! lambda could not be asked: lambda:ListEventSourceMappings ...
//    READER                 KIND      STATE             LAG      UNREAD EXPIRES   TREND
//    my-app                 kcl       3 alive, 1 silent 3m 12s   in 20h 4m
//      shardId-00000000001  worker-2  silent            3m 12s   in 20h 4m        standing

export function readersView(view: View, screen: ScreenOf<'readers'>): ScreenView {
  const { model } = view
  const rows = readerRows(model, screen)
  const { index, top } = selectionOf(model, screen)
  const columns = layOut(columnsFor(rows), view.width)
  const snapshot = readersOf(model, screen.stream)?.snapshot
  const slots = snapshot?.fanOutSlots
  const retention = snapshot?.retentionPeriodHours
  return {
    title: [...streamTitle(screen.stream.streamName), span(' > readers', 'muted')],
    summary: line(
      [
        slots === undefined
          ? undefined
          : `consumers ${slots.used} of ${slots.of}${slots.isCertain ? '' : '?'}`,
        retention === undefined ? undefined : `retention ${retention} h`,
      ]
        .filter(part => part !== undefined)
        .join(', '),
    ),
    facts: factsLine(view, screen),
    header: headerLine(columns, screen.sort),
    spoken: spokenRow(columns, rows[index], index, rows.length),
    body: rows.length > 0 ? tableBody(columns, rows, { index, top }, view.height) : emptyBody(view, screen),
  }
}

function columnsFor(rows: readonly ReaderRow[]): readonly Column<ReaderRow>[] {
  const nameWidth = widest(rows.map(nameOf), 60)
  const told = (row: ReaderRow): Pick<ReaderShard, 'lag' | 'deadline'> => row.shard ?? row.reader
  return [
    {
      key: 'reader',
      header: 'READER',
      width: 22,
      maxWidth: Math.max(22, nameWidth),
      priority: 0,
      text: nameOf,
    },
    {
      key: 'kind',
      header: 'KIND/OWNER',
      width: 12,
      maxWidth: 30,
      priority: 3,
      text: row => row.shard?.owner ?? (row.shard === undefined ? row.reader.kind : ''),
    },
    {
      key: 'state',
      header: 'STATE',
      width: 10,
      maxWidth: 40,
      priority: 0,
      text: row => (row.shard ?? row.reader).state,
      tone: row => toneOf(row),
    },
    {
      key: 'lag',
      header: 'LAG',
      align: 'right',
      width: 9,
      priority: 1,
      text: row => lagTextOf(told(row).lag),
    },
    {
      key: 'expires',
      header: 'UNREAD EXPIRES',
      align: 'right',
      width: 16,
      maxWidth: 24,
      priority: 2,
      text: row => deadlineText(told(row).deadline),
    },
    { key: 'trend', header: 'TREND', width: 14, priority: 5, text: row => trendText(told(row).lag?.trend) },
    { key: 'note', header: 'NOTE', width: 20, maxWidth: 120, priority: 4, text: noteOf },
  ]
}

function nameOf({ reader, shard }: ReaderRow): string {
  return shard === undefined ? reader.name : `  ${shard.shardId}`
}

function noteOf({ reader, shard }: ReaderRow): string {
  if (shard === undefined) return reader.warnings[0] ?? reader.lagUnknown ?? ''
  return shard.note ?? shard.lagUnknown ?? ''
}

const BAD = new Set(['silent', 'expired'])
const ODD = new Set(['unowned', 'starting', 'handing-over', 'no-lease', 'Disabled', 'FAILED'])

/** The word itself tells; the tone only helps to find it. */
function toneOf({ reader, shard }: ReaderRow): Tone | undefined {
  const deadline = (shard ?? reader).deadline
  if (deadline?.kind === 'reached') return 'bad'
  const state = (shard ?? reader).state
  if (BAD.has(state)) return 'bad'
  if (ODD.has(state)) return 'warning'
  if (state === 'alive' || state === 'ACTIVE' || state === 'Enabled') return 'good'
  return undefined
}

/** What could not be asked comes first: a list that may lack readers must say so. */
function factsLine(view: View, screen: ScreenOf<'readers'>): Line {
  const known = readersOf(view.model, screen.stream)
  const failed = known?.snapshot?.sources.filter(({ state }) => state === 'failed') ?? []
  const [first] = failed
  if (first !== undefined) {
    const more =
      failed.length > 1 ? ` (and ${failed.length - 1} more: enter on a reader, or shardscope readers)` : ''
    return [
      span(`! ${first.kind} not told`, 'warning'),
      span(`: ${first.action}: ${first.failure?.message ?? ''}${more}`),
    ]
  }
  if (screen.filter !== '') return filterFacts(screen.filter)
  const asking = known?.snapshot?.sources.filter(({ state }) => state === 'asking') ?? []
  if (asking.length > 0) return [span(`Asking for ${asking.map(({ kind }) => kind).join(', ')} ...`, 'muted')]
  const reads = known?.snapshot?.unexplained?.sentence
  const costs = known?.snapshot?.costs[0]
  return reads === undefined && costs === undefined ? [] : line(reads ?? costs ?? '')
}

function emptyBody(view: View, screen: ScreenOf<'readers'>): readonly Line[] {
  const known = readersOf(view.model, screen.stream)
  if (known?.failure !== undefined) {
    return failedBody(view, known.failure)
  }
  if (screen.filter !== '') {
    return filteredOutBody(view, 'reader', screen.filter)
  }
  const sources = known?.snapshot?.sources ?? []
  if (known?.snapshot === undefined || sources.some(({ state }) => state === 'asking'))
    return waitingBody('Asking who reads this stream ...')
  return [
    [],
    line('  Nobody who is known reads this stream.'),
    ...sources
      .filter(({ state }) => state !== 'told')
      .flatMap(({ kind, action, failure, note }) =>
        wrapText(`${kind} (${action}): ${failure?.message ?? note ?? ''}`, Math.max(20, view.width - 4)).map(
          text => line('  ', text),
        ),
      ),
  ]
}

/** One reader from near. */
export function readerView(view: View, screen: ScreenOf<'reader'>): ScreenView {
  const reader = readersOf(view.model, screen.stream)?.snapshot?.readers.find(
    ({ id }) => id === screen.readerId,
  )
  const lines =
    reader === undefined ? [[], line('  It is not among the readers any more.')] : detailLines(view, reader)
  const { body, mark } = scrolled(lines, screen.scroll, view.height)
  return {
    title: [
      ...streamTitle(screen.stream.streamName),
      span(' > readers', 'muted'),
      span(` > ${reader?.name ?? screen.readerId}`),
    ],
    summary: line(mark),
    facts: reader === undefined ? [] : line(`${reader.kind}, ${reader.state}`),
    header: [],
    body,
  }
}

function detailLines(view: View, reader: StreamReader): readonly Line[] {
  const width = Math.max(20, view.width - 4)
  const lag =
    reader.lag === undefined
      ? `not known: ${reader.lagUnknown ?? ''}`
      : `${lagTextOf(reader.lag)} (${reader.lag.source}), ${trendText(reader.lag.trend)}; unread data expires ${deadlineText(reader.deadline)}`
  const [worst] = reader.shards
  return [
    ...wrapText(`Lag: ${lag}`, width).map(text => line('  ', text)),
    ...(reader.arn === undefined ? [] : wrapText(`ARN: ${reader.arn}`, width).map(text => line('  ', text))),
    ...(reader.warnings.length === 0
      ? []
      : [
          [],
          line('  ', span('What is missing or odd', 'heading')),
          ...reader.warnings.flatMap(warning =>
            wrapText(`! ${warning}`, width).map(text => line('  ', span(text, 'warning'))),
          ),
        ]),
    [],
    line('  ', span('Settings', 'heading')),
    ...reader.facts.flatMap(([name, value]) =>
      wrapText(`${name}: ${value}`, width).map(text => line('  ', text)),
    ),
    ...(worst === undefined
      ? []
      : [
          [],
          line('  ', span(counted(reader.shards.length, 'shard'), 'heading')),
          ...reader.shards.flatMap(shard => shardLines(shard, width)),
        ]),
    [],
    line('  ', span(keyOf(view, 'view.back').padEnd(7), 'key'), ' back'),
  ]
}

function shardLines(shard: ReaderShard, width: number): readonly Line[] {
  const parts = [
    shard.shardId,
    shard.state,
    shard.owner === undefined ? undefined : `owner ${shard.owner}`,
    shard.lag === undefined
      ? `lag not known${shard.lagUnknown === undefined ? '' : ` (${shard.lagUnknown})`}`
      : `lag ${lagTextOf(shard.lag)}`,
    shard.deadline === undefined ? undefined : `unread expires ${deadlineText(shard.deadline)}`,
    shard.note,
    shard.checkpoint === undefined ? undefined : `checkpoint ${shard.checkpoint}`,
  ]
  return wrapText(parts.filter(part => part !== undefined).join(', '), width).map(text => line('  ', text))
}
