import { readFileSync } from 'node:fs'
import { join } from 'node:path'
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
