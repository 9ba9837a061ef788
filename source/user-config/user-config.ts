import { readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { KeyBindings } from '../commands/rebinding.ts'
import type { DecoderRule } from '../domain/decode/decoder-rule.ts'
import { usageFailure } from '../domain/failure.ts'
import { configFolder } from '../journal/state-folder.ts'
import { parseConfig } from './config-node.ts'
import { decoderRulesOf } from './decoders-section.ts'
import { type DisplaySettings, displaySettingsOf } from './display-section.ts'
import { keyBindingsOf } from './keys-section.ts'
import { type ProfileGuards, profileGuardsOf } from './profile-section.ts'

/** What the user laid down in `config.json`, checked whole at the start: one member a section of the file. */
export type UserConfig = {
  readonly profiles: ProfileGuards
  readonly keys: KeyBindings
  readonly display: DisplaySettings
  readonly decoders: readonly DecoderRule[]
}

const SECTIONS = ['profiles', 'keys', 'display', 'decoders'] as const

/** Where the file is looked for. */
export function userConfigPath(environment: Readonly<Record<string, string | undefined>>): string {
  return join(configFolder(environment), 'config.json')
}

/**
 * Reads the file, or nothing where there is none.
 * @throws FailureError `usage` with file, line and rule, for a file that cannot be read or understood
 */
export function readUserConfig(environment: Readonly<Record<string, string | undefined>>): UserConfig {
  const path = userConfigPath(environment)
  const text = textOf(path)
  if (text === undefined) return userConfigOf(path, '{}')
  return userConfigOf(path, text)
}

/**
 * What is to be said of a file that others can change, since it names programs' addresses and what may be written to; absent
 * where all is well, where there is none, and where modes mean nothing.
 */
export function openConfigWarning(
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (process.platform === 'win32') return undefined
  const path = userConfigPath(environment)
  try {
    for (const place of [path, dirname(path)]) {
      const mode = statSync(place).mode & 0o777
      if ((mode & 0o022) === 0) continue
      const octal = mode.toString(8).padStart(4, '0')
      return `"${place}" can be changed by other users (mode ${octal}); chmod go-w "${place}" keeps it yours`
    }
  } catch {
    // None, or one that cannot be read, which is said where it is read.
  }
  return undefined
}

/** @throws FailureError `usage` with file, line and rule */
export function userConfigOf(path: string, text: string): UserConfig {
  const sections = parseConfig(path, text).members(SECTIONS)
  const profiles = sections.get('profiles')
  const keys = sections.get('keys')
  const display = sections.get('display')
  const decoders = sections.get('decoders')
  return {
    profiles: profiles === undefined ? new Map() : profileGuardsOf(profiles, path),
    keys: keys === undefined ? new Map() : keyBindingsOf(keys),
    display: display === undefined ? {} : displaySettingsOf(display),
    decoders: decoders === undefined ? [] : decoderRulesOf(decoders, path),
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw usageFailure(
      'ReadConfig',
      `"${path}" cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      'Make it readable, or move it away.',
    )
  }
}
