import type { Sourced } from '../domain/session.ts'
import { regionOfArn } from '../domain/stream.ts'

/**
 * The variables of the environment (or of .env) that decide where requests go and how they are signed. The SDK's
 * own names; AWS_DEFAULT_REGION is the CLI's, which the SDK ignores and everybody expects to work.
 */
export const AWS_VARIABLES = [
  'AWS_ENDPOINT_URL_KINESIS',
  'AWS_ENDPOINT_URL_CLOUDWATCH',
  'AWS_ENDPOINT_URL_DYNAMODB',
  'AWS_ENDPOINT_URL_FIREHOSE',
  'AWS_ENDPOINT_URL_KINESIS_ANALYTICS_V2',
  'AWS_ENDPOINT_URL_KINESIS_VIDEO',
  'AWS_ENDPOINT_URL_LAMBDA',
  'AWS_ENDPOINT_URL_GLUE',
  'AWS_ENDPOINT_URL_PIPES',
  'AWS_ENDPOINT_URL',
  'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_PROFILE',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_ACCOUNT_ID',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_ROLE_ARN',
  'AWS_ROLE_SESSION_NAME',
  'AWS_EC2_METADATA_DISABLED',
  'AWS_USE_FIPS_ENDPOINT',
  'AWS_USE_DUALSTACK_ENDPOINT',
  'AWS_CA_BUNDLE',
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'NO_PROXY',
] as const

export type AwsVariable = (typeof AWS_VARIABLES)[number]

/** What the user asked for; endpoint.ts, region.ts and credentials.ts turn it into what is used. */
export type AwsSettings = {
  /** A flag, the sandbox or a choice: wins over variables and profiles. */
  readonly endpointUrl?: Sourced<string>
  readonly region?: Sourced<string>
  readonly profile?: Sourced<string>
  /** The region to keep where nothing else names one, after a switch of the profile. */
  readonly fallbackRegion?: Sourced<string>
  readonly variables: ReadonlyMap<AwsVariable, Sourced<string>>
}

/**
 * Settings for the embedded sandbox and nothing of the user's AWS setup: its URL, which is IN_PROCESS_URL where it
 * answers in this process alone.
 */
export function sandboxSettings(url: string, variables: AwsSettings['variables'] = new Map()): AwsSettings {
  const origin = { kind: 'sandbox' } as const
  return { endpointUrl: { value: url, origin }, region: { value: 'us-east-1', origin }, variables }
}

/**
 * Settings for a stream that the user named: an ARN's region counts unless a flag says otherwise, so that an ARN works
 * from any shell. With a flag that disagrees the call itself is refused (sdk-kinesis.ts), naming both regions.
 */
export function settingsForStream(settings: AwsSettings, streamNameOrArn: string): AwsSettings {
  const region = streamNameOrArn.startsWith('arn:') ? regionOfArn(streamNameOrArn) : undefined
  if (region === undefined || settings.region?.origin.kind === 'flag') return settings
  return { ...settings, region: { value: region, origin: { kind: 'arn' } } }
}

/** Whether requests go to the embedded sandbox. */
export function isOfSandbox(settings: AwsSettings): boolean {
  return settings.endpointUrl?.origin.kind === 'sandbox'
}

/** A chosen profile brings its own region where it has one, and leaves the sandbox; a chosen region keeps the rest. */
export function settingsAfter(
  settings: AwsSettings,
  region: Sourced<string>,
  choice: { readonly profile?: string; readonly region?: string },
): AwsSettings {
  const origin = { kind: 'chosen' } as const
  if (choice.profile === undefined) {
    return choice.region === undefined ? settings : { ...settings, region: { value: choice.region, origin } }
  }
  const { endpointUrl, region: _region, variables, ...rest } = settings
  const keptVariables = new Map(variables)
  // A region from the environment would win over the region of the profile that was just chosen.
  keptVariables.delete('AWS_REGION')
  keptVariables.delete('AWS_DEFAULT_REGION')
  return {
    ...rest,
    profile: { value: choice.profile, origin },
    variables: keptVariables,
    ...(choice.region === undefined ? {} : { region: { value: choice.region, origin } }),
    ...(endpointUrl === undefined || endpointUrl.origin.kind === 'sandbox' ? {} : { endpointUrl }),
    fallbackRegion: region,
  }
}
