import { afterEach, expect, test, vi } from 'vitest'
import { type PtyProgram, ptyConsole } from '../support/pty-program.ts'

vi.setConfig({ testTimeout: 120_000 })

let console: PtyProgram | undefined
afterEach(() => console?.kill())

test('a terminal that takes nothing for a while gets the newest frame after it, not all it missed', async () => {
  const slow = ptyConsole(['--sandbox'], { columns: 120, rows: 40 })
  console = slow
  await slow.waitFor('clickstream')
  slow.press('jjt')
  await slow.waitFor(/tail from latest +[1-9]\d* records?/)
  slow.pty.pause()
  // The kernel keeps some of what is written; of several seconds at a screen each 100 ms it would not be enough.
  await new Promise(resolve => setTimeout(resolve, 4_000))
  const before = slow.terminal.raw.length
  // Read while the terminal is stuck: what is drawn next answers it.
  slow.press('L')
  slow.pty.resume()
  await slow.waitFor('GetRecords')
  // 4 s at most at the pace of a screen that changes all the time, and one whole screen.
  expect(slow.terminal.raw.length - before).toBeLessThan(4 * 20_000 + 20_000)
  slow.press('q')
  expect((await slow.exit).exitCode).toBe(0)
  expect(slow.terminal.raw).toMatch(/\x1b\[\?1049l/)
})

test('an update is never a full clear', async () => {
  const tail = ptyConsole(['--sandbox'], { columns: 120, rows: 40 })
  console = tail
  await tail.waitFor('clickstream')
  tail.press('jjt')
  await tail.waitFor(/tail from latest +[1-9]\d* records?/)
  const at = tail.terminal.raw.length
  await tail.waitFor(() => tail.terminal.raw.length - at > 20_000)
  expect(tail.terminal.raw.slice(at)).not.toMatch(/\x1b\[[0-3]?J/)
})
