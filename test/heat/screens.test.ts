import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { COMMANDS } from '../../source/commands/registry.ts'
import { uniformRanges } from '../../source/domain/heat/forecast.ts'
import { boardFromMetrics } from '../../source/domain/heat/metric-heat.ts'
import { compareShards, type HeatBoard } from '../../source/domain/heat/shard-heat.ts'
import type { Model, Viewport } from '../../source/state/model.ts'
import { boardRows } from '../../source/state/select-heat.ts'
import { selectionOf } from '../../source/state/selection.ts'
import { bar, columnChart, sparkline } from '../../source/ui/charts.ts'
import { frameOf } from '../../source/ui/frame.ts'
import { markerLine, stripLine } from '../../source/ui/parts/strip.ts'
import { themeFor } from '../../source/ui/theme.ts'
import { BOARD, modelWith, STREAM, snapshotOf } from './models.ts'
import { boardOf, type HeatScenario, idOf } from './scenario.ts'

const SIZES: readonly Viewport[] = [
  { columns: 60, rows: 20 },
  { columns: 80, rows: 24 },
  { columns: 140, rows: 40 },
]

function scenario(name: string): HeatBoard {
  const path = new URL(`../scenarios/heat/${name}.json`, import.meta.url)
  return boardOf(JSON.parse(readFileSync(path, 'utf8')) as HeatScenario)
}

