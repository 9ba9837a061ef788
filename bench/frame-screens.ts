// Draws screens frame by frame and tells the CPU of each way; built and started by frame.ts.
import { EventEmitter } from 'node:events'
import { Box, render, Text } from 'ink'
import { createElement, useSyncExternalStore } from 'react'
import { COMMANDS } from '../source/commands/registry.ts'
import { uniformRanges } from '../source/domain/heat/forecast.ts'
import { compareShards } from '../source/domain/heat/shard-heat.ts'
import type { Event } from '../source/state/event.ts'
import { initialModel } from '../source/state/initial-model.ts'
import type { Model, ScreenState } from '../source/state/model.ts'
import type { TailRow } from '../source/state/tail-row.ts'
import { update } from '../source/state/update.ts'
import { App } from '../source/ui/app.tsx'
import { frameOf } from '../source/ui/frame.ts'
import { FrameSource } from '../source/ui/frame-source.ts'
import { themeFor } from '../source/ui/theme.ts'

const WARM_UP_FRAMES = 80
const FRAMES = 120
const START = Date.UTC(2026, 11, 1)
const STREAM = { streamName: 'orders' }
const THEME = themeFor('256')

const shards = uniformRanges(64).map((hashKeyRange, index) => ({
  shardId: `shardId-${String(index).padStart(12, '0')}`,
  hashKeyRange,
  startingSequenceNumber: '1',
}))

/** Every shard a little warmer or cooler than in the frame before. */
function heatEvent(frame: number): Event {
  const at = START + frame * 100
  const board = compareShards(
    shards.map((shard, index) => {
      const utilisation = ((index * 37 + frame * 3) % 100) / 100
      return {
        shard,
        figures: {
          series: Array.from({ length: 30 }, (_, second) => ((second * 7 + index + frame) % 10) / 10),
          utilisation,
          measure: 'bytes' as const,
        },
      }
    }),
    'of-own-seconds',
  )
  const heat = {
    source: 'observed' as const,
    board: { ...board, source: 'observed' as const, at, windowSeconds: 60, seriesSeconds: 1, topKeys: [] },
    advice: new Map(),
  }
  return { type: 'heat-measured', stream: STREAM, heat }
}

/** So many new records that no row of the screen stays: 600 a second, ten frames a second. */
function rowsEvent(frame: number): Event {
  const rows = Array.from({ length: 60 }, (_, index): TailRow => {
    const place = frame * 60 + index
    const shardId = shards[place % 64]?.shardId ?? ''
    const partitionKey = `customer-${place % 977}`
    const data = new TextEncoder().encode(
      JSON.stringify({
        orderId: `o-${place}`,
        customer: partitionKey,
        total: place % 313,
        note: 'x'.repeat(120),
      }),
    )
    return {
      id: `${shardId}/${place}`,
      record: {
        streamName: 'orders',
        shardId,
        sequenceNumber: String(49_500_000_000_000_000_000n + BigInt(place)),
        partitionKey,
        data,
        approximateArrivalTimestamp: new Date(START + place),
      },
      partitionKey,
      data,
      keptBytes: data.length + 400,
    }
  })
  return { type: 'rows-arrived', rows, recordCount: rows.length }
}

const SCREENS: Record<string, { readonly opened: readonly Event[]; next(frame: number): Event }> = {
  board: {
    opened: [
      {
        type: 'screen-opened',
        screen: {
          screen: 'board',
          stream: STREAM,
          source: 'observed',
          showClosed: false,
          filter: '',
          sort: { column: 'use', direction: 'descending' },
        } as ScreenState,
      },
      { type: 'heat-started', stream: STREAM, source: 'observed' },
    ],
    next: heatEvent,
  },
  tail: {
    opened: [
      {
        type: 'screen-opened',
        screen: { screen: 'tail', stream: STREAM, from: 'latest', isFollowing: true, filter: '' },
      },
      { type: 'tail-started', stream: STREAM, from: 'latest' },
      { type: 'tail-ready', stream: STREAM },
    ],
    next: rowsEvent,
  },
}

class SilentTerminal extends EventEmitter {
  readonly isTTY = true
  readonly columns: number
  readonly rows: number
  byteCount = 0
  constructor(columns: number, rows: number) {
    super()
    this.columns = columns
    this.rows = rows
  }
  write(text: string, ...rest: readonly unknown[]): boolean {
    this.byteCount += text.length
    const callback = rest.at(-1)
    if (typeof callback === 'function') setImmediate(callback as () => void)
    return true
  }
}

