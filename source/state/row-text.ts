import { contentText } from '../domain/decode/content-text.ts'
import { decodeRecord } from '../domain/decode/decode-record.ts'
import type { DecodedRecord } from '../domain/decode/decoded-record.ts'
import { previewOf } from '../domain/decode/preview.ts'
import type { FilterSubject } from '../domain/filter/filter.ts'
import { payloadTexts } from '../domain/filter/subject.ts'
import { countedBytes } from '../domain/record.ts'
import type { TailRow } from './tail-row.ts'

/** Characters of a preview: more than the widest screen shows, so that a filter also finds what is cut there. */
const PREVIEW_CHARACTERS = 1_024

/** A payload as one line, decoded. Untrusted until drawn. */
export function rowPreview(row: TailRow): string {
  return textsOf(row).preview
}

/** A row as a filter sees it. Its payload is read whole only where the preview does not have all of it. */
export function rowSubject(row: TailRow): FilterSubject {
  const { shardId, sequenceNumber, approximateArrivalTimestamp } = row.record
  const { partitionKey } = row
  return {
    shardId,
    sequenceNumber,
    ...(partitionKey === undefined ? {} : { partitionKey }),
    ...(approximateArrivalTimestamp === undefined ? {} : { approximateArrivalTimestamp }),
    byteCount: countedBytes({ data: row.data, ...(partitionKey === undefined ? {} : { partitionKey }) }),
    decoded: () => decodedRow(row),
    texts: () => {
      const { preview, isWhole } = textsOf(row)
      return [partitionKey ?? '', shardId, ...(isWhole ? [preview] : payloadTexts(decodedRow(row)))]
    },
  }
}

/** How the payload is wrapped and what it holds, e.g. `KPL 1/2`, `gzip 4.1x`, `JSON`. */
export function rowBadges(row: TailRow): readonly string[] {
  return textsOf(row).badges
}

/** Of these only what the payload was wrapped in: not that it is JSON or text, which is seen. */
export function rowWrappings(row: TailRow): readonly string[] {
  return textsOf(row).wrappings
}

/** What lies in a row's payload. Read anew at each call, since it can be many times the payload. */
export function decodedRow(row: TailRow): DecodedRecord {
  const { decoding } = row
  const options = row.subSequenceNumber === undefined ? decoding?.options : decoding?.userRecordOptions
  const [first, ...others] = decodeRecord({ data: row.data }, options)
  if (first === undefined) throw new Error('a record that decodes to nothing')
  if (others.length === 0) return first
  const note = `one of ${others.length + 1} user records that were found deeper inside; the others are not shown`
  return { ...first, notes: [...first.notes, note] }
}

type Texts = {
  readonly revision: number
  readonly preview: string
  /** The preview has every character of the payload, and none that is not in it. */
  readonly isWhole: boolean
  readonly badges: readonly string[]
  readonly wrappings: readonly string[]
}

const PLAIN_STAGES: readonly string[] = ['json', 'text']

/** A row never changes, so its texts are made when first asked for, and anew only when a schema has come. */
const TEXTS = new WeakMap<TailRow, Texts>()

function textsOf(row: TailRow): Texts {
  const known = TEXTS.get(row)
  const revision = row.decoding?.revision ?? 0
  if (known?.revision === revision) return known
  const decoded = decodedRow(row)
  const preview = previewOf(decoded, PREVIEW_CHARACTERS)
  const texts = {
    // As it was before: what decoding itself asked for is only known later.
    revision,
    preview,
    isWhole: contentText(decoded) === preview,
    wrappings: [
      ...(row.badges ?? []),
      ...decoded.badges.filter(badge => !PLAIN_STAGES.includes(badge.stage)).map(badge => badge.label),
    ],
    badges: [...(row.badges ?? []), ...decoded.badges.map(badge => badge.label)],
  }
  TEXTS.set(row, texts)
  return texts
}
