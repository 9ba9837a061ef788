import { loadSharedConfigFiles, type ParsedIniData, type Profile } from '@smithy/core/config'
import { usageFailure } from '../domain/failure.ts'
import type { ProfileListing } from '../domain/session.ts'
import type { AwsSettings } from './settings.ts'

/** Both shared files as read at one moment. Missing files are empty. */
export type SharedConfig = { readonly configFile: ParsedIniData; readonly credentialsFile: ParsedIniData }

/** Paths that differ from the SDK's own, in the words of its providers' options. */
export function sharedConfigPaths(settings: AwsSettings): { configFilepath?: string; filepath?: string } {
  const config = settings.variables.get('AWS_CONFIG_FILE')?.value
  const credentials = settings.variables.get('AWS_SHARED_CREDENTIALS_FILE')?.value
  return {
    ...(config === undefined ? {} : { configFilepath: config }),
    ...(credentials === undefined ? {} : { filepath: credentials }),
  }
}

/** Reads both files anew, so that a session that runs for days sees what was renewed meanwhile. */
export async function readSharedConfig(settings: AwsSettings): Promise<SharedConfig> {
  return loadSharedConfigFiles({ ...sharedConfigPaths(settings), ignoreCache: true })
}

/** The names of all profiles, sorted; sections such as `sso-session x` and `services x` are none. */
export function profileNames(shared: SharedConfig): string[] {
  const names = Object.keys(shared.configFile).filter(name => !/^(sso-session|services)\./.test(name))
  return [...new Set([...names, ...Object.keys(shared.credentialsFile)])].sort()
}

/** What both files say about a profile, the credentials file first: its keys are the ones that tools renew. */
export function profileOf(shared: SharedConfig, profileName: string): Profile | undefined {
  const inConfig = shared.configFile[profileName]
  const inCredentials = shared.credentialsFile[profileName]
  if (inConfig === undefined && inCredentials === undefined) return undefined
  return { ...inConfig, ...inCredentials }
}

/** The profile that a flag or variable names; naming one that does not exist is an error, having no `default` is not. */
export function chosenProfile(settings: AwsSettings, shared: SharedConfig): Profile | undefined {
  const chosen = settings.profile ?? settings.variables.get('AWS_PROFILE')
  const found = profileOf(shared, chosen?.value ?? 'default')
  if (found !== undefined || chosen === undefined) return found
  const names = profileNames(shared)
  throw usageFailure(
    'LoadProfile',
    `There is no profile "${chosen.value}" in the shared AWS config files.`,
    names.length === 0
      ? 'No profile was found at all: run `aws configure`, or set AWS_CONFIG_FILE.'
      : `Choose one of: ${names.slice(0, 12).join(', ')}${names.length > 12 ? `, and ${names.length - 12} more` : ''}.`,
  )
}

/** How a profile gets its credentials, in the order in which the SDK looks. */
export function methodOf(profile: Profile): string {
  if (profile.role_arn !== undefined && profile.source_profile !== undefined) {
    return `role via ${profile.source_profile}${profile.mfa_serial === undefined ? '' : ' with MFA'}`
  }
  if (profile.role_arn !== undefined && profile.credential_source !== undefined) {
    return `role via ${profile.credential_source}`
  }
  if (profile.aws_access_key_id !== undefined && profile.aws_secret_access_key !== undefined) {
    return profile.aws_session_token === undefined ? 'static keys' : 'temporary keys'
  }
  if (profile.role_arn !== undefined && profile.web_identity_token_file !== undefined) return 'web identity'
  if (profile.credential_process !== undefined) return 'process'
  if (
    profile.sso_session !== undefined ||
    profile.sso_start_url !== undefined ||
    profile.sso_account_id !== undefined
  ) {
    return 'SSO'
  }
  if (profile.login_session !== undefined) return 'aws login'
  return 'none'
}

/** The URL that the profile's `services` section, else the profile itself, sets for Kinesis. */
export function endpointUrlOf(shared: SharedConfig, profile: Profile): string | undefined {
  const services =
    profile.services === undefined ? undefined : shared.configFile[`services.${profile.services}`]
  return services?.['kinesis.endpoint_url'] ?? profile.endpoint_url
}

/** Every profile for a chooser. */
export async function listProfiles(settings: AwsSettings): Promise<ProfileListing[]> {
  const shared = await readSharedConfig(settings)
  return profileNames(shared).map(profileName => {
    const profile = profileOf(shared, profileName) ?? {}
    const endpointUrl = endpointUrlOf(shared, profile)
    return {
      profileName,
      method: methodOf(profile),
      ...(profile.region === undefined ? {} : { region: profile.region }),
      ...(endpointUrl === undefined ? {} : { endpointUrl }),
    }
  })
}
