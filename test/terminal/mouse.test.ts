import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { KeyAssembler } from '../../source/key-assembler.ts'
import { MOUSE_OFF, MOUSE_ON, type MouseEvent, withoutMouse } from '../../source/mouse-input.ts'
import { type PtyProgram, ptyConsole } from '../support/pty-program.ts'

/** What reaches the keys and the mouse, of chunks as a line delivers them. */
function through(chunks: readonly string[]): { keys: string; events: MouseEvent[] } {
  let keys = ''
  const events: MouseEvent[] = []
  const waiting: (() => void)[] = []
  const assembler = new KeyAssembler(
    text => {
      const split = withoutMouse(text)
      keys += split.keys
      events.push(...split.events)
    },
    callback => {
      waiting.push(callback)
      return () => waiting.splice(waiting.indexOf(callback), 1)
    },
  )
  for (const chunk of chunks) assembler.push(chunk)
  for (const callback of waiting.splice(0)) callback()
  return { keys, events }
}

describe('reports of a mouse', () => {
  test.each([
    ['\x1b[<0;12;7M', { kind: 'press', column: 12, row: 7 }],
    ['\x1b[<4;400;120M', { kind: 'press', column: 400, row: 120 }],
    ['\x1b[<64;1;1M', { kind: 'wheel-up', column: 1, row: 1 }],
    ['\x1b[<65;1;1M', { kind: 'wheel-down', column: 1, row: 1 }],
  ])('%j', (report, event) => expect(withoutMouse(report)).toEqual({ keys: '', events: [event] }))

  test.each(['\x1b[<0;12;7m', '\x1b[<2;1;1M', '\x1b[<35;3;3M', '\x1b[<0;0;0M', '\x1b[M !!', '\x1b[M\x60aq'])(
    '%j is nobody\u2019s wish',
    report => expect(withoutMouse(report)).toEqual({ keys: '', events: [] }),
  )

  test('keys around them stay, in order', () => {
    expect(withoutMouse('j\x1b[<0;2;3Mk\x1b[A')).toEqual({
      keys: 'jk\x1b[A',
      events: [{ kind: 'press', column: 2, row: 3 }],
    })
  })

  test.each(['\x1b[<0;12;7M', '\x1b[<65;118;9M', '\x1b[MDqD'])('%j torn anywhere types nothing', report => {
    const whole = through([report])
    for (let at = 1; at < report.length; at += 1) {
      const torn = through([report.slice(0, at), report.slice(at)])
      expect(torn, `at ${at}`).toEqual(whole)
      // The second half never comes.
      const half = through([report.slice(0, at)])
      expect(half.keys.replaceAll('\x1b', '')).toBe('')
    }
    expect(through([...report]).keys).toBe('')
  })
})

describe('in a real terminal', () => {
  let program: PtyProgram | undefined
  const home = mkdtempSync(join(tmpdir(), 'shardscope-mouse-'))
  mkdirSync(join(home, 'shardscope'))
  writeFileSync(join(home, 'shardscope/config.json'), '{ "display": { "mouse": true } }')
  afterEach(() => program?.kill())
  afterAll(() => rmSync(home, { recursive: true, force: true }))
  const balance = (raw: string): boolean => raw.lastIndexOf(MOUSE_OFF) > raw.lastIndexOf(MOUSE_ON)

  test('off unless wanted; the palette switches it on and off', async () => {
    program = ptyConsole(['--sandbox'])
    await program.waitFor(text => text.includes('ACTIVE'))
    expect(program.terminal.raw).not.toContain('\x1b[?1000')
    // A report that an earlier program left behind is no key: D would ask to delete.
    program.press('\x1b[<0;5;7M')
    program.press(':mouse\r')
    await program.waitFor(text => text.includes('The mouse is on'))
    expect(program.terminal.raw).toContain(MOUSE_ON)
    program.press(':mouse\r')
    await program.waitFor(text => text.includes('belongs to the terminal'))
    expect(balance(program.terminal.raw)).toBe(true)
  })

  test('a click chooses a row, the wheel moves, a key of the last line is pressed; all is given back', async () => {
    const shown = ptyConsole(['--sandbox'], { env: { XDG_CONFIG_HOME: home } })
    program = shown
    await shown.waitFor(text => /> alerts/.test(text) && text.includes('payments'))
    const lines = (await shown.terminal.lines()).map(line => line.trimEnd())
    const row = lines.findIndex(line => /^ +orders /.test(line)) + 1
    shown.press(`\x1b[<0;4;${row}M\x1b[<0;4;${row}m`)
    await shown.waitFor(text => /^> orders/m.test(text))
    shown.press('\x1b[<64;4;10M\x1b[<64;4;10M\x1b[<64;4;10M')
    await shown.waitFor(text => /^> alerts/m.test(text))
    const keys = lines.at(-1) ?? ''
    shown.press(`\x1b[<0;${keys.indexOf('? help') + 4};24M`)
    await shown.waitFor(text => text.includes('On this screen (streams)'))
    shown.press('\x1b')
    await shown.waitFor(text => !text.includes('On this screen'))
    shown.press(`\x1b[<0;${keys.indexOf('q quit') + 1};24M`)
    expect((await shown.exit).exitCode).toBe(0)
    expect(balance(shown.terminal.raw)).toBe(true)
  })

  test.each(['SIGTERM', 'SIGHUP'] as const)('given back at %s', async signal => {
    program = ptyConsole(['--sandbox'], { env: { XDG_CONFIG_HOME: home } })
    await program.waitFor(text => text.includes('ACTIVE'))
    expect(program.terminal.raw).toContain(MOUSE_ON)
    process.kill(program.pty.pid, signal)
    await program.exit
    expect(balance(program.terminal.raw)).toBe(true)
  })

  test('given to the shell during Ctrl-Z, and taken again', async () => {
    const shell = ptyConsole(['--sandbox'], { env: { XDG_CONFIG_HOME: home } })
    program = shell
    await shell.waitFor(text => text.includes('ACTIVE'))
    const before = shell.terminal.raw.length
    shell.press('\x0c')
    // Drawing anew hands the terminal over for a moment: off, then on.
    await shell.waitFor(() => shell.terminal.raw.slice(before).includes(MOUSE_ON))
    expect(shell.terminal.raw.slice(before)).toMatch(
      /\x1b\[\?1006l\x1b\[\?1000l[\s\S]*\x1b\[\?1000h\x1b\[\?1006h/,
    )
  })
})
