import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type Sandbox, startSandbox } from '../../source/sandbox/sandbox.ts'
import { run } from '../cli/program.ts'
import { REFUSALS } from './refusals.ts'

vi.setConfig({ testTimeout: 60_000 })

const home = mkdtempSync(join(tmpdir(), 'shardscope-refusals-'))
const env = {
  XDG_CONFIG_HOME: home,
  XDG_STATE_HOME: join(home, 'state'),
  AWS_CONFIG_FILE: join(home, 'aws'),
  AWS_SHARED_CREDENTIALS_FILE: join(home, 'none'),
}
/** `usual` has one hot stream; `slow` stays UPDATING; `full` has as many shards open as the account may have. */
const sandboxes = new Map<string, Sandbox>()
const here = (args: readonly string[], which = 'usual') =>
  run([...args, '--endpoint-url', sandboxes.get(which)?.url ?? ''], { env })

beforeAll(async () => {
  const keys = 'region = us-east-1\naws_access_key_id = a\naws_secret_access_key = b\n'
  writeFileSync(env.AWS_CONFIG_FILE, `[profile production]\n${keys}[profile test]\n${keys}`)
  mkdirSync(join(home, 'shardscope'))
  writeFileSync(
    join(home, 'shardscope/config.json'),
    '{ "profiles": { "production": { "readOnly": true } } }',
  )
  const producers = [{ recordsPerSecond: 40, keys: { kind: 'single', key: 'k' }, payload: 'order' }] as const
  const usual = await startSandbox({
    durations: { creating: 0, updating: 50, reshardTotal: 20 },
    traffic: {
      streams: [
        { name: 'hot', shardCount: 2, producers: [...producers] },
        { name: 'calm', shardCount: 2, producers: [] },
      ],
    },
  })
  const slow = await startSandbox({ durations: { creating: 0, updating: 3_600_000 } })
  const full = await startSandbox({ durations: { creating: 0 } })
  for (const [name, sandbox] of Object.entries({ usual, slow, full })) sandboxes.set(name, sandbox)
  const create = (sandbox: Sandbox, StreamName: string, ShardCount: number): unknown =>
    sandbox.service.handle('CreateStream', { StreamName, ShardCount })
  create(usual, 'orders', 4)
  create(usual, 'divided', 2)
  create(usual, 'odd', 5)
  create(usual, 'worn', 2)
  usual.service.handle('CreateStream', {
    StreamName: 'elastic',
    StreamModeDetails: { StreamMode: 'ON_DEMAND' },
  })
  create(slow, 'orders', 4)
  create(full, 'full', 2)
  create(full, 'big-1', 10_000)
  create(full, 'big-2', 9_998)
  slow.service.handle('SplitShard', {
    StreamName: 'orders',
    ShardToSplit: 'shardId-000000000000',
    NewStartingHashKey: '4000',
  })
  expect((await here(['split', 'divided', '0'])).code).toBe(0)
  // By the program itself: its own log is what it counts from.
  for (let call = 0; call < 10; call += 1) {
    const finished = await here(['reshard', 'worn', call % 2 === 0 ? '4' : '2'])
    expect(finished.code, finished.stderr).toBe(0)
  }
}, 120_000)
afterAll(async () => {
  for (const sandbox of sandboxes.values()) await sandbox.stop()
  rmSync(home, { recursive: true, force: true })
})

it.each(REFUSALS)('$name is refused with $code, and says what to do', async refusal => {
  const { args, code, says, faults, sandbox: which = 'usual' } = refusal
  const sandbox = sandboxes.get(which)
  sandbox?.faults.replace({ seed: 1, faults: faults ?? [] })
  const finished = await here(args, which)
  const strikes = sandbox?.faults.strikes() ?? []
  sandbox?.faults.replace({ seed: 1, faults: [] })
  // A single act is tried once, whatever the answer: whoever asked for it decides.
  if (faults !== undefined) expect(strikes).toEqual([1])
  expect(finished.code, finished.stderr).toBe(code)
  for (const text of says) expect(finished.stderr).toContain(text)
})

it.each([
  ['split', 'full', '0'],
  ['reshard', 'full', '3'],
  // A merge is in it, and still it needs one shard more on the way.
  ['merge', 'full', '0', '1'],
])('--dry-run of %s tells the shard quota with the temporary shards', async (...args) => {
  const preview = async () => {
    const { stdout, code, stderr } = await here([...args, '--dry-run'], 'full')
    expect(code, stderr).toBe(0)
    return stdout
  }
  // DescribeLimits answers once a second for the whole account, and the preview before this one has asked it.
  let stdout = await preview()
  for (let tries = 0; tries < 5 && stdout.includes('DescribeLimits did not tell'); tries += 1)
    stdout = await preview()
  expect(stdout).toMatch(/Shard quota: 20000 of 20000 open in the account, up to \d+ on the way/)
  expect(stdout).toContain(args[0] === 'merge' ? 'temporary ones included: enough' : 'NOT ENOUGH')
})

it('a plan that meets a quota stops and says which; one that meets a rate limit goes on', async () => {
  const faults = sandboxes.get('usual')?.faults
  const plan = ['plan', 'calm', '--for', '5s', '--run', '--after', '0']
  const message = 'The limit of 5 simultaneous merges is reached.'
  faults?.replace({
    seed: 1,
    faults: [{ fault: 'error', name: 'LimitExceededException', message, operations: ['MergeShards'] }],
  })
  const stopped = await here(plan)
  expect(stopped.code, stopped.stderr).toBe(7)
  expect(stopped.stderr).toContain(`stopped after 0 of 1 steps, 2 of 1 shards open: ${message}`)
  expect(stopped.stderr).toContain('Go on with shardscope resume calm-')
  expect(stopped.stderr).toContain('Service Quotas')
  expect(faults?.strikes()).toEqual([1])

  faults?.replace({ seed: 1, faults: [{ fault: 'throttle', operations: ['MergeShards'], times: 1 }] })
  const done = await here(plan)
  expect(done.code, done.stderr).toBe(0)
  expect(done.stderr).toContain('Looking at the shards before another try')
  expect(faults?.strikes()).toEqual([1])
})
