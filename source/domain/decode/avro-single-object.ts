import { readAvroDatum } from './avro-datum.ts'
import { type AvroType, nameOf } from './avro-schema.ts'
import { ByteReader, Malformed, reasonOf } from './byte-reader.ts'
import { documentOf } from './plain-value.ts'
import type { ByteStage, Unwrapped } from './stage.ts'

const HEADER_BYTES = 10

/** Avro single-object encoding: C3 01, the fingerprint of its schema, one value. */
export const avroSingleObjectStage: ByteStage = {
  stage: 'avro',
  unwrap(bytes, { schemas }) {
    if (bytes[0] !== 0xc3 || bytes[1] !== 0x01 || bytes.length < HEADER_BYTES) return undefined
    const fingerprint = new ByteReader(bytes, 2).uint64(true)
    const type = schemas?.byFingerprint(fingerprint)
    if (type !== undefined) return readWithSchema(bytes.subarray(HEADER_BYTES), type)
    const name = fingerprint.toString(16).padStart(16, '0')
    return { outcome: 'refused', reason: `needs the schema with fingerprint ${name}, which was not given` }
  },
}

/** One datum that fills the bytes. */
export function readWithSchema(bytes: Uint8Array, type: AvroType): Unwrapped {
  try {
    const reader = new ByteReader(bytes)
    const value = readAvroDatum(reader, type)
    if (!reader.isAtEnd) throw new Malformed(`${reader.leftBytes} bytes are left after ${nameOf(type)}`)
    return {
      outcome: 'content',
      content: { kind: 'json', documents: [documentOf(value)] },
      label: `Avro ${nameOf(type)}`,
    }
  } catch (error) {
    return { outcome: 'refused', reason: reasonOf(error) }
  }
}
