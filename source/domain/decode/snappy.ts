import { ByteReader, Malformed, reasonOf } from './byte-reader.ts'
import { crc32c } from './crc32c.ts'
import { ratioLabel } from './inflate.ts'
import { OutputBuffer } from './output-buffer.ts'
import { unpackSnappyBlock } from './snappy-block.ts'
import type { ByteStage, InflateBudget } from './stage.ts'

const STREAM_IDENTIFIER = Uint8Array.of(0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59)
/** What the Java library's streams open with (its name is that of its package, xerial). */
const XERIAL_MAGIC = Uint8Array.of(0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00)

/** The Snappy framing format, and the older one of the Java library. Raw blocks have no mark and are never guessed. */
export const snappyStage: ByteStage = {
  stage: 'snappy',
  unwrap(bytes, { inflateBudget }) {
    const read = opensWith(bytes, STREAM_IDENTIFIER)
      ? readFramed
      : opensWith(bytes, XERIAL_MAGIC)
        ? readXerial
        : undefined
    if (read === undefined) return undefined
    try {
      const unpacked = read(bytes, inflateBudget)
      return { outcome: 'bytes', bytes: unpacked, label: ratioLabel('snappy', bytes.length, unpacked.length) }
    } catch (error) {
      return { outcome: 'refused', reason: reasonOf(error) }
    }
  },
}

function opensWith(bytes: Uint8Array, mark: Uint8Array): boolean {
  return mark.every((byte, index) => bytes[index] === byte)
}

function readFramed(bytes: Uint8Array, budget: InflateBudget): Uint8Array {
  const reader = new ByteReader(bytes)
  const output = new OutputBuffer(budget)
  while (!reader.isAtEnd) {
    const type = reader.uint8()
    const length = reader.uint8() | (reader.uint8() << 8) | (reader.uint8() << 16)
    const chunk = reader.take(length)
    if (type === 0x00 || type === 0x01) {
      const body = new ByteReader(chunk)
      const checksum = body.uint32(true)
      const packed = body.take(body.leftBytes)
      const unpacked = type === 0x01 ? packed : unpackSnappyBlock(packed, budget)
      if (maskedCrc(unpacked) !== checksum) throw new Malformed('a checksum does not match')
      // Counted once while it was unpacked.
      if (type === 0x00) budget.remainingBytes += unpacked.length
      output.append(unpacked)
    } else if (type >= 0x02 && type <= 0x7f) {
      throw new Malformed(`chunk type ${type} is not known`)
    }
  }
  return output.view()
}

function readXerial(bytes: Uint8Array, budget: InflateBudget): Uint8Array {
  const reader = new ByteReader(bytes)
  const output = new OutputBuffer(budget)
  // Magic, version, and the oldest version that can read it.
  reader.take(XERIAL_MAGIC.length + 8)
  while (!reader.isAtEnd) {
    const unpacked = unpackSnappyBlock(reader.take(reader.uint32()), budget)
    budget.remainingBytes += unpacked.length
    output.append(unpacked)
  }
  return output.view()
}

function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes)
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}
