import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from '../../source/aws/connect.ts'
import { kinesisRegions } from '../../source/aws/regions.ts'
import { sandboxSettings, settingsForStream } from '../../source/aws/settings.ts'
import { originText } from '../../source/domain/session.ts'
import { failureIn, settingsOf } from './connect-to.ts'

let folder: string
let files: Record<string, string>
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'shardscope-'))
  writeFileSync(
    join(folder, 'config'),
    `[default]
region = eu-north-1

[profile plain]
region = eu-west-1
aws_access_key_id = AKIDPLAIN
aws_secret_access_key = secret

[profile own-endpoint]
region = eu-west-1
endpoint_url = http://127.0.0.1:1001
aws_access_key_id = AKIDOWN
aws_secret_access_key = secret

[profile service-endpoint]
region = eu-west-1
endpoint_url = http://127.0.0.1:1001
services = local
aws_access_key_id = AKIDSVC
aws_secret_access_key = secret

[services local]
s3 =
  endpoint_url = http://127.0.0.1:1999
kinesis =
  endpoint_url = http://127.0.0.1:1002

[profile ignoring]
region = eu-west-1
ignore_configured_endpoint_urls = true
endpoint_url = http://127.0.0.1:1001
aws_access_key_id = AKIDIGN
aws_secret_access_key = secret

[profile no-region]
aws_access_key_id = AKIDNR
aws_secret_access_key = secret
aws_account_id = 111122223333

[profile sso]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Reader
region = us-west-2

[sso-session corp]
sso_region = us-east-1
sso_start_url = https://corp.example/start

[profile role]
role_arn = arn:aws:iam::111122223333:role/ops
source_profile = plain
mfa_serial = arn:aws:iam::111122223333:mfa/me
`,
  )
  writeFileSync(
    join(folder, 'credentials'),
    `[only-keys]
aws_access_key_id = AKIDONLY
aws_secret_access_key = secret
`,
  )
  files = {
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
  }
})
afterAll(() => rmSync(folder, { recursive: true }))

async function sessionOf(from: Parameters<typeof settingsOf>[0]) {
  const settings = settingsOf({ ...from, environment: { ...files, ...from.environment } })
  const connection = await connect({ settings, arming: { armed: false } })
  connection.close()
  return connection.session()
}

