import type { Profile } from '@smithy/core/config'
import { FailureError } from '../domain/failure.ts'
import { isLoopback } from '../domain/loopback.ts'
import type { Origin, Sourced } from '../domain/session.ts'
import type { Identity } from './credential-cache.ts'
import { isAwsHost, isTrue } from './endpoint.ts'
import type { quietLogger } from './quiet-logger.ts'
import type { AwsSettings } from './settings.ts'
import { methodOf, readSharedConfig, sharedConfigPaths } from './shared-config.ts'

/** What the SDK's credential providers are given by us. */
export type ProviderTools = {
  readonly region: string
  /** Handler with time limits for the inner STS and SSO calls. */
  readonly requestHandler: () => Promise<unknown>
  readonly logger: ReturnType<typeof quietLogger>
  readonly askMfaCode?: (mfaSerial: string) => Promise<string>
}

/** How requests will be signed, decided before anything is run or asked. */
export type CredentialPlan = {
  /** For people, e.g. `SSO`, `static keys`, `dummy keys`. */
  readonly method: string
  readonly origin: Origin
  readonly load: (tools: ProviderTools) => Promise<Identity>
}

// What local emulators are usually given. Not a secret, and never sent to AWS.
const DUMMY_IDENTITY: Identity = { accessKeyId: 'test', secretAccessKey: 'test' }

/**
 * Chooses one source: keys of the environment (unless a profile is named), the profile, a web identity, then the
 * container's or machine's role. Each fails in its own words: the SDK's chain would try the next and end with
 * "Could not load credentials from any providers". On a loopback endpoint nothing that asks a person, a program or
 * a network runs unless the profile was named by flag; a custom endpoint without credentials gets dummy keys.
 */
export function planCredentials(
  settings: AwsSettings,
  profile: { readonly name: string; readonly values: Profile; readonly isNamed: boolean } | undefined,
  endpointUrl: Sourced<string> | undefined,
): CredentialPlan {
  if (endpointUrl?.origin.kind === 'sandbox') return dummyPlan({ kind: 'sandbox' })
  const variables = settings.variables
  const isLocal = endpointUrl !== undefined && isLoopback(endpointUrl.value)
  const isForeign = endpointUrl !== undefined && !isAwsHost(endpointUrl.value)

  const accessKeyId = variables.get('AWS_ACCESS_KEY_ID')
  const secretAccessKey = variables.get('AWS_SECRET_ACCESS_KEY')
  if (profile?.isNamed !== true && accessKeyId !== undefined && secretAccessKey !== undefined) {
    const sessionToken = variables.get('AWS_SESSION_TOKEN')?.value
    const accountId = variables.get('AWS_ACCOUNT_ID')?.value
    const identity: Identity = {
      accessKeyId: accessKeyId.value,
      secretAccessKey: secretAccessKey.value,
      ...(sessionToken === undefined ? {} : { sessionToken }),
      ...(accountId === undefined ? {} : { accountId }),
    }
    return {
      method: sessionToken === undefined ? 'static keys' : 'temporary keys',
      origin: accessKeyId.origin,
      load: async () => identity,
    }
  }

  if (profile !== undefined) {
    const method = methodOf(profile.values)
    const needsMore = !/keys$/.test(method)
    const isInsisted = settings.profile !== undefined
    if (method !== 'none' && !(isLocal && needsMore && !isInsisted)) {
      return profilePlan(settings, profile.name, method)
    }
  }
  const tokenFile = variables.get('AWS_WEB_IDENTITY_TOKEN_FILE')
  const roleArn = variables.get('AWS_ROLE_ARN')
  if (!isLocal && tokenFile !== undefined && roleArn !== undefined) {
    return {
      method: 'web identity',
      origin: tokenFile.origin,
      load: async tools => {
        const { fromTokenFile } = await import('./sdk-credentials.ts')
        const roleSessionName = variables.get('AWS_ROLE_SESSION_NAME')?.value
        return fromTokenFile({
          webIdentityTokenFile: tokenFile.value,
          roleArn: roleArn.value,
          ...(roleSessionName === undefined ? {} : { roleSessionName }),
          ...(await innerClient(tools)),
        })()
      },
    }
  }
  if (isForeign) {
    return dummyPlan({
      kind: 'default',
      reason: isLocal ? 'loopback endpoint' : 'custom endpoint, no credentials set',
    })
  }
  return machineRolePlan(variables)
}

function dummyPlan(origin: Origin): CredentialPlan {
  return { method: 'dummy keys', origin, load: async () => DUMMY_IDENTITY }
}

