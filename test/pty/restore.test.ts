import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { startSandbox } from '../../source/sandbox/sandbox.ts'
import { BUNDLE, NODE, PtyProgram } from '../support/pty-program.ts'

vi.setConfig({ testTimeout: 120_000 })

const HARM = fileURLToPath(new URL('../support/break-on-signal.mjs', import.meta.url))

const running: PtyProgram[] = []
const folders: string[] = []
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shardscope-restore-'))
  folders.push(folder)
})
afterEach(() => {
  for (const program of running.splice(0)) program.kill()
})
afterAll(() => {
  for (const each of folders) rmSync(each, { recursive: true, force: true })
})

async function until<T>(what: string, look: () => T | undefined): Promise<T> {
  const end = Date.now() + 25_000
  for (;;) {
    const found = look()
    if (found !== undefined) return found
    if (Date.now() > end) throw new Error(`waited for ${what}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

/** The process that wrote its number to the file. */
const pidIn = (name: string): Promise<number> =>
  until(`a process in ${name}`, () => {
    const file = join(folder, name)
    const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
    return pid > 0 ? pid : undefined
  })

/** A shell that compares the settings of its terminal before and after the console, and says the exit code. */
function inShell(args: string, env: Readonly<Record<string, string>> = {}): PtyProgram {
  const shell = new PtyProgram(
    '/bin/sh',
    [
      '-c',
      `cd ${folder}; echo "text from before"; stty -a > before
sh -c 'echo $$ > pid; exec ${NODE} ${BUNDLE} ${args}'
code=$?; stty -a > after; cmp before after && echo "same tty, code $code"; sleep 60`,
    ],
    { env },
  )
  running.push(shell)
  return shell
}

/** Every private mode that was ever switched, as it was left. */
function modesOf(raw: string): Readonly<Record<string, 'h' | 'l'>> {
  const modes: Record<string, 'h' | 'l'> = {}
  for (const [, numbers = '', state] of raw.matchAll(/\x1b\[\?([\d;]+)([hl])/g))
    for (const number of numbers.split(';')) modes[number] = state as 'h' | 'l'
  return modes
}

/** What a shell expects: the cursor to be seen, nothing else switched on. */
function expectGivenBack(shell: PtyProgram): void {
  const modes = modesOf(shell.terminal.raw)
  expect(modes[25]).toBe('h')
  for (const [number, state] of Object.entries(modes)) {
    if (number !== '25') expect(`${number}${state}`).toBe(`${number}l`)
  }
  expect(shell.terminal.isOnAlternateScreen).toBe(false)
}

async function expectEnd(shell: PtyProgram, code: number): Promise<string> {
  const text = await shell.waitFor(`same tty, code ${code}`)
  expectGivenBack(shell)
  expect(text).toMatch(/^text from before\n/)
  return text
}

function withConfig(config: object): Record<string, string> {
  mkdirSync(join(folder, 'shardscope'))
  writeFileSync(join(folder, 'shardscope/config.json'), JSON.stringify(config))
  return { XDG_CONFIG_HOME: folder }
}

describe.each([
  ['mouse off', false],
  ['mouse on', true],
])('%s', (_, hasMouse) => {
  const open = async (args = '--sandbox', env: Readonly<Record<string, string>> = {}) => {
    const shell = inShell(args, { ...env, ...withConfig({ display: { mouse: hasMouse } }) })
    await shell.waitFor('> alerts')
    const mouse = hasMouse ? { 1000: 'h', 1006: 'h' } : {}
    expect(modesOf(shell.terminal.raw)).toMatchObject({ 25: 'l', 1049: 'h', 2004: 'h', ...mouse })
    return shell
  }

  test.each([
    ['q', 'q', 0],
    ['Ctrl-C', '\x03', 130],
  ])('%s', async (_, keys, code) => {
    const shell = await open()
    const at = shell.terminal.raw.length
    shell.press(keys)
    await expectEnd(shell, code)
    // No frame is drawn or wiped on a screen that is about to go: a slow line would need seconds for it.
    expect(shell.terminal.raw.indexOf('same tty') - at).toBeLessThan(100)
  })

  test.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ] as const)('%s', async (signal, code) => {
    const shell = await open()
    process.kill(await pidIn('pid'), signal)
    await expectEnd(shell, code)
  })

  test.each([
    ['an exception while drawing', 'drawing', 1, 'padEnd is broken'],
    ['an exception in a timer', 'exception', 1, 'thrown by a timer'],
    ['a rejected promise', 'rejection', 1, 'nobody waits for this'],
    ['a library that ends the process', 'exit', 7, ''],
  ])('%s', async (_, harm, code, word) => {
    const shell = await open('--sandbox', { NODE_OPTIONS: `--import=${HARM}`, BREAK: harm })
    process.kill(await pidIn('pid'), 'SIGUSR2')
    if (harm === 'drawing') shell.press('j')
    expect(await expectEnd(shell, code)).toContain(word)
  })
})

test('what libraries print does not tear the screen', async () => {
  const shell = inShell('--sandbox', { NODE_OPTIONS: `--import=${HARM}`, BREAK: 'noise' })
  await shell.waitFor('> alerts')
  process.kill(await pidIn('pid'), 'SIGUSR2')
  shell.press('L')
  const text = await shell.waitFor('Warning: warned by')
  expect(text).toContain('written to stderr')
  expect(text).toContain('logged by a library')
  shell.press('\x1b')
  await shell.waitFor(screen => screen.includes('> alerts') && !screen.includes('library'))
  expect(modesOf(shell.terminal.raw)).toMatchObject({ 25: 'l', 1049: 'h' })
  shell.press('q')
  await expectEnd(shell, 0)
})

describe('kill -9 of another process', () => {
  test('a credential_process: the keys that it gave before go on being used', async () => {
    const sandbox = await startSandbox({ port: 0, traffic: 'demo' })
    try {
      // Keys that are about to expire, then a program that never answers.
      writeFileSync(
        join(folder, 'helper.sh'),
        `if test -e asked; then echo $$ > child; exec sleep 600; fi
touch asked
echo "{\\"Version\\": 1, \\"AccessKeyId\\": \\"test\\", \\"SecretAccessKey\\": \\"test\\", \\"Expiration\\": \\"$(date -u -d '+60 seconds' +%FT%TZ)\\"}"
`,
      )
      writeFileSync(join(folder, 'aws'), `[profile vault]\ncredential_process = sh ${folder}/helper.sh\n`)
      const shell = inShell(`--profile vault --region us-east-1 --endpoint-url ${sandbox.url}`, {
        AWS_CONFIG_FILE: join(folder, 'aws'),
      })
      const child = await pidIn('child')
      await shell.waitFor('Asking for the streams')
      process.kill(child, 'SIGKILL')
      // What it had said before still holds.
      await shell.waitFor('> alerts')
      shell.press('?')
      await shell.waitFor('On this screen')
      shell.press('\x03')
      await expectEnd(shell, 130)
    } finally {
      await sandbox.stop()
    }
  })

  test('the sandbox that it looks at: said, keys go on', async () => {
    const server = spawn(NODE, [BUNDLE, 'sandbox', '--port', '0'], { stdio: ['ignore', 'pipe', 'pipe'] })
    try {
      let said = ''
      for (const stream of [server.stdout, server.stderr]) stream.on('data', chunk => (said += chunk))
      const url = await until('the sandbox', () => /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0])
      const shell = inShell(`--endpoint-url ${url}`)
      await shell.waitFor('> alerts')
      shell.press('jjt')
      await shell.waitFor(/clickstream > tail/)
      server.kill('SIGKILL')
      await shell.waitFor('Nothing listens at')
      shell.press('?')
      await shell.waitFor('On this screen')
      shell.press('\x03')
      await expectEnd(shell, 130)
    } finally {
      server.kill('SIGKILL')
    }
  })
})

test('Ctrl-Z hands the terminal over as it was, fg takes it back with mouse and paste', async () => {
  const env = withConfig({ display: { mouse: true } })
  // The shell's own use of paste marks would hide what is left behind.
  writeFileSync(join(folder, 'inputrc'), 'set enable-bracketed-paste off\n')
  const shell = new PtyProgram('/bin/bash', ['--norc', '-i'], {
    env: { PS1: '$ ', INPUTRC: join(folder, 'inputrc'), ...env },
  })
  running.push(shell)
  await shell.waitFor('$')
  shell.press(`cd ${folder}; stty -a > before; ${NODE} ${BUNDLE} --sandbox\r`)
  await shell.waitFor('> alerts')
  for (const round of [1, 2]) {
    shell.press('\x1a')
    await shell.waitFor('Stopped')
    expectGivenBack(shell)
    shell.press(`clear; stty -a > after; cmp before after && echo same tty $((${round} + 40))\r`)
    await shell.waitFor(`same tty ${round + 40}`)
    shell.press('fg\r')
    await shell.waitFor('> alerts')
    expect(modesOf(shell.terminal.raw)).toMatchObject({ 25: 'l', 1049: 'h', 2004: 'h', 1000: 'h', 1006: 'h' })
  }
  shell.press('q')
  await shell.waitFor(text => text.trimEnd().endsWith('\n$'))
  expectGivenBack(shell)
})
