import { readsText } from '../../domain/heat/heat-reads.ts'
import { adviceLines, sourceText, totalsText } from '../../domain/heat/heat-text.ts'
import { metricCostText } from '../../domain/heat/metric-heat.ts'
import { streamVerdict } from '../../domain/heat/stream-verdict.ts'
import type { HeatSnapshot, HeatState } from '../../state/heat-state.ts'
import { streamKey } from '../../state/model.ts'
import { type BoardRow, boardRows, heatOf, stripPieces } from '../../state/select-heat.ts'
import { listHeight, selectionOf, verdictLineCount } from '../../state/selection.ts'
import { sparkline } from '../charts.ts'
import { failedBody, filteredOutBody, filterFacts } from '../failure-lines.ts'
import { chart, type Line, line, span, wrapText } from '../line.ts'
import { markerLine, stripLine } from '../parts/strip.ts'
import { headerLine, layOut, spokenRow, tableBody } from '../table.ts'
import { keyOf, type ScreenOf, type ScreenView, type View } from '../view.ts'
import { boardColumns, toneOf, verdictText } from './board-columns.ts'
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
  const columns = layOut(boardColumns(view, rows, screen.source), view.width)
  const height = listHeight(screen, model.viewport)
  const selected = rows[index]
  const list =
    rows.length > 0 ? tableBody(columns, rows, { index, top }, height) : emptyBody(view, screen, heat)
  const filled = Array.from({ length: height }, (_, place) => list[place] ?? [])
  return {
    title: [...streamTitle(screen.stream.streamName), span(' > heat', 'muted')],
    ...(snapshot === undefined ? {} : { summary: line(totalsText(snapshot.board)) }),
    facts: factsLine(view, screen, isOfSource ? heat : undefined),
    header: headerLine(columns, screen.sort),
    spoken: spokenRow(columns, rows[index], index, rows.length),
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
    ...saidLines(view, selected?.heat === undefined ? '' : verdictText(selected)).map(text =>
      line(' ', span(text, selected === undefined ? undefined : toneOf(selected))),
    ),
    ...saidLines(view, adviceText(view, screen, selected)).map(text => line(' ', text)),
    reads === undefined
      ? costLine(view, snapshot)
      : line(span(` ${readsText(reads)}`, reads.backingOffCount > 0 ? 'warning' : 'muted')),
  ]
}

/** As many lines as the footer has for one text, whatever it is: nothing above it moves. */
function saidLines(view: View, text: string): readonly string[] {
  const room = verdictLineCount(view.model.viewport)
  const lines = wrapText(text, Math.max(20, view.width - 2))
  return Array.from({ length: room }, (_, index) =>
    // What is longer than the room is cut where the line ends; Enter shows it whole.
    index === room - 1 ? lines.slice(index).join(' ') : (lines[index] ?? ''),
  )
}

/** CloudWatch: the whole stream over time, which is always there, and what asking costs. */
function costLine(view: View, snapshot: HeatSnapshot | undefined): Line {
  if (snapshot?.source !== 'cloudwatch' || snapshot.requestedMetrics === undefined) return []
  const { series = [] } = snapshot.board
  const curve = sparkline(series, Math.min(series.length, 30), view.model.chartGlyphs)
  return line(
    ` stream, ${series.length} min: `,
    chart(curve),
    span(`  ${metricCostText(snapshot.requestedMetrics)}`, 'muted'),
  )
}

function adviceText(view: View, screen: ScreenOf<'board'>, selected: BoardRow | undefined): string {
  if (selected?.heat === undefined) return ''
  const snapshot = heatOf(view.model, screen.stream)?.snapshot
  const whole = snapshot === undefined ? undefined : streamVerdict(snapshot.board)
  if (selected.heat.verdict.kind === 'no-data' && whole !== undefined) {
    return `stream: ${whole.sentence}. ${whole.nextStep}`
  }
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
  return parts.join(' ')
}

function factsLine(view: View, screen: ScreenOf<'board'>, heat: HeatState | undefined): Line {
  if (heat?.failure !== undefined) {
    return line(span(`! ${heat.failure.action}: `, 'warning'), heat.failure.message)
  }
  if (screen.filter !== '') return filterFacts(screen.filter)
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
    return failedBody(view, heat.failure, [['heat.toggle-source', 'the other source']])
  }
  if (screen.filter !== '') {
    return filteredOutBody(view, 'shard', screen.filter)
  }
  const isListed = view.model.shards.get(streamKey(screen.stream))?.value !== undefined
  return [
    [],
    line('  ', span(isListed ? 'No shard is open.' : 'Asking for the shards (ListShards) ...', 'muted')),
  ]
}
