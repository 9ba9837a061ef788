import { shareOfSpace } from '../domain/hash-key.ts'
import type { HeatBoard, ShardHeat } from '../domain/heat/shard-heat.ts'
import { type HeatLevel, heatLevelOf } from '../domain/heat/verdict.ts'
import { shareText } from '../domain/quantity-text.ts'
import { compareByRange } from '../domain/shard.ts'
import { type Html, html } from './html.ts'

const WIDTH = 1_000
const STRIP_HEIGHT = 36
const CELL_HEIGHT = 14
/** Rows of the map of heat over time; beyond these a page gets too large to be mailed. */
const MOST_ROWS = 200
const SPARK_WIDTH = 180
const SPARK_HEIGHT = 22

/** A letter for each level, so that colour is never the only sign. */
const LETTERS: Readonly<Record<HeatLevel, string>> = {
  unknown: '?',
  cold: '',
  low: '',
  warm: 'w',
  hot: 'H',
  over: '!!',
}

/** The hash-key space left to right, a piece a shard: width is its range, colour and letter its heat. */
export function stripChart(board: HeatBoard): Html {
  let x = 0
  const open = board.shards.filter(({ isOpen }) => isOpen).sort((a, b) => compareByRange(a.shard, b.shard))
  const pieces = open.map(heat => {
    const width = shareOfSpace(heat.shard.hashKeyRange) * WIDTH
    const at = x
    x += width
    const title = `${heat.shard.shardId}: ${shareText(heat.utilisation)} of its limit, ${shareText(heat.spaceShare)} of the hash keys`
    const letter = width < 16 ? '' : LETTERS[heat.level]
    return html`<g><title>${title}</title><rect class="${heat.level}" x="${at.toFixed(2)}" y="0" width="${Math.max(0.5, width - 1).toFixed(2)}" height="${STRIP_HEIGHT}"/><text x="${(at + width / 2).toFixed(2)}" y="23">${letter}</text></g>`
  })
  return html`<svg class="strip" viewBox="0 0 ${WIDTH} ${STRIP_HEIGHT}" role="img" aria-label="Hash-key space by shard">${pieces}</svg>`
}

/** Heat over time: a row a shard, hottest first, a cell a second or minute; gaps were not seen. */
export function timeChart(board: HeatBoard): Html {
  const rows = board.shards
    .filter(heat => heat.isOpen && heat.series.some(value => value !== undefined))
    .sort((a, b) => peakOf(b) - peakOf(a))
    .slice(0, MOST_ROWS)
  const count = rows.reduce((most, { series }) => Math.max(most, series.length), 0)
  if (count === 0) return html`<p>Nothing was seen over time.</p>`
  const labelWidth = 190
  const cell = (WIDTH - labelWidth) / count
  const drawn = rows.map((heat, row) => {
    const y = row * CELL_HEIGHT
    const cells = heat.series.map((value, index) =>
      value === undefined
        ? html``
        : html`<rect class="${heatLevelOf(value)}" x="${(labelWidth + index * cell).toFixed(2)}" y="${y}" width="${Math.max(0.5, cell - 0.5).toFixed(2)}" height="${CELL_HEIGHT - 2}"><title>${shareText(value)}</title></rect>`,
    )
    return html`<g><text class="label" x="0" y="${y + 11}">${heat.shard.shardId}</text>${cells}</g>`
  })
  return html`<svg class="time" viewBox="0 0 ${WIDTH} ${rows.length * CELL_HEIGHT}" role="img" aria-label="Heat over time by shard">${drawn}</svg>`
}

/** A small curve of utilisation; the line at the top is the limit of a shard. */
export function sparkline(series: readonly (number | undefined)[]): Html {
  const step = SPARK_WIDTH / Math.max(1, series.length)
  const most = Math.max(1, ...series.map(value => value ?? 0))
  const bars = series.map((value, index) => {
    if (value === undefined) return html``
    const height = Math.max(0.5, (value / most) * SPARK_HEIGHT)
    return html`<rect class="${heatLevelOf(value)}" x="${(index * step).toFixed(2)}" y="${(SPARK_HEIGHT - height).toFixed(2)}" width="${Math.max(0.5, step - 0.3).toFixed(2)}" height="${height.toFixed(2)}"/>`
  })
  const limit = SPARK_HEIGHT - SPARK_HEIGHT / most
  return html`<svg class="spark" viewBox="0 0 ${SPARK_WIDTH} ${SPARK_HEIGHT}" aria-hidden="true">${bars}<line x1="0" x2="${SPARK_WIDTH}" y1="${limit.toFixed(2)}" y2="${limit.toFixed(2)}"/></svg>`
}

function peakOf({ series }: ShardHeat): number {
  return series.reduce((most: number, value) => Math.max(most, value ?? 0), 0)
}
