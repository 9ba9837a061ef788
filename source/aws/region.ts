import type { Profile } from '@smithy/core/config'
import { usageFailure } from '../domain/failure.ts'
import { originText, type Sourced } from '../domain/session.ts'
import type { AwsSettings } from './settings.ts'

/** The region for a custom endpoint when nobody names one: emulators take any, and most assume this. */
const CUSTOM_ENDPOINT_REGION = 'us-east-1'

/**
 * The region: flag (or choice), AWS_REGION, AWS_DEFAULT_REGION, profile. A custom endpoint does without, AWS does not.
 * @throws FailureError `usage` when none is set, or when it could not be part of a host name
 */
export function resolvedRegion(
  settings: AwsSettings,
  profile: { readonly name: string; readonly values: Profile } | undefined,
  hasCustomEndpoint: boolean,
): Sourced<string> {
  const region =
    settings.region ??
    settings.variables.get('AWS_REGION') ??
    settings.variables.get('AWS_DEFAULT_REGION') ??
    regionOfProfile(profile) ??
    settings.fallbackRegion
  if (region === undefined) {
    if (hasCustomEndpoint) {
      return {
        value: CUSTOM_ENDPOINT_REGION,
        origin: { kind: 'default', reason: 'default for a custom endpoint' },
      }
    }
    throw usageFailure(
      'ResolveRegion',
      `No region is set${profile === undefined ? '' : `, and profile ${profile.name} names none`}.`,
      'Give --region eu-west-1, set AWS_REGION, or add `region = …` to the profile.',
    )
  }
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(region.value)) {
    throw usageFailure(
      'ResolveRegion',
      `"${region.value}" (${originText(region.origin)}) cannot be a region: lower-case letters, digits and hyphens only.`,
      'Write it as in eu-west-1.',
    )
  }
  return region
}

function regionOfProfile(
  profile: { readonly name: string; readonly values: Profile } | undefined,
): Sourced<string> | undefined {
  const region = profile?.values.region
  if (region === undefined || profile === undefined) return undefined
  return { value: region, origin: { kind: 'profile', name: profile.name } }
}
