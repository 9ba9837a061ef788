import { readFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { failureText } from '../../source/cli/failure-text.ts'
import { rowWriter } from '../../source/cli/output.ts'
import { Progress } from '../../source/cli/progress.ts'
import { Sink } from '../../source/cli/sink.ts'
import { clipboardSequence } from '../../source/commands/clipboard.ts'
import type { OutputColumn } from '../../source/commands/command.ts'
import { jsonLine } from '../../source/commands/json-line.ts'
import { COMMANDS } from '../../source/commands/registry.ts'
import { heatReport } from '../../source/report/heat-report.ts'
import type { Event } from '../../source/state/event.ts'
import { snapshotOf } from '../heat/models.ts'
import { boardOf, type HeatScenario } from '../heat/scenario.ts'
import { HostileStrings, poisoned } from '../support/hostile-strings.ts'
import { DENIED, ORDERS } from '../support/models.ts'

vi.setConfig({ testTimeout: 120_000 })

/** Whatever is not a letter, mark, number, sign or blank, by Unicode's own classes; line ends are ours. */
const UNSEEN =
  /[^\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}\n]|[\p{Variation_Selector}\p{Default_Ignorable_Code_Point}]/u

function expectSeen(text: string, what: string): void {
  const found = UNSEEN.exec(text)
  if (found !== null)
    expect.fail(`${what}: ${JSON.stringify(found[0])} in ${JSON.stringify(text.slice(0, 300))}`)
}

function terminal() {
  let text = ''
  const sink = new Sink({
    isTTY: true,
    columns: 100,
    on: () => {},
    write: (chunk, done) => {
      text += String(chunk)
      done()
      return true
    },
  })
  return { sink, text: () => text }
}

/** A column that is made of something else than a text (a number, a range, a list) gives the text as it is. */
function forTexts(column: OutputColumn): OutputColumn {
  return {
    ...column,
    text: (value, row) => {
      try {
        return column.text === undefined ? String(value) : String(column.text(value, row))
      } catch {
        return String(value)
      }
    },
  }
}

const withOutput = COMMANDS.flatMap(command => (command.headless === undefined ? [] : [command.headless]))

test('tables and lines of every command in the registry, on a terminal', async () => {
  const strings = new HostileStrings(1)
  expect(withOutput.length).toBeGreaterThan(20)
  for (const headless of withOutput) {
    for (const isJson of [false, true]) {
      const { sink, text } = terminal()
      const columns = headless.columns.map(forTexts)
      const writer = rowWriter({ ...headless, columns }, sink, isJson)
      for (let round = 0; round < 100; round += 1) {
        // A column whose text is made of another type than a text is not told one by any endpoint.
        const row = Object.fromEntries(columns.map(({ key }) => [key, strings.next()]))
        await writer.write([{ ...row, [`name ${strings.next()}`]: [strings.next()] }])
      }
      await writer.finish()
      expectSeen(text(), headless.name)
    }
  }
})

test('JSON Lines say the same text without a control, format character or selector in them', () => {
  const strings = new HostileStrings(2)
  for (let round = 0; round < 20_000; round += 1) {
    const value = strings.next()
    const text = jsonLine({ value, nested: { list: [value] } })
    expectSeen(text, 'JSON line')
    expect(JSON.parse(text)).toEqual({ v: 1, value, nested: { list: [value] } })
  }
})

test('what stderr tells: failures, progress, notices, readers, acts', () => {
  const strings = new HostileStrings(3)
  const failure = { ...DENIED, nextStep: 'next' }
  const events: readonly Event[] = [
    { type: 'act-started', actId: 'a', commandId: 'c', title: 'title' },
    { type: 'act-progressed', actId: 'a', detail: 'detail' },
    { type: 'act-finished', actId: 'a', detail: 'detail' },
    { type: 'summary-failed', stream: ORDERS, failure, at: 0 },
    { type: 'noticed', notice: { level: 'info', text: 'text', at: 0 } },
    { type: 'tail-started', stream: ORDERS, from: 'a time' },
    { type: 'tail-ready', stream: ORDERS },
    { type: 'tail-troubled', failure },
    { type: 'reader-changed', reader: { shardId: 'id', state: 'failed', recordCount: 0, note: 'note' } },
  ]
  for (let round = 0; round < 2_000; round += 1) {
    const progress = new Progress()
    for (const event of events)
      expectSeen(progress.text(poisoned(event, strings)).replaceAll('\n', ''), event.type)
    expectSeen(failureText(poisoned(failure, strings)), 'failure')
  }
})

test('the heat report: no markup, script or address of anybody else, and nothing unseen', () => {
  const strings = new HostileStrings(4)
  const path = new URL('../scenarios/heat/one-key-at-83-percent.json', import.meta.url)
  const board = boardOf(JSON.parse(readFileSync(path, 'utf8')) as HeatScenario)
  const key = { ...board.topKeys[0], partitionKey: 'tenant', shardId: 'shardId-000000000000' } as never
  const report = {
    streamName: 'orders',
    region: 'us-east-1',
    endpoint: 'endpoint',
    writtenAt: new Date(0),
    snapshot: snapshotOf(board),
    keys: [key],
  }
  const shapeOf = (page: string) => [...page.matchAll(/<[a-z/!][^\s>]*/gi)].map(([tag]) => tag).join()
  const shape = shapeOf(heatReport(report))
  for (let round = 0; round < 300; round += 1) {
    const page = heatReport(poisoned(report, strings))
    expectSeen(page, 'report')
    expect(shapeOf(page)).toBe(shape)
  }
})

test('the clipboard gets base64 alone between our own brackets, which is the text again', () => {
  const strings = new HostileStrings(5)
  for (let round = 0; round < 5_000; round += 1) {
    const text = strings.next()
    for (const isTmux of [false, true]) {
      const sequence = clipboardSequence(text, isTmux) ?? ''
      const own = isTmux
        ? /^\x1bPtmux;\x1b\x1b\]52;c;([A-Za-z0-9+/]*=*)\x07\x1b\\$/
        : /^\x1b\]52;c;([A-Za-z0-9+/]*=*)\x07$/
      const kept = Buffer.from(own.exec(sequence)?.[1] ?? 'no match', 'base64').toString()
      expect(kept).toBe(text.toWellFormed())
    }
  }
})
