import { createInterface } from 'node:readline/promises'
import { visibleText } from '../domain/visible-text.ts'

/** Asks for the code of an MFA device on the terminal; the question goes to stderr, since stdout is for data. */
export async function askMfaCode(
  terminal: { readonly input: NodeJS.ReadableStream; readonly output: NodeJS.WritableStream },
  mfaSerial: string,
  signal: AbortSignal,
): Promise<string> {
  const prompt = createInterface(terminal)
  try {
    return (await prompt.question(`MFA code of ${visibleText(mfaSerial)}: `, { signal })).trim()
  } finally {
    prompt.close()
  }
}
