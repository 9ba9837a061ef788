import { type KinesisClient, PutRecordCommand } from '@aws-sdk/client-kinesis'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Sandbox, startSandbox } from '../../source/sandbox/sandbox.ts'
import { otherClient } from '../support/other-client.ts'
import { BUNDLE, NODE, PtyProgram, ptyConsole } from '../support/pty-program.ts'
import { controlsIn, isOurControl } from '../support/terminal.ts'

// Long walks, each step of which waits for the screen; a loaded machine takes its time.
vi.setConfig({ testTimeout: 120_000 })

let sandbox: Sandbox
let client: KinesisClient
const running: PtyProgram[] = []

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, traffic: 'demo' })
  client = otherClient(sandbox.url)
})

afterEach(() => {
  for (const program of running.splice(0)) program.kill()
})

afterAll(async () => {
  client.destroy()
  await sandbox.stop()
})

function track(program: PtyProgram): PtyProgram {
  running.push(program)
  return program
}

const open = (options?: Parameters<typeof ptyConsole>[1], args = ['--endpoint-url', sandbox.url]) =>
  track(ptyConsole(args, options))

const put = (payload: string) =>
  client.send(
    new PutRecordCommand({
      StreamName: 'alerts',
      PartitionKey: 'from-elsewhere',
      Data: new TextEncoder().encode(payload),
    }),
  )

test('open, walk to the tail, see a record of another process, split a shard, see the tail go on in the children, quit', async () => {
  const console = open({ columns: 140, rows: 40 })
  await console.waitFor(/> alerts +ACTIVE +provisioned +1/)
  console.press('\r')
  await console.waitFor(/> shardId-000000000000 +open +100\.0 %/)
  console.press('t')
  await console.waitFor('1 at tip')
  await put('{"marker":"before the split"}')
  await console.waitFor(/from-elsewhere +29 B .*\{"marker":"before the split"\}/)
  console.press('s')
  await console.waitFor(/> shardId-000000000000 +open/)
  console.press('s')
  await console.waitFor('+- Split an open shard into two')
  console.press('\r')
  await console.waitFor('y do it')
  console.press('y')
  await console.waitFor('2 open, 1 closed shard')
  console.press('\x1b')
  await console.waitFor('2 at tip, 1 ended')
  await put('{"marker":"after the split"}')
  // The hash key of "from-elsewhere" begins with a5 by md5sum: the upper half, shard 2.
  await console.waitFor(/ 2 {2}from-elsewhere .*\{"marker":"after the split"\}/)
  console.press('q')
  expect(await console.exit).toEqual({ exitCode: 0, signal: undefined })
  expect(await console.terminal.text()).toBe('\n'.repeat(39))
  expect(console.terminal.isOnAlternateScreen).toBe(false)
})

test('without a word about where, it opens on a sandbox of its own, with traffic', async () => {
  const console = open({}, [])
  await console.waitFor(/^SANDBOX {2}ARMED {2}us-east-1 {2}embedded sandbox, no port/)
  await console.waitFor(/clickstream +ACTIVE/)
  console.press('jjt')
  await console.waitFor(/clickstream > tail from latest +[1-9]\d* records?/)
  console.press('q')
  expect((await console.exit).exitCode).toBe(0)
})

describe('the terminal is given back', () => {
  /** A shell whose own tty settings show what was left behind. */
  const inShell = (command: string) =>
    track(
      new PtyProgram('/bin/sh', [
        '-c',
        `stty -a > before; ${command}; code=$?; stty -a > after; cmp before after && echo "same tty, code $code"; sleep 30`,
      ]),
    )

  test.each([
    ['q', 'q', 0],
    ['Ctrl-C', '\x03', 130],
  ])('after %s', async (_, keys, code) => {
    const shell = inShell(`${NODE} ${BUNDLE} --endpoint-url ${sandbox.url}`)
    await shell.waitFor('> alerts')
    expect(shell.terminal.isOnAlternateScreen).toBe(true)
    shell.press(keys)
    await shell.waitFor(`same tty, code ${code}`)
    expect(shell.terminal.isOnAlternateScreen).toBe(false)
    expect(shell.terminal.raw.lastIndexOf('\x1b[?25h')).toBeGreaterThan(
      shell.terminal.raw.lastIndexOf('\x1b[?25l'),
    )
    expect(shell.terminal.raw.lastIndexOf('\x1b[?2004l')).toBeGreaterThan(
      shell.terminal.raw.lastIndexOf('\x1b[?2004h'),
    )
  })

  test.each([
    ['TERM', 143],
    ['HUP', 129],
    ['INT', 130],
  ])('after SIG%s', async (signal, code) => {
    const program = open()
    await program.waitFor('> alerts')
    process.kill(program.pty.pid, `SIG${signal}`)
    expect((await program.exit).exitCode).toBe(code)
    await program.terminal.text()
    expect(program.terminal.isOnAlternateScreen).toBe(false)
    expect(program.terminal.raw.lastIndexOf('\x1b[?25h')).toBeGreaterThan(
      program.terminal.raw.lastIndexOf('\x1b[?25l'),
    )
  })
})

