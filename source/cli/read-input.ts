import { createReadStream } from 'node:fs'
import { FailureError, usageFailure } from '../domain/failure.ts'

type StandardInput = AsyncIterable<Uint8Array | string> & { destroy(): unknown }

/** Above this no record and no schema is; an input without an end must not fill the memory. */
const MOST_BYTES = 16 * 1_048_576

/**
 * The whole content of a file, or of standard input for `-`, byte for byte.
 * @throws FailureError of kind `usage` that names the file and why it cannot be read, also where it is larger than any
 * record; `aborted` by the signal
 */
export async function readInput(
  path: string,
  standardInput: StandardInput,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const isStandard = path === '-'
  const name = isStandard ? 'standard input' : `the file "${path}"`
  const input = isStandard ? standardInput : createReadStream(path)
  const chunks: Buffer[] = []
  let size = 0
  // A terminal, an idle pipe or a device would hold the program long after it was told to stop.
  const giveUp = (): void => void input.destroy()
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    if (signal.aborted) giveUp()
    for await (const chunk of input) {
      chunks.push(Buffer.from(chunk as Uint8Array))
      size += chunk.length
      if (size > MOST_BYTES) {
        throw usageFailure(
          'read input',
          `${name} has more than ${MOST_BYTES} bytes, and no record is larger than 10 MiB`,
          'Give less.',
        )
      }
    }
  } catch (error) {
    if (error instanceof FailureError) throw error
    if (!signal.aborted) throw unreadable(name, error)
  } finally {
    signal.removeEventListener('abort', giveUp)
    if (size > MOST_BYTES) input.destroy()
  }
  if (!signal.aborted) return Buffer.concat(chunks)
  throw new FailureError({
    kind: 'aborted',
    action: 'read input',
    message: `stopped while reading ${name}; nothing was sent`,
    retryable: false,
  })
}

function unreadable(name: string, error: unknown): FailureError {
  const reason = error instanceof Error ? error.message : String(error)
  return usageFailure('read input', `${name} cannot be read: ${reason}`, 'Give a file that you may read.')
}
