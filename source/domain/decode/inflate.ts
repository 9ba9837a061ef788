import type { InflateBudget } from './stage.ts'

export type Inflated =
  | { readonly outcome: 'inflated'; readonly bytes: Uint8Array; readonly consumedBytes: number }
  | { readonly outcome: 'refused'; readonly reason: string; readonly isTruncated: boolean }

/** `zlib` functions answer with this when they are called with `info: true`. */
type InfoAnswer = { readonly buffer: Uint8Array; readonly engine: { readonly bytesWritten: number } }

/** Runs one of zlib's synchronous functions within the budget; its failures become reasons. */
export function inflateWithin(
  budget: InflateBudget,
  unpack: (options: { maxOutputLength: number; info: true }) => unknown,
): Inflated {
  try {
    // maxOutputLength must be at least 1.
    const maxOutputLength = Math.max(1, budget.remainingBytes)
    const { buffer, engine } = unpack({ maxOutputLength, info: true }) as InfoAnswer
    budget.remainingBytes -= buffer.length
    return { outcome: 'inflated', bytes: buffer, consumedBytes: engine.bytesWritten }
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string }
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      budget.remainingBytes = 0
      return { outcome: 'refused', reason: tooLarge(budget), isTruncated: false }
    }
    return { outcome: 'refused', reason: message ?? String(error), isTruncated: code === 'Z_BUF_ERROR' }
  }
}

/** Why something was not unpacked for its size. */
export function tooLarge(budget: InflateBudget): string {
  return `unpacks to more than ${Math.round(budget.totalBytes / 1_048_576)} MiB and was left packed`
}

/** `gzip 4.1x`: how much larger the inside is. */
export function ratioLabel(name: string, packedBytes: number, unpackedBytes: number): string {
  if (packedBytes === 0 || unpackedBytes <= packedBytes) return name
  const ratio = unpackedBytes / packedBytes
  return `${name} ${ratio >= 10 ? Math.round(ratio) : ratio.toFixed(1)}x`
}
