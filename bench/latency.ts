// From put to the line of a headless tail, at the tip of 4 shards with limits on: polling and with --fan-out. The clock is in
// the record, read before it is put; writer, sandbox and tail are processes of their own.

import { spawn } from 'node:child_process'
import { BENCH_ENVIRONMENT, BUNDLE, buildProgram, sandboxProcess } from './parts/programs.ts'
import { quantile, sleep } from './parts/pty-probe.ts'
import { figuresOf, row } from './parts/turns.ts'

const SECONDS = 20
const MILLIS_BETWEEN = 37

async function delays(url: string, flags: readonly string[]): Promise<{ seen: number[]; sent: number }> {
  const tail = spawn(
    process.execPath,
    [BUNDLE, 'tail', 'tip', '--output', 'raw', '--endpoint-url', url, ...flags],
    { env: BENCH_ENVIRONMENT, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const seen: number[] = []
  let rest = ''
  tail.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const now = Date.now()
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) seen.push(now - Number(line))
  })
  // Until it is at the tip, or its consumer is ACTIVE.
  await sleep(5_000)
  const { sent } = await figuresOf<{ sent: number }>('latency-writer', [
    url,
    String(MILLIS_BETWEEN),
    String(SECONDS),
  ])
  await sleep(1_500)
  const gone = new Promise(resolve => tail.once('exit', resolve))
  tail.kill('SIGINT')
  await gone
  return { seen, sent }
}

buildProgram()
const sandbox = await sandboxProcess({ streams: [{ name: 'tip', shardCount: 4 }] })
try {
  for (const [name, flags, p50, p99] of [
    ['polling, --pace eager', ['--pace', 'eager'], 150, 400],
    ['polling, gentle as without a flag', [], 150, 400],
    ['with fan-out', ['--fan-out', '--write'], 50, 150],
  ] as const) {
    const { seen, sent } = await delays(sandbox.url, flags)
    if (seen.length !== sent) throw new Error(`${sent} records were put and ${seen.length} seen.`)
    const [middle, late] = [quantile(seen, 0.5), quantile(seen, 0.99)]
    row(
      `put to seen, ${name}`,
      `p50 ${middle} ms, p99 ${late} ms of ${sent} records`,
      `<= ${p50} / ${p99} ms`,
      middle <= p50 && late <= p99,
    )
  }
} finally {
  await sandbox.close()
}
