import { PROFILE_COLORS, type ProfileGuard } from '../domain/session.ts'
import type { ConfigNode } from './config-node.ts'

/** Guards by the name of the profile. */
export type ProfileGuards = ReadonlyMap<string, ProfileGuard>

/**
 * The section `profiles`: `{ "production": { "readOnly": true, "color": "red" } }`.
 * @param path of the file, named as the reason of a lock
 * @throws FailureError `usage`: a guard that is misspelt must not be none
 */
export function profileGuardsOf(section: ConfigNode, path: string): ProfileGuards {
  return new Map(
    [...section.members()].map(([name, guard]) => {
      const members = guard.members(['readOnly', 'color'])
      const isReadOnly = members.get('readOnly')?.flag() ?? false
      const color = members.get('color')?.oneOf(PROFILE_COLORS)
      return [
        name,
        {
          ...(isReadOnly ? { lockReason: `profile ${name} is always read-only (${path})` } : {}),
          ...(color === undefined ? {} : { color }),
        },
      ]
    }),
  )
}
