import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PutRecordCommand } from '@aws-sdk/client-kinesis'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { jsonLines, run } from '../cli/program.ts'
import { otherClient } from '../support/other-client.ts'
import { BUNDLE, NODE, PtyProgram } from '../support/pty-program.ts'

vi.setConfig({ testTimeout: 120_000 })

const WATCH = fileURLToPath(new URL('../support/watch-sockets.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'shardscope-sockets-'))
afterAll(() => rmSync(folder, { recursive: true }))

const running: PtyProgram[] = []
afterEach(() => {
  for (const program of running.splice(0)) program.kill()
})

/** The console with whatever it opens towards a network written down. */
function watched(args: readonly string[], name: string) {
  const file = join(folder, name)
  const program = new PtyProgram(NODE, ['--import', WATCH, BUNDLE, ...args], {
    columns: 140,
    rows: 40,
    env: { SHARDSCOPE_TEST_SOCKETS: file },
  })
  running.push(program)
  return { program, opened: () => readFileSync(file, 'utf8').split('\n').filter(Boolean) }
}

test('a whole walk through the console of a plain start opens no socket and asks no name server', async () => {
  const { program, opened } = watched([], 'walk')
  await program.waitFor(/^SANDBOX {2}ARMED {2}us-east-1 {2}embedded sandbox, no port/)
  await program.waitFor(/clickstream +ACTIVE/)
  program.press('jjH')
  await program.waitFor(/clickstream > heat/)
  program.press('\x1b')
  await program.waitFor(/> clickstream +ACTIVE/)
  // Shards, a split, and the tail that goes on in the children.
  program.press('\r')
  await program.waitFor(/> shardId-000000000000 +open/)
  program.press('t')
  await program.waitFor(/tail from latest +[1-9]\d* records?/)
  program.press('s')
  await program.waitFor(/> shardId-000000000000 +open/)
  program.press('s')
  await program.waitFor('+- Split an open shard into two')
  program.press('\r')
  await program.waitFor('y do it')
  program.press('y')
  await program.waitFor('5 open, 1 closed shard')
  program.press('q')
  expect(await program.exit).toEqual({ exitCode: 0, signal: undefined })
  expect(opened()).toEqual([])
})

test('--sandbox-port opens the streams on screen to other programs, at the URL in sight', async () => {
  const { program, opened } = watched(['--sandbox-port', '0'], 'port')
  const text = await program.waitFor(/^SANDBOX {2}ARMED {2}us-east-1 {2}http:\/\/127\.0\.0\.1:\d+/)
  const endpoint = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0] ?? ''
  await program.waitFor('> alerts')
  program.press('t')
  await program.waitFor('1 at tip')
  const producer = otherClient(endpoint)
  await producer.send(
    new PutRecordCommand({
      StreamName: 'alerts',
      PartitionKey: 'from-elsewhere',
      Data: Buffer.from('{"marker":"through the port"}'),
    }),
  )
  await program.waitFor(/from-elsewhere .*\{"marker":"through the port"\}/)
  producer.destroy()
  program.press('q')
  expect((await program.exit).exitCode).toBe(0)
  // The port alone: the console itself needs none.
  expect(opened()).toEqual(['net.listen'])
})

test('the screen is there before the streams are', async () => {
  // So many records of the past take a second or more to write.
  const file = join(folder, 'slow.json')
  const producers = [{ recordsPerSecond: 40, keys: { kind: 'single', key: 'k' }, payload: 'order' }]
  const streams = Array.from({ length: 8 }, (_, index) => ({
    name: `slow-${index}`,
    shardCount: 1,
    historyMinutes: 40,
    producers,
  }))
  writeFileSync(file, JSON.stringify({ streams }))
  const { program } = watched(['--sandbox-scenario', file], 'slow')
  const first = await program.waitFor('embedded sandbox, no port')
  expect(first).not.toContain('slow-0')
  // Keys are heard while it fills.
  program.press('?')
  expect(await program.waitFor('+- Keys')).not.toContain('slow-0')
  program.press('\x1b')
  await program.waitFor(/slow-0 +ACTIVE/)
  program.press('q')
  expect((await program.exit).exitCode).toBe(0)
})

test('faults on demand show as failed calls; the console stays', async () => {
  const file = join(folder, 'chaos.json')
  writeFileSync(
    file,
    JSON.stringify({
      seed: 1,
      faults: [{ fault: 'error', name: 'InternalFailure', operations: ['ListStreams'] }],
    }),
  )
  const { program } = watched(['--sandbox-chaos', file], 'chaos')
  await program.waitFor('InternalFailure')
  program.press('?')
  await program.waitFor('On this screen (streams)')
  program.press('\x1bq')
  program.press('q')
  expect((await program.exit).exitCode).toBe(0)
})

test('a taken port is said before the screen opens', async () => {
  const first = watched(['--sandbox-port', '0'], 'first').program
  const text = await first.waitFor(/http:\/\/127\.0\.0\.1:\d+/)
  const port = /127\.0\.0\.1:(\d+)/.exec(text)?.[1] ?? ''
  const { program } = watched(['--sandbox-port', port], 'second')
  await program.waitFor(`port ${port} of 127.0.0.1 is taken`)
  expect(program.terminal.raw).not.toContain('\x1b[?1049h')
  expect((await program.exit).exitCode).toBe(8)
})

test('a headless command says the URL of a port it was told to open, and works without one', async () => {
  const closed = await run(['streams', '--sandbox', '--json', '--names-only'])
  expect([closed.code, closed.stderr]).toEqual([0, ''])
  const opened = await run(['streams', '--sandbox-port', '0', '--json', '--names-only'])
  expect(opened.code).toBe(0)
  expect(opened.stderr).toMatch(/^http:\/\/127\.0\.0\.1:\d+ \(us-east-1; writes allowed\)\n$/)
  expect(jsonLines(opened.stdout).map(({ streamName }) => streamName)).toEqual(
    jsonLines(closed.stdout).map(({ streamName }) => streamName),
  )
})
