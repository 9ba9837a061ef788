import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CONFIG_VARIABLES, readConfig, readDotenv } from '../source/config.ts'
import { FailureError } from '../source/domain/failure.ts'

describe('readConfig', () => {
  it('takes flags over the environment over .env, each with its origin', () => {
    const { aws } = readConfig({
      flags: { region: 'eu-west-1' },
      environment: { AWS_REGION: 'us-east-1', AWS_PROFILE: 'ops', UNRELATED: 'x' },
      dotenv: 'AWS_PROFILE=dev\nAWS_ENDPOINT_URL="http://127.0.0.1:4567" # local\n',
    })
    expect(aws.region).toEqual({ value: 'eu-west-1', origin: { kind: 'flag', name: '--region' } })
    expect(aws.profile).toBeUndefined()
    expect(Object.fromEntries(aws.variables)).toEqual({
      AWS_REGION: { value: 'us-east-1', origin: { kind: 'environment', name: 'AWS_REGION' } },
      AWS_PROFILE: { value: 'ops', origin: { kind: 'environment', name: 'AWS_PROFILE' } },
      AWS_ENDPOINT_URL: {
        value: 'http://127.0.0.1:4567',
        origin: { kind: 'dotenv', name: 'AWS_ENDPOINT_URL' },
      },
    })
  })

  it('takes an empty variable for one that is not set', () => {
    const { aws } = readConfig({
      flags: {},
      environment: { AWS_PROFILE: '' },
      dotenv: 'AWS_PROFILE=dev\nAWS_REGION=\n',
    })
    expect(aws.variables.get('AWS_PROFILE')?.origin).toEqual({ kind: 'dotenv', name: 'AWS_PROFILE' })
    expect(aws.variables.has('AWS_REGION')).toBe(false)
  })

  it('knows the proxy variables in lower case, and says so', () => {
    const { aws } = readConfig({ flags: {}, environment: { https_proxy: 'http://p:3128' } })
    expect(aws.variables.get('HTTPS_PROXY')).toEqual({
      value: 'http://p:3128',
      origin: { kind: 'environment', name: 'https_proxy' },
    })
  })

  it('refuses an empty flag by name', () => {
    expect(() => readConfig({ flags: { endpointUrl: '' }, environment: {} })).toThrow(
      '--endpoint-url is empty',
    )
  })

  it('is frozen', () => {
    const config = readConfig({ flags: {}, environment: {} })
    expect(Object.isFrozen(config)).toBe(true)
    expect(Object.isFrozen(config.aws)).toBe(true)
  })
})

describe('.env', () => {
  it('example lists exactly the variables that are read, once each', () => {
    const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8')
    const names = [...example.matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)].map(match => match[1])
    expect(names.toSorted()).toEqual([...CONFIG_VARIABLES].toSorted())
  })

  it('may be missing, or a folder; one that cannot be read is named', () => {
    const folder = mkdtempSync(join(tmpdir(), 'shardscope-'))
    expect(readDotenv(folder)).toBeUndefined()
    mkdirSync(join(folder, '.env'))
    expect(readDotenv(folder)).toBeUndefined()
    rmSync(join(folder, '.env'), { recursive: true })
    writeFileSync(join(folder, '.env'), 'AWS_REGION=eu-west-1\n')
    expect(readDotenv(folder)).toBe('AWS_REGION=eu-west-1\n')
    rmSync(folder, { recursive: true })
    expect(() => readDotenv('\0')).toThrow(FailureError)
  })
})