describe('the endpoint', () => {
  const all = {
    AWS_ENDPOINT_URL_KINESIS: 'http://127.0.0.1:2001',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:2002',
    AWS_PROFILE: 'service-endpoint',
  }
  const { AWS_ENDPOINT_URL_KINESIS: _first, ...second } = all
  const { AWS_ENDPOINT_URL: _second, ...third } = second
  it.each([
    [
      { flags: { endpointUrl: 'http://127.0.0.1:3000' }, environment: all },
      'http://127.0.0.1:3000',
      '--endpoint-url',
    ],
    [{ environment: all }, 'http://127.0.0.1:2001', 'AWS_ENDPOINT_URL_KINESIS'],
    [{ environment: second }, 'http://127.0.0.1:2002', 'AWS_ENDPOINT_URL'],
    [{ environment: third }, 'http://127.0.0.1:1002', 'profile service-endpoint'],
    [{ environment: { AWS_PROFILE: 'own-endpoint' } }, 'http://127.0.0.1:1001', 'profile own-endpoint'],
    [
      { dotenv: 'AWS_ENDPOINT_URL=http://127.0.0.1:2003', environment: { AWS_PROFILE: 'plain' } },
      'http://127.0.0.1:2003',
      'AWS_ENDPOINT_URL in .env',
    ],
    [{ environment: { AWS_PROFILE: 'plain' } }, 'https://kinesis.eu-west-1.amazonaws.com', 'AWS'],
    [{ environment: { AWS_PROFILE: 'ignoring' } }, 'https://kinesis.eu-west-1.amazonaws.com', 'AWS'],
    [
      { environment: { ...all, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' } },
      'https://kinesis.eu-west-1.amazonaws.com',
      'AWS',
    ],
    [
      {
        flags: { endpointUrl: 'http://127.0.0.1:3000' },
        environment: { ...all, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
      },
      'http://127.0.0.1:3000',
      '--endpoint-url',
    ],
    [
      { environment: { AWS_PROFILE: 'plain', AWS_REGION: 'cn-north-1' } },
      'https://kinesis.cn-north-1.amazonaws.com.cn',
      'AWS',
    ],
    [
      { environment: { AWS_PROFILE: 'plain', AWS_USE_FIPS_ENDPOINT: 'true', AWS_REGION: 'us-east-1' } },
      'https://kinesis-fips.us-east-1.amazonaws.com',
      'AWS',
    ],
  ])('%j is %s from %s', async (from, url, origin) => {
    const { endpointUrl, isCustomEndpoint } = await sessionOf(from as Parameters<typeof settingsOf>[0])
    expect(endpointUrl.value).toBe(url)
    expect(originText(endpointUrl.origin)).toBe(origin)
    expect(isCustomEndpoint).toBe(origin !== 'AWS')
  })

  it.each([
    ['localhost:4567', 'http://'],
    ['ftp://127.0.0.1', 'http://'],
    ['http://', 'not a valid URL'],
    ['http://user:pw@127.0.0.1:4567', 'password'],
    ['http://127.0.0.1:4567/kinesis', '/kinesis'],
    ['http://127.0.0.1:4567/?a=b', 'query'],
    ['http://127.0.0.1:99999', 'not a valid URL'],
  ])('%s is refused', async (endpointUrl, words) => {
    const failure = await failureIn(sessionOf({ flags: { endpointUrl } }))
    expect(failure.kind).toBe('usage')
    expect(failure.message).toContain(endpointUrl)
    expect(failure.message).toContain('--endpoint-url')
    expect(failure.message).toContain(words)
    expect(failure.nextStep).toContain('http://127.0.0.1:4567')
  })

  it.each(['http://127.0.0.1:4567/', 'HTTP://127.0.0.1:4567', ' http://127.0.0.1:4567 '])(
    '"%s" is put in order',
    async endpointUrl => {
      expect((await sessionOf({ flags: { endpointUrl } })).endpointUrl.value).toBe('http://127.0.0.1:4567')
    },
  )
})

describe('the region', () => {
  it.each([
    [{ flags: { region: 'sa-east-1' }, environment: { AWS_REGION: 'eu-west-2' } }, 'sa-east-1', '--region'],
    [
      { environment: { AWS_REGION: 'eu-west-2', AWS_DEFAULT_REGION: 'eu-west-3' } },
      'eu-west-2',
      'AWS_REGION',
    ],
    [{ environment: { AWS_DEFAULT_REGION: 'eu-west-3' } }, 'eu-west-3', 'AWS_DEFAULT_REGION'],
    [{ dotenv: 'AWS_REGION=eu-west-3' }, 'eu-west-3', 'AWS_REGION in .env'],
    [{}, 'eu-west-1', 'profile plain'],
  ])('%j is %s from %s', async (from, value, origin) => {
    const given = from as Parameters<typeof settingsOf>[0]
    const { region } = await sessionOf({
      ...given,
      environment: { AWS_PROFILE: 'plain', ...given.environment },
    })
    expect([region.value, originText(region.origin)]).toEqual([value, origin])
  })

  it('is needed for AWS, and the failure says how to set it', async () => {
    const failure = await failureIn(sessionOf({ environment: { AWS_PROFILE: 'no-region' } }))
    expect(failure.kind).toBe('usage')
    expect(failure.message).toContain('no-region')
    expect(failure.nextStep).toContain('--region')
  })

  it('is not needed for a custom endpoint, which says what it takes', async () => {
    const { region } = await sessionOf({
      flags: { endpointUrl: 'http://127.0.0.1:4567', profile: 'no-region' },
    })
    expect(region.value).toBe('us-east-1')
    expect(originText(region.origin)).toBe('default for a custom endpoint')
  })

  it('that could not be in a host name is refused', async () => {
    const failure = await failureIn(sessionOf({ flags: { region: 'EU West', profile: 'plain' } }))
    expect(failure.message).toContain('"EU West" (--region)')
  })

  it('comes from the ARN that the user typed, unless a flag names one', async () => {
    const arn = 'arn:aws:kinesis:ap-south-1:111122223333:stream/orders'
    const settings = settingsOf({ environment: { AWS_REGION: 'eu-west-1' } })
    expect(settingsForStream(settings, arn).region).toEqual({ value: 'ap-south-1', origin: { kind: 'arn' } })
    expect(settingsForStream(settings, 'orders')).toBe(settings)
    const flagged = settingsOf({ flags: { region: 'eu-west-1' } })
    expect(settingsForStream(flagged, arn)).toBe(flagged)
  })

  it('list holds every commercial region and no repeats', () => {
    const regions = kinesisRegions()
    expect(new Set(regions).size).toBe(regions.length)
    expect(regions).toEqual(
      expect.arrayContaining(['us-east-1', 'eu-central-1', 'cn-north-1', 'us-gov-west-1']),
    )
  })
})

describe('profiles', () => {
  it('are listed with region, method and endpoint', async () => {
    const settings = settingsOf({ environment: { ...files, AWS_PROFILE: 'plain' } })
    const connection = await connect({ settings, arming: { armed: false } })
    expect(await connection.listProfiles()).toEqual([
      { profileName: 'default', method: 'none', region: 'eu-north-1' },
      {
        profileName: 'ignoring',
        method: 'static keys',
        region: 'eu-west-1',
        endpointUrl: 'http://127.0.0.1:1001',
      },
      { profileName: 'no-region', method: 'static keys' },
      { profileName: 'only-keys', method: 'static keys' },
      {
        profileName: 'own-endpoint',
        method: 'static keys',
        region: 'eu-west-1',
        endpointUrl: 'http://127.0.0.1:1001',
      },
      { profileName: 'plain', method: 'static keys', region: 'eu-west-1' },
      { profileName: 'role', method: 'role via plain with MFA' },
      {
        profileName: 'service-endpoint',
        method: 'static keys',
        region: 'eu-west-1',
        endpointUrl: 'http://127.0.0.1:1002',
      },
      { profileName: 'sso', method: 'SSO', region: 'us-west-2' },
    ])
    connection.close()
  })

  it('that do not exist are refused with the names that do', async () => {
    const failure = await failureIn(sessionOf({ flags: { profile: 'plian', region: 'eu-west-1' } }))
    expect(failure.kind).toBe('usage')
    expect(failure.message).toContain('"plian"')
    expect(failure.nextStep).toContain('plain')
  })
})

describe('switching', () => {
  it('takes the region of the chosen profile, keeps the old one where it has none, and leaves the sandbox', async () => {
    const variables = settingsOf({ environment: { ...files, AWS_REGION: 'us-east-2' } }).variables
    const sandbox = await connect({
      settings: sandboxSettings('http://127.0.0.1:4567', variables),
      arming: { armed: true },
    })
    expect(sandbox.session()).toMatchObject({
      endpointUrl: { value: 'http://127.0.0.1:4567', origin: { kind: 'sandbox' } },
      region: { value: 'us-east-1', origin: { kind: 'sandbox' } },
      credentials: { value: 'dummy keys' },
    })
    const plain = await sandbox.switchTo({ profile: 'plain' })
    expect(plain.session()).toMatchObject({
      endpointUrl: { value: 'https://kinesis.eu-west-1.amazonaws.com' },
      region: { value: 'eu-west-1', origin: { kind: 'profile', name: 'plain' } },
      profile: { value: 'plain', origin: { kind: 'chosen' } },
      credentials: { value: 'static keys', origin: { kind: 'profile', name: 'plain' } },
    })
    const tokyo = await plain.switchTo({ region: 'ap-northeast-1' })
    expect(tokyo.session()).toMatchObject({
      region: { value: 'ap-northeast-1', origin: { kind: 'chosen' } },
      profile: { value: 'plain' },
      endpointUrl: { value: 'https://kinesis.ap-northeast-1.amazonaws.com' },
    })
    const other = await tokyo.switchTo({ profile: 'no-region' })
    expect(other.session()).toMatchObject({
      region: { value: 'ap-northeast-1' },
      accountId: { value: '111122223333', origin: { kind: 'profile', name: 'no-region' } },
    })
    expect((await failureIn(other.switchTo({ profile: 'nope' }))).kind).toBe('usage')
    for (const connection of [sandbox, plain, tokyo, other]) connection.close()
  })

  it('keeps an endpoint that a flag named', async () => {
    const connection = await connect({
      settings: settingsOf({ flags: { endpointUrl: 'http://127.0.0.1:4567' }, environment: files }),
      arming: { armed: false },
    })
    const switched = await connection.switchTo({ profile: 'plain' })
    expect(switched.session().endpointUrl.value).toBe('http://127.0.0.1:4567')
    connection.close()
    switched.close()
  })
})
