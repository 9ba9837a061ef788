import { connect } from '../../source/aws/connect.ts'
import type { Connection, ConnectOptions } from '../../source/aws/connection.ts'
import type { AwsSettings } from '../../source/aws/settings.ts'
import { readConfig } from '../../source/config.ts'
import type { Failure } from '../../source/domain/failure.ts'
import { FailureError } from '../../source/domain/failure.ts'

const NO_FILES = { AWS_CONFIG_FILE: '/nonexistent/config', AWS_SHARED_CREDENTIALS_FILE: '/nonexistent/keys' }

/** Settings as the program would read them, on a machine without AWS files of its own. */
export function settingsOf(from: {
  flags?: Parameters<typeof readConfig>[0]['flags']
  environment?: Record<string, string>
  dotenv?: string
}): AwsSettings {
  return readConfig({
    flags: from.flags ?? {},
    environment: { ...NO_FILES, ...from.environment },
    dotenv: from.dotenv,
  }).aws
}

/** A connection to a loopback endpoint, armed, with short time limits unless the test sets others. */
export function connectTo(url: string, options: Partial<ConnectOptions> = {}): Promise<Connection> {
  return connect({
    settings: settingsOf({ flags: { endpointUrl: url } }),
    arming: { armed: true },
    ...options,
  })
}

/** The failure that a call ends with; fails the test when it does not. */
export async function failureIn(work: Promise<unknown>): Promise<Failure> {
  try {
    await work
  } catch (error) {
    if (error instanceof FailureError) return error.failure
    throw error
  }
  throw new Error('expected a failure, and the call succeeded')
}

/** A listing read to its end. */
export async function collect<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = []
  for await (const page of pages) all.push(...page)
  return all
}
