import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
export const BUNDLE = join(ROOT, 'dist/shardscope.mjs')
/** What a bench installs or makes once and finds again. */
export const CACHE = join(ROOT, 'node_modules/.cache/shardscope-bench')

const home = mkdtempSync(join(tmpdir(), 'shardscope-bench-'))
process.once('exit', () => rmSync(home, { recursive: true, force: true }))

/** The machine's own settings take no part. The keys are made up: only loopback is ever asked. */
export const BENCH_ENVIRONMENT: Record<string, string> = {
  PATH: process.env.PATH ?? '',
  HOME: home,
  TERM: 'xterm-256color',
  LANG: 'C.UTF-8',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
}

/** Runs a preparing step and fails loudly. */
export function prepare(file: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(file, args, { cwd: ROOT, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${error?.message ?? stderr}`)
}

/** The program as it is published, as new as its source. */
export function buildProgram(): void {
  prepare(process.execPath, [join(ROOT, 'source/tooling/bundle.mjs'), '--if-stale'])
}

const AWSCLI_VERSION = '1.45.11'

/** The AWS CLI at its pinned version in a folder of its own, without any launcher in between. */
export function awsCli(): { readonly file: string; readonly version: string } {
  const folder = join(CACHE, `awscli-${AWSCLI_VERSION}`)
  const file = join(folder, 'bin/aws')
  if (!existsSync(file)) {
    mkdirSync(CACHE, { recursive: true })
    prepare('python3', ['-m', 'venv', folder])
    prepare(join(folder, 'bin/pip'), ['install', '--quiet', `awscli==${AWSCLI_VERSION}`])
  }
  return { file, version: AWSCLI_VERSION }
}

export type SandboxProcess = { readonly url: string; readonly child: ChildProcess; close(): Promise<void> }

/** The sandbox as a process of its own, with the streams and traffic of a scenario. */
export async function sandboxProcess(
  scenario: object,
  flags: readonly string[] = [],
): Promise<SandboxProcess> {
  const file = join(home, `scenario-${Math.round(performance.now() * 1e3)}.json`)
  writeFileSync(file, JSON.stringify(scenario))
  const child = spawn(process.execPath, [BUNDLE, 'sandbox', '--port', '0', '--scenario', file, ...flags], {
    env: BENCH_ENVIRONMENT,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', chunk => (said += chunk))
  let url: string | undefined
  while (url === undefined) {
    if (child.exitCode !== null) throw new Error(`the sandbox did not start: ${said}`)
    await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])
    url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0]
  }
  return {
    url,
    child,
    close: async () => {
      if (child.exitCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

/** One line of the table: what, figures, target, and whether it is met. */
export function row(name: string, figures: string, target: string, isMet: boolean | undefined): void {
  const verdict = isMet === undefined ? '-' : isMet ? 'met' : 'MISSED'
  console.log(`| ${name} | ${figures} | ${target} | ${verdict} |`)
}