class SilentKeyboard extends EventEmitter {
  readonly isTTY = true
  setRawMode() {}
  setEncoding() {}
  resume() {}
  pause() {}
  ref() {}
  unref() {}
  read() {
    return null
  }
}

/** One Text a row, as one would write it first. */
function Plain({ frames, columns, rows }: { frames: FrameSource; columns: number; rows: number }) {
  const lines = useSyncExternalStore(frames.subscribe, frames.snapshot)
  return createElement(
    Box,
    { flexDirection: 'column', width: columns, height: rows, overflow: 'hidden' },
    lines.map((text, index) => createElement(Text, { key: index }, text)),
  )
}

type Way = { next(model: Model): Promise<void>; end(): void; readonly terminal: SilentTerminal }

function inkWay(first: Model, isPlain: boolean): Way {
  const { columns, rows } = first.viewport
  const terminal = new SilentTerminal(columns, rows)
  let model = first
  const listeners = new Set<() => void>()
  const frames = new FrameSource({
    model: () => model,
    subscribe: listener => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    commands: COMMANDS,
    theme: THEME,
  })
  const nothing = () => {}
  const ours = createElement(App, {
    frames,
    onKey: nothing,
    onPaste: nothing,
    onResize: nothing,
    onReady: nothing,
  })
  const instance = render(isPlain ? createElement(Plain, { frames, columns, rows }) : ours, {
    stdin: new SilentKeyboard() as unknown as NodeJS.ReadStream,
    stdout: terminal as unknown as NodeJS.WriteStream,
    stderr: terminal as unknown as NodeJS.WriteStream,
    alternateScreen: true,
    incrementalRendering: true,
    maxFps: 60,
    interactive: true,
    exitOnCtrlC: false,
    patchConsole: false,
  })
  return {
    terminal,
    next: async next => {
      model = next
      for (const listener of listeners) listener()
      await instance.waitUntilRenderFlush()
    },
    end: () => instance.unmount(),
  }
}

/** The same lines, and those that differ written where they belong. */
function handWay(first: Model): Way {
  const terminal = new SilentTerminal(first.viewport.columns, first.viewport.rows)
  let before: readonly string[] = []
  return {
    terminal,
    next: async model => {
      const lines = frameOf(model, COMMANDS, THEME)
      let out = '\x1b[?2026h'
      for (const [row, line] of lines.entries()) if (line !== before[row]) out += `\x1b[${row + 1};1H${line}`
      before = lines
      terminal.write(`${out}\x1b[?2026l`)
    },
    end: () => {},
  }
}

/** Milliseconds of CPU a frame, without what made the new state. */
async function measure(name: string, columns: number, rows: number, make: (model: Model) => Way) {
  const screen = SCREENS[name]
  if (screen === undefined) throw new Error(`no screen ${name}`)
  const session = {
    endpoint: { value: 'http://127.0.0.1:4567', origin: 'bench' },
    region: { value: 'us-east-1', origin: 'bench' },
    isSandbox: true,
    isArmed: true,
  }
  let model = screen.opened.reduce(
    update,
    initialModel(session, { viewport: { columns, rows }, now: START, chartGlyphs: 'blocks' }),
  )
  model = update(model, screen.next(0))
  const way = make(model)
  let micros = 0
  let bytes = 0
  for (let frame = 1; frame <= WARM_UP_FRAMES + FRAMES; frame += 1) {
    model = update(model, screen.next(frame))
    const bytesBefore = way.terminal.byteCount
    const before = process.cpuUsage()
    await way.next(model)
    const { user, system } = process.cpuUsage(before)
    if (frame > WARM_UP_FRAMES) {
      micros += user + system
      bytes += way.terminal.byteCount - bytesBefore
    }
  }
  way.end()
  return { millis: micros / FRAMES / 1e3, bytes: bytes / FRAMES }
}

const WAYS: Record<string, (model: Model) => Way> = {
  ours: model => inkWay(model, false),
  plain: model => inkWay(model, true),
  hand: handWay,
}
const [screen = 'board', columns, rows] = process.argv.slice(2)
const best: Record<string, { millis: number; bytes: number }> = {}
for (let round = 0; round < 3; round += 1) {
  for (const [name, make] of Object.entries(WAYS)) {
    const figures = await measure(screen, Number(columns), Number(rows), make)
    if (figures.millis < (best[name]?.millis ?? Number.POSITIVE_INFINITY)) best[name] = figures
  }
}
console.log(JSON.stringify(best))
process.exit(0)
