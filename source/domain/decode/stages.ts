import { cloudWatchLogsStage } from './cloudwatch-logs.ts'
import { gzipStage } from './gzip.ts'
import { kplStage } from './kpl.ts'
import type { ByteStage, EnvelopeStage } from './stage.ts'
import { zlibStage } from './zlib.ts'
import { zstdStage } from './zstd.ts'

/** Formats with a mark of their own, tried in this order before the bytes are looked at as text. */
export const BYTE_STAGES: readonly ByteStage[] = [kplStage, gzipStage, zstdStage, zlibStage]

/** Formats without a mark, tried on bytes that are not text. */
export const GUESS_STAGES: readonly ByteStage[] = []

/** Known shapes of a JSON document, tried in this order. */
export const ENVELOPE_STAGES: readonly EnvelopeStage[] = [cloudWatchLogsStage]
