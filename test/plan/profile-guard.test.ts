import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { COMMANDS } from '../../source/commands/registry.ts'
import { frameOf } from '../../source/ui/frame.ts'
import { themeFor } from '../../source/ui/theme.ts'
import { run, SandboxProgram } from '../cli/program.ts'
import { modelAfter, PRODUCTION, STREAMS_LISTED } from '../support/models.ts'

const sandbox = new SandboxProgram()
const home = mkdtempSync(join(tmpdir(), 'shardscope-config-'))
const config = join(home, 'shardscope/config.json')
const env = {
  XDG_CONFIG_HOME: home,
  XDG_STATE_HOME: join(home, 'state'),
  AWS_CONFIG_FILE: join(home, 'aws'),
  AWS_SHARED_CREDENTIALS_FILE: join(home, 'none'),
}
const guarded = (args: readonly string[]) => run([...args, '--endpoint-url', sandbox.url], { env })

beforeAll(async () => {
  await sandbox.start()
  await sandbox.json('create', 'orders', '--shards', '1')
  mkdirSync(join(home, 'shardscope'))
  writeFileSync(config, '{ "profiles": { "production": { "readOnly": true, "color": "red" } } }')
  const keys = 'region = us-east-1\naws_access_key_id = a\naws_secret_access_key = b\n'
  writeFileSync(env.AWS_CONFIG_FILE, `[profile production]\n${keys}[profile test]\n${keys}`)
})
afterAll(async () => {
  await sandbox.program.stop()
  rmSync(home, { recursive: true, force: true })
})

it('a profile that is always read-only stays so, whatever is said', async () => {
  const refused = await guarded(['tag', 'orders', 'k', 'v', '--profile', 'production', '--write'])
  expect(refused.code).toBe(10)
  expect(refused.stderr).toContain('profile production is always read-only')
  expect(refused.stderr).not.toContain('--write')
  expect((await guarded(['streams', '--profile', 'production'])).code).toBe(0)
  expect((await guarded(['tag', 'orders', 'k', 'v', '--profile', 'test', '--write'])).code).toBe(0)
  expect((await guarded(['tag', 'orders', 'k', 'v', '--read-only', '--write'])).code).toBe(10)
})

it('a guard that is misspelt is an error, not none', async () => {
  writeFileSync(config, '{ "profiles": { "production": { "readonly": true } } }')
  const refused = await guarded(['streams', '--profile', 'production'])
  expect(refused.code).toBe(2)
  expect(refused.stderr).toContain('profiles.production has an unknown member "readonly"')
})

it('the console says it, and W cannot arm', () => {
  const session = {
    ...PRODUCTION,
    guard: { lockReason: 'profile prod is always read-only', color: 'red' },
  } as const
  const model = modelAfter(STREAMS_LISTED, [120, 24], session)
  expect(frameOf(model, COMMANDS, themeFor('none'))[0]).toContain('READ-ONLY')
  const arming = COMMANDS.find(({ id }) => id === 'session.toggle-arming')
  expect(arming?.unavailable?.(model)).toBe('profile prod is always read-only')
})
