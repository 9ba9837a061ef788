import { readsText } from '../../domain/heat/heat-reads.ts'
import { adviceLines, estimateText, sourceText, totalsText } from '../../domain/heat/heat-text.ts'
import { metricCostText } from '../../domain/heat/metric-heat.ts'
import type { HeatSource } from '../../domain/heat/shard-heat.ts'
import type { HeatSnapshot, HeatState } from '../../state/heat-state.ts'
import { streamKey } from '../../state/model.ts'
import { type BoardRow, boardRows, heatOf, stripPieces } from '../../state/select-heat.ts'
import { listHeight, selectionOf } from '../../state/selection.ts'
import { bar, LEVEL_SIGNS, LEVEL_TONES, sparkline } from '../charts.ts'
import { failureLines, keyLines } from '../failure-lines.ts'
import { countText, lagText, shareText, UNKNOWN } from '../format.ts'
import { type Line, line, span } from '../line.ts'
import { markerLine, stripLine } from '../parts/strip.ts'
import { type Column, headerLine, layOut, rowLine, widest } from '../table.ts'
import { keyOf, type ScreenOf, type ScreenView, type View } from '../view.ts'
import { streamTitle } from './shards.ts'

//  Streams > orders > heat                              1.2 MiB/s, 830.0/s; 35.0 % of 4 shards
//  observed: 58 of the last 60 s read, 4,321 records, newest 1 s old
//    SHARD                     USE  HEAT      PEAK  VERDICT
//  > shardId-000000000002   83.0 %  #######.  104 %  tenant-7: one key carries 83 % of its bytes
//    shardId-000000000003   12.0 %  #.......   14 %  fine at 12 %
//  ...
//  |------|######|------|------
//          ^^^^^^^
//  one key carries 83 % of its bytes: tenant-7
//  Spread that key over several (salt it) ...
//  our reads: 1.0 of 5/s, 512.0 KiB/s of 2.0 MiB/s on the busiest shard; 4 followed

export function boardView(view: View, screen: ScreenOf<'board'>): ScreenView {
  const { model } = view
  const rows = boardRows(model, screen)
  const { index, top } = selectionOf(model, screen)
  const heat = heatOf(model, screen.stream)
  const isOfSource = heat?.source === screen.source
  const snapshot = isOfSource ? heat?.snapshot : undefined
  const columns = layOut(columnsFor(view, rows, screen.source), view.width)
  const height = listHeight(screen, model.viewport)
  const selected = rows[index]
  const list =
    rows.length > 0
      ? rows.slice(top, top + height).map((row, offset) => rowLine(columns, row, top + offset === index))
      : emptyBody(view, screen, heat)
  const filled = Array.from({ length: height }, (_, place) => list[place] ?? [])
  return {
    title: [...streamTitle(screen.stream.streamName), span(' > heat', 'muted')],
    ...(snapshot === undefined ? {} : { summary: line(totalsText(snapshot.board)) }),
    facts: factsLine(view, screen, isOfSource ? heat : undefined),
    header: headerLine(columns, screen.sort),
    body: [...filled, ...footer(view, screen, selected)],
  }
}

function footer(view: View, screen: ScreenOf<'board'>, selected: BoardRow | undefined): readonly Line[] {
  const width = view.width - 2
  const pieces = stripPieces(view.model, screen)
  const snapshot = heatOf(view.model, screen.stream)?.snapshot
  const reads = snapshot?.source === screen.source ? snapshot.reads : undefined
  return [
    pieces.length === 0 ? [] : [span(' '), ...stripLine(pieces, width)],
    selected === undefined ? [] : [span(' '), ...markerLine(selected.shard.hashKeyRange, width)],
    selected?.heat === undefined ? [] : line(' ', span(verdictText(selected), toneOf(selected))),
    adviceLine(view, screen, selected),
    reads === undefined
      ? costLine(snapshot)
      : line(span(` ${readsText(reads)}`, reads.backingOffCount > 0 ? 'warning' : 'muted')),
  ]
}

