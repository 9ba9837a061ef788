import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { connect } from '../../source/aws/connect.ts'
import type { ConnectOptions } from '../../source/aws/connection.ts'
import { CredentialCache, type Identity } from '../../source/aws/credential-cache.ts'
import { originText } from '../../source/domain/session.ts'
import { connectTo, failureIn, settingsOf } from './connect-to.ts'
import { type ScriptedServer, scriptedServer, serviceError } from './scripted-server.ts'

let folder: string
let servers: ScriptedServer[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shardscope-'))
  // SSO tokens are looked up below the home folder.
  vi.stubEnv('HOME', folder)
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await Promise.all(servers.map(server => server.close()))
  servers = []
  rmSync(folder, { recursive: true })
})

async function serve(answer: Parameters<typeof scriptedServer>[0]): Promise<ScriptedServer> {
  const server = await scriptedServer(answer)
  servers.push(server)
  return server
}

function connectWith(
  config: string,
  from: Parameters<typeof settingsOf>[0],
  options: Partial<ConnectOptions> = {},
) {
  writeFileSync(join(folder, 'config'), config)
  const settings = settingsOf({
    ...from,
    environment: {
      AWS_CONFIG_FILE: join(folder, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_REGION: 'eu-west-1',
      ...from.environment,
    },
  })
  return connect({ settings, arming: { armed: false }, ...options })
}

const stream = { streamName: 'orders' }
const emptyPage = { json: { Records: [], NextShardIterator: 'next' } }

describe('credentials fail in the words of their source', () => {
  it('a credential_process with what it wrote to stderr', async () => {
    const config = `[profile vault]\ncredential_process = sh -c "echo 'vault is sealed' >&2; exit 3"\n`
    const failure = await failureIn(connectWith(config, { flags: { profile: 'vault' } }))
    expect(failure.kind).toBe('credentials')
    expect(failure.message).toContain('profile vault')
    expect(failure.message).toContain('vault is sealed')
    expect(failure.nextStep).toContain('credential_process')
  })

  it.each([
    ['junk', 'echo hello', 'invalid JSON'],
    [
      'expired keys',
      `echo '{"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","Expiration":"2020-01-01T00:00:00Z"}'`,
      'expired',
    ],
  ])('a credential_process that prints %s', async (_name, command, words) => {
    writeFileSync(join(folder, 'helper.sh'), `${command}\n`)
    const config = `[profile vault]\ncredential_process = sh ${join(folder, 'helper.sh')}\n`
    const failure = await failureIn(connectWith(config, { flags: { profile: 'vault' } }))
    expect(failure.message).toContain(words)
  })

  it('SSO without a token, with the command that helps', async () => {
    const config = `[profile corp]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = R
[sso-session corp]\nsso_region = us-east-1\nsso_start_url = https://corp.example/start\n`
    const failure = await failureIn(connectWith(config, { flags: { profile: 'corp' } }))
    expect(failure.kind).toBe('credentials')
    expect(failure.message).toContain('SSO')
    expect(failure.nextStep).toContain('aws sso login --profile corp')
  })

  it('SSO whose session section is missing, instead of a TypeError', async () => {
    const config = '[profile corp]\nsso_session = crop\nsso_account_id = 1\nsso_role_name = R\n'
    const failure = await failureIn(connectWith(config, { flags: { profile: 'corp' } }))
    expect(failure.message).toContain('"crop"')
    expect(failure.nextStep).toContain('aws configure sso --profile corp')
  })

  it('nothing configured at all', async () => {
    const failure = await failureIn(connectWith('', {}))
    expect(failure.kind).toBe('credentials')
    expect(failure.message).toContain('No credentials are configured')
    expect(failure.nextStep).toContain('--profile')
  })

  it('a program that never ends, within the deadline', async () => {
    const config = '[profile vault]\ncredential_process = sleep 2\n'
    const failure = await failureIn(
      connectWith(config, { flags: { profile: 'vault' } }, { deadlines: { credentialsMillis: 100 } }),
    )
    expect(failure).toMatchObject({ kind: 'credentials', retryable: true })
    expect(failure.message).toContain('longer than')
  })

  it('called off by the user', async () => {
    const config = '[profile vault]\ncredential_process = sleep 2\n'
    const signal = AbortSignal.abort()
    const failure = await failureIn(connectWith(config, { flags: { profile: 'vault' } }, { signal }))
    expect(failure.kind).toBe('aborted')
  })
})

describe('credentials that work', () => {
  it('of a process name the account', async () => {
    const keys =
      '{"Version":1,"AccessKeyId":"AKIDPROC","SecretAccessKey":"s","SessionToken":"t","AccountId":"111122223333"}'
    writeFileSync(join(folder, 'helper.sh'), `echo '${keys}'\n`)
    const config = `[profile vault]\ncredential_process = sh ${join(folder, 'helper.sh')}\n`
    const connection = await connectWith(config, { flags: { profile: 'vault' } })
    expect(connection.session()).toMatchObject({
      credentials: { value: 'process', origin: { kind: 'profile', name: 'vault' } },
      accountId: { value: '111122223333' },
    })
    connection.close()
  })

  const roleConfig = `[profile base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = s
[profile ops]\nrole_arn = arn:aws:iam::444455556666:role/ops\nsource_profile = base\nmfa_serial = arn:aws:iam::111122223333:mfa/me\n`

  it('of a role with MFA ask for the code, wait for the person, and use what STS hands out', async () => {
    const sts = await serve(() => ({
      status: 200,
      headers: { 'content-type': 'text/xml' },
      text: `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
        <AssumedRoleUser><Arn>arn:aws:sts::444455556666:assumed-role/ops/x</Arn><AssumedRoleId>A:x</AssumedRoleId></AssumedRoleUser>
        <Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>tok</SessionToken>
        <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
    }))
    vi.stubEnv('AWS_ENDPOINT_URL_STS', sts.url)
    const kinesis = await serve(() => emptyPage)
    const asked: string[] = []
    const connection = await connectWith(
      roleConfig,
      { flags: { profile: 'ops', endpointUrl: kinesis.url } },
      {
        // Slower than the deadline for the machine's part.
        deadlines: { credentialsMillis: 400 },
        askMfaCode: async serial => {
          asked.push(serial)
          await new Promise(resolve => setTimeout(resolve, 600))
          return '123456'
        },
      },
    )
    expect(asked).toEqual(['arn:aws:iam::111122223333:mfa/me'])
    expect(String(sts.requests[0]?.body.text)).toContain('TokenCode=123456')
    expect(connection.session()).toMatchObject({
      credentials: { value: 'role via base with MFA' },
      accountId: { value: '444455556666' },
    })
    await connection.api.getRecords(stream, 's', 'i')
    expect(kinesis.requests[0]?.headers.authorization).toContain('Credential=ASIAROLE/')
    expect(kinesis.requests[0]?.headers['x-amz-security-token']).toBe('tok')
    connection.close()
  })

  it('of a role with MFA fail without anybody to ask, naming MFA', async () => {
    const failure = await failureIn(connectWith(roleConfig, { flags: { profile: 'ops' } }))
    expect(failure.message).toContain('multi-factor')
  })

  it('of the environment give way to a profile that is named', async () => {
    const keys = { AWS_ACCESS_KEY_ID: 'AKIDENV', AWS_SECRET_ACCESS_KEY: 's' }
    const fromEnvironment = await connectWith(roleConfig, { environment: keys })
    expect(originText(fromEnvironment.session().credentials.origin)).toBe('AWS_ACCESS_KEY_ID')
    expect(fromEnvironment.session().profile).toBeUndefined()
    const named = await connectWith(roleConfig, { environment: { ...keys, AWS_PROFILE: 'base' } })
    expect(originText(named.session().credentials.origin)).toBe('profile base')
    fromEnvironment.close()
    named.close()
  })

  it('on a loopback endpoint are dummies rather than a login, and say so', async () => {
    const config = '[profile corp]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = R\n'
    const kinesis = await serve(() => emptyPage)
    const connection = await connectWith(config, {
      flags: { endpointUrl: kinesis.url },
      environment: { AWS_PROFILE: 'corp' },
    })
    expect(connection.session().credentials).toEqual({
      value: 'dummy keys',
      origin: { kind: 'default', reason: 'loopback endpoint' },
    })
    await connection.api.getRecords(stream, 's', 'i')
    expect(kinesis.requests[0]?.headers.authorization).toContain('Credential=test/')
    connection.close()
  })
})

describe('report 38: credentials that expire while a tail runs', () => {
  const keysFile = (accessKeyId: string) =>
    writeFileSync(
      join(folder, 'credentials'),
      `[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = s\n`,
    )

  it('are read anew: at once when the file is renewed already, without a flood while it is not', async () => {
    let dead = ''
    const kinesis = await serve(({ headers }) =>
      dead !== '' && headers.authorization?.includes(`Credential=${dead}/`)
        ? serviceError('ExpiredTokenException', 'The security token included in the request is expired')
        : emptyPage,
    )
    keysFile('AKIDFIRST')
    let now = Date.now()
    const connection = await connectWith(
      '',
      { flags: { endpointUrl: kinesis.url } },
      { clock: { now: () => now } },
    )
    const read = () => connection.api.getRecords(stream, 's', 'i')
    await read()

    // Renewed before it expired: the tail does not notice.
    keysFile('AKIDSECOND')
    dead = 'AKIDFIRST'
    await read()
    expect(kinesis.requests).toHaveLength(3)

    // Expired and not renewed: each read fails here, and only the first one goes out.
    dead = 'AKIDSECOND'
    const failures = await Promise.all([failureIn(read()), failureIn(read()), failureIn(read())])
    for (let round = 0; round < 20; round += 1) failures.push(await failureIn(read()))
    expect(failures.map(({ kind }) => kind)).toEqual(Array.from({ length: 23 }, () => 'credentials'))
    expect(failures.at(-1)?.nextStep).toContain('goes on by itself')
    expect(kinesis.requests.length).toBeLessThanOrEqual(6)

    // Renewed: it resumes by itself as soon as the file is looked at again.
    keysFile('AKIDTHIRD')
    now += 6_000
    await read()
    expect(kinesis.requests.at(-1)?.headers.authorization).toContain('Credential=AKIDTHIRD/')
    connection.close()
  })

  it('can be reloaded by hand without waiting', async () => {
    const kinesis = await serve(({ headers }) =>
      headers.authorization?.includes('Credential=AKIDOLD/')
        ? serviceError('ExpiredTokenException', 'expired')
        : emptyPage,
    )
    keysFile('AKIDOLD')
    const connection = await connectWith('', { flags: { endpointUrl: kinesis.url } })
    await failureIn(connection.api.getRecords(stream, 's', 'i'))
    keysFile('AKIDNEW')
    connection.reloadCredentials()
    await connection.api.getRecords(stream, 's', 'i')
    connection.close()
  })
})

describe('CredentialCache', () => {
  const identity = (accessKeyId: string, expiresAt?: number): Identity => ({
    accessKeyId,
    secretAccessKey: 's',
    ...(expiresAt === undefined ? {} : { expiration: new Date(expiresAt) }),
  })

  function cacheOver(load: () => Promise<Identity>) {
    const time = { now: 0 }
    const counted = vi.fn(load)
    return {
      time,
      load: counted,
      cache: new CredentialCache(counted, { now: () => time.now }),
    }
  }

  it('loads once for many callers, and again five minutes before the end', async () => {
    const { cache, load, time } = cacheOver(async () => identity('A', 3_600_000))
    await Promise.all(Array.from({ length: 50 }, () => cache.get()))
    expect(load).toHaveBeenCalledTimes(1)
    time.now = 3_299_999
    await cache.get()
    expect(load).toHaveBeenCalledTimes(1)
    time.now = 3_300_000
    await cache.get()
    expect(load).toHaveBeenCalledTimes(2)
  })

  it('remembers a failure longer when it took longer, so that a stall is not met at every call', async () => {
    const slow = cacheOver(async () => {
      slow.time.now += 2_000
      throw new Error('no metadata service')
    })
    await expect(slow.cache.get()).rejects.toThrow('no metadata')
    slow.time.now += 19_999
    await expect(slow.cache.get()).rejects.toThrow('no metadata')
    expect(slow.load).toHaveBeenCalledTimes(1)
    slow.time.now += 1
    await expect(slow.cache.get()).rejects.toThrow('no metadata')
    expect(slow.load).toHaveBeenCalledTimes(2)
  })

  it('goes on with the old keys while their renewal fails and they still have minutes', async () => {
    let works = true
    const { cache, time } = cacheOver(async () => {
      if (!works) throw new Error('STS is away')
      return identity('A', 600_000)
    })
    await cache.get()
    works = false
    time.now = 400_000
    expect((await cache.get()).accessKeyId).toBe('A')
    time.now = 600_000
    await expect(cache.get()).rejects.toThrow('STS is away')
  })

  it('tries refused keys once a minute where there are no others, so that a wrong refusal passes by itself', async () => {
    const { cache, time } = cacheOver(async () => identity('A'))
    await cache.get()
    for (let minute = 1; minute <= 3; minute += 1) {
      cache.refuse('A ')
      await expect(cache.get()).rejects.toThrow('still holds the same ones')
      time.now += 59_999
      await expect(cache.get()).rejects.toThrow('still holds the same ones')
      // The failure to load is remembered for five seconds more.
      time.now += 5_001
      expect((await cache.get()).accessKeyId).toBe('A')
    }
  })

  it('ignores a late refusal of keys that it has replaced', async () => {
    let next = 'A'
    const { cache, load } = cacheOver(async () => identity(next))
    await cache.get()
    next = 'B'
    cache.refuse('A ')
    expect((await cache.get()).accessKeyId).toBe('B')
    cache.refuse('A ')
    expect((await cache.get()).accessKeyId).toBe('B')
    expect(load).toHaveBeenCalledTimes(2)
  })
})

describe('a custom endpoint', () => {
  it('without files and variables is signed with dummies', async () => {
    const kinesis = await serve(() => emptyPage)
    const connection = await connectTo(kinesis.url)
    expect(connection.session().credentials.value).toBe('dummy keys')
    connection.close()
  })
})
