import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { secretsOf, withoutSecrets } from '../../source/domain/hidden-secrets.ts'
import { startSandbox } from '../../source/sandbox/sandbox.ts'
import { Program } from '../cli/program.ts'
import { BUNDLE, NODE, PtyProgram } from '../support/pty-program.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

const CRASH = fileURLToPath(new URL('../support/crash-with-secrets.mjs', import.meta.url))
const SECRETS = {
  accessKey: 'AKIAIOSFODNNLEAKTEST',
  secretKey: 'leak1wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLE',
  sessionToken: 'leak2FwoGZXIvYXdzEBYaDHq',
  proxyPassword: 'leak3proxypassword',
  registryPassword: 'leak4registrypassword',
  processKey: 'AKIAPROCESSLEAKTEST0',
  processSecret: 'leak5processsecretkey0123456789abcdef',
  processToken: 'leak6processtoken0123456789',
  processArgument: 'leak7argumentofthecommand',
  ssoToken: 'leak8ssoaccesstoken0123456789',
  ssoRefresh: 'leak9ssorefreshtoken0123456789',
  mfaCode: '918273',
} as const

const home = mkdtempSync(join(tmpdir(), 'shardscope-shown-'))
const state = join(home, 'state')
const aws = join(home, '.aws')
mkdirSync(join(aws, 'sso/cache'), { recursive: true })
mkdirSync(join(home, '.config/shardscope'), { recursive: true })
const answer = JSON.stringify({
  Version: 1,
  AccessKeyId: SECRETS.processKey,
  SecretAccessKey: SECRETS.processSecret,
  SessionToken: SECRETS.processToken,
})
writeFileSync(join(home, 'answer.json'), answer)
writeFileSync(join(home, 'torn.json'), answer.slice(0, -3))
writeFileSync(
  join(aws, 'config'),
  `[profile works]
region = us-east-1
credential_process = cat ${join(home, 'answer.json')}

[profile torn]
region = us-east-1
credential_process = cat ${join(home, 'torn.json')}

[profile refuses]
region = us-east-1
credential_process = sh -c "echo ask the help desk >&2; exit 3" --password ${SECRETS.processArgument}

[profile sso]
region = us-east-1
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Admin

[sso-session corp]
sso_start_url = https://sso.invalid/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access

[profile mfa]
region = us-east-1
role_arn = arn:aws:iam::111122223333:role/Admin
mfa_serial = arn:aws:iam::111122223333:mfa/me
source_profile = base

[profile base]
aws_access_key_id = ${SECRETS.accessKey}
aws_secret_access_key = ${SECRETS.secretKey}
`,
)
// The file of `aws sso login` is named after the SHA-1 of the session's name: sha1("corp").
writeFileSync(
  join(aws, 'sso/cache', 'ee0bfd2552fbd840c02cc48b6e823320543c450f.json'),
  JSON.stringify({
    startUrl: 'https://sso.invalid/start',
    region: 'us-east-1',
    accessToken: SECRETS.ssoToken,
    refreshToken: SECRETS.ssoRefresh,
    clientId: 'client',
    clientSecret: SECRETS.ssoRefresh,
    expiresAt: '2099-01-01T00:00:00Z',
  }),
)

/** A registry that refuses, and says what it was sent. */
const registry = createServer((request, response) => {
  response.writeHead(401).end(JSON.stringify({ error_code: 40101, message: `refused ${request.url}` }))
})
let sandbox: Awaited<ReturnType<typeof startSandbox>>
beforeAll(async () => {
  await new Promise<void>(resolve => registry.listen(0, '127.0.0.1', resolve))
  const { port } = registry.address() as AddressInfo
  const address = `http://reader:${SECRETS.registryPassword}@127.0.0.1:${port}`
  writeFileSync(
    join(home, '.config/shardscope/config.json'),
    JSON.stringify({ decoders: [{ stream: 'orders', registry: address }] }),
    { mode: 0o600 },
  )
  sandbox = await startSandbox({ port: 0, traffic: 'none' })
  sandbox.service.handle('CreateStream', { StreamName: 'orders', ShardCount: 1 })
})
const running: PtyProgram[] = []
afterEach(() => {
  for (const program of running.splice(0)) program.kill()
})
afterAll(async () => {
  registry.closeAllConnections()
  registry.close()
  await sandbox.stop()
  rmSync(home, { recursive: true })
})