function costLine(snapshot: HeatSnapshot | undefined): Line {
  const count = snapshot?.source === 'cloudwatch' ? snapshot.requestedMetrics : undefined
  return count === undefined ? [] : line(span(` GetMetricData: ${metricCostText(count)}`, 'muted'))
}

function adviceLine(view: View, screen: ScreenOf<'board'>, selected: BoardRow | undefined): Line {
  if (selected?.heat === undefined) return []
  const snapshot = heatOf(view.model, screen.stream)?.snapshot
  const note = snapshot?.reads?.notes.get(selected.id)
  const advice = snapshot?.advice.get(selected.id)
  const { verdict } = selected.heat
  const isCalm = verdict.kind === 'fine' || verdict.kind === 'cold' || verdict.kind === 'no-data'
  const own = advice === undefined || isCalm ? undefined : adviceLines(advice)[0]
  const parts = [
    verdict.nextStep,
    ...(own === undefined ? [] : [own]),
    ...(note === undefined ? [] : [`(${note})`]),
  ]
  return line(' ', parts.join(' '))
}

function columnsFor(view: View, rows: readonly BoardRow[], source: HeatSource): readonly Column<BoardRow>[] {
  const glyphs = view.model.chartGlyphs
  const isObserved = source === 'observed'
  const verdictWidth = widest(rows.map(shortVerdict), 100)
  return [
    {
      key: 'shard',
      header: 'SHARD',
      width: 20,
      maxWidth: Math.max(
        20,
        widest(
          rows.map(row => row.id),
          40,
        ),
      ),
      priority: 0,
      text: row => row.id,
      tone: row => (row.isOpen ? undefined : 'muted'),
    },
    {
      key: 'use',
      header: 'USE',
      align: 'right',
      width: 7,
      priority: 1,
      text: row => shareText(row.heat?.utilisation),
      tone: row => toneOf(row),
    },
    {
      key: 'heat',
      header: 'HEAT',
      width: 8,
      priority: 3,
      text: () => '',
      chart: (row, width) =>
        `${LEVEL_SIGNS[row.heat?.level ?? 'unknown']} ${bar(row.heat?.utilisation, width - 2, glyphs)}`,
      tone: row => toneOf(row),
    },
    {
      key: 'peak',
      header: 'PEAK',
      align: 'right',
      width: 7,
      priority: isObserved ? 4 : 20,
      text: row => shareText(row.heat?.peakUtilisation),
      tone: row => ((row.heat?.peakUtilisation ?? 0) >= 1 ? 'bad' : undefined),
    },
    {
      key: 'bytes',
      header: 'BYTES',
      align: 'right',
      width: 11,
      maxWidth: Math.max(
        11,
        widest(
          rows.map(row => estimateText(row.heat?.bytesPerSecond, 'bytes')),
          24,
        ),
      ),
      priority: 6,
      text: row => estimateText(row.heat?.bytesPerSecond, 'bytes'),
    },
    {
      key: 'records',
      header: 'RECORDS',
      align: 'right',
      width: 8,
      maxWidth: Math.max(
        8,
        widest(
          rows.map(row => estimateText(row.heat?.recordsPerSecond, 'records')),
          16,
        ),
      ),
      priority: 7,
      text: row => estimateText(row.heat?.recordsPerSecond, 'records'),
    },
    {
      key: 'throttled',
      header: 'THROTTLED',
      align: 'right',
      width: 9,
      priority: isObserved ? 20 : 5,
      text: row =>
        row.heat?.throttledRecords === undefined ? UNKNOWN : countText(row.heat.throttledRecords),
      tone: row => ((row.heat?.throttledRecords ?? 0) > 0 ? 'bad' : undefined),
    },
    {
      key: 'share',
      header: 'RANGE',
      align: 'right',
      width: 7,
      priority: 9,
      text: row => shareText(row.spaceShare),
    },
    {
      key: 'traffic',
      header: 'TRAFFIC',
      align: 'right',
      width: 7,
      priority: 8,
      text: row => shareText(row.heat?.trafficShare),
    },
    {
      key: 'trend',
      header: 'TREND',
      width: 12,
      maxWidth: 30,
      priority: 5,
      text: () => '',
      chart: (row, width) => sparkline(row.heat?.series ?? [], width, glyphs),
    },
    {
      key: 'lag',
      header: 'LAG',
      align: 'right',
      width: 7,
      priority: 10,
      text: row => lagText(row.heat?.lagMillis),
    },
    {
      key: 'verdict',
      header: 'VERDICT',
      width: 24,
      maxWidth: Math.max(24, verdictWidth),
      priority: 2,
      text: shortVerdict,
      tone: row => {
        const kind = row.heat?.verdict.kind
        return kind === undefined || kind === 'no-data' || kind === 'cold' || kind === 'fine'
          ? 'muted'
          : toneOf(row)
      },
    },
  ]
}

