import { ByteReader, Malformed } from './byte-reader.ts'
import { OutputBuffer } from './output-buffer.ts'
import type { InflateBudget } from './stage.ts'

/**
 * One block of raw Snappy (its published format description): the unpacked length, then literals and copies. Raw blocks
 * have no mark, so that this is for the formats that wrap them. Throws Malformed.
 */
export function unpackSnappyBlock(bytes: Uint8Array, budget: InflateBudget): Uint8Array {
  const reader = new ByteReader(bytes)
  const output = new OutputBuffer(budget)
  const announced = readLength(reader)
  while (!reader.isAtEnd) readElement(reader, output)
  if (output.length !== announced) {
    throw new Malformed(`unpacks to ${output.length} bytes where ${announced} were announced`)
  }
  return output.view()
}

function readElement(reader: ByteReader, output: OutputBuffer): void {
  const tag = reader.uint8()
  const upper = tag >> 2
  switch (tag & 3) {
    case 0:
      output.append(reader.take(upper < 60 ? upper + 1 : littleEndian(reader, upper - 59) + 1))
      break
    case 1:
      output.repeat(((tag >> 5) << 8) | reader.uint8(), (upper & 7) + 4)
      break
    case 2:
      output.repeat(reader.uint16(true), upper + 1)
      break
    default:
      output.repeat(reader.uint32(true), upper + 1)
  }
}

function littleEndian(reader: ByteReader, byteCount: number): number {
  let value = 0
  for (let index = 0; index < byteCount; index += 1) value += reader.uint8() * 256 ** index
  return value
}

function readLength(reader: ByteReader): number {
  let length = 0
  for (let index = 0; index < 5; index += 1) {
    const byte = reader.uint8()
    length += (byte & 0x7f) * 128 ** index
    if (byte < 0x80) return length
  }
  throw new Malformed('its length takes more than five bytes')
}