test('Ctrl-Z gives the shell its terminal, and fg brings the screen back', async () => {
  const shell = track(new PtyProgram('/bin/bash', ['--norc', '-i'], { env: { PS1: '$ ' } }))
  await shell.waitFor('$')
  shell.press(`${NODE} ${BUNDLE} --endpoint-url ${sandbox.url}\r`)
  await shell.waitFor('> alerts')
  shell.press('j\x1a')
  await shell.waitFor('Stopped')
  expect(shell.terminal.isOnAlternateScreen).toBe(false)
  shell.press('echo the shell is $((40 + 2))\r')
  await shell.waitFor('the shell is 42')
  shell.press('fg\r')
  await shell.waitFor(text => text.includes('> app-logs') && !text.includes('the shell'))
  shell.press('k')
  await shell.waitFor('> alerts')
  shell.press('q')
  await shell.waitFor(text => text.includes('the shell is 42') && !shell.terminal.isOnAlternateScreen)
  shell.press('exit\r')
})

test('a terminal that hangs up ends it', async () => {
  const program = open()
  await program.waitFor('> alerts')
  const { pid } = program.pty
  ;(program.pty as unknown as { destroy(): void }).destroy()
  const until = Date.now() + 10_000
  for (;;) {
    try {
      process.kill(pid, 0)
    } catch {
      break
    }
    if (Date.now() > until) throw new Error(`process ${pid} outlived its terminal`)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
})

test('it follows the size of the terminal', async () => {
  const program = open()
  await program.waitFor('> alerts')
  program.resize(30, 8)
  await program.waitFor('Too small: 30x8.')
  program.resize(120, 30)
  const text = await program.waitFor('> alerts')
  expect(text.split('\n').at(-1)).toMatch(/q quit$/)
})

test('NO_COLOR: no colour is sent, and only our own sequences are', async () => {
  const program = open({ env: { NO_COLOR: '1' } })
  await program.waitFor('> alerts')
  program.press('?')
  await program.waitFor('+- Keys')
  const controls = controlsIn(program.terminal.raw)
  expect(controls.filter(control => /^\x1b\[(?:[349]|10)\d/.test(control) && control.endsWith('m'))).toEqual(
    [],
  )
  expect(controls.filter(control => !isOurControl(control))).toEqual([])
})

test.each([
  ['a pipe for output', `${NODE} ${BUNDLE} | cat`, 'the console needs a terminal for input and output'],
  ['a pipe for input', `echo q | ${NODE} ${BUNDLE}`, 'the console needs a terminal for input and output'],
  ['TERM=dumb', `TERM=dumb ${NODE} ${BUNDLE}`, 'TERM is "dumb"'],
])('%s is answered with a clear word', async (_, command, word) => {
  const shell = track(
    new PtyProgram('/bin/sh', ['-c', `${command}; echo "ended"; sleep 30`], { columns: 120 }),
  )
  const text = await shell.waitFor('ended')
  expect(text).toContain(word)
  expect(shell.terminal.raw).not.toContain('\x1b[?1049h')
})

test('CI in the environment does not blank the screen', async () => {
  const program = open({ env: { CI: '' } })
  await program.waitFor('> alerts')
})

test('an endpoint that does not answer is said on screen, and the keys go on working', async () => {
  const program = open({}, ['--endpoint-url', 'http://127.0.0.1:9'])
  await program.waitFor('! Not reachable: ListStreams')
  program.press('?')
  await program.waitFor('On this screen (streams)')
  program.press('\x1b')
  await program.waitFor('! Not reachable')
  program.press('q')
  expect((await program.exit).exitCode).toBe(0)
})
