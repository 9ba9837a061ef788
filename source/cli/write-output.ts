import { randomUUID } from 'node:crypto'
import { constants, copyFile, link, open, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { usageFailure } from '../domain/failure.ts'

// Unlike a rename, a link never takes the place of something that is there; some file systems have none.
const WITHOUT_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

/**
 * Keeps a text as a new file that its owner alone can read: whole or not at all, whenever the program ends.
 * @throws FailureError `usage` where the path cannot be written, or something is there already: what an earlier incident
 * left must not be lost to a repeated command line.
 */
export async function writeOutput(path: string, text: string): Promise<void> {
  const partial = join(dirname(path), `.shardscope-${randomUUID()}`)
  try {
    // Records and reports hold what customers sent: nobody else on the machine reads them by default.
    const file = await open(partial, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await link(partial, path).catch(async (error: NodeJS.ErrnoException) => {
      if (!WITHOUT_LINKS.has(error.code ?? '')) throw error
      await copyFile(partial, path, constants.COPYFILE_EXCL)
    })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') {
      throw usageFailure(
        'WriteFile',
        `"${path}" is there already`,
        'Choose another name, or remove that file.',
      )
    }
    throw usageFailure(
      'WriteFile',
      `"${path}" cannot be written: ${message}`,
      'Choose a path in a folder that you may write to.',
    )
  } finally {
    await unlink(partial).catch(() => {})
  }
}
