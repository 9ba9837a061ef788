import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Sandbox, startSandbox } from '../../source/sandbox/sandbox.ts'
import { BUNDLE, NODE } from './program.ts'

vi.setConfig({ testTimeout: 60_000 })

const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8')
/** The lines of README's blocks that read or write the stream `orders`, as somebody copies them. */
const EXAMPLES = [...readme.matchAll(/```\n(.*?)```/gs)]
  .flatMap(([, block]) => (block ?? '').split('\n'))
  .filter(line => /\bshardscope (find|tail|shards|put) orders\b/.test(line))
const hasJq = spawnSync('jq', ['--version']).status === 0

let sandbox: Sandbox
let folder: string

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, traffic: 'demo' })
  folder = mkdtempSync(join(tmpdir(), 'shardscope-examples-'))
  const command = join(folder, 'shardscope')
  writeFileSync(command, `#!/bin/sh\nexec '${NODE}' '${BUNDLE}' "$@"\n`)
  chmodSync(command, 0o755)
})
afterAll(async () => {
  await sandbox.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** What a shell prints for it, up to its end or to the first whole line where it would go on for ever. */
function inShell(
  line: string,
  isLive: boolean,
): Promise<{ stdout: string; stderr: string; code: number | null }> {
  const child = spawn('/bin/bash', ['-c', line], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: `${folder}:${process.env.PATH}`,
      HOME: folder,
      AWS_ENDPOINT_URL: sandbox.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'any',
      AWS_SECRET_ACCESS_KEY: 'any',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  })
  let stdout = ''
  let stderr = ''
  let isEnough = false
  child.stderr.on('data', chunk => {
    stderr += chunk
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.stdout.on('data', chunk => {
      stdout += chunk
      if (!isLive || isEnough || !stdout.includes('\n') || child.pid === undefined) return
      isEnough = true
      process.kill(-child.pid, 'SIGTERM')
    })
    child.once('close', code => resolve({ stdout, stderr, code }))
  })
}

test('there are examples', () => expect(EXAMPLES.length).toBeGreaterThanOrEqual(6))

describe('each example of README does on the sandbox what it is there for', () => {
  test.each(EXAMPLES)('%s', async line => {
    if (line.includes('jq ') && !hasJq) {
      // Without jq what it would be given is looked at.
      const [before = ''] = line.split(' | jq')
      const { stdout } = await inShell(before, /^shardscope tail/.test(before) && !before.includes('--limit'))
      expect(JSON.parse(stdout.split('\n')[0] ?? '')).toMatchObject({ v: 1 })
      return
    }
    const isLive = /^shardscope tail/.test(line) && !line.includes('--limit')
    // On a terminal jq writes each line at once.
    const { stdout, stderr, code } = await inShell(line.replace('| jq', '| jq --unbuffered'), isLive)
    if (!isLive) expect({ code, stderr }).toMatchObject({ code: 0 })
    const target = / > (\S+)$/.exec(line)?.[1]
    const written = target === undefined ? stdout : readFileSync(join(folder, target), 'utf8')
    expect(written.trim()).not.toBe('')
  })

  test('orders of the sandbox fail now and then, and few of them', async () => {
    const find = (filter: string) =>
      inShell(`shardscope find orders --filter "${filter}" --from 2h --json | wc -l`, false)
    const failed = Number((await find("?status == 'failed'")).stdout)
    const all = Number((await find('?status')).stdout)
    expect(failed).toBeGreaterThan(10)
    expect(failed).toBeLessThan(all / 5)
  })
})
