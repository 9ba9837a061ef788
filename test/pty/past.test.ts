import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type KinesisClient, ListStreamConsumersCommand, PutRecordCommand } from '@aws-sdk/client-kinesis'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Sandbox, startSandbox } from '../../source/sandbox/sandbox.ts'
import { otherClient } from '../support/other-client.ts'
import { type PtyProgram, ptyConsole } from '../support/pty-program.ts'

// Long walks, each step of which waits for the screen; a loaded machine takes its time.
vi.setConfig({ testTimeout: 120_000 })

const SIZES = [
  [60, 20],
  [80, 24],
  [140, 40],
] as const
const state = mkdtempSync(join(tmpdir(), 'shardscope-past-'))
let sandbox: Sandbox
let client: KinesisClient
const running: PtyProgram[] = []

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, traffic: 'demo' })
  client = otherClient(sandbox.url)
  await put('{"marker":"long ago"}')
})

afterEach(() => {
  for (const program of running.splice(0)) program.kill()
})

afterAll(async () => {
  client.destroy()
  await sandbox.stop()
  rmSync(state, { recursive: true, force: true })
})

function open([columns, rows]: readonly [number, number] = [140, 40]): PtyProgram {
  const options = { columns, rows, env: { XDG_STATE_HOME: state } }
  const program = ptyConsole(['--endpoint-url', sandbox.url], options)
  running.push(program)
  return program
}

const put = (payload: string) =>
  client.send(
    new PutRecordCommand({
      StreamName: 'alerts',
      PartitionKey: 'from-elsewhere',
      Data: new TextEncoder().encode(payload),
    }),
  )

/** Those that are being taken away are listed for a moment. */
async function consumersOf(streamName: string): Promise<string[]> {
  const arn = `arn:aws:kinesis:us-east-1:000000000000:stream/${streamName}`
  const { Consumers } = await client.send(new ListStreamConsumersCommand({ StreamARN: arn }))
  return (Consumers ?? [])
    .filter(each => each.ConsumerStatus !== 'DELETING')
    .map(each => each.ConsumerName ?? '')
}

describe.each(SIZES)('finding in the past, at %i x %i', (columns, rows) => {
  test('a form, the question with its cost, the results, a record, and back', async () => {
    const console = open([columns, rows])
    await console.waitFor('> alerts')
    console.press('F')
    await console.waitFor(/from \*/)
    // Esc leaves nothing behind.
    console.press('\x1b')
    await console.waitFor(text => text.includes('> alerts') && !text.includes('from *'))
    console.press('F')
    await console.waitFor(/> from \*/)
    console.press('15m')
    await console.waitFor('15m')
    console.press('\r')
    // Nothing was said of what to look for.
    await console.waitFor(/Fill in the field "key"/)
    expect(await console.terminal.text()).not.toContain('--key')
    console.press('\x1b[Z\x1b[Z')
    await console.waitFor(/> key/)
    console.press('from-elsewhere\r')
    await console.waitFor(/y do it/)
    await console.waitFor(/calls? of|read|about/)
    console.press('y')
    await console.waitFor(/FOUND/)
    await console.waitFor(/from-elsewhere|long ago/)
    console.press('\r')
    await console.waitFor('"marker": "long ago"')
    console.press('\x1b')
    await console.waitFor(/FOUND/)
    console.press('\x1b')
    await console.waitFor('> alerts')
    console.press('q')
    expect((await console.exit).exitCode).toBe(0)
  })
})

test('a bookmark that was named, and the place of the last tail: each goes on behind what was read', async () => {
  const console = open()
  await console.waitFor('> alerts')
  console.press('t')
  await console.waitFor('1 at tip')
  await put('{"marker":"first"}')
  await console.waitFor('"marker":"first"')
  console.press('B')
  await console.waitFor(/> name \*/)
  console.press('here\r')
  await console.waitFor('Bookmark here holds the places of 1 shard')
  await put('{"marker":"second"}')
  await console.waitFor('"marker":"second"')
  console.press('q')
  expect((await console.exit).exitCode).toBe(0)
  expect(JSON.parse(readFileSync(join(state, 'shardscope/bookmarks/here.json'), 'utf8'))).toMatchObject({
    v: 1,
    streamName: 'alerts',
  })
  await put('{"marker":"third"}')

  const again = open()
  await again.waitFor('> alerts')
  again.press(':continue')
  await again.waitFor(/Tail from where the last tail/)
  again.press('\r')
  await again.waitFor('"marker":"third"')
  expect(await again.terminal.text()).not.toContain('"marker":"second"')
  again.press('T')
  await again.waitFor(/> from \*/)
  again.press('bookmark:here\r')
  await again.waitFor(text => text.includes('"marker":"second"') && text.includes('"marker":"third"'))
  expect(await again.terminal.text()).not.toContain('"marker":"first"')
  again.press('q')
  expect((await again.exit).exitCode).toBe(0)
})

describe('enhanced fan-out', () => {
  const fanOut = async (console: PtyProgram) => {
    await console.waitFor('> alerts')
    console.press(':tail with enhanced')
    await console.waitFor(/> .*Tail with enhanced fan-out/)
    console.press('\r')
    await console.waitFor(/stream \*/)
    console.press('\r')
    await console.waitFor('0.015 USD an hour and shard')
    expect(await consumersOf('alerts')).toEqual([])
    console.press('y')
    await console.waitFor('with enhanced fan-out')
    await console.waitFor(/1 (at tip|reading)/)
    expect(await consumersOf('alerts')).toEqual([expect.stringMatching(/^shardscope-tail-/)])
  }
  const untilNone = async () => {
    while ((await consumersOf('alerts')).length > 0) await new Promise(resolve => setTimeout(resolve, 50))
  }

  test('says its price, pushes records, and takes the consumer away when it is left', async () => {
    const console = open()
    await fanOut(console)
    await put('{"marker":"pushed"}')
    await console.waitFor('"marker":"pushed"')
    console.press('\x1b')
    await untilNone()
    console.press('q')
    expect((await console.exit).exitCode).toBe(0)
  })

  test('takes it away when the console is quit', async () => {
    const console = open()
    await fanOut(console)
    console.press('q')
    expect((await console.exit).exitCode).toBe(0)
    expect(await consumersOf('alerts')).toEqual([])
  })

  test('wants an armed session', async () => {
    const console = open()
    await console.waitFor('> alerts')
    console.press('W')
    await console.waitFor(/^CUSTOM ENDPOINT +read-only/)
    console.press(':tail with enhanced')
    await console.waitFor(/> .*Tail with enhanced fan-out/)
    console.press('\r')
    await console.waitFor(/read-only/)
    console.press('q')
    expect((await console.exit).exitCode).toBe(0)
    expect(await consumersOf('alerts')).toEqual([])
  })
})
