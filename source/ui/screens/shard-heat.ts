import {
  adviceLines,
  amountText,
  estimateText,
  keylessText,
  peakText,
  sourceText,
} from '../../domain/heat/heat-text.ts'
import type { ShardHeat } from '../../domain/heat/shard-heat.ts'
import { limitOf } from '../../domain/heat/split-advice.ts'
import type { ShardDetail } from '../../state/heat-state.ts'
import { heatOf, snapshotOf } from '../../state/select-heat.ts'
import { columnChart, LEVEL_SIGNS, LEVEL_TONES } from '../charts.ts'
import { failedBody, type failureLines, waitingBody } from '../failure-lines.ts'
import { counted, countText, lagText, shareText, timeText, UNKNOWN } from '../format.ts'
import { chart, fitText, type Line, line, span, wrapText } from '../line.ts'
import { scrolled } from '../scroll.ts'
import type { ScreenOf, ScreenView, View } from '../view.ts'
import { streamTitle } from './shards.ts'

//  Streams > orders > heat > shardId-000000000002
//  observed: 58 of the last 60 s read ...
//  # one key carries 83 % of its bytes: tenant-7
//   use 83.0 %   peak second 104.2 %   range 25.0 %   traffic 71.3 %
//   bytes 847.1 KiB/s, peak 1.0 MiB/s, limit 1.0 MiB/s
//     1.0 MiB/s |      :##:
//               |::::::####::::::
//   ...

const CHART_LINES = 5
const LABEL_WIDTH = 13

export function shardHeatView(view: View, screen: ScreenOf<'shard-heat'>): ScreenView {
  const { model } = view
  const heat = heatOf(model, screen.stream)
  const snapshot = heat?.source === screen.source ? snapshotOf(model, screen.stream) : undefined
  const shard = snapshot?.board.shards.find(candidate => candidate.shard.shardId === screen.shardId)
  const detail = snapshot?.shard?.shardId === screen.shardId ? snapshot.shard : undefined
  const lines =
    shard === undefined
      ? waiting(view, heat?.failure)
      : [
          ...verdictRest(shard, view.width),
          ...bodyLines(view, shard, detail, snapshot?.board.seriesSeconds ?? 1),
        ]
  const { body, mark } = scrolled(lines, screen.scroll, view.height)
  return {
    title: [
      ...streamTitle(screen.stream.streamName),
      span(' > heat > ', 'muted'),
      span(screen.shardId, 'title'),
    ],
    summary: line(mark),
    facts: snapshot === undefined ? [] : line(sourceText(snapshot.board)),
    header: shard === undefined ? [] : (verdictLines(shard, view.width)[0] ?? []),
    body,
  }
}

function waiting(view: View, failure: Parameters<typeof failureLines>[0] | undefined): readonly Line[] {
  if (failure !== undefined) return failedBody(view, failure)
  return waitingBody('Looking at the shard ...')
}

/** In full: its first line stands over the body, the rest begins it. */
function verdictLines({ level, verdict }: ShardHeat, width: number): readonly Line[] {
  const keys = verdict.partitionKeys.length === 0 ? '' : `: ${verdict.partitionKeys.join(', ')}`
  return wrapText(`${LEVEL_SIGNS[level]} ${verdict.sentence}${keys}`, width).map(text =>
    line(span(text, LEVEL_TONES[level])),
  )
}

function verdictRest(heat: ShardHeat, width: number): readonly Line[] {
  return verdictLines(heat, width).slice(1)
}

function bodyLines(
  view: View,
  heat: ShardHeat,
  detail: ShardDetail | undefined,
  seriesSeconds: number,
): readonly Line[] {
  const width = Math.max(20, view.width - 2)
  const note = snapshotNote(view, heat)
  return [
    ...wrapText(
      `use ${shareText(heat.utilisation)} of its ${heat.measure}   peak second ${peakText(heat)}   range ${shareText(heat.spaceShare)}   traffic ${shareText(heat.trafficShare)}   lag ${lagText(heat.lagMillis)}`,
      width,
    ).map(text => line(' ', text)),
    ...(heat.throttledRecords === undefined
      ? []
      : [line(` ${countText(heat.throttledRecords)} records refused (CloudWatch)`)]),
    ...wrapText(`Next: ${heat.verdict.nextStep}`, width).map(text => line(' ', text)),
    ...(note === undefined ? [] : [line(span(` ${note}`, 'warning'))]),
    ...charts(view, heat, detail, seriesSeconds),
    ...advice(view, detail),
    ...keyLinesOf(view, heat, detail),
  ]
}

