import * as zlib from 'node:zlib'
import { inflateWithin, ratioLabel } from './inflate.ts'
import type { ByteStage } from './stage.ts'

/** RFC 8878: frames back to back, skippable ones between them. Needs Node 22.15 or newer. */
export const zstdStage: ByteStage = {
  stage: 'zstd',
  unwrap(bytes, { inflateBudget }) {
    if (!startsFrame(bytes)) return undefined
    if (typeof zlib.zstdDecompressSync !== 'function') {
      return { outcome: 'refused', reason: 'this Node cannot unpack zstd (22.15 or newer can)' }
    }
    const inflated = inflateWithin(inflateBudget, options => zlib.zstdDecompressSync(bytes, options))
    if (inflated.outcome === 'refused') return { outcome: 'refused', reason: inflated.reason }
    const restBytes = bytes.length - inflated.consumedBytes
    return {
      outcome: 'bytes',
      bytes: inflated.bytes,
      label: ratioLabel('zstd', bytes.length, inflated.bytes.length),
      ...(restBytes > 0 ? { notes: [`zstd: ${restBytes} bytes after the end were left out`] } : {}),
    }
  },
}

function startsFrame(bytes: Uint8Array): boolean {
  const isFrame = bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd
  const isSkippable =
    ((bytes[0] ?? 0) & 0xf0) === 0x50 && bytes[1] === 0x2a && bytes[2] === 0x4d && bytes[3] === 0x18
  return isFrame || isSkippable
}
