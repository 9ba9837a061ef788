import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { AWS_VARIABLES, type AwsSettings, type AwsVariable } from './aws/settings.ts'
import { usageFailure } from './domain/failure.ts'
import type { Origin, Sourced } from './domain/session.ts'

/** Every variable that is read, from the environment or from .env; .env.example lists exactly these. */
export const CONFIG_VARIABLES: readonly string[] = AWS_VARIABLES

/** Flags that every command takes, as typed. */
export type CommonFlags = {
  readonly endpointUrl?: string | undefined
  readonly region?: string | undefined
  readonly profile?: string | undefined
}

/** What the program was told, checked once; each value knows where it came from. */
export type Config = { readonly aws: AwsSettings }

/**
 * Flags over environment over .env. An empty variable counts as not set, as in the SDK.
 * @throws FailureError `usage` for an empty flag
 */
export function readConfig(from: {
  readonly flags: CommonFlags
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Content of .env; absent where there is none. */
  readonly dotenv?: string | undefined
}): Config {
  const dotenv = from.dotenv === undefined ? {} : parseEnv(from.dotenv)
  const variables = new Map<AwsVariable, Sourced<string>>()
  for (const name of AWS_VARIABLES) {
    const found = lookUp(name, from.environment, dotenv)
    if (found !== undefined) variables.set(name, found)
  }
  const endpointUrl = flag('--endpoint-url', from.flags.endpointUrl)
  const region = flag('--region', from.flags.region)
  const profile = flag('--profile', from.flags.profile)
  return Object.freeze({
    aws: Object.freeze({
      variables,
      ...(endpointUrl === undefined ? {} : { endpointUrl }),
      ...(region === undefined ? {} : { region }),
      ...(profile === undefined ? {} : { profile }),
    }),
  })
}

/** Content of the .env file in a folder, or undefined where there is none. */
export function readDotenv(folder: string): string | undefined {
  try {
    return readFileSync(join(folder, '.env'), 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    // A folder of that name is somebody's virtual environment, not ours to complain about.
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return undefined
    throw usageFailure(
      'ReadConfig',
      `The file .env in ${folder} cannot be read: ${message}`,
      'Make it readable, or run from another folder.',
    )
  }
}

function lookUp(
  name: AwsVariable,
  environment: Readonly<Record<string, string | undefined>>,
  dotenv: Readonly<Record<string, string | undefined>>,
): Sourced<string> | undefined {
  // curl and most Unix tools know the proxy variables in lower case.
  const names = name.endsWith('_PROXY') ? [name, name.toLowerCase()] : [name]
  for (const [kind, values] of [
    ['environment', environment],
    ['dotenv', dotenv],
  ] as const) {
    for (const spelling of names) {
      const value = values[spelling]?.trim()
      if (value !== undefined && value !== '') return { value, origin: { kind, name: spelling } }
    }
  }
  return undefined
}

function flag(name: string, value: string | undefined): Sourced<string> | undefined {
  if (value === undefined) return undefined
  if (value.trim() === '') {
    throw usageFailure('ReadConfig', `${name} is empty.`, `Give it a value, or leave ${name} out.`)
  }
  return { value: value.trim(), origin: { kind: 'flag', name } satisfies Origin }
}
