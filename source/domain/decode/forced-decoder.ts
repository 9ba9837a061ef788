import { avroContainerStage } from './avro-container.ts'
import { avroSingleObjectStage } from './avro-single-object.ts'
import { cborStage } from './cbor.ts'
import { readWithSchema } from './given-schema.ts'
import { gzipStage } from './gzip.ts'
import { readJsonDocuments } from './json-documents.ts'
import { kplStage } from './kpl.ts'
import { lz4Stage } from './lz4.ts'
import { messagePackStage } from './messagepack.ts'
import { protobufStage } from './protobuf-guess.ts'
import { confluentStage, glueStage } from './schema-headers.ts'
import { snappyStage } from './snappy.ts'
import type { ByteStage, DecodeContext, Unwrapped } from './stage.ts'
import { readText } from './text.ts'
import { zlibStage } from './zlib.ts'
import { zstdStage } from './zstd.ts'

/** What a rule of the user can have a record read as. The first nine unwrap, the others say what lies inside. */
export const FORCED_DECODERS = [
  'kpl',
  'gzip',
  'zlib',
  'zstd',
  'lz4',
  'snappy',
  'glue',
  'confluent',
  'cloudwatch-logs',
  'avro',
  'protobuf',
  'msgpack',
  'cbor',
  'json',
  'text',
  'raw',
] as const

export type ForcedDecoder = (typeof FORCED_DECODERS)[number]

/** How a rule has the records of a stream read. */
export type ForcedDecoding = {
  /** One after the other, outermost first. */
  readonly steps: readonly ForcedDecoder[]
  /** What is left after the steps is looked at as usual; else it is text or bytes. */
  readonly isAutomatic: boolean
}

const STAGES: Readonly<Partial<Record<ForcedDecoder, readonly ByteStage[]>>> = {
  kpl: [kplStage],
  gzip: [gzipStage],
  zlib: [zlibStage],
  zstd: [zstdStage],
  lz4: [lz4Stage],
  snappy: [snappyStage],
  glue: [glueStage],
  confluent: [confluentStage],
  // The envelope is recognised in what gzip holds, as CloudWatch Logs writes it.
  'cloudwatch-logs': [gzipStage],
  avro: [avroContainerStage, avroSingleObjectStage],
  protobuf: [protobufStage],
  msgpack: [messagePackStage],
  cbor: [cborStage],
}

/** Reads bytes as one step of a rule has it; `refused` with the reason where they are no such thing. Never throws. */
export function forceStep(step: ForcedDecoder, bytes: Uint8Array, context: DecodeContext): Unwrapped {
  switch (step) {
    case 'raw':
      return { outcome: 'content', content: { kind: 'bytes' }, label: 'raw' }
    case 'text': {
      const text = readText(bytes)
      if (text === undefined) return refused('the bytes are no UTF-8 text')
      return { outcome: 'content', content: { kind: 'text', text }, label: 'text' }
    }
    case 'json': {
      const text = readText(bytes)
      const json = text === undefined ? undefined : readJsonDocuments(text)
      if (json?.outcome !== 'documents') {
        return refused(
          json === undefined ? 'the bytes open no JSON object or array' : json.reason.replace(/^JSON: /, ''),
        )
      }
      const { documents } = json
      const label = documents.length === 1 ? 'JSON' : `JSON x${documents.length}`
      return { outcome: 'content', content: { kind: 'json', documents }, label }
    }
    default: {
      const reasons: string[] = []
      if (step === 'avro' || step === 'protobuf') {
        for (const schema of context.schemas?.all ?? []) {
          if (schema.format !== step) continue
          const read = readWithSchema(bytes, schema)
          if (read.outcome === 'content') return read
          reasons.push(read.reason)
        }
      }
      for (const stage of STAGES[step] ?? []) {
        const unwrapped = stage.unwrap(bytes, context)
        if (unwrapped === undefined) continue
        if (unwrapped.outcome !== 'refused') return unwrapped
        reasons.push(unwrapped.reason)
      }
      return refused(reasons[0] ?? `the bytes are no ${step}`)
    }
  }
}

function refused(reason: string): Unwrapped {
  return { outcome: 'refused', reason }
}
