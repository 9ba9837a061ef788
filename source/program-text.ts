import { readFile } from 'node:fs/promises'
import { completionScript } from './cli/completion-scripts.ts'
import { manualPage } from './cli/manual.ts'
import type { ProgramInvocation } from './cli/program-words.ts'
import { reboundCommands } from './commands/rebinding.ts'
import { COMMANDS } from './commands/registry.ts'
import { FailureError } from './domain/failure.ts'
import { FILES, VARIABLES } from './manual-tables.ts'
import { readUserConfig } from './user-config/user-config.ts'

const LICENCES = 'THIRD-PARTY-LICENSES.txt'

/**
 * What `completion`, `man` and `licenses` print.
 * @throws FailureError `not-found` where the file of licences does not lie beside the program
 */
export async function programText(invocation: ProgramInvocation, version: string): Promise<string> {
  switch (invocation.word) {
    case 'completion':
      return completionScript(invocation.shell)
    case 'man':
      return manualPage(withKeysOfUser(), { version, variables: VARIABLES, files: FILES })
    case 'licenses':
      return licences()
  }
}

/** A config file with a mistake is no reason to print no manual: it is the manual that one reads then. */
function withKeysOfUser() {
  try {
    return reboundCommands(COMMANDS, readUserConfig(process.env).keys)
  } catch {
    return COMMANDS
  }
}

/** The build writes them beside the program, or into it where it is one executable: they are computed from it. */
async function licences(): Promise<string> {
  try {
    const { getAsset, isSea } = await import('node:sea')
    if (isSea()) return getAsset(LICENCES, 'utf8')
    return await readFile(new URL(LICENCES, import.meta.url), 'utf8')
  } catch (error) {
    throw new FailureError(
      {
        kind: 'not-found',
        action: 'licenses',
        message: `the file ${LICENCES} does not lie beside the program: ${(error as Error).message}`,
        nextStep: 'It is part of the published package; in a checkout npm run build writes it.',
        retryable: false,
      },
      { cause: error },
    )
  }
}