function profilePlan(settings: AwsSettings, profileName: string, method: string): CredentialPlan {
  return {
    method,
    origin: { kind: 'profile', name: profileName },
    load: async tools => {
      // Read anew: the user may have mended the file since.
      const { configFile } = await readSharedConfig(settings)
      const session = configFile[profileName]?.sso_session
      // The SDK would fail with a TypeError about `sso_region`.
      if (session !== undefined && configFile[`sso-session.${session}`] === undefined) {
        throw new FailureError({
          kind: 'credentials',
          action: 'LoadCredentials',
          message: `Profile ${profileName} uses sso_session "${session}", and the config file has no [sso-session ${session}].`,
          nextStep: `Add that section, or run \`aws configure sso --profile ${profileName}\`.`,
          retryable: false,
        })
      }
      const { fromIni } = await import('./sdk-credentials.ts')
      return fromIni({
        profile: profileName,
        ...sharedConfigPaths(settings),
        ignoreCache: true,
        ...(tools.askMfaCode === undefined ? {} : { mfaCodeProvider: tools.askMfaCode }),
        ...(await innerClient(tools)),
      })()
    },
  }
}

function machineRolePlan(variables: AwsSettings['variables']): CredentialPlan {
  // Set by ECS, EKS and CloudShell themselves, never by a person, so they are not in .env.example.
  const container = ['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI', 'AWS_CONTAINER_CREDENTIALS_FULL_URI'].find(
    name => process.env[name],
  )
  if (container !== undefined) {
    return {
      method: 'container role',
      origin: { kind: 'environment', name: container },
      load: async tools => {
        const { fromHttp } = await import('./sdk-credentials.ts')
        return fromHttp({ timeout: 1_000, maxRetries: 1, logger: tools.logger })()
      },
    }
  }
  const isDisabled = isTrue(variables.get('AWS_EC2_METADATA_DISABLED')?.value)
  return {
    method: 'instance role',
    origin: { kind: 'default', reason: 'instance metadata' },
    load: async tools => {
      try {
        if (isDisabled) throw new Error('AWS_EC2_METADATA_DISABLED is true')
        const { fromInstanceMetadata } = await import('./sdk-credentials.ts')
        return await fromInstanceMetadata({ timeout: 1_000, maxRetries: 0, logger: tools.logger })()
      } catch (cause) {
        throw new FailureError(
          {
            kind: 'credentials',
            action: 'LoadCredentials',
            message: `No credentials are configured, and this machine has no role (${cause instanceof Error ? cause.message : String(cause)}).`,
            nextStep:
              'Give --profile NAME, set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run `aws configure`.',
            retryable: false,
          },
          { cause },
        )
      }
    },
  }
}

/** Options for the inner STS and SSO clients. No region in `clientConfig`: SSO would take it for its own. */
async function innerClient(tools: ProviderTools) {
  return {
    logger: tools.logger,
    clientConfig: { requestHandler: await tools.requestHandler(), logger: tools.logger, maxAttempts: 2 },
    parentClientConfig: { region: tools.region, logger: tools.logger },
  }
}

/** The failure of a plan in words of the source that failed. */
export function credentialsFailure(plan: CredentialPlan, cause: unknown): FailureError {
  if (cause instanceof FailureError) return cause
  const told = (cause instanceof Error ? cause.message : String(cause)).trim()
  // Node names the whole command line, which may hold a password; what the program itself said comes after it.
  const message = told.replace(/^Command failed: .*(?:\n|$)/, 'its credential_process failed, and says: ')
  const profile = plan.origin.kind === 'profile' ? ` --profile ${plan.origin.name}` : ''
  const failure = {
    kind: 'credentials',
    action: 'LoadCredentials',
    message: `Credentials from ${plan.method}${plan.origin.kind === 'profile' ? ` of profile ${plan.origin.name}` : ''}: ${message}`,
    retryable: false,
  } as const
  const nextStep = nextStepFor(plan.method, message, profile)
  return new FailureError(nextStep === undefined ? failure : { ...failure, nextStep }, { cause })
}

function nextStepFor(method: string, message: string, profileFlag: string): string | undefined {
  if (method === 'SSO' || /\bsso\b/i.test(message))
    return `Run \`aws sso login${profileFlag}\`, then try again.`
  if (method === 'aws login') return `Run \`aws login${profileFlag}\`, then try again.`
  if (method === 'process') return `Run the profile's credential_process by hand to see what it wants.`
  if (/MFA|multi-?factor/i.test(message)) return 'Enter a fresh code of the MFA device; each works once.'
  if (method.startsWith('role')) return 'Check role_arn, source_profile and the trust policy of the role.'
  return undefined
}
