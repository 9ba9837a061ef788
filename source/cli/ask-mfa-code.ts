import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { FailureError } from '../domain/failure.ts'
import { visibleText } from '../domain/visible-text.ts'

/**
 * Asks for the code of an MFA device on the terminal; the question goes to stderr, since stdout is for data. What is typed is
 * not shown: a terminal's scrollback and its recordings are read by others.
 * @throws FailureError `aborted` on Ctrl-C and at the end of the input
 */
export async function askMfaCode(
  terminal: {
    readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean }
    readonly output: NodeJS.WritableStream
  },
  mfaSerial: string,
  signal: AbortSignal,
): Promise<string> {
  const { input, output } = terminal
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const prompt = createInterface({ input, output: nowhere, terminal: input.isTTY === true })
  const leaving = new AbortController()
  const leave = (): void => leaving.abort()
  prompt.on('SIGINT', leave)
  prompt.on('close', leave)
  try {
    output.write(`MFA code of ${visibleText(mfaSerial)} (not shown): `)
    return (await prompt.question('', { signal: AbortSignal.any([signal, leaving.signal]) })).trim()
  } catch (error) {
    if (!leaving.signal.aborted || signal.aborted) throw error
    throw new FailureError(
      { kind: 'aborted', action: 'LoadCredentials', message: 'no MFA code was given', retryable: false },
      { cause: error },
    )
  } finally {
    prompt.off('close', leave)
    prompt.close()
    output.write('\n')
  }
}
