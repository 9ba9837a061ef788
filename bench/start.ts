/**
 * How soon the first headless line and the first frame are there: against the AWS CLI's list-streams on the same endpoint, against
 * our own unbundled build, and as one executable where it was built (npm run build:binary). Wall clock from the start of the
 * process; all contenders in turn. Run: npm run bench -- start
 */
import { spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { transform } from 'esbuild'
import {
  awsCli,
  BENCH_ENVIRONMENT,
  BUNDLE,
  buildProgram,
  CACHE,
  ROOT,
  row,
  sandboxProcess,
} from './parts/programs.ts'
import { cpuMillis, PtyProbe, quantile } from './parts/pty-probe.ts'

const ROUNDS = 9

/** Every source file by itself, types taken off, packages as npm laid them: what a bundle is measured against. */
async function unbundledEntry(): Promise<string> {
  const folder = join(CACHE, 'unbundled')
  rmSync(folder, { recursive: true, force: true })
  for (const entry of readdirSync(join(ROOT, 'source'), { recursive: true, encoding: 'utf8' })) {
    if (entry.endsWith('.json')) {
      mkdirSync(dirname(join(folder, 'source', entry)), { recursive: true })
      cpSync(join(ROOT, 'source', entry), join(folder, 'source', entry))
    }
    if (!/\.tsx?$/.test(entry)) continue
    const { code } = await transform(readFileSync(join(ROOT, 'source', entry), 'utf8'), {
      loader: entry.endsWith('x') ? 'tsx' : 'ts',
      format: 'esm',
      jsx: 'automatic',
    })
    const target = join(folder, 'source', entry.replace(/\.tsx?$/, '.js'))
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, code.replace(/(["'])(\.{1,2}\/[^"'\n]+)\.tsx?\1/g, '$1$2.js$1'))
  }
  cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'))
  return join(folder, 'source/bin.js')
}

type Sample = { readonly wall: number; readonly cpu: number }

/** Until the first bytes on stdout. */
function firstLine(file: string, args: readonly string[]): Promise<Sample> {
  const began = performance.now()
  const child = spawn(file, args, { env: BENCH_ENVIRONMENT, stdio: ['ignore', 'pipe', 'inherit'] })
  return new Promise((resolve, reject) => {
    let sample: Sample | undefined
    child.stdout.on('data', () => {
      sample ??= { wall: performance.now() - began, cpu: cpuMillis(child.pid ?? 0) }
    })
    child.once('error', reject)
    child.once('close', code =>
      sample !== undefined && code === 0 ? resolve(sample) : reject(new Error(`${file}: exit code ${code}`)),
    )
  })
}

/** Until the status line of the first frame is at the terminal. */
async function firstFrame(file: string, args: readonly string[]): Promise<Sample> {
  const probe = new PtyProbe(file, args)
  await probe.untilSent('SANDBOX')
  const sample = { wall: performance.now() - probe.startedAt, cpu: cpuMillis(probe.pid) }
  await probe.close()
  return sample
}

async function compare(contenders: Readonly<Record<string, () => Promise<Sample>>>) {
  const samples = new Map(Object.keys(contenders).map(name => [name, [] as Sample[]]))
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, run] of Object.entries(contenders)) {
      const sample = await run()
      // The first round warms the disk.
      if (round > 0) samples.get(name)?.push(sample)
    }
  }
  return (name: string) => {
    const of = samples.get(name) ?? []
    const wall = quantile(
      of.map(sample => sample.wall),
      0.5,
    )
    const cpu = quantile(
      of.map(sample => sample.cpu),
      0.5,
    )
    return { wall, cpu, text: `${Math.round(wall)} ms (${cpu} ms of CPU)` }
  }
}

buildProgram()
const node = process.execPath
const binary = join(ROOT, 'dist/shardscope')
const hasBinary = existsSync(binary)
const { file: aws, version } = awsCli()
const unbundled = await unbundledEntry()
const sandbox = await sandboxProcess({
  streams: ['clicks', 'orders', 'payments'].map(name => ({ name, shardCount: 2 })),
})
try {
  const streams = ['streams', '--endpoint-url', sandbox.url]
  const lines = await compare({
    node: () => firstLine(node, ['-e', 'console.log(1)']),
    ours: () => firstLine(node, [BUNDLE, ...streams]),
    aws: () => firstLine(aws, ['kinesis', 'list-streams', '--endpoint-url', sandbox.url]),
    ...(hasBinary ? { binary: () => firstLine(binary, streams) } : {}),
  })
  const ours = lines('ours')
  const theirs = lines('aws')
  const ratio = ours.wall / theirs.wall
  row(
    `first headless line, AWS CLI ${version}`,
    `${ours.text} / ${theirs.text} = ${ratio.toFixed(2)}x; Node alone ${lines('node').text}`,
    '<= 0.25x',
    ratio <= 0.25,
  )
  const frames = await compare({
    ours: () => firstFrame(node, [BUNDLE]),
    unbundled: () => firstFrame(node, [unbundled]),
    ...(hasBinary ? { binary: () => firstFrame(binary, []) } : {}),
  })
  const frameRatio = frames('ours').wall / frames('unbundled').wall
  row(
    'first frame, own unbundled build',
    `${frames('ours').text} / ${frames('unbundled').text} = ${frameRatio.toFixed(2)}x`,
    '<= 0.35x',
    frameRatio <= 0.35,
  )
  if (hasBinary) {
    const megabytes = statSync(binary).size / 1e6
    row(
      'one executable',
      `${megabytes.toFixed(0)} MB; first line ${lines('binary').text}, first frame ${frames('binary').text}`,
      'reported',
      undefined,
    )
  }
} finally {
  await sandbox.close()
}
