import * as zlib from 'node:zlib'
import { inflateWithin, ratioLabel } from './inflate.ts'
import type { ByteStage } from './stage.ts'
import { readText } from './text.ts'

/** RFC 1950. Two bytes of header prove little, so that a failure is told only where the bytes are not plain text. */
export const zlibStage: ByteStage = {
  stage: 'zlib',
  unwrap(bytes, { inflateBudget }) {
    const [method = 0, flags = 0] = bytes
    // Deflate with a window of up to 32 KiB, the header divisible by 31, no preset dictionary.
    const isHeader =
      (method & 0x0f) === 8 && method >> 4 <= 7 && ((method << 8) | flags) % 31 === 0 && !(flags & 0x20)
    if (!isHeader || bytes.length < 8) return undefined
    const inflated = inflateWithin(inflateBudget, options => zlib.inflateSync(bytes, options))
    if (inflated.outcome === 'refused') {
      // Only the header that every writer uses by default is worth a word.
      const isLikely = method === 0x78 && readText(bytes) === undefined
      return isLikely ? { outcome: 'refused', reason: inflated.reason } : undefined
    }
    const restBytes = bytes.length - inflated.consumedBytes
    return {
      outcome: 'bytes',
      bytes: inflated.bytes,
      label: ratioLabel('zlib', bytes.length, inflated.bytes.length),
      ...(restBytes > 0 ? { notes: [`zlib: ${restBytes} bytes after the end were left out`] } : {}),
    }
  },
}
