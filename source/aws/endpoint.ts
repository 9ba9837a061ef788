import type { Profile } from '@smithy/core/config'
import { usageFailure } from '../domain/failure.ts'
import type { Sourced } from '../domain/session.ts'
import { originText } from '../domain/session.ts'
import type { AwsSettings, AwsVariable } from './settings.ts'
import { endpointUrlOf, type SharedConfig } from './shared-config.ts'

/** Of every partition, plain and dual stack; origin: the partition data of the AWS SDK 3.981. */
const AWS_DNS_SUFFIXES = [
  'amazonaws.com',
  'amazonaws.com.cn',
  'amazonaws.eu',
  'api.aws',
  'api.amazonwebservices.com.cn',
  'api.amazonwebservices.eu',
  'c2s.ic.gov',
  'api.aws.ic.gov',
  'sc2s.sgov.gov',
  'api.aws.scloud',
  'cloud.adc-e.uk',
  'api.cloud-aws.adc-e.uk',
  'csp.hci.ic.gov',
  'api.aws.hci.ic.gov',
]

/**
 * The configured endpoint, or undefined for AWS's own. Order as the SDK has it: flag (or choice), the service's
 * variable, the common variable, the profile's services section, the profile; the ignore switch leaves the flag only.
 */
export function configuredEndpoint(
  settings: AwsSettings,
  shared: SharedConfig,
  profile: { readonly name: string; readonly values: Profile } | undefined,
): Sourced<string> | undefined {
  if (settings.endpointUrl !== undefined) return checked(settings.endpointUrl)
  if (isTrue(settings.variables.get('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS')?.value)) return undefined
  const variable =
    settings.variables.get('AWS_ENDPOINT_URL_KINESIS') ?? settings.variables.get('AWS_ENDPOINT_URL')
  if (profile !== undefined && isTrue(profile.values.ignore_configured_endpoint_urls)) return undefined
  if (variable !== undefined) return checked(variable)
  const url = profile === undefined ? undefined : endpointUrlOf(shared, profile.values)
  if (url === undefined || profile === undefined) return undefined
  return checked({ value: url, origin: { kind: 'profile', name: profile.name } })
}

/**
 * Where another service answers: its own variable, else the endpoint of Kinesis where that is an emulator, which is both or
 * has none. Undefined: AWS's own, also beside a VPC endpoint, which is for Kinesis only. Requests never leave an emulator
 * for AWS.
 */
export function serviceEndpoint(
  settings: AwsSettings,
  kinesisEndpoint: Sourced<string> | undefined,
  variableName: AwsVariable & `AWS_ENDPOINT_URL_${string}`,
): Sourced<string> | undefined {
  const variable = settings.variables.get(variableName)
  const isIgnored = isTrue(settings.variables.get('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS')?.value)
  const isSandbox = kinesisEndpoint?.origin.kind === 'sandbox'
  if (variable !== undefined && !isIgnored && !isSandbox) return checked(variable)
  return kinesisEndpoint === undefined || isAwsHost(kinesisEndpoint.value) ? undefined : kinesisEndpoint
}

/** Whether the host is one of AWS's own, such as a VPC endpoint. */
export function isAwsHost(url: string): boolean {
  const { hostname } = new URL(url)
  return AWS_DNS_SUFFIXES.some(suffix => hostname.endsWith(`.${suffix}`))
}

/** The same URL in normal form; refuses what the SDK would silently turn into requests to somewhere else. */
function checked(endpoint: Sourced<string>): Sourced<string> {
  const text = endpoint.value.trim()
  const refuse = (why: string): never => {
    throw usageFailure(
      'CheckEndpoint',
      `The endpoint URL "${text}" (${originText(endpoint.origin)}) ${why}.`,
      'Give scheme, host and port only, e.g. http://127.0.0.1:4567.',
    )
  }
  if (!/^https?:\/\//i.test(text)) return refuse('does not begin with http:// or https://')
  const url = URL.canParse(text) ? new URL(text) : refuse('is not a valid URL')
  if (url.username !== '' || url.password !== '') return refuse('holds a user name or password')
  if (url.search !== '' || url.hash !== '') return refuse('holds a query or a fragment')
  if (url.pathname !== '/') return refuse(`holds a path (${url.pathname}), and Kinesis is always at the root`)
  return { value: url.origin, origin: endpoint.origin }
}

/** The SDK's reading of a switch: only the word `true` counts. */
export function isTrue(text: string | undefined): boolean {
  return text?.toLowerCase() === 'true'
}
