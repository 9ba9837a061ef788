import { chmod, mkdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, isAbsolute, join } from 'node:path'
import { FailureError } from '../domain/failure.ts'

const FOLDER_NAME = 'shardscope'

type Environment = Readonly<Record<string, string | undefined>>

/** Where what happened is kept: `$XDG_STATE_HOME/shardscope`, else `~/.local/state/shardscope` (XDG base directories). */
export function stateFolder(environment: Environment): string {
  return join(baseOf(environment.XDG_STATE_HOME, environment, '.local/state'), FOLDER_NAME)
}

/** Where settings are kept: `$XDG_CONFIG_HOME/shardscope`, else `~/.config/shardscope`. */
export function configFolder(environment: Environment): string {
  return join(baseOf(environment.XDG_CONFIG_HOME, environment, '.config'), FOLDER_NAME)
}

/**
 * Makes a folder for its owner alone. Our own one, found open to others, is closed to them where that can be done; no other
 * folder is touched.
 * @throws FailureError `usage` that names it and the way out
 */
export async function ownFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    if (basename(folder) !== FOLDER_NAME) return
    const { mode } = await stat(folder)
    // Not ours, or a file system without modes: the files in it are for their owner alone all the same.
    if ((mode & 0o077) !== 0) await chmod(folder, 0o700).catch(() => {})
  } catch (error) {
    throw notKept(folder, error)
  }
}

/** What was to be kept is not. */
export function notKept(path: string, error: unknown): FailureError {
  const reason = error instanceof Error ? error.message : String(error)
  return new FailureError(
    {
      kind: 'usage',
      action: 'KeepState',
      message: `"${path}" cannot be written: ${reason}`,
      nextStep: 'Make room or make it writable, or name another folder in XDG_STATE_HOME.',
      retryable: false,
    },
    { cause: error },
  )
}

/** The specification has relative paths ignored. */
function baseOf(named: string | undefined, environment: Environment, otherwise: string): string {
  if (named !== undefined && isAbsolute(named)) return named
  return join(environment.HOME || homedir(), otherwise)
}
