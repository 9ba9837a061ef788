import { decodeRecord } from '../domain/decode/decode-record.ts'
import type { DecodedRecord } from '../domain/decode/decoded-record.ts'
import { previewOf } from '../domain/decode/preview.ts'
import { shortShardId } from './select-shards.ts'
import type { TailRow } from './tail-row.ts'

/** Characters of a preview: more than the widest screen shows, so that a filter also finds what is cut there. */
const PREVIEW_CHARACTERS = 1_024

/** A payload as one line, decoded. Untrusted until drawn. */
export function rowPreview(row: TailRow): string {
  return textsOf(row).preview
}

/** What the plain-text filter of a tail looks at: key, shard and preview, in lower case. */
export function rowSearchText(row: TailRow): string {
  return textsOf(row).search
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
  const [first, ...others] = decodeRecord({ data: row.data })
  if (first === undefined) throw new Error('a record that decodes to nothing')
  if (others.length === 0) return first
  const note = `one of ${others.length + 1} user records that were found deeper inside; the others are not shown`
  return { ...first, notes: [...first.notes, note] }
}

type Texts = {
  readonly preview: string
  readonly search: string
  readonly badges: readonly string[]
  readonly wrappings: readonly string[]
}

const PLAIN_STAGES: readonly string[] = ['json', 'text']

/** A row never changes, so its texts are made once, when first asked for. */
const TEXTS = new WeakMap<TailRow, Texts>()

function textsOf(row: TailRow): Texts {
  const known = TEXTS.get(row)
  if (known !== undefined) return known
  const decoded = decodedRow(row)
  const preview = previewOf(decoded, PREVIEW_CHARACTERS)
  const { shardId } = row.record
  const texts = {
    preview,
    search: `${row.partitionKey ?? ''}\n${shardId} ${shortShardId(shardId)}\n${preview}`.toLowerCase(),
    wrappings: [
      ...(row.badges ?? []),
      ...decoded.badges.filter(badge => !PLAIN_STAGES.includes(badge.stage)).map(badge => badge.label),
    ],
    badges: [...(row.badges ?? []), ...decoded.badges.map(badge => badge.label)],
  }
  TEXTS.set(row, texts)
  return texts
}
