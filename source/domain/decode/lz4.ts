// LZ4 frame format 1.6 and block format, as their published descriptions have them. No library: those on npm either
// are native, or do not bound their output.

import { ByteReader, Malformed, reasonOf } from './byte-reader.ts'
import { ratioLabel } from './inflate.ts'
import { OutputBuffer } from './output-buffer.ts'
import type { ByteStage } from './stage.ts'
import { xxHash32 } from './xx-hash.ts'

const FRAME_MAGIC = 0x184d2204
const SKIPPABLE_MAGIC = 0x184d2a50
const STORED_BLOCK = 0x8000_0000
const MIN_MATCH = 4

/** Frames back to back, each with the checksums that its writer chose to put in. */
export const lz4Stage: ByteStage = {
  stage: 'lz4',
  unwrap(bytes, { inflateBudget }) {
    if (bytes.length < 7 || new ByteReader(bytes).uint32(true) !== FRAME_MAGIC) return undefined
    const reader = new ByteReader(bytes)
    const output = new OutputBuffer(inflateBudget)
    const notes: string[] = []
    try {
      while (reader.leftBytes >= 4) {
        const at = reader.at
        const magic = reader.uint32(true)
        if (magic === FRAME_MAGIC) readFrame(reader, output, bytes)
        else if ((magic & 0xffff_fff0) === SKIPPABLE_MAGIC) reader.take(reader.uint32(true))
        else {
          notes.push(`lz4: ${bytes.length - at} bytes after the end were left out`)
          break
        }
      }
    } catch (error) {
      return { outcome: 'refused', reason: reasonOf(error) }
    }
    const label = ratioLabel('lz4', bytes.length, output.length)
    return { outcome: 'bytes', bytes: output.view(), label, ...(notes.length === 0 ? {} : { notes }) }
  },
}

function readFrame(reader: ByteReader, output: OutputBuffer, bytes: Uint8Array): void {
  const headerAt = reader.at
  const flags = reader.uint8()
  reader.uint8()
  if (flags >> 6 !== 1) throw new Malformed(`version ${flags >> 6} of the frame format is not known`)
  const hasBlockChecksums = (flags & 0x10) !== 0
  const hasContentChecksum = (flags & 0x04) !== 0
  const contentBytes = flags & 0x08 ? reader.uint64(true) : undefined
  if (flags & 0x01) throw new Malformed('was packed with a dictionary that is not here')
  const header = bytes.subarray(headerAt, reader.at)
  if (reader.uint8() !== ((xxHash32(header) >>> 8) & 0xff))
    throw new Malformed('the header checksum does not match')

  const start = output.length
  // Linked blocks may refer to what earlier ones of their frame wrote; independent ones just do not.
  for (;;) {
    const word = reader.uint32(true)
    if (word === 0) break
    const block = reader.take(word & ~STORED_BLOCK)
    if (hasBlockChecksums && reader.uint32(true) !== xxHash32(block)) {
      throw new Malformed('a block checksum does not match')
    }
    if (word & STORED_BLOCK) output.append(block)
    else readBlock(new ByteReader(block), output, start)
  }
  const content = output.view(start)
  if (contentBytes !== undefined && contentBytes !== BigInt(content.length)) {
    throw new Malformed(`unpacks to ${content.length} bytes where ${contentBytes} were announced`)
  }
  if (hasContentChecksum && reader.uint32(true) !== xxHash32(content)) {
    throw new Malformed('the checksum does not match')
  }
}

/** Sequences of literals and a match; the last one has literals only. */
function readBlock(reader: ByteReader, output: OutputBuffer, frameStart: number): void {
  while (!reader.isAtEnd) {
    const token = reader.uint8()
    output.append(reader.take(longLength(reader, token >> 4)))
    if (reader.isAtEnd) return
    const distance = reader.uint16(true)
    output.repeat(distance, longLength(reader, token & 0x0f) + MIN_MATCH, frameStart)
  }
}

function longLength(reader: ByteReader, nibble: number): number {
  let length = nibble
  if (nibble !== 15) return length
  for (let byte = 255; byte === 255; length += byte) byte = reader.uint8()
  return length
}