const environment = {
  HOME: home,
  XDG_STATE_HOME: state,
  AWS_ACCESS_KEY_ID: SECRETS.accessKey,
  AWS_SECRET_ACCESS_KEY: SECRETS.secretKey,
  AWS_SESSION_TOKEN: SECRETS.sessionToken,
  AWS_REGION: 'us-east-1',
  // Nobody listens there: what would go to AWS ends here.
  HTTPS_PROXY: `http://user:${SECRETS.proxyPassword}@127.0.0.1:9`,
} as const

function shown(args: readonly string[], env: Readonly<Record<string, string>> = {}): PtyProgram {
  const program = new PtyProgram(NODE, [...args], {
    columns: 160,
    rows: 40,
    env: { ...environment, ...env },
  })
  running.push(program)
  return program
}

function withoutKeys() {
  return { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_SESSION_TOKEN: '' }
}

/** No secret in what a terminal got, also where lines were broken or cells were written apart. */
function expectNoSecretIn(text: string): void {
  const plain = text.replaceAll(/\x1b\[[0-9;?]*[ -/]*[@-~]/g, '').replaceAll(/[\r\n]/g, '')
  for (const [name, secret] of Object.entries(SECRETS)) {
    expect([name, text.includes(secret) || plain.includes(secret)]).toEqual([name, false])
  }
}

function expectNoSecretKept(): void {
  const files = readdirSync(state, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  expect(files.map(({ name }) => name)).toContain('audit.jsonl')
  for (const { parentPath, name } of files) expectNoSecretIn(readFileSync(join(parentPath, name), 'utf8'))
}

test('a walk through the console shows and keeps no secret: header, log, records of a guarded registry, acts, help', async () => {
  // Confluent's frame: a nought and the id of a schema, which is asked of the registry, which refuses.
  const Data = Buffer.from([0, 0, 0, 0, 7, 2, 3])
  const program = shown([BUNDLE, '--endpoint-url', sandbox.url])
  await program.waitFor(/> orders +ACTIVE/)
  program.press('t')
  await program.waitFor('1 at tip')
  sandbox.service.handle('PutRecord', { StreamName: 'orders', PartitionKey: 'k', Data })
  await program.waitFor(/tail from latest +1 record/)
  program.press('\r')
  await program.waitFor(/registry|schema/i)
  program.press('\x1b\x1b')
  await program.waitFor(/> orders +ACTIVE/)
  program.press('L')
  await program.waitFor(/ListStreams|GetRecords/)
  program.press('\x1b?')
  await program.waitFor('+- Keys')
  program.press('\x1b')
  await program.waitFor(text => !text.includes('+- Keys'))
  program.press('c')
  await program.waitFor('Create a stream')
  program.press('kept\r')
  await program.waitFor(/> ?orders|y do it/)
  program.press('y')
  await program.waitFor(/kept +ACTIVE/)
  program.press('q')
  expect((await program.exit).exitCode).toBe(0)
  expectNoSecretIn(program.terminal.raw)
  expectNoSecretKept()
})

test.each([
  ['works', 130, /proxy|ECONNREFUSED|cannot be reached|127\.0\.0\.1:9/],
  ['torn', 5, /invalid JSON/],
  ['refuses', 5, /its credential_process failed, and says: ask the help desk/],
  ['sso', 5, /SSO/],
])('profile %s: what loads its keys says why it fails, and no secret', async (profile, exitCode, says) => {
  const program = shown([BUNDLE, '--profile', profile], withoutKeys())
  await program.waitFor(says)
  // The one with keys has its screen, and goes on trying.
  if (exitCode === 130) program.press('\x03')
  expect((await program.exit).exitCode).toBe(exitCode)
  expectNoSecretIn(program.terminal.raw)
})

test('the code of an MFA device is not echoed, and Ctrl-C at its question leaves', async () => {
  const program = shown([BUNDLE, '--profile', 'mfa'], withoutKeys())
  await program.waitFor('MFA code of arn:aws:iam::111122223333:mfa/me (not shown):')
  program.press(`${SECRETS.mfaCode}\r`)
  await program.waitFor(/Credentials from role.*: /)
  expect((await program.exit).exitCode).toBe(5)
  expectNoSecretIn(program.terminal.raw)
  const left = shown([BUNDLE, '--profile', 'mfa'], withoutKeys())
  await left.waitFor('MFA code of')
  left.press('12\x03')
  expect((await left.exit).exitCode).toBe(130)
  await left.waitFor('no MFA code was given')
})

test.each(['exception', 'rejection'])(
  'a crash (%s) of the console tells where, not the keys',
  async crash => {
    const SAYS = [
      `signing with ${SECRETS.accessKey} ${SECRETS.secretKey} ${SECRETS.sessionToken}`,
      `via http://user:${SECRETS.proxyPassword}@127.0.0.1:9`,
      `registry http://reader:${SECRETS.registryPassword}@127.0.0.1:1`,
      `got ${answer}`,
      `{"accessToken":"${SECRETS.ssoToken}","refreshToken":"${SECRETS.ssoRefresh}"}`,
    ].join(' ')
    const program = shown(['--import', CRASH, BUNDLE, '--endpoint-url', sandbox.url], { CRASH: crash, SAYS })
    await program.waitFor(/> ?\w+ +ACTIVE/)
    process.kill(program.pty.pid, 'SIGUSR2')
    expect((await program.exit).exitCode).toBe(1)
    const text = await program.terminal.text()
    expect(text).toContain('signing with [hidden]')
    expect(program.terminal.isOnAlternateScreen).toBe(false)
    expectNoSecretIn(program.terminal.raw)
    const headless = new Program(
      ['tail', 'orders', '--endpoint-url', sandbox.url],
      { ...environment, CRASH: crash, SAYS, NODE_OPTIONS: `--import=${CRASH}` },
      home,
    )
    await headless.until('its readiness', ({ stderr }) => stderr.includes('Tailing'))
    headless.child.kill('SIGUSR2')
    const { code, stdout, stderr } = await headless.finished
    expect(code).toBe(1)
    expect(stderr).toContain('signing with [hidden]')
    expectNoSecretIn(stdout + stderr)
  },
)

test('keys of the profile that the console signs with are hidden in a crash, whatever their form', async () => {
  const SAYS = `bare ${SECRETS.processSecret} and ${encodeURIComponent(SECRETS.processToken)}`
  const program = shown(['--import', CRASH, BUNDLE, '--profile', 'works', '--endpoint-url', sandbox.url], {
    ...withoutKeys(),
    CRASH: 'exception',
    SAYS,
  })
  await program.waitFor(/> ?\w+ +ACTIVE/)
  process.kill(program.pty.pid, 'SIGUSR2')
  expect((await program.exit).exitCode).toBe(1)
  expect(await program.terminal.text()).toContain('bare [hidden] and [hidden]')
  expectNoSecretIn(program.terminal.raw)
})

test('what gives access is told from what does not', () => {
  expect(
    secretsOf({
      AWS_SECRET_ACCESS_KEY: 'abcdefghij',
      AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/token',
      HTTPS_PROXY: 'http://u:p%40ssw0rd@proxy:3128',
      HOME: '/home/me',
    }),
  ).toEqual(['abcdefghij', 'p%40ssw0rd', 'p@ssw0rd'])
  const harmless =
    'at Shard.split (file:///opt/shardscope.mjs:12:34) shardId-000000000001 us-east-1 http://127.0.0.1:4567'
  expect(withoutSecrets(harmless, ['us', 'a'])).toBe(harmless)
  expect(withoutSecrets('x-amz-security-token: abc, Authorization: Bearer abcdefghijk', [])).toBe(
    'x-amz-security-token: [hidden], Authorization: Bearer [hidden]',
  )
})
