/**
 * The built program at the far end of 9,600 baud (960 bytes/s) with 300 ms each way, 80x24: until the first screen is whole, from
 * key to paint, and what leaving sends. Once on a line that holds little and once behind a large buffer, as SSH has one, with and
 * without the setting `display.bytesPerSecond`. Of each key's time, 600 ms are the line's own delay.
 * Run: npm run bench -- slow-line
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawn } from '@lydell/node-pty'
import { SlowLine } from '../test/support/slow-line.ts'
import { ScreenTerminal } from '../test/support/terminal.ts'
import { BENCH_ENVIRONMENT, BUNDLE, buildProgram, row } from './parts/programs.ts'
import { quantile, sleep } from './parts/pty-probe.ts'

const KEYS = 6
const BYTES_PER_SECOND = 960
const PATIENCE_MILLIS = 30_000

async function keyTimes(
  line: SlowLine,
  screen: ScreenTerminal,
  keys: readonly (readonly [string, (text: string) => boolean])[],
): Promise<string> {
  const times: number[] = []
  for (let index = 0; index < KEYS; index += 1) {
    const [key, isShown] = keys[index % keys.length] ?? ['', () => true]
    const from = performance.now()
    line.press(key)
    const isInTime = await screen.waitFor(isShown, PATIENCE_MILLIS).then(
      () => true,
      () => false,
    )
    if (!isInTime) return `not after ${PATIENCE_MILLIS / 1_000} s`
    times.push(performance.now() - from)
    await sleep(400)
  }
  return `p50 ${quantile(times, 0.5).toFixed(0)} ms, max ${Math.max(...times).toFixed(0)} ms`
}

async function measure(name: string, bufferBytes: number, isSet: boolean): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'shardscope-slow-'))
  mkdirSync(join(folder, 'shardscope'))
  const display = isSet ? { bytesPerSecond: BYTES_PER_SECOND } : {}
  writeFileSync(join(folder, 'shardscope/config.json'), JSON.stringify({ display }))
  const screen = new ScreenTerminal(80, 24)
  const pty = spawn(process.execPath, [BUNDLE, '--sandbox'], {
    name: 'xterm-256color',
    cols: 80,
    rows: 24,
    cwd: folder,
    env: { ...BENCH_ENVIRONMENT, XDG_CONFIG_HOME: folder },
  })
  const ended = new Promise<void>(resolve => pty.onExit(() => resolve()))
  const line = new SlowLine(pty, { bytesPerSecond: BYTES_PER_SECOND, delayMillis: 300, bufferBytes }, data =>
    screen.write(data),
  )
  const at = (text: string) => (shown: string) => shown.includes(text)
  try {
    const from = performance.now()
    await screen.waitFor(/> alerts[\s\S]+q quit/, 60_000)
    const first = `${((performance.now() - from) / 1_000).toFixed(1)} s, ${line.saidBytes} bytes`
    row(`${name}: first whole screen`, first, 'reported', undefined)
    const streams = await keyTimes(line, screen, [
      ['j', at('> app-logs')],
      ['k', at('> alerts')],
    ])
    row(`${name}: key to paint, streams`, streams, 'reported', undefined)
    line.press('jj')
    await screen.waitFor('> clickstream', 60_000)
    line.press('\r')
    await screen.waitFor('> shardId-000000000000', 60_000)
    await sleep(5_000)
    const shards = await keyTimes(line, screen, [
      ['j', at('> shardId-000000000001')],
      ['k', at('> shardId-000000000000')],
    ])
    row(`${name}: key to paint, shards`, shards, 'reported', undefined)
    line.press('t')
    await screen.waitFor(/tail from latest +[1-9]\d* records?/, 60_000)
    await sleep(10_000)
    const tail = await keyTimes(line, screen, [
      [' ', at('PAUSED')],
      [' ', text => !text.includes('PAUSED')],
    ])
    row(`${name}: key to paint, tail`, tail, 'reported', undefined)
    const before = line.saidBytes
    const leaving = performance.now()
    line.press('q')
    await ended
    // The last bytes may be read after the process is gone.
    await sleep(200)
    const left = `${line.saidBytes - before} bytes, ${(performance.now() - leaving - 200).toFixed(0)} ms`
    row(`${name}: from q to the end`, left, 'reported', undefined)
  } finally {
    pty.kill('SIGKILL')
    line.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

buildProgram()
await measure('serial line', 256, false)
await measure('serial line, set', 256, true)
await measure('SSH', 2_000_000, false)
await measure('SSH, set', 2_000_000, true)
