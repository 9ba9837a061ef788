import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { COMMANDS } from '../../source/commands/registry.ts'
import { startSandbox } from '../../source/sandbox/sandbox.ts'
import { Program } from '../cli/program.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 })

const SECRETS = {
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNNLEAKTEST',
  AWS_SECRET_ACCESS_KEY: 'leak1wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLE',
  AWS_SESSION_TOKEN: 'leak2FwoGZXIvYXdzEBYaDHq',
} as const
const PROXY_PASSWORD = 'leak3proxypassword'
const ALL = [...Object.values(SECRETS), PROXY_PASSWORD]
const NAMES = COMMANDS.flatMap(({ headless }) => (headless === undefined ? [] : [headless.name]))

const folder = mkdtempSync(join(tmpdir(), 'shardscope-secrets-'))
let sandbox: Awaited<ReturnType<typeof startSandbox>>
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, traffic: 'none' })
  sandbox.service.handle('CreateStream', { StreamName: 'orders', ShardCount: 2 })
})
afterAll(async () => {
  await sandbox.stop()
  rmSync(folder, { recursive: true })
})

const environment = () => ({
  ...SECRETS,
  HTTPS_PROXY: `http://user:${PROXY_PASSWORD}@127.0.0.1:9`,
  HOME: folder,
  XDG_STATE_HOME: join(folder, 'state'),
  AWS_REGION: 'us-east-1',
})

async function runAll(args: (name: string) => readonly string[]): Promise<string> {
  let said = ''
  const waiting = [...NAMES]
  const worker = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const program = new Program(args(name), environment(), folder)
      program.child.stdin?.end('leave me\n')
      // Some go on until they are told to stop.
      const stop = setTimeout(() => program.child.kill('SIGTERM'), 5_000)
      const { stdout, stderr } = await program.finished
      clearTimeout(stop)
      said += `${name}\n${stdout}${stderr}`
    }
  }
  await Promise.all(Array.from({ length: 3 }, worker))
  return said
}

function filesBelow(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
}

test('no credential is in what any command says or keeps, whether it works, fails or cannot connect', async () => {
  const works = await runAll(name => [name, 'orders', '--json', '--write', '--endpoint-url', sandbox.url])
  const fails = await runAll(name => [name, 'orders', '--endpoint-url', 'http://127.0.0.1:9'])
  for (const secret of ALL) {
    expect(works.includes(secret)).toBe(false)
    expect(fails.includes(secret)).toBe(false)
  }
  const create = new Program(
    ['create', 'kept', '--write', '--endpoint-url', sandbox.url],
    environment(),
    folder,
  )
  expect((await create.finished).code).toBe(0)
  const kept = filesBelow(join(folder, 'state'))
  expect(kept.some(path => path.endsWith('audit.jsonl'))).toBe(true)
  for (const path of kept) {
    const text = readFileSync(path, 'utf8')
    for (const secret of ALL) expect([path, text.includes(secret)]).toEqual([path, false])
    expect(statSync(path).mode & 0o077).toBe(0)
  }
  expect(statSync(join(folder, 'state/shardscope')).mode & 0o077).toBe(0)
})

test('a state folder that others could look into is closed to them', async () => {
  const home = join(folder, 'open')
  const own = join(home, 'shardscope')
  mkdirSync(own, { recursive: true })
  chmodSync(own, 0o755)
  const create = new Program(
    ['create', 'closed', '--write', '--endpoint-url', sandbox.url],
    { ...environment(), XDG_STATE_HOME: home },
    folder,
  )
  expect((await create.finished).code).toBe(0)
  expect(statSync(own).mode & 0o077).toBe(0)
})
