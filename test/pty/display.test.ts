import { spawnSync } from 'node:child_process'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { BUNDLE, NODE, PtyProgram, ptyConsole } from '../support/pty-program.ts'
import { controlsIn, isOurControl } from '../support/terminal.ts'

vi.setConfig({ testTimeout: 120_000 })

const running: PtyProgram[] = []
afterEach(() => {
  for (const program of running.splice(0)) program.kill()
})
const track = (program: PtyProgram): PtyProgram => {
  running.push(program)
  return program
}

test('Ctrl-L draws everything anew without leaving raw mode or the screen', async () => {
  const console = track(ptyConsole(['--sandbox']))
  const before = await console.waitFor('> alerts')
  // As another program would, from behind.
  console.terminal.write('\x1b[5;1Hgarbage over the rows\x1b[20;3H')
  await console.waitFor('garbage')
  const at = console.terminal.raw.length
  console.press('\x0c')
  const after = await console.waitFor(text => !text.includes('garbage') && text.includes('> alerts'))
  expect(after.split('\n').slice(2, 5)).toEqual(before.split('\n').slice(2, 5))
  expect(console.terminal.raw.slice(at)).not.toMatch(/\x1b\[\?(?:1049[hl]|2004l|25h)/)
})

test('a key without a meaning is said once, with the key that helps', async () => {
  const console = track(ptyConsole(['--sandbox']))
  await console.waitFor('> alerts')
  console.press('z')
  await console.waitFor('z does nothing here; ? for help.')
})

describe.each([
  ['xterm-256color', { TERM: 'xterm-256color' }],
  ['tmux', { TERM: 'tmux-256color', TMUX: '/none,1,0' }],
  ['screen', { TERM: 'screen' }],
  ['linux console', { TERM: 'linux' }],
  ['16 colours', { TERM: 'xterm-16color' }],
  ['NO_COLOR', { NO_COLOR: '1' }],
  ['light background', { COLORFGBG: '0;15' }],
  ['locale C', { LC_ALL: 'C' }],
  ['ISO-8859-1', { LANG: 'en_US.ISO-8859-1', LC_ALL: '' }],
] as const)('%s', (_, env) => {
  test('shows the screens, sends nothing that the terminal may not know, and gives it back', async () => {
    const console = track(ptyConsole(['--sandbox'], { env }))
    await console.waitFor('> alerts')
    console.press('?')
    await console.waitFor('+- Keys')
    console.press('\x1b')
    await console.waitFor(text => !text.includes('+- Keys'))
    console.press('q')
    expect((await console.exit).exitCode).toBe(0)
    await console.terminal.text()
    expect(console.terminal.isOnAlternateScreen).toBe(false)
    const { raw } = console.terminal
    expect(controlsIn(raw).filter(control => !isOurControl(control))).toEqual([])
    const isUnicode = !('LC_ALL' in env) && !('TERM' in env && env.TERM === 'linux')
    if (!isUnicode) expect(raw).not.toMatch(/[^\x00-\x7f]/)
    if ('TERM' in env && env.TERM !== 'xterm-256color' && env.TERM !== 'tmux-256color')
      expect(raw).not.toContain('38;5;')
    if ('NO_COLOR' in env) expect(raw).not.toMatch(/\x1b\[3\d/)
  })
})

describe('without a terminal on both sides', () => {
  const WORD = 'the console needs a terminal for input and output'
  /** In a terminal of its own, so that what is not redirected is one. */
  const open = async (redirection: string) => {
    const shell = track(
      new PtyProgram(
        '/bin/bash',
        [
          '-c',
          `set -o pipefail; ${redirection.replace('PROGRAM', `${NODE} ${BUNDLE}`)}; echo "code $?"; sleep 30`,
        ],
        { columns: 120 },
      ),
    )
    const text = await shell.waitFor(/code \d+/)
    return { text, raw: shell.terminal.raw }
  }

  test.each([
    ['input', 'PROGRAM < /dev/null'],
    ['a pipe for input', 'true | PROGRAM'],
    ['a pipe for output', 'PROGRAM | cat'],
    ['pipes for both', 'true | PROGRAM | cat'],
    ['all three', 'true | PROGRAM 2>&1 | cat'],
  ])('%s: a clear word, the exit code of wrong use, no screen', async (_, redirection) => {
    const { text, raw } = await open(redirection)
    expect(text).toContain(WORD)
    expect(text).toContain('code 2')
    expect(raw).not.toContain('\x1b[?')
  })

  test.each([
    ['pipes', 'true | PROGRAM streams --sandbox | cat'],
    ['a terminal', 'PROGRAM streams --sandbox'],
  ])('%s: a command answers', async (_, redirection) => {
    const { text } = await open(redirection)
    expect(text).toContain('clickstream')
    expect(text).toContain('code 0')
  })

  test('stderr in a file: the screen is there, and nothing of it in the file', async () => {
    const shell = track(
      new PtyProgram('/bin/sh', [
        '-c',
        `${NODE} ${BUNDLE} --sandbox 2> stderr.txt; echo "code $?"; wc -c < stderr.txt; sleep 30`,
      ]),
    )
    await shell.waitFor('> alerts')
    shell.press('q')
    const text = await shell.waitFor(/code 0\n\d+/)
    expect(text).toMatch(/code 0\n0/)
  })
})

test('-h is --help', () => {
  const help = (...args: string[]) => spawnSync(NODE, [BUNDLE, ...args], { encoding: 'utf8' })
  for (const words of [[], ['streams'], ['completion']]) {
    const short = help(...words, '-h')
    expect(short.status).toBe(0)
    expect(short.stdout).toBe(help(...words, '--help').stdout)
    expect(short.stdout).toContain('shardscope')
  }
})