/** The frame without any colour or style: what must be enough to read it. */
function plain(model: Model): string[] {
  return frameOf(model, COMMANDS, themeFor('none')).map(line => line.replace(/\x1b\[[0-9;]*m/g, ''))
}

const text = (spans: readonly { readonly text: string }[]) => spans.map(span => span.text).join('')

describe('board', () => {
  test.each(SIZES)('at $columns x $rows: whole frame, hot shard first, key named, strip below', viewport => {
    const model = modelWith(BOARD, snapshotOf(scenario('one-key-at-83-percent')), { viewport })
    const lines = plain(model)
    expect(lines).toHaveLength(viewport.rows)
    for (const line of lines) expect(line).toHaveLength(viewport.columns)
    expect(lines[4]).toMatch(/^> shardId-000000000000 +100\.0 %/)
    const frame = lines.join('\n')
    expect(frame).toContain('one key carries 83 %')
    expect(frame).toContain('tenant-7')
    expect(frame).toContain('observed: 60 of the last 60 s read')
    expect(frame).toContain('our reads: 1.0 of 5/s')
    const strip = lines.find(line => /^ !+\|-+ $/.test(line))
    // Half of the space each: the hot half before the bar, the calm one from it on.
    expect(strip?.indexOf('|')).toBe(1 + Math.floor((viewport.columns - 2) / 2))
    expect(lines[lines.indexOf(strip ?? '') + 1]?.trim()).toMatch(/^\^+$/)
  })

  test('block charts are one cell a character, and nothing from outside gets a block', () => {
    const board = scenario('burst-in-a-quiet-minute')
    const model = modelWith(BOARD, snapshotOf(board), {
      viewport: { columns: 140, rows: 40 },
      chartGlyphs: 'blocks',
    })
    const frame = frameOf(model, COMMANDS, themeFor('256'))
    expect(frame.join('')).toMatch(/[\u2581-\u2588]/)
    for (const line of plain(model)) expect(line).toHaveLength(140)
    const ascii = plain({ ...model, chartGlyphs: 'ascii' }).join('')
    expect(ascii).toMatch(/^[ -~]*$/)
  })

  test('hostile keys and unknown shards stay harmless', () => {
    const board = scenario('one-key-at-83-percent')
    const evil = '\x1b[2J\u202e\u2588key'
    const shards = board.shards.map(shard => ({
      ...shard,
      verdict: { ...shard.verdict, partitionKeys: [evil] },
    }))
    const model = modelWith(BOARD, snapshotOf({ ...board, shards }), { viewport: { columns: 140, rows: 24 } })
    const frame = plain(model).join('\n')
    expect(frame).toContain('\\e[2J\\u202e\\u2588key')
    expect(frame).not.toMatch(/[^\n -~]/)
  })

  test('sorts by any column, filters, shows closed shards on demand', () => {
    const board = scenario('two-equally-hot-neighbours')
    const closed = {
      ...board.shards[0],
      isOpen: false,
      shard: { ...board.shards[0]?.shard, shardId: idOf(9), endingSequenceNumber: '9' },
    }
    const model = modelWith(BOARD, snapshotOf({ ...board, shards: [...board.shards, closed as never] }))
    const ids = (view: object) =>
      boardRows(model, { ...BOARD, ...view }).map(({ id }) => Number(id.slice(-2)))
    expect(ids({})).toEqual([0, 1, 2, 3])
    expect(ids({ sort: { column: 'range', direction: 'descending' } })).toEqual([3, 2, 1, 0])
    expect(ids({ filter: 'hot' })).toEqual([0, 1])
    expect(ids({ showClosed: true })).toHaveLength(5)
    // The selection is the row, not the place.
    const selected = { ...BOARD, selectedId: idOf(3) }
    expect(selectionOf(model, selected).index).toBe(3)
  })

  test('10,000 shards: only the visible rows are drawn, and the strip covers the space', () => {
    const shards = uniformRanges(10_000).map((hashKeyRange, index) => ({
      shardId: idOf(index),
      hashKeyRange,
      startingSequenceNumber: '1',
    }))
    const compared = compareShards(
      shards.map((shard, index) => ({
        shard,
        figures: { series: [], utilisation: index === 7_000 ? 0.95 : 0.1, measure: 'bytes' as const },
      })),
      'of-own-seconds',
    )
    const board: HeatBoard = {
      ...compared,
      source: 'observed',
      at: 0,
      windowSeconds: 60,
      seriesSeconds: 1,
      topKeys: [],
    }
    const model = modelWith(BOARD, snapshotOf(board), { viewport: { columns: 80, rows: 24 } })
    const lines = plain(model)
    expect(lines).toHaveLength(24)
    expect(lines[4]).toContain(idOf(7_000))
    expect(lines.filter(line => line.includes('shardId-')).length).toBe(11)
    const strip = lines.find(line => /^ [-#]{78} $/.test(line))
    // Shard 7,000 of 10,000 lies at 70 % of 78 cells.
    expect(strip?.indexOf('#')).toBe(1 + Math.floor(0.7 * 78))
  })

  test('CloudWatch: what is off is named with its key, the price of asking is said', () => {
    const at = Date.UTC(2026, 10, 30, 12)
    const shards = scenario('fine').shards.map(({ shard }) => shard)
    const points = [{ at: new Date(at - 3 * 60_000), value: 60 * 700 }]
    const board = boardFromMetrics({
      shards,
      series: [
        { metricName: 'IncomingRecords', points },
        { metricName: 'IncomingBytes', points },
        { metricName: 'WriteProvisionedThroughputExceeded', points: [{ ...points[0], value: 12 } as never] },
      ],
      from: new Date(at - 5 * 60_000),
      to: new Date(at),
      atMillis: at,
    })
    const snapshot = snapshotOf(board, { missingMetrics: ['IncomingBytes'], requestedMetrics: 1_204 })
    const model = modelWith({ ...BOARD, source: 'cloudwatch' }, snapshot, {
      viewport: { columns: 140, rows: 24 },
    })
    const frame = plain(model).join('\n')
    expect(frame).toContain('CloudWatch: 5 minutes')
    expect(frame).toContain('off: IncomingBytes (M switches on)')
    // 1,204 x 60 / 1,000 x $0.01.
    expect(frame).toContain('1,204 metrics a minute while this is open, about $0.72 an hour')
    expect(frame).toContain('THROTTLED')
    expect(frame).toContain('stream: 12 records refused although the stream averages 35.0 %')
    // One minute of five has data, the third from the end.
    expect(frame).toContain('stream, 5 min:   #    1,204')
    expect(frame).toMatch(/35\.0 % of 2 shards/)
  })

  test('says what it waits for, and what went wrong with the next step', () => {
    const failure = {
      kind: 'denied',
      action: 'ListShards',
      message: 'not allowed',
      nextStep: 'Ask.',
      retryable: false,
    } as const
    const model = modelWith(BOARD, snapshotOf(scenario('fine')))
    const failed: Model = {
      ...model,
      heat: { stream: STREAM, source: 'observed', phase: 'failed', failure },
      shards: new Map(),
    }
    const frame = plain(failed).join('\n')
    expect(frame).toContain('Not allowed: ListShards')
    expect(frame).toContain('Next: Ask.')
    const waiting: Model = { ...failed, heat: { stream: STREAM, source: 'observed', phase: 'starting' } }
    expect(plain(waiting).join('\n')).toContain('Reading gently')
  })
})

describe('charts', () => {
  test('eight heights, newest at the right, blank where nothing is known', () => {
    expect(sparkline([1, 2, 3, 4, 5, 6, 7, 8], 8, 'blocks')).toBe(
      '\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588',
    )
    expect(sparkline([undefined, 0, 8], 5, 'ascii')).toBe('   _#')
    expect(sparkline([0, 0], 2, 'ascii')).toBe('__')
    // Two values a cell: the higher one is shown, a peak is never averaged away.
    expect(sparkline([0, 8, 0, 0], 2, 'ascii')).toBe('#_')
  })

  test('bars are as wide as told and mark what is over', () => {
    expect(bar(0.5, 8, 'ascii')).toBe('####....')
    expect(bar(0, 4, 'ascii')).toBe('....')
    expect(bar(1.3, 4, 'ascii')).toBe('###!')
    expect(bar(undefined, 4, 'ascii')).toBe('?   ')
  })

  test('columns fill from below; a value that is there is never invisible', () => {
    expect(columnChart([4, 2, 0, undefined], 4, 2, 4, 'ascii')).toEqual(['#   ', '##_ '])
    expect(columnChart([4, 2, 0, undefined], 4, 2, 4, 'blocks')).toEqual(['\u2588   ', '\u2588\u2588_ '])
    expect(columnChart([0.01], 1, 2, 4, 'blocks')).toEqual([' ', '\u2581'])
  })

  test('the strip is gap-free and its marker lies under the range', () => {
    const [a, b, c, d] = uniformRanges(4)
    const pieces = [a, b, c, d].map((range, index) => ({
      range: range as never,
      utilisation: index === 2 ? 1.2 : 0.1,
    }))
    expect(text(stripLine(pieces, 40))).toBe(`${'-'.repeat(10)}|---------|!!!!!!!!!|---------`)
    expect(text(markerLine(c, 40))).toBe(`${' '.repeat(20)}${'^'.repeat(10)}`)
    expect(text(stripLine([{ range: a as never }], 10))).toBe('??????????')
  })
})

describe('one shard, keys and what-if', () => {
  const board = scenario('few-hot-keys')
  const at = board.at
  const seconds = Array.from({ length: 300 }, (_, index) =>
    index < 240 ? undefined : { bytes: index * 3_000, records: 3 },
  )
  const key = (partitionKey: string, byteShare: number) => ({
    partitionKey,
    shardId: idOf(0),
    bytesPerSecond: byteShare * 900_000,
    recordsPerSecond: byteShare * 900,
    byteShare,
    byteShareAtMost: byteShare,
    recordShare: byteShare,
    recordShareAtMost: byteShare,
  })
  const advice = {
    kind: 'split',
    measure: 'bytes',
    best: { newStartingHashKey: 12_345n, lowerLoad: 450_000, upperLoad: 450_000 },
    midpoint: { newStartingHashKey: 99_999n, lowerLoad: 800_000, upperLoad: 100_000 },
    limitPerSecond: 1_048_576,
    doubts: [],
  } as const

  test.each(SIZES)(
    'shard at $columns x $rows: seconds of bytes and records, split with forecast, keys',
    viewport => {
      const detail = { shardId: idOf(0), seconds, untilMillis: at, topKeys: [key('a-1', 0.31)], advice }
      const screen = {
        screen: 'shard-heat',
        stream: STREAM,
        source: 'observed',
        shardId: idOf(0),
        scroll: 0,
      } as const
      const model = modelWith(screen, snapshotOf(board, { shard: detail }), { viewport })
      const all = [0, 12, 24]
        .map(scroll => plain({ ...model, screens: [{ ...screen, scroll }] }).join('\n'))
        .join('\n')
      expect(all).toContain('3 keys carry 93 % of its records: a-1, b-2, c-3')
      expect(all).toMatch(/876\.0 KiB\/s \|/)
      expect(all.replace(/\s+/g, ' ')).toContain(
        'Split at 12345: 439.5 KiB/s (42.9 %) below and 439.5 KiB/s (42.9 %) above.',
      )
      expect(all).toContain('99999')
      expect(all).toContain('a-1')
      for (const line of plain(model)) expect(line).toHaveLength(viewport.columns)
    },
  )

  test('records without keys: said so, and no key is advised', () => {
    const keyless = scenario('records-without-keys')
    expect(keyless.keylessShare).toBeGreaterThan(0.9)
    const screen = { screen: 'keys', stream: STREAM, measure: 'bytes', filter: '' } as const
    const keys = { measure: 'bytes', keys: [] } as const
    expect(plain(modelWith(screen, snapshotOf(keyless, { keys }))).join('\n')).toContain(
      'key advice is withheld',
    )
    const detail = { shardId: idOf(0), seconds, untilMillis: keyless.at, topKeys: [key('stray', 0.02)] }
    const near = {
      screen: 'shard-heat',
      stream: STREAM,
      source: 'observed',
      shardId: idOf(0),
      scroll: 20,
    } as const
    const frame = plain(modelWith(near, snapshotOf(keyless, { shard: detail })))
      .join(' ')
      .replace(/\s+/g, ' ')
    expect(frame).toContain('key advice is withheld')
    expect(frame).not.toContain('stray')
  })

  test('keys: shares with their bound; a looked-up key with its shard now and then', () => {
    const located = {
      partitionKey: 'user-1',
      hashKey: 285573413173782752570879317399258818820n,
      owner: board.shards[1]?.shard as never,
      at: new Date(at),
      ownerThen: board.shards[0]?.shard as never,
      basis: 'listing',
      shares: [],
    } as const
    const keys = { measure: 'bytes', keys: [key('a-1', 0.31), key('b-2', 0.3)] } as const
    const screen = {
      screen: 'keys',
      stream: STREAM,
      measure: 'bytes',
      filter: '',
      lookUp: { partitionKey: 'user-1', at: '2h' },
    } as const
    const model = modelWith(screen, snapshotOf(board, { keys, located }), {
      viewport: { columns: 140, rows: 24 },
    })
    const frame = plain(model).join('\n')
    expect(frame).toContain('user-1: shardId-000000000001 now, shardId-000000000000 at')
    expect(frame).toContain('not seen in the window')
    expect(frame).toMatch(/> a-1 +31\.0 %/)
    expect(frame).toContain('exact for what was read')
  })

  test.each(SIZES)('what-if at $columns x $rows: strips one above the other, load conserved', viewport => {
    const range = (from: bigint, to: bigint, bytesPerSecond: number) => ({
      range: { startingHashKey: from, endingHashKey: to },
      bytesPerSecond,
      recordsPerSecond: 0,
      utilisation: bytesPerSecond / 1_048_576,
      measure: 'bytes' as const,
    })
    const half = 1n << 127n
    const end = (1n << 128n) - 1n
    const whatIf = {
      before: [range(0n, end, 943_718)],
      after: [range(0n, half - 1n, 471_859), range(half, end, 471_859)],
      bytesPerSecond: 943_718,
      recordsPerSecond: 0,
    }
    const screen = {
      screen: 'what-if',
      stream: STREAM,
      change: { kind: 'uniform', shardCount: 2 },
      scroll: 0,
    } as const
    const forecast = { title: '2 shards of equal width', whatIf }
    const lines = plain(modelWith(screen, snapshotOf(board, { forecast }), { viewport }))
    const width = viewport.columns - 2
    const before = lines.findIndex(line => line.includes('before: 1 shard, hottest # 90.0 %'))
    const after = lines.findIndex(line => line.includes('after: 2 shards, hottest - 45.0 %'))
    expect(lines[before + 1]?.trim()).toBe('#'.repeat(width))
    expect(lines[after + 1]?.trim()).toBe(
      `${'-'.repeat(Math.floor(width / 2))}|${'-'.repeat(Math.ceil(width / 2) - 1)}`,
    )
    expect(after).toBeGreaterThan(before)
    for (const line of lines) expect(line).toHaveLength(viewport.columns)
  })
})
