import type { ByteStage } from './stage.ts'

const MARKS: readonly {
  readonly name: string
  readonly opening: readonly number[]
  readonly stage: string
}[] = [
  { name: 'bzip2', stage: 'bzip2', opening: [0x42, 0x5a, 0x68] },
  { name: 'xz', stage: 'xz', opening: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
  { name: 'a Snowplow collector payload (Thrift)', stage: 'snowplow', opening: [0x0b, 0x00, 0x64] },
  { name: 'a Parquet file', stage: 'parquet', opening: [0x50, 0x41, 0x52, 0x31] },
  { name: 'a zip archive', stage: 'zip', opening: [0x50, 0x4b, 0x03, 0x04] },
  { name: 'a PNG image', stage: 'png', opening: [0x89, 0x50, 0x4e, 0x47] },
  { name: 'a JPEG image', stage: 'jpeg', opening: [0xff, 0xd8, 0xff] },
]

/** Formats that are named, so that the bytes are no riddle, but not unpacked here. */
export const knownMarkStages: readonly ByteStage[] = MARKS.map(({ name, opening, stage }) => ({
  stage,
  unwrap: bytes =>
    opening.every((byte, index) => bytes[index] === byte) && bytes.length > opening.length
      ? { outcome: 'refused', reason: `opens like ${name}, which is not unpacked here` }
      : undefined,
}))
