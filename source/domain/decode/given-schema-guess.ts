import { readWithSchema } from './given-schema.ts'
import type { ByteStage } from './stage.ts'

/**
 * Bytes without any header, read with the schemas that the user gave: taken where one of them fits to the last byte and
 * leaves nothing unknown.
 */
export const givenSchemaStage: ByteStage = {
  stage: 'schema',
  unwrap(bytes, { schemas }) {
    for (const schema of schemas?.all ?? []) {
      const read = readWithSchema(bytes, schema)
      if (read.outcome === 'content' && read.isExact) return read
    }
    return undefined
  },
}
