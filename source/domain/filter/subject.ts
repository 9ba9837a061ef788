import { contentText } from '../decode/content-text.ts'
import type { DecodedRecord } from '../decode/decoded-record.ts'
import { previewOf } from '../decode/preview.ts'
import { countedBytes, type StreamRecord } from '../record.ts'
import type { FilterSubject } from './filter.ts'

/** Characters of a payload's drawn form that are looked through beside its text. */
const PREVIEW_CHARACTERS = 65_536

/** A record, or one user record of an aggregate, as a filter sees it. */
export function filterSubject(record: StreamRecord, part: DecodedRecord): FilterSubject {
  const { userRecord } = part
  const partitionKey = userRecord?.partitionKey ?? record.partitionKey
  const { approximateArrivalTimestamp } = record
  return {
    shardId: record.shardId,
    sequenceNumber: record.sequenceNumber,
    ...(partitionKey === undefined ? {} : { partitionKey }),
    ...(approximateArrivalTimestamp === undefined ? {} : { approximateArrivalTimestamp }),
    byteCount: countedBytes(
      userRecord === undefined ? record : { data: part.bytes, partitionKey: userRecord.partitionKey },
    ),
    decoded: () => part,
    texts: () => [partitionKey ?? '', record.shardId, ...payloadTexts(part)],
  }
}

/** The payload's own text, and where it is drawn in another form, that too. */
export function payloadTexts(part: DecodedRecord): readonly string[] {
  const text = contentText(part)
  const isDrawnAsIs = part.content.kind === 'json' || part.content.kind === 'text'
  if (text !== undefined && isDrawnAsIs) return [text]
  return [...(text === undefined ? [] : [text]), previewOf(part, PREVIEW_CHARACTERS)]
}
