/**
 * How cost grows: records through the window of a tail, records and keys through the heat of a stream, and shards through list and
 * frame. Time must grow as the amount or slower; what is kept must stop growing where it is bounded. Writes growth.svg beside
 * this file. Run: npm run bench -- growth
 */
import { writeFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { COMMANDS } from '../source/commands/registry.ts'
import { foldRecord } from '../source/domain/heat/fold-record.ts'
import { uniformRanges } from '../source/domain/heat/forecast.ts'
import { ShardLoad } from '../source/domain/heat/shard-load.ts'
import { initialModel } from '../source/state/initial-model.ts'
import { appendChunk, emptyWindow } from '../source/state/record-window.ts'
import { update } from '../source/state/update.ts'
import { frameOf } from '../source/ui/frame.ts'
import { themeFor } from '../source/ui/theme.ts'
import { row } from './parts/programs.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const NOW = Date.UTC(2026, 11, 1)
const WINDOW = { maxRecords: 20_000, maxBytes: 32 << 20 }
const RANGE = { startingHashKey: 0n, endingHashKey: (1n << 128n) - 1n }

type Point = { readonly amount: number; readonly millis: number; readonly keptMegabytes: number }

/** CPU of a run, and what is still held after it. */
function point(amount: number, run: () => unknown): Point {
  collect()
  const heapBefore = process.memoryUsage()
  const before = process.cpuUsage()
  const kept = run()
  const { user, system } = process.cpuUsage(before)
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  const keptMegabytes = (heapUsed + arrayBuffers - heapBefore.heapUsed - heapBefore.arrayBuffers) / 1e6
  // Held until here, so that it is counted.
  if (kept === undefined) throw new Error('nothing was kept')
  return { amount, millis: (user + system) / 1e3, keptMegabytes: Math.max(0, keptMegabytes) }
}

/** Records of 200 bytes in chunks of 500 through the window that the tail keeps. */
function throughWindow(count: number): Point {
  return point(count, () => {
    let window = emptyWindow<{ keptBytes: number; data: Uint8Array; id: string }>(WINDOW)
    for (let at = 0; at < count; at += 500) {
      const chunk = Array.from({ length: 500 }, (_, index) => ({
        keptBytes: 600,
        data: new Uint8Array(200),
        id: `shard/${at + index}`,
      }))
      window = appendChunk(window, chunk)
    }
    return window
  })
}

/** 10^6 records of so many keys, each as often, through the sketches of one shard. */
function throughHeat(keyCount: number): Point {
  const data = new Uint8Array(200)
  return point(keyCount, () => {
    const load = new ShardLoad(RANGE, {
      windowSeconds: 60,
      historySeconds: 300,
      keyCapacity: () => 1_024,
      random: Math.random,
    })
    for (let index = 0; index < 1_000_000; index += 1) {
      foldRecord(load, { data, partitionKey: `customer-${(index * 7_919) % keyCount}` }, NOW + index / 20)
    }
    return load
  })
}

/** So many shards listed and drawn once. */
function throughList(count: number): Point {
  const session = {
    endpoint: { value: 'http://127.0.0.1:4567', origin: 'bench' },
    region: { value: 'us-east-1', origin: 'bench' },
    isSandbox: true,
    isArmed: true,
  }
  const stream = { streamName: 'wide' }
  const shards = uniformRanges(count).map((hashKeyRange, index) => ({
    shardId: `shardId-${String(index).padStart(12, '0')}`,
    hashKeyRange,
    startingSequenceNumber: '1',
  }))
  return point(count, () => {
    let model = initialModel(session, { viewport: { columns: 120, rows: 40 }, now: NOW })
    model = update(model, {
      type: 'screen-opened',
      screen: { screen: 'shards', stream, showClosed: false, filter: '' },
    })
    model = update(model, { type: 'shards-listed', stream, shards, at: NOW })
    return { model, frame: frameOf(model, COMMANDS, themeFor('256')) }
  })
}

const powers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, step) => 10 ** (from + step))
type Series = { readonly name: string; readonly points: readonly Point[]; readonly boundedMegabytes?: number }
throughWindow(100_000)
throughList(1_000)
throughHeat(1_000)
const series: readonly Series[] = [
  { name: 'records through a tail', points: powers(4, 7).map(throughWindow), boundedMegabytes: 40 },
  { name: 'shards listed and drawn', points: powers(0, 4).map(throughList) },
  { name: 'keys in the heat of a shard', points: powers(2, 6).map(throughHeat), boundedMegabytes: 16 },
]
for (const { name, points, boundedMegabytes } of series) {
  const [first, last] = [points[points.length - 2], points[points.length - 1]]
  if (first === undefined || last === undefined) continue
  // Of the last step of ten: below, a fixed part hides what grows.
  const exponent = Math.log10(last.millis / first.millis)
  const most = Math.max(...points.map(({ keptMegabytes }) => keptMegabytes))
  const isBounded = boundedMegabytes === undefined || most <= boundedMegabytes
  row(
    `growth: ${name}`,
    `${points.map(({ amount, millis }) => `10^${Math.log10(amount)} ${millis.toFixed(1)} ms`).join(', ')}; ` +
      `exponent ${exponent.toFixed(2)}; keeps ${most.toFixed(1)} MB at most`,
    `<= linear (1.15)${boundedMegabytes === undefined ? '' : `, <= ${boundedMegabytes} MB`}`,
    exponent <= 1.15 && isBounded,
  )
}
writeFileSync(new URL('growth.svg', import.meta.url), svgOf(series))

/** Two panels on logarithmic axes: CPU time, and memory kept, each against the amount. */
function svgOf(all: readonly Series[]): string {
  const colours = ['#1f77b4', '#d62728', '#2ca02c']
  const panel = (left: number, title: string, unit: string, figureOf: (point: Point) => number): string => {
    const [lowest, highest] = [-2, 5]
    const x = (amount: number) => left + 50 + (Math.log10(amount) / 7) * 300
    const y = (value: number) =>
      260 - ((Math.min(highest, Math.max(lowest, Math.log10(value))) - lowest) / (highest - lowest)) * 220
    const grid = Array.from({ length: 8 }, (_, power) => {
      const [gridX, gridY] = [x(10 ** power), y(10 ** (lowest + power))]
      return (
        `<path d="M${gridX.toFixed(1)} 40V260M${left + 50} ${gridY.toFixed(1)}H${left + 350}" stroke="#ddd"/>` +
        `<text x="${gridX.toFixed(1)}" y="275" text-anchor="middle">10^${power}</text>` +
        `<text x="${left + 45}" y="${(gridY + 4).toFixed(1)}" text-anchor="end">10^${lowest + power}</text>`
      )
    }).join('\n')
    const lines = all
      .map(({ points }, index) => {
        const path = points.map(each => `${x(each.amount).toFixed(1)},${y(figureOf(each)).toFixed(1)}`)
        return `<polyline points="${path.join(' ')}" fill="none" stroke="${colours[index]}" stroke-width="2"/>`
      })
      .join('\n')
    return `<text x="${left + 50}" y="25" font-weight="bold">${title} (${unit})</text>\n${grid}\n${lines}`
  }
  const legend = all
    .map(({ name }, index) => `<text x="${50 + index * 240}" y="305" fill="${colours[index]}">${name}</text>`)
    .join('\n')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 320" font-family="sans-serif" font-size="11">
<title>Growth of time and memory</title>
<rect width="760" height="320" fill="white"/>
${panel(0, 'CPU time', 'ms', each => each.millis)}
${panel(370, 'Memory kept', 'MB', each => each.keptMegabytes)}
${legend}
</svg>
`
}
