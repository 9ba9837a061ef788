import { writeFile } from 'node:fs/promises'
import { usageFailure } from '../domain/failure.ts'

/**
 * Keeps a text as a new file.
 * @throws FailureError `usage` where the path cannot be written, or something is there already: a report of an earlier
 * incident must not be lost to a repeated command line.
 */
export async function writeOutput(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' })
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
  }
}
