import type { Connection, ConnectOptions } from './aws/connection.ts'
import type { AwsSettings } from './aws/settings.ts'
import type { CommonFlags } from './cli/parse.ts'
import { readConfig, readDotenv } from './config.ts'
import { isLoopback } from './domain/loopback.ts'
import type { ProfileGuard, Session } from './domain/session.ts'
import { embedSandbox } from './embedded-sandbox.ts'
import { keptFiles } from './kept-files.ts'
import { openConfigWarning, readUserConfig } from './user-config/user-config.ts'

/** What may be closed once nobody needs the connection: an embedded sandbox, or nothing. */
export type Opened = {
  readonly connection: Connection
  close(): Promise<void>
}

/** Variables that name an endpoint on purpose. A region, a profile or keys lie around in many shells. */
const ENDPOINT_VARIABLES = ['AWS_ENDPOINT_URL_KINESIS', 'AWS_ENDPOINT_URL'] as const

/**
 * Connects to what the flags, the environment and .env say. `withoutEndpoint` decides where nothing names one: a command
 * goes to AWS like every AWS tool, the console stays on an embedded sandbox.
 * @throws FailureError `usage`, `credentials` or `aborted`
 */
export async function openConnection(
  wanted: {
    readonly flags: CommonFlags
    readonly withoutEndpoint: 'aws' | 'sandbox'
    /** The stream that is asked for: the region of an ARN counts. */
    readonly streamNameOrArn?: string
  },
  hooks: Omit<ConnectOptions, 'settings'>,
): Promise<Opened> {
  const { flags } = wanted
  const { profiles: guards } = readUserConfig(process.env)
  const warning = openConfigWarning(process.env)
  if (warning !== undefined) hooks.onWarning?.(warning)
  const guardFor = (profileName: string | undefined): ProfileGuard | undefined => {
    const guard = profileName === undefined ? undefined : guards.get(profileName)
    return flags.readOnly === true ? { ...guard, lockReason: 'it was started with --read-only' } : guard
  }
  const { aws } = readConfig({ flags, environment: process.env, dotenv: readDotenv(process.cwd()) })
  const [{ connect }, { sandboxSettings, settingsForStream }] = await Promise.all([
    import('./aws/connect.ts'),
    import('./aws/settings.ts'),
  ])
  if (!flags.sandbox && (wanted.withoutEndpoint === 'aws' || namesEndpoint(aws))) {
    const settings = settingsForStream(aws, wanted.streamNameOrArn ?? '')
    const connection = await connect({ audit: keptFiles(process.env).audit, guardFor, ...hooks, settings })
    return { connection, close: async () => connection.close() }
  }
  const { sandboxPort, sandboxScenario, sandboxSpeed, sandboxChaos } = flags
  const sandbox = await embedSandbox(
    {
      hasTraffic: true,
      ...(sandboxPort === undefined ? {} : { port: sandboxPort }),
      ...(sandboxScenario === undefined ? {} : { scenario: sandboxScenario }),
      ...(sandboxSpeed === undefined ? {} : { speed: sandboxSpeed }),
      ...(sandboxChaos === undefined ? {} : { faultFile: sandboxChaos }),
    },
    hooks.onWarning ?? (() => {}),
  )
  // The AWS variables stay known, so that a switch to a profile inside the console finds them.
  const settings = sandboxSettings(sandbox.url, aws.variables)
  try {
    const connection = await connect({
      audit: keptFiles(process.env).audit,
      guardFor,
      ...hooks,
      settings,
      requestHandler: sandbox.requestHandler,
    })
    return {
      connection,
      close: async () => {
        connection.close()
        await sandbox.close()
      },
    }
  } catch (error) {
    await sandbox.close()
    throw error
  }
}

/** Whether the user has said where to go: a flag, or a variable that names an endpoint. */
export function namesEndpoint(aws: AwsSettings): boolean {
  return (
    (aws.endpointUrl ?? aws.region ?? aws.profile) !== undefined ||
    ENDPOINT_VARIABLES.some(name => aws.variables.has(name))
  )
}

/**
 * Whether acts are allowed from the start: what runs on this machine is nobody's production, unless a profile was chosen
 * for it. A loopback address can be the near end of a tunnel into an account, and then the profile tells.
 */
export function isArmedAt(session: Pick<Session, 'endpointUrl' | 'profile'>, flags: CommonFlags): boolean {
  const chosenBy = session.profile?.origin.kind
  const isProfileChosen = chosenBy === 'flag' || chosenBy === 'environment' || chosenBy === 'dotenv'
  if (flags.readOnly === true) return false
  return flags.write || (isLoopback(session.endpointUrl.value) && !isProfileChosen)
}
