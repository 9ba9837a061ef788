import { avroContainerStage } from './avro-container.ts'
import { avroSingleObjectStage } from './avro-single-object.ts'
import { cborStage } from './cbor.ts'
import { debeziumStage, dmsStage, eventBridgeStage } from './change-envelopes.ts'
import { cloudWatchLogsStage } from './cloudwatch-logs.ts'
import { dynamoDbChangeStage } from './dynamodb-change.ts'
import { givenSchemaStage } from './given-schema-guess.ts'
import { gzipStage } from './gzip.ts'
import { knownMarkStages } from './known-marks.ts'
import { kplStage } from './kpl.ts'
import { lz4Stage } from './lz4.ts'
import { messagePackStage } from './messagepack.ts'
import { protobufStage } from './protobuf-guess.ts'
import { confluentStage, glueStage } from './schema-headers.ts'
import { snappyStage } from './snappy.ts'
import type { ByteStage, EnvelopeStage } from './stage.ts'
import { zlibStage } from './zlib.ts'
import { zstdStage } from './zstd.ts'

/** Formats with a mark of their own, tried in this order before the bytes are looked at as text. */
export const BYTE_STAGES: readonly ByteStage[] = [
  kplStage,
  gzipStage,
  zstdStage,
  lz4Stage,
  snappyStage,
  avroContainerStage,
  avroSingleObjectStage,
  glueStage,
  zlibStage,
  confluentStage,
  ...knownMarkStages,
]

/** Formats without a mark, tried in this order on bytes that are not text. */
export const GUESS_STAGES: readonly ByteStage[] = [
  givenSchemaStage,
  messagePackStage,
  cborStage,
  protobufStage,
]

/** Known shapes of a JSON document, tried in this order. */
export const ENVELOPE_STAGES: readonly EnvelopeStage[] = [
  cloudWatchLogsStage,
  dynamoDbChangeStage,
  dmsStage,
  debeziumStage,
  eventBridgeStage,
]
