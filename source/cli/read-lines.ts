import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { FailureError, usageFailure } from '../domain/failure.ts'

type StandardInput = AsyncIterable<Uint8Array | string> & { destroy(): unknown }

/** A record of 10 MiB with its decoded form stays below. */
const LONGEST_LINE = 96 * 1_048_576

/**
 * The lines of a file, or of standard input for `-`, one at a time, without their ends: of a file of any size a line is in
 * memory. An empty last line is none.
 * @throws FailureError of kind `usage` that names the file; `aborted` by the signal
 */
export async function* readLines(
  path: string,
  standardInput: StandardInput,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const name = path === '-' ? 'standard input' : `the file "${path}"`
  const input = path === '-' ? standardInput : createReadStream(path)
  const giveUp = (): void => void input.destroy()
  signal.addEventListener('abort', giveUp, { once: true })
  let parts: Buffer[] = []
  let length = 0
  try {
    if (signal.aborted) giveUp()
    for await (const read of input) {
      let rest = Buffer.from(read as Uint8Array)
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        yield lineOf([...parts, rest.subarray(0, end)])
        parts = []
        length = 0
        rest = rest.subarray(end + 1)
      }
      if (rest.length > 0) parts.push(rest)
      length += rest.length
      if (length > LONGEST_LINE)
        throw usageFailure('read lines', `${name} has a line of more than ${LONGEST_LINE} bytes`)
    }
  } catch (error) {
    if (error instanceof FailureError) throw error
    if (!signal.aborted) {
      const reason = error instanceof Error ? error.message : String(error)
      throw usageFailure('read lines', `${name} cannot be read: ${reason}`, 'Give a file that you may read.')
    }
  } finally {
    signal.removeEventListener('abort', giveUp)
    input.destroy()
  }
  if (signal.aborted) {
    throw new FailureError({
      kind: 'aborted',
      action: 'read lines',
      message: `stopped while reading ${name}`,
      retryable: false,
    })
  }
  if (length > 0) yield lineOf(parts)
}

function lineOf(parts: readonly Buffer[]): string {
  const text = Buffer.concat(parts).toString('utf8')
  return text.endsWith('\r') ? text.slice(0, -1) : text
}

/** What tells whether a file is still the one that it was; undefined for what is no file. */
export async function fileMark(path: string): Promise<string | undefined> {
  if (path === '-') return undefined
  const info = await stat(path).catch(() => undefined)
  return info?.isFile() === true ? `${info.size} bytes of ${info.mtime.toISOString()}` : undefined
}
