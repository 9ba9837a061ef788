import { readFile } from 'node:fs/promises'
import { FailureError, usageFailure } from '../domain/failure.ts'

/**
 * The whole content of a file, or of standard input for `-`, byte for byte.
 * @throws FailureError of kind `usage` that names the file and why it cannot be read; `aborted` by the signal
 */
export async function readInput(
  path: string,
  standardInput: AsyncIterable<Uint8Array | string> & { destroy(): unknown },
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (path !== '-') {
    try {
      return await readFile(path)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw usageFailure(
        'put',
        `the file "${path}" cannot be read: ${reason}`,
        'Give a file that you may read.',
      )
    }
  }
  const chunks: Buffer[] = []
  // A terminal or an idle pipe would hold the program long after it was told to stop.
  const giveUp = (): void => void standardInput.destroy()
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    for await (const chunk of standardInput) chunks.push(Buffer.from(chunk as Uint8Array))
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
  if (!signal.aborted) return Buffer.concat(chunks)
  throw new FailureError({
    kind: 'aborted',
    action: 'put',
    message: 'stopped while reading standard input; nothing was sent',
    retryable: false,
  })
}
