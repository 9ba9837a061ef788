import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { BUNDLE, NODE, PtyProgram } from '../support/pty-program.ts'

vi.setConfig({ testTimeout: 180_000 })

const WATCH = fileURLToPath(new URL('../support/watch-addresses.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'shardscope-away-'))
const aws = join(folder, '.aws')
const marker = join(folder, 'the-credential-process-ran')
mkdirSync(join(aws, 'sso/cache'), { recursive: true })

/** Every address is on loopback, where nobody listens: a console that strays is seen, and reaches nothing. */
const NOWHERE = 'http://127.0.0.1:9'
const PROCESS = `credential_process = /bin/sh -c "echo ran >> ${marker}; echo '{\\"Version\\":1,\\"AccessKeyId\\":\\"AKIDPROCESS\\",\\"SecretAccessKey\\":\\"secret\\"}'"`
writeFileSync(
  join(aws, 'config'),
  `[default]
region = eu-west-1
endpoint_url = ${NOWHERE}
${PROCESS}

[profile poisoned]
region = eu-west-1
endpoint_url = ${NOWHERE}
services = poison
${PROCESS}

[profile sso]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Admin
region = eu-west-1

[profile deliberate]
region = eu-central-1
endpoint_url = ${NOWHERE}
${PROCESS}

[sso-session corp]
sso_start_url = https://sso.invalid/start
sso_region = eu-west-1
sso_registration_scopes = sso:account:access

[services poison]
kinesis =
  endpoint_url = ${NOWHERE}
cloudwatch =
  endpoint_url = ${NOWHERE}
`,
)

const POISON = {
  HOME: folder,
  AWS_REGION: 'eu-west-1',
  AWS_DEFAULT_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  AWS_SESSION_TOKEN: 'token',
  AWS_ENDPOINT_URL_CLOUDWATCH: NOWHERE,
  AWS_ENDPOINT_URL_DYNAMODB: NOWHERE,
  AWS_ENDPOINT_URL_FIREHOSE: NOWHERE,
  AWS_ENDPOINT_URL_KINESIS_ANALYTICS_V2: NOWHERE,
  AWS_ENDPOINT_URL_KINESIS_VIDEO: NOWHERE,
  AWS_ENDPOINT_URL_LAMBDA: NOWHERE,
  AWS_ENDPOINT_URL_GLUE: NOWHERE,
  AWS_ENDPOINT_URL_PIPES: NOWHERE,
  AWS_ENDPOINT_URL_STS: NOWHERE,
  AWS_ENDPOINT_URL_SSO: NOWHERE,
  AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, 'no-such-token'),
  AWS_ROLE_ARN: 'arn:aws:iam::111122223333:role/Admin',
  AWS_CONTAINER_CREDENTIALS_FULL_URI: `${NOWHERE}/credentials`,
  // An instance asks this service for its keys; here it must not be asked, though nothing forbids it.
  AWS_EC2_METADATA_DISABLED: 'false',
  AWS_EC2_METADATA_SERVICE_ENDPOINT: NOWHERE,
  HTTPS_PROXY: NOWHERE,
  HTTP_PROXY: NOWHERE,
  https_proxy: NOWHERE,
}

const running: PtyProgram[] = []
afterEach(() => {
  for (const program of running.splice(0)) program.kill()
  rmSync(marker, { force: true })
})
afterAll(() => rmSync(folder, { recursive: true }))

/** The console in a shell that is full of AWS, with whomever it turns to written down. */
function watched(name: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const file = join(folder, name)
  const program = new PtyProgram(NODE, ['--import', WATCH, BUNDLE, ...args], {
    columns: 140,
    rows: 40,
    env: { ...POISON, SHARDSCOPE_TEST_ADDRESSES: file, ...env },
  })
  running.push(program)
  return { program, turnedTo: () => readFileSync(file, 'utf8').split('\n').filter(Boolean) }
}

/** Everything that asks a service something: Kinesis, CloudWatch, the services around, a consumer, an act. */
async function walk(program: PtyProgram): Promise<void> {
  await program.waitFor(/^SANDBOX /)
  await program.waitFor(/clickstream +ACTIVE/)
  program.press('V')
  await program.waitFor(/Firehose/)
  program.press('r\x1bjjH')
  await program.waitFor(/clickstream > heat/)
  program.press('vy')
  await program.waitFor(/CloudWatch/)
  program.press('\x1b\x1b')
  await program.waitFor(/> clickstream +ACTIVE/)
  program.press('C')
  await program.waitFor(/clickstream > readers/)
  program.press('r\x1b')
  await program.waitFor(/> clickstream +ACTIVE/)
  program.press('\r')
  await program.waitFor(/> shardId-000000000000 +open/)
  program.press('t')
  await program.waitFor(/tail from latest +[1-9]\d* records?/)
  program.press('\x1b')
  await program.waitFor(/> shardId-000000000000 +open/)
  program.press('s\r')
  await program.waitFor('y do it')
  program.press('y')
  await program.waitFor('5 open, 1 closed shard')
  program.press('R')
  await program.waitFor('the sandbox has one region')
}

test('a plain start in a shell full of AWS settings turns to nobody and runs no credential_process', async () => {
  for (const profile of ['poisoned', 'sso']) {
    const { program, turnedTo } = watched(`plain-${profile}`, [], { AWS_PROFILE: profile })
    await walk(program)
    program.press('q')
    expect((await program.exit).exitCode).toBe(0)
    expect(turnedTo()).toEqual([])
    expect(existsSync(marker)).toBe(false)
  }
})

test('--sandbox stays in this process even where a variable names another endpoint', async () => {
  const { program, turnedTo } = watched('flag', ['--sandbox'], {
    AWS_PROFILE: 'poisoned',
    AWS_ENDPOINT_URL: NOWHERE,
    AWS_ENDPOINT_URL_KINESIS: NOWHERE,
  })
  await walk(program)
  program.press('q')
  expect((await program.exit).exitCode).toBe(0)
  expect(turnedTo()).toEqual([])
  expect(existsSync(marker)).toBe(false)
})

test('only the switch to a profile, typed and sent off, leaves the sandbox; it says so, and is read-only', async () => {
  const { program, turnedTo } = watched('switch', [])
  await program.waitFor(/^SANDBOX {2}ARMED/)
  program.press('P')
  await program.waitFor('Name of a profile')
  program.press('deliberate')
  await program.waitFor('deliberate')
  // Typed is not sent off, and can be taken back.
  program.press('\x1b')
  await program.waitFor(text => !text.includes('Name of a profile'))
  expect(turnedTo()).toEqual([])
  expect(existsSync(marker)).toBe(false)
  program.press('P')
  await program.waitFor('Name of a profile')
  program.press('\x15deliberate\r')
  // Here the proof that the watching watches: the process runs, and the endpoint of the profile is asked.
  const text = await program.waitFor(/Now on profile deliberate, .*eu-central-1/)
  expect(text).toContain('read-only')
  expect(text.split('\n')[0]).not.toContain('SANDBOX')
  expect(text.split('\n')[0]).not.toContain('ARMED')
  await program.waitFor(/127\.0\.0\.1:9/)
  expect(existsSync(marker)).toBe(true)
  program.press('\x03')
  expect((await program.exit).exitCode).toBe(130)
  expect(turnedTo().some(line => line.startsWith('spawn '))).toBe(true)
  expect(turnedTo()).toContain('connect 127.0.0.1:9')
  expect(
    turnedTo().filter(line => /^(connect|lookup|send)/.test(line) && !line.includes('127.0.0.1')),
  ).toEqual([])
})
