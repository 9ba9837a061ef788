import type { ConfigNode } from './config-node.ts'

/** How the console shows itself, where the user has said so. */
export type DisplaySettings = {
  /** Plain sentences in place of screens. */
  readonly screenReader?: boolean
  /** The wheel scrolls, a click chooses. */
  readonly mouse?: boolean
}

/**
 * The section `display`: `{ "screenReader": true }`.
 * @throws FailureError `usage` with the line
 */
export function displaySettingsOf(section: ConfigNode): DisplaySettings {
  const members = section.members(['screenReader', 'mouse'])
  const screenReader = members.get('screenReader')?.flag()
  const mouse = members.get('mouse')?.flag()
  return {
    ...(screenReader === undefined ? {} : { screenReader }),
    ...(mouse === undefined ? {} : { mouse }),
  }
}
