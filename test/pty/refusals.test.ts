import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { type Sandbox, startSandbox } from '../../source/sandbox/sandbox.ts'
import { type PtyProgram, ptyConsole } from '../support/pty-program.ts'

vi.setConfig({ testTimeout: 90_000 })

let sandbox: Sandbox
const running: PtyProgram[] = []

beforeAll(async () => {
  sandbox = await startSandbox({ durations: { creating: 0, updating: 50 } })
  sandbox.service.handle('CreateStream', { StreamName: 'orders', ShardCount: 4 })
  const keys = 'region = us-east-1\naws_access_key_id = a\naws_secret_access_key = b\n'
  writeFileSync(env.AWS_CONFIG_FILE, `[profile production]\n${keys}[profile test]\n${keys}`)
  mkdirSync(join(folder, 'shardscope'))
  const config = '{ "profiles": { "production": { "readOnly": true } } }'
  writeFileSync(join(folder, 'shardscope/config.json'), config)
})
afterEach(() => {
  for (const program of running.splice(0)) program.kill()
})
afterAll(async () => {
  await sandbox.stop()
  rmSync(folder, { recursive: true, force: true })
})

const folder = mkdtempSync(join(tmpdir(), 'shardscope-pty-refusals-'))
const env = {
  XDG_CONFIG_HOME: folder,
  AWS_CONFIG_FILE: join(folder, 'aws'),
  AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none'),
}

async function open(...args: string[]): Promise<PtyProgram> {
  const program = ptyConsole(['--endpoint-url', sandbox.url, ...args], { columns: 140, rows: 45, env })
  running.push(program)
  await program.waitFor(/> orders +ACTIVE/)
  return program
}

test('a read-only session says so at the key of an act', async () => {
  const program = await open('--read-only')
  program.press('\r')
  await program.waitFor(/> shardId-000000000000 +open/)
  program.press('s')
  await program.waitFor(/Split an open shard into two: .*read-only/)
})

test('another name typed than that of the stream: it says so, and nothing is deleted', async () => {
  const program = await open()
  program.press('D')
  await program.waitFor('Delete a stream with all its data')
  program.press('\r')
  await program.waitFor('Type orders and Enter')
  program.press('order\r')
  await program.waitFor('"order" is not orders: nothing was done.')
  program.press('\x1b')
  expect(sandbox.service.handle('ListStreams', {})).toMatchObject({ StreamNames: ['orders'] })
})

test('more than twice the shards: the question says why not, and what to do', async () => {
  const program = await open()
  program.press('u')
  await program.waitFor('Change the number of shards')
  program.press('9\r')
  await program.waitFor('9 shards are more than twice the 4 open shards of orders')
  await program.waitFor('Reshard to 8 first')
})

const prepared = async (): Promise<PtyProgram> => {
  const program = await open()
  program.press('/orders\r')
  await program.waitFor(/> orders +ACTIVE/)
  return program
}

test.each([
  [
    'u',
    'Change the number of shards',
    '1\r',
    '1 shard is less than half of the 4 open shards of orders',
    'Reshard to 2 first',
  ],
  ['e', 'Set how long a stream keeps', '23\r', '23', '24'],
  ['e', 'Set how long a stream keeps', '8761\r', '8761', '8760'],
])('%s, then %j typed: the value and the rule are on screen', async (key, title, typed, value, rule) => {
  const program = await prepared()
  program.press(key)
  await program.waitFor(title)
  program.press(typed)
  await program.waitFor(
    text => text.includes(value) && text.includes(rule) && /less than half|must|at least|at most/.test(text),
  )
})

test('a quota and a rate limit are told apart on screen', async () => {
  const program = await prepared()
  program.press('\r')
  await program.waitFor(/> shardId-000000000000 +open/)
  const split = async (): Promise<void> => {
    program.press('s')
    await program.waitFor('Split an open shard into two')
    program.press('\r')
    await program.waitFor('y do it')
    program.press('y')
  }
  const message = 'The shard limit of 500 is reached.'
  sandbox.faults.replace({
    seed: 1,
    faults: [{ fault: 'error', name: 'LimitExceededException', message, operations: ['SplitShard'] }],
  })
  await split()
  await program.waitFor(text => text.includes(message) && text.includes('Service Quotas'))
  program.press('\x1b\x1b')
  sandbox.faults.replace({ seed: 1, faults: [] })
})

test.each([
  ['test', /read-only\. W arms it/],
  ['production', /profile production is always read-only/],
])('profile %s: why the act is refused, and whether it can be armed', async (profile, text) => {
  const program = await open('--profile', profile)
  program.press('\r')
  await program.waitFor(/> shardId-000000000000 +open/)
  program.press('s')
  await program.waitFor(text)
})

test('a stream that another act holds in UPDATING says to wait', async () => {
  const program = await prepared()
  program.press('u')
  await program.waitFor('Change the number of shards')
  const message = 'Stream orders is UPDATING, not ACTIVE.'
  sandbox.faults.replace({
    seed: 1,
    faults: [{ fault: 'error', name: 'ResourceInUseException', message, operations: ['UpdateShardCount'] }],
  })
  program.press('8\r')
  await program.waitFor('y do it')
  program.press('y')
  await program.waitFor(text => text.includes(message) && text.includes('Wait until the stream is ACTIVE'))
  sandbox.faults.replace({ seed: 1, faults: [] })
})

test('shards of an on-demand stream are the matter of the service', async () => {
  sandbox.service.handle('CreateStream', {
    StreamName: 'elastic',
    StreamModeDetails: { StreamMode: 'ON_DEMAND' },
  })
  const other = ptyConsole(['--endpoint-url', sandbox.url], { columns: 140, rows: 45, env })
  running.push(other)
  await other.waitFor(/> elastic +ACTIVE/)
  other.press('u')
  await other.waitFor('Change the number of shards')
  other.press('8\r')
  await other.waitFor('elastic is on-demand')
  await other.waitFor('Switch the stream to provisioned mode first')
})
