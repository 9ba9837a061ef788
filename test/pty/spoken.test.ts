import { afterEach, expect, it } from 'vitest'
import { BUNDLE, NODE, PtyProgram, ptyConsole } from '../support/pty-program.ts'

let program: PtyProgram | undefined
afterEach(() => program?.kill())

/** Everything that was written, without the two switches of bracketed paste and the one that shows the cursor at the end. */
const written = (console: PtyProgram): string => console.terminal.raw.replace(/\x1b\[\?(2004[hl]|25h)/g, '')

it('every screen is said in lines that are only ever added', async () => {
  const spoken = ptyConsole(['--sandbox', '--screen-reader'], { columns: 80, rows: 24 })
  program = spoken
  const said = (what: RegExp): Promise<string> => spoken.waitFor(() => what.test(written(spoken)))
  await said(/1 of 7: NAME alerts, STATUS ACTIVE/)
  spoken.press('/orders\r')
  await said(/1 of 1: NAME orders/)
  spoken.press('\r')
  await said(/Streams > orders; 3 open/)
  spoken.press('j')
  await said(/2 of 3: SHARD shardId-000000000001, STATE open/)
  for (const [key, screen] of [
    ['H', /> heat/],
    ['\r', /shardId-\d+ *(> |;|\r)/],
    ['\x1b', /> heat/],
    ['K', /> keys/],
  ] as const) {
    spoken.press(key)
    await said(screen)
    await new Promise(resolve => setTimeout(resolve, 50))
  }
  spoken.press('\x1b')
  spoken.press('C')
  await said(/> readers/)
  spoken.press('L')
  await said(/ListStreams \d+ ms ok/)
  for (const place of [/> readers/, /> (heat|keys)/]) {
    const already = written(spoken).length
    spoken.press('\x1b')
    await spoken.waitFor(() => place.test(written(spoken).slice(already)))
  }
  spoken.press('t')
  await said(/> tail from latest/)
  await said(/\d+ more records?; the newest is \d+ of \d+: TIME/)
  spoken.press('\r')
  await said(/Sequence number \d+/)
  spoken.press(';')
  await said(/Keys: .*q quit/)
  spoken.press('q')
  expect((await spoken.exit).exitCode).toBe(0)
  // No escape, no carriage return that a line feed does not follow, no other control.
  expect(written(spoken)).not.toMatch(/\x1b|\r(?!\n)|[\x00-\x09\x0b\x0c\x0e-\x1a\x7f\x9b]/)
  expect(spoken.terminal.isOnAlternateScreen).toBe(false)
}, 60_000)

it('a terminal that knows nothing can be spoken to', async () => {
  const spoken = new PtyProgram('/usr/bin/env', ['TERM=dumb', NODE, BUNDLE, '--sandbox'], {
    env: { INK_SCREEN_READER: 'true' },
  })
  program = spoken
  await spoken.waitFor(() => /1 of 7: NAME alerts/.test(spoken.terminal.raw))
  expect(spoken.terminal.raw).not.toContain('\x1b')
  spoken.press('q')
  expect((await spoken.exit).exitCode).toBe(0)
})
