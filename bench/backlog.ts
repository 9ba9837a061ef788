// A backlog of 1,000,000 records of 200 B in 8 shards of a sandbox with limits off, each payload a line in a file: ours, paced as
// on AWS and unlimited, beside a bare loop on the SDK's client, kinesis-tailf and async-kinesis. Wall and CPU seconds of the
// reading process until the last byte is in the file. kinesis-tailf v0.5.1 is taken from KINESIS_TAILF (its program).

import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BENCH_ENVIRONMENT, BUNDLE, buildProgram, CACHE, prepare, sandboxProcess } from './parts/programs.ts'
import { cpuMillis, sleep } from './parts/pty-probe.ts'
import { figuresOf, median, row } from './parts/turns.ts'

const RECORDS = Number(process.env.BACKLOG_RECORDS ?? 1_000_000)
const BYTES = 200
const ROUNDS = 3
const PATIENCE_MILLIS = 180_000
const ASYNC_KINESIS_VERSION = '3.0.1'

/** Peers whose one run says enough: many times slower, or paced by the clock. */
const ONCE = new Set(['paced', 'async-kinesis'])

function asyncKinesis(): string {
  const folder = join(CACHE, `async-kinesis-${ASYNC_KINESIS_VERSION}`)
  const file = join(folder, 'bin/async-kinesis')
  if (!existsSync(file)) {
    mkdirSync(CACHE, { recursive: true })
    prepare('python3', ['-m', 'venv', folder])
    prepare(join(folder, 'bin/pip'), ['install', '--quiet', `async-kinesis[cli]==${ASYNC_KINESIS_VERSION}`])
  }
  return file
}

type Reader = readonly [file: string, ...args: string[]]
type Figures = { readonly seconds: number; readonly cpuSeconds: number }

/** Undefined where the reader did not bring all records in time. */
async function run([file, ...args]: Reader, url: string): Promise<Figures | undefined> {
  const path = join(tmpdir(), `shardscope-backlog-${process.pid}`)
  const output = openSync(path, 'w')
  const startedAt = performance.now()
  const child = spawn(file, args, {
    env: { ...BENCH_ENVIRONMENT, AWS_ENDPOINT_URL_KINESIS: url },
    stdio: ['ignore', output, 'ignore'],
  })
  const gone = new Promise(resolve => child.once('exit', resolve))
  try {
    let cpu = 0
    while (statSync(path).size < RECORDS * (BYTES + 1)) {
      if (performance.now() - startedAt > PATIENCE_MILLIS) return undefined
      if (child.exitCode !== null) return undefined
      await sleep(10)
      // Taken while it still lives: some leave with the last record.
      if (child.exitCode === null && child.pid !== undefined) cpu = cpuMillis(child.pid)
    }
    return { seconds: (performance.now() - startedAt) / 1_000, cpuSeconds: cpu / 1_000 }
  } finally {
    child.kill('SIGKILL')
    await gone
    closeSync(output)
    rmSync(path)
  }
}

buildProgram()
const sandbox = await sandboxProcess({ streams: [] }, ['--limits', 'off'])
try {
  const { url } = sandbox
  await figuresOf('backlog-load', [url, 'backlog', '8', String(RECORDS), String(BYTES)])
  const ours = [
    BUNDLE,
    ...['tail', 'backlog', '--from', 'oldest', '--exit-at-tip', '--output', 'raw', '--endpoint-url', url],
  ]
  const tailf = process.env.KINESIS_TAILF
  const from = new Date(Date.now() - 86_400_000).toISOString().slice(0, 19).replace('T', ' ')
  const readers: Record<string, Reader | undefined> = {
    unlimited: [process.execPath, ...ours, '--pace', 'unlimited'],
    sdk: [process.execPath, fileURLToPath(new URL('backlog-sdk.ts', import.meta.url)), url, 'backlog'],
    tailf: tailf === undefined ? undefined : [tailf, '-stream', 'backlog', '-lf', '-start', from],
    paced: [process.execPath, ...ours],
    'async-kinesis': [
      asyncKinesis(),
      ...['--endpoint-url', url, 'tail', 'backlog', '-i', 'TRIM_HORIZON', '-f', 'raw', '-p', 'string'],
    ],
  }
  const all = new Map<string, Figures[]>()
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, reader] of Object.entries(readers)) {
      if (reader === undefined || (round > 0 && ONCE.has(name))) continue
      const figures = await run(reader, url)
      if (figures !== undefined) all.set(name, [...(all.get(name) ?? []), figures])
    }
  }
  const of = (name: string) => ({
    seconds: median(all.get(name)?.map(({ seconds }) => seconds) ?? []),
    cpu: median(all.get(name)?.map(({ cpuSeconds }) => cpuSeconds) ?? []),
  })
  const own = of('unlimited')
  const paced = of('paced')
  const told = (figures: { seconds: number; cpu: number }) =>
    `${figures.seconds.toFixed(1)} s (CPU ${figures.cpu.toFixed(1)} s)`
  for (const [name, title, target] of [
    ['sdk', 'a bare loop on the SDK client', 2],
    ['tailf', 'kinesis-tailf v0.5.1', 1],
    ['async-kinesis', `async-kinesis ${ASYNC_KINESIS_VERSION}`, 4],
  ] as const) {
    const peer = of(name)
    if (!all.has(name)) {
      const why =
        readers[name] === undefined ? 'not here (KINESIS_TAILF names its program)' : 'did not read all'
      console.log(`| backlog against ${title} | ${why} | >= ${target}x | - |`)
      continue
    }
    const [wall, cpu] = [peer.seconds / own.seconds, peer.cpu / own.cpu]
    row(
      `backlog against ${title}`,
      `${told(own)}, it ${told(peer)} = ${wall.toFixed(2)}x (CPU ${cpu.toFixed(2)}x)`,
      `>= ${target}x`,
      wall >= target && cpu >= target,
    )
  }
  console.log(`| the same paced as on AWS, 2 MiB/s a shard | ${told(paced)} | reported | - |`)
} finally {
  await sandbox.close()
}
