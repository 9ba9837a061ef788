import { randomUUID } from 'node:crypto'
import { open, readdir, readFile, rename, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { StateFiles } from './commands/command.ts'
import { usageFailure } from './domain/failure.ts'
import { ownFolder, stateFolder } from './journal/state-folder.ts'

/**
 * Small files of our own that outlive a run, below $XDG_STATE_HOME/shardscope (~/.local/state/shardscope). They name streams
 * and places in them: nobody but the user reads them.
 */
export function stateFilesOf(environment: Readonly<Record<string, string | undefined>>): StateFiles {
  const folder = stateFolder(environment)
  const pathOf = (name: string): string => join(folder, name)
  return {
    folder,
    read: async name => {
      try {
        return await readFile(pathOf(name), 'utf8')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw unusable(pathOf(name), 'read', error)
      }
    },
    write: async (name, text) => {
      const path = pathOf(name)
      const partial = `${path}.${randomUUID()}`
      try {
        await ownFolder(folder)
        if (dirname(path) !== folder) await ownFolder(dirname(path))
        const file = await open(partial, 'wx', 0o600)
        try {
          await file.writeFile(text)
          await file.sync()
        } finally {
          await file.close()
        }
        await rename(partial, path)
      } catch (error) {
        await unlink(partial).catch(() => {})
        throw unusable(path, 'written', error)
      }
    },
    remove: async name => {
      await unlink(pathOf(name)).catch(() => {})
    },
    list: async prefix => {
      const names = await readdir(pathOf(prefix)).catch((): string[] => [])
      return names.filter(name => name.endsWith('.json')).map(name => `${prefix}/${name}`)
    },
  }
}

function unusable(path: string, what: string, error: unknown) {
  const reason = error instanceof Error ? error.message : String(error)
  return usageFailure(
    'StateFile',
    `the file ${path} cannot be ${what}: ${reason}`,
    'XDG_STATE_HOME names the folder that such files are kept in.',
  )
}
