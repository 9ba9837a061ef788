import { afterAll, beforeAll, expect, it } from 'vitest'
import { BookmarkKeeper } from '../../source/commands/bookmark.ts'
import type { StateFiles } from '../../source/commands/command.ts'
import { jsonLines, SandboxProgram } from './program.ts'

const sandbox = new SandboxProgram()
const { json, run } = sandbox

beforeAll(() => sandbox.start())
afterAll(() => sandbox.program.stop())

const put = (stream: string, text: string) => json('put', stream, '--partition-key', text, '--data', text)
const goOn = async (stream: string, name: string, ...args: string[]) => {
  const finished = await run(['tail', stream, '--bookmark', name, '--exit-at-tip', '--json', ...args])
  return { ...finished, texts: jsonLines(finished.stdout).map(({ decoded }) => decoded) }
}

it('every record once, whatever ended the tail, through a split and a merge', async () => {
  await json('create', 'orders', '--shards', '1')
  const first = sandbox.begin('tail', 'orders', '--bookmark', 'nightly', '--json')
  await first.until('it tails', ({ stderr }) => stderr.includes('Tailing orders'))
  for (const text of ['a', 'b', 'c']) await put('orders', text)
  await first.until('three records', ({ stdout }) => stdout.split('\n').length > 3)
  const stopped = await first.stop('SIGINT')
  expect(jsonLines(stopped.stdout).map(({ decoded }) => decoded)).toEqual(['a', 'b', 'c'])

  await put('orders', 'd')
  await json('split', 'orders', '0')
  for (const text of ['e', 'f', 'g', 'h']) await put('orders', text)
  const second = await goOn('orders', 'nightly', '--limit', '2')
  await json('merge', 'orders', '1', '2')
  for (const text of ['i', 'j']) await put('orders', text)
  const third = await goOn('orders', 'nightly')
  expect(second.texts).toHaveLength(2)
  expect([...second.texts, ...third.texts].toSorted()).toEqual(['d', 'e', 'f', 'g', 'h', 'i', 'j'])
  expect((await goOn('orders', 'nightly')).texts).toEqual([])
})

it('a stream that was created again is said, and read from its oldest record', async () => {
  await json('create', 'short', '--shards', '1')
  await put('short', 'old')
  expect((await goOn('short', 'lives', '--from', 'oldest')).texts).toEqual(['old'])
  await json('delete', 'short', '--yes', 'short')
  await json('create', 'short', '--shards', '1')
  await put('short', 'new')
  const after = await goOn('short', 'lives')
  expect(after.texts).toEqual(['new'])
  expect(after.stderr).toContain('the stream was deleted and created again')
})

it('is refused for another stream, for a bad name, and together with --until', async () => {
  await json('create', 'other', '--shards', '1')
  await json('create', 'mine', '--shards', '1')
  await goOn('mine', 'taken')
  const other = await goOn('other', 'taken')
  expect(other.code).toBe(2)
  expect(other.stderr).toContain('the bookmark taken is one of')
  expect((await goOn('mine', '../x')).stderr).toContain('is no name')
  const until = await run(['tail', 'mine', '--bookmark', 'n', '--until', '1m'])
  expect(until.stderr).toContain('exclude each other')
})

it('says that records expired meanwhile', async () => {
  const files = new Map<string, string>()
  const store: StateFiles = {
    folder: '/state',
    read: async name => files.get(name),
    write: async (name, text) => void files.set(name, text),
    remove: async name => void files.delete(name),
    list: async () => [...files.keys()],
  }
  const target = {
    stream: { streamName: 'orders' },
    endpoint: 'http://127.0.0.1:1',
    summary: { streamName: 'orders', retentionPeriodHours: 24 },
  }
  const at = Date.parse('2026-11-30T12:00:00Z')
  const before = new BookmarkKeeper(store, 'n', target)
  await before.open({ type: 'oldest' }, at)
  const record = {
    streamName: 'orders',
    shardId: 'shardId-000000000000',
    sequenceNumber: '7',
    data: new Uint8Array(),
    approximateArrivalTimestamp: new Date(at),
  }
  await before.taken(
    { type: 'records-arrived', shardId: record.shardId, records: [record], receivedAtMillis: at },
    at,
  )
  const soon = await new BookmarkKeeper(store, 'n', target).open({ type: 'latest' }, at + 3_600_000)
  expect(soon.notes).toHaveLength(1)
  expect(soon.from).toMatchObject({ type: 'places' })
  const late = await new BookmarkKeeper(store, 'n', target).open({ type: 'latest' }, at + 30 * 3_600_000)
  expect(late.notes.at(-1)).toContain('older than the retention of 24 h')
})
