import { ByteReader } from './byte-reader.ts'
import { readWithSchema } from './given-schema.ts'
import type { ByteStage } from './stage.ts'

const HEADER_BYTES = 10

/** Avro single-object encoding: C3 01, the fingerprint of its schema, one value. */
export const avroSingleObjectStage: ByteStage = {
  stage: 'avro',
  unwrap(bytes, { schemas }) {
    if (bytes[0] !== 0xc3 || bytes[1] !== 0x01 || bytes.length < HEADER_BYTES) return undefined
    const fingerprint = new ByteReader(bytes, 2).uint64(true)
    const schema = schemas?.byFingerprint(fingerprint)
    if (schema !== undefined) return readWithSchema(bytes.subarray(HEADER_BYTES), schema)
    const name = fingerprint.toString(16).padStart(16, '0')
    return { outcome: 'refused', reason: `needs the schema with fingerprint ${name}, which was not given` }
  },
}