function verdictText(row: BoardRow): string {
  if (row.heat === undefined) return row.isOpen ? '...' : 'closed'
  const { verdict } = row.heat
  const keys = verdict.partitionKeys.length === 0 ? '' : `: ${verdict.partitionKeys.join(', ')}`
  return `${verdict.sentence}${keys}`
}

/** The key first: a narrow column cuts the end. */
function shortVerdict(row: BoardRow): string {
  const { sentence, partitionKeys } = row.heat?.verdict ?? { sentence: '', partitionKeys: [] }
  return partitionKeys.length === 0 ? verdictText(row) : `${partitionKeys.join(', ')}: ${sentence}`
}

function toneOf(row: BoardRow) {
  return row.heat === undefined ? undefined : LEVEL_TONES[row.heat.level]
}

function factsLine(view: View, screen: ScreenOf<'board'>, heat: HeatState | undefined): Line {
  if (heat?.failure !== undefined) {
    return line(span(`! ${heat.failure.action}: `, 'warning'), heat.failure.message)
  }
  if (screen.filter !== '') return line('Only rows with ', span(screen.filter, 'accent'))
  const snapshot = heat?.snapshot
  if (snapshot === undefined) {
    const text =
      screen.source === 'observed'
        ? 'Reading gently from the newest records on; the first figures come within seconds ...'
        : 'Asking CloudWatch (GetMetricData) ...'
    return [span(text, 'muted')]
  }
  if (snapshot.trouble !== undefined) {
    return line(span(`! ${snapshot.trouble.action}: `, 'warning'), snapshot.trouble.message)
  }
  const missing = snapshot.missingMetrics ?? []
  const off =
    missing.length === 0
      ? []
      : [
          span(
            `; off: ${missing.join(', ')} (${keyOf(view, 'stream.set-monitoring')} switches on)`,
            'warning',
          ),
        ]
  return [span(sourceText(snapshot.board)), ...off]
}

function emptyBody(view: View, screen: ScreenOf<'board'>, heat: HeatState | undefined): readonly Line[] {
  if (heat?.failure !== undefined) {
    return failureLines(heat.failure, view, [
      ['view.refresh', 'try again'],
      ['heat.toggle-source', 'the other source'],
      ['view.back', 'back'],
    ])
  }
  if (screen.filter !== '') {
    return [
      [],
      line('  No shard has ', span(screen.filter, 'accent'), ' in its line.'),
      [],
      ...keyLines(view, [['view.back', 'clear the filter']]),
    ]
  }
  const isListed = view.model.shards.get(streamKey(screen.stream))?.value !== undefined
  return [
    [],
    line('  ', span(isListed ? 'No shard is open.' : 'Asking for the shards (ListShards) ...', 'muted')),
  ]
}