function snapshotNote(view: View, heat: ShardHeat): string | undefined {
  return view.model.heat?.snapshot?.reads?.notes.get(heat.shard.shardId)
}

function charts(
  view: View,
  heat: ShardHeat,
  detail: ShardDetail | undefined,
  seriesSeconds: number,
): readonly Line[] {
  const width = Math.max(10, view.width - LABEL_WIDTH - 3)
  if (detail === undefined) {
    const caption = `use over the last ${counted(Math.round((heat.series.length * seriesSeconds) / 60), 'minute')}, one column a minute at best`
    return [[], line(` ${caption}`), ...chartLines(view, heat.series, width, 1, value => shareText(value))]
  }
  const bytes = detail.seconds.map(second => second?.bytes)
  const records = detail.seconds.map(second => second?.records)
  const span300 = `${counted(detail.seconds.length, 'second')} until ${timeText(detail.untilMillis)} UTC, highest second of each column`
  return [
    [],
    line(
      ` bytes ${estimateText(heat.bytesPerSecond, 'bytes')}, peak ${amountText(heat.peakBytesPerSecond, 'bytes')}, limit ${amountText(limitOf('bytes'), 'bytes')}; ${span300}`,
    ),
    ...chartLines(view, bytes, width, limitOf('bytes'), value => amountText(value, 'bytes')),
    line(
      ` records ${estimateText(heat.recordsPerSecond, 'records')}, peak ${amountText(heat.peakRecordsPerSecond, 'records')}, limit ${amountText(limitOf('records'), 'records')}`,
    ),
    ...chartLines(view, records, width, limitOf('records'), value => amountText(value, 'records')),
  ]
}

/** Scaled to its highest value, so that quiet shards show a shape too; the label at the top says how much that is. */
function chartLines(
  view: View,
  values: readonly (number | undefined)[],
  width: number,
  limit: number,
  label: (value: number) => string,
): readonly Line[] {
  const highest = values.reduce((most: number, value) => Math.max(most, value ?? 0), 0)
  const top = highest === 0 ? limit : highest
  const rows = columnChart(values, width, CHART_LINES, top, view.model.chartGlyphs)
  return rows.map((row, index) => {
    const text = index === 0 ? label(top) : index === rows.length - 1 ? '0' : ''
    const tone = highest > limit ? 'bad' : highest > 0.8 * limit ? 'warning' : 'good'
    return [span(` ${fitText(text, LABEL_WIDTH - 1, 'right')} |`, 'muted'), chart(row, tone)]
  })
}

function advice(view: View, detail: ShardDetail | undefined): readonly Line[] {
  if (detail?.advice === undefined) return []
  const width = Math.max(20, view.width - 4)
  const lines = adviceLines(detail.advice).flatMap(text => wrapText(text, width))
  return [[], line(span(' Split', 'heading')), ...lines.map(text => line('  ', text))]
}

function keyLinesOf(view: View, heat: ShardHeat, detail: ShardDetail | undefined): readonly Line[] {
  if (detail === undefined)
    return [
      [],
      line(span(' Keys are known from records that are read: choose the observed source.', 'muted')),
    ]
  if ((heat.keylessShare ?? 0) > 0.5) {
    const texts = wrapText(`${keylessText(heat.keylessShare)}.`, Math.max(20, view.width - 2))
    return [[], ...texts.map(text => line(' ', text))]
  }
  const error = heat.keyErrorShare ?? 0
  const bound = error === 0 ? 'exact for what was read' : `at most ${shareText(error)} too low`
  const unpacked =
    (heat.aggregates ?? 0) === 0
      ? ''
      : `, inner keys of ${counted(heat.aggregates ?? 0, 'aggregate')} with ${counted(heat.userRecords ?? 0, 'user record')}`
  const keyWidth = Math.max(12, view.width - 44)
  return [
    [],
    line(
      span(` ${fitText('HEAVIEST KEYS', keyWidth)}  OF BYTES     BYTES  OF RECORDS`, 'heading'),
      span(`  ${bound}${unpacked}`, 'muted'),
    ),
    ...detail.topKeys.map(key =>
      line(
        ` ${fitText(key.partitionKey, keyWidth)}  ${shareText(key.byteShare).padStart(8)}  ${amountText(key.bytesPerSecond, 'bytes').padStart(11)}  ${shareText(key.recordShare).padStart(8)}`,
      ),
    ),
    ...(detail.topKeys.length === 0 ? [line(' ', span(UNKNOWN, 'muted'))] : []),
  ]
}
