import { chmod, mkdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, isAbsolute, join } from 'node:path'
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
    await makeFolder(folder)
    if (basename(folder) !== FOLDER_NAME) return
    const { mode } = await stat(folder)
    // Not ours, or a file system without modes: the files in it are for their owner alone all the same.
    if ((mode & 0o077) !== 0) await chmod(folder, 0o700).catch(() => {})
  } catch (error) {
    throw notKept(folder, error)
  }
}

/**
 * With the folders above it where they are missing. Step by step: the recursive form of `mkdir` never ends on a file system that
 * answers ENOENT inside a folder that is there, as /proc does, which is the home of some service users.
 */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && (await stat(folder)).isDirectory()) return
    const above = dirname(folder)
    if (code !== 'ENOENT' || above === folder) throw error
    await makeFolder(above)
    await mkdir(folder, { mode: 0o700 }).catch((again: NodeJS.ErrnoException) => {
      // Another process was faster.
      if (again.code !== 'EEXIST') throw again
    })
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
