import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { type PtyProgram, ptyConsole } from '../support/pty-program.ts'

vi.setConfig({ testTimeout: 120_000 })

const folder = mkdtempSync(join(tmpdir(), 'shardscope-quiet-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

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

test.each([
  ['the list of streams', '', 'quiet'],
  ['the shards of a stream', '\r', 'shardId-000000000001'],
  ['a tail without records', 't', 'tail from latest'],
])('nothing is sent while nothing changes: %s', async (_where, keys, shown) => {
  const scenario = join(folder, 'quiet.json')
  writeFileSync(scenario, JSON.stringify({ streams: [{ name: 'quiet', shardCount: 2 }] }))
  const quiet = ptyConsole(['--sandbox', '--sandbox-scenario', scenario], { columns: 120, rows: 40 })
  console = quiet
  await quiet.waitFor('ACTIVE')
  if (keys !== '') quiet.press(keys)
  await quiet.waitFor(shown)
  // Ages grow: "59s" becomes "1m" by a few bytes. Between two such steps there is not one byte.
  const windows: number[] = []
  const isQuiet = (): boolean => windows.length > 1 && windows.at(-1) === 0 && windows.at(-2) === 0
  while (windows.length < 12 && !isQuiet()) {
    const before = quiet.terminal.raw.length
    await new Promise(resolve => setTimeout(resolve, 1_500))
    windows.push(quiet.terminal.raw.length - before)
  }
  expect(windows.slice(-2)).toEqual([0, 0])
})

test('a tail of 1,000 records a second at 120x40 stays below 20 kB a second', async () => {
  const scenario = join(folder, 'busy.json')
  writeFileSync(
    scenario,
    JSON.stringify({
      streams: [
        {
          name: 'busy',
          shardCount: 4,
          producers: [
            {
              recordsPerSecond: 1_000,
              keys: { kind: 'uniform', prefix: 'k-', count: 100 },
              payload: 'order',
            },
          ],
        },
      ],
    }),
  )
  const busy = ptyConsole(['--sandbox', '--sandbox-scenario', scenario], { columns: 120, rows: 40 })
  console = busy
  await busy.waitFor('ACTIVE')
  busy.press('t')
  await busy.waitFor(/tail from latest +[1-9]\d* records?/)
  const [at, before] = [performance.now(), busy.terminal.raw.length]
  await busy.waitFor(() => performance.now() - at > 5_000)
  const bytesPerSecond = (busy.terminal.raw.length - before) / ((performance.now() - at) / 1_000)
  expect(bytesPerSecond).toBeGreaterThan(100)
  expect(bytesPerSecond).toBeLessThan(20_000)
})
