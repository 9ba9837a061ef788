// The one executable, built as `npm run build:binary` builds it and run where no Node can be found.

import { type ChildProcess, execFile, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { NODE, PtyProgram } from '../support/pty-program.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const BINARY = join(root, 'dist/shardscope')
const home = mkdtempSync(join(tmpdir(), 'shardscope-binary-'))
/** No PATH: nothing of the machine's own can lend a hand. */
const env = {
  HOME: home,
  PATH: '',
  LANG: 'C.UTF-8',
  TERM: 'xterm-256color',
  AWS_EC2_METADATA_DISABLED: 'true',
}
const run = async (...args: string[]) =>
  (await promisify(execFile)(BINARY, args, { env, cwd: home, maxBuffer: 1 << 24 })).stdout

const consoles: PtyProgram[] = []
const children: ChildProcess[] = []

beforeAll(() => {
  const { status, stderr } = spawnSync(NODE, [join(root, 'source/tooling/binary.mjs')], { encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(status).toBe(0)
}, 120_000)

afterEach(() => {
  for (const program of consoles.splice(0)) program.kill()
  for (const child of children.splice(0)) child.kill('SIGKILL')
})
afterAll(() => rmSync(home, { recursive: true }))

test('it tells the version of the package and the licences of what is in it', async () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  expect(await run('--version')).toBe(`${version}\n`)
  expect(await run('licenses')).toBe(readFileSync(join(root, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8'))
})

test('it runs the sandbox, and a command against that sandbox', async () => {
  const child = execFile(BINARY, ['sandbox', '--port', '0'], { env, cwd: home })
  children.push(child)
  let said = ''
  let url: string | undefined
  while (url === undefined) {
    const [chunk] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [string]
    said += chunk
    url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0]
  }
  await run('create', 'night', '--shards', '3', '--write', '--endpoint-url', url)
  const rows = (await run('shards', 'night', '--json', '--endpoint-url', url)).trim().split('\n')
  expect(rows.map(row => JSON.parse(row).shardId)).toEqual([
    'shardId-000000000000',
    'shardId-000000000001',
    'shardId-000000000002',
  ])
})

test('it opens the console in a terminal, tails, and leaves', async () => {
  const program = new PtyProgram(BINARY, [], { columns: 140, rows: 40, env })
  consoles.push(program)
  await program.waitFor(/clickstream +ACTIVE/)
  program.press('jjt')
  await program.waitFor(/clickstream .*tail from latest +[1-9]\d* records?/)
  program.press('q')
  expect(await program.exit).toEqual({ exitCode: 0, signal: undefined })
})
