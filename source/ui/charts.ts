import type { HeatLevel } from '../domain/heat/verdict.ts'
import type { ChartGlyphs } from '../state/model.ts'
import type { Tone } from './theme.ts'

/** Eight heights of one cell, lowest first. */
const EIGHTHS = ['\u2581', '\u2582', '\u2583', '\u2584', '\u2585', '\u2586', '\u2587', '\u2588'] as const
const ASCII_HEIGHTS = ['_', '.', ':', '-', '=', '+', '*', '#'] as const
/** For columns of several cells, where a part of a cell has to look like one. */
const ASCII_PARTS = ['.', '.', ':', ':', ':', '|', '|', '#'] as const

export const LEVEL_TONES: Readonly<Record<HeatLevel, Tone>> = {
  unknown: 'muted',
  cold: 'muted',
  low: 'good',
  warm: 'warning',
  hot: 'bad',
  over: 'bad',
}

/** One sign for each level, so that colour is never the only one. */
export const LEVEL_SIGNS: Readonly<Record<HeatLevel, string>> = {
  unknown: '?',
  cold: '.',
  low: '-',
  warm: '=',
  hot: '#',
  over: '!',
}

type Values = readonly (number | undefined)[]

/** A curve of one cell's height, newest at the right, as high as its own highest value; blank where nothing is known. */
export function sparkline(values: Values, width: number, glyphs: ChartGlyphs): string {
  const cells = resampled(values, width)
  const most = cells.reduce((highest: number, value) => Math.max(highest, value ?? 0), 0)
  const heights = glyphs === 'blocks' ? EIGHTHS : ASCII_HEIGHTS
  return cells
    .map(value => {
      if (value === undefined) return ' '
      const step = most === 0 ? 0 : Math.ceil((value / most) * heights.length) - 1
      return heights[Math.min(heights.length - 1, Math.max(0, step))]
    })
    .join('')
}

/** A bar of exactly `width` cells of which `share` (0..1) is filled; what is over is marked at the end. */
export function bar(share: number | undefined, width: number, glyphs: ChartGlyphs): string {
  if (share === undefined) return '?'.padEnd(width)
  if (share > 1) return `${(glyphs === 'blocks' ? '\u2588' : '#').repeat(Math.max(0, width - 1))}!`
  const full = Math.floor(share * width)
  const rest = share * width - full
  const part = rest < 1 / 16 || full >= width ? '' : rest < 0.5 ? ':' : '|'
  // Left-to-right eighths are another set of blocks; halves in ASCII are clear enough.
  const filled = (glyphs === 'blocks' ? '\u2588' : '#').repeat(full)
  return `${filled}${part}`.padEnd(width, '.')
}

/** Columns over several lines, top line first, against a fixed `top` value; blank where nothing is known. */
export function columnChart(
  values: Values,
  width: number,
  height: number,
  top: number,
  glyphs: ChartGlyphs,
): string[] {
  const cells = resampled(values, width)
  const parts = glyphs === 'blocks' ? EIGHTHS : ASCII_PARTS
  return Array.from({ length: height }, (_, line) => {
    const below = height - 1 - line
    return cells
      .map(value => {
        if (value === undefined) return ' '
        const eighths = Math.round((Math.min(value, top) / top) * height * 8) - below * 8
        if (eighths >= 8) return parts[7]
        if (eighths > 0) return parts[eighths - 1]
        return below === 0 ? (value > 0 ? parts[0] : '_') : ' '
      })
      .join('')
  })
}

/** As many cells as asked, newest at the right: several values of one cell show their highest, a short series stays right. */
function resampled(values: Values, width: number): Values {
  if (values.length <= width)
    return [...Array.from({ length: width - values.length }, () => undefined), ...values]
  return Array.from({ length: width }, (_, cell) => {
    const [from, to] = [
      Math.floor((cell * values.length) / width),
      Math.floor(((cell + 1) * values.length) / width),
    ]
    let highest: number | undefined
    for (let index = from; index < Math.max(to, from + 1); index += 1) {
      const value = values[index]
      if (value !== undefined && (highest === undefined || value > highest)) highest = value
    }
    return highest
  })
}
