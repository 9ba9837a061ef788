import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { usageFailure } from './domain/failure.ts'
import { PROFILE_COLORS, type ProfileColor, type ProfileGuard } from './domain/session.ts'
import { configFolder } from './journal/state-folder.ts'

/** Guards by the name of the profile. */
export type ProfileGuards = ReadonlyMap<string, ProfileGuard>

/**
 * What `config.json` says about profiles: `{ "profiles": { "production": { "readOnly": true, "color": "red" } } }`. No file
 * is no guard.
 * @throws FailureError `usage` for a file that cannot be read or understood: a guard that is misspelt must not be none
 */
export function readProfileGuards(environment: Readonly<Record<string, string | undefined>>): ProfileGuards {
  const path = join(configFolder(environment), 'config.json')
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map()
    throw refusal(path, `cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw refusal(path, `is no JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const { profiles = {}, ...others } = objectOf(path, 'the file', value)
  refuseOthers(path, 'the file', others)
  return new Map(
    Object.entries(objectOf(path, 'profiles', profiles)).map(([name, guard]) => [
      name,
      guardOf(path, name, objectOf(path, `profiles.${name}`, guard)),
    ]),
  )
}

function guardOf(path: string, name: string, value: Readonly<Record<string, unknown>>): ProfileGuard {
  const { readOnly = false, color, ...others } = value
  refuseOthers(path, `profiles.${name}`, others)
  if (typeof readOnly !== 'boolean') throw refusal(path, `profiles.${name}.readOnly must be true or false`)
  if (color !== undefined && !PROFILE_COLORS.includes(color as ProfileColor)) {
    throw refusal(path, `profiles.${name}.color must be one of ${PROFILE_COLORS.join(', ')}`)
  }
  return {
    ...(readOnly ? { lockReason: `profile ${name} is always read-only (${path})` } : {}),
    ...(color === undefined ? {} : { color: color as ProfileColor }),
  }
}

function objectOf(path: string, place: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>
  }
  throw refusal(path, `${place} must be an object`)
}

function refuseOthers(path: string, place: string, others: object): void {
  const [name] = Object.keys(others)
  if (name !== undefined) throw refusal(path, `${place} has an unknown member "${name}"`)
}

function refusal(path: string, message: string) {
  return usageFailure(
    'ReadConfig',
    `"${path}": ${message}`,
    'Write it as { "profiles": { "production": { "readOnly": true, "color": "red" } } }.',
  )
}
