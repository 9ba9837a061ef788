import { estimateText, peakText } from '../../domain/heat/heat-text.ts'
import type { HeatSource } from '../../domain/heat/shard-heat.ts'
import type { BoardRow } from '../../state/select-heat.ts'
import { bar, LEVEL_SIGNS, LEVEL_TONES, sparkline } from '../charts.ts'
import { countText, lagText, shareText, UNKNOWN } from '../format.ts'
import { type Column, widest } from '../table.ts'
import type { View } from '../view.ts'

/** The columns of the board; those that only one source knows come last for the other. */
export function boardColumns(
  view: View,
  rows: readonly BoardRow[],
  source: HeatSource,
): readonly Column<BoardRow>[] {
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
      text: row => (row.heat === undefined ? UNKNOWN : peakText(row.heat)),
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

/** The verdict of a row in full, with the keys that it names. */
export function verdictText(row: BoardRow): string {
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

export function toneOf(row: BoardRow) {
  return row.heat === undefined ? undefined : LEVEL_TONES[row.heat.level]
}
