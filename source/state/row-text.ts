import { shortShardId } from './select-shards.ts'
import type { TailRow } from './tail-row.ts'

/** Bytes of a payload that a one-line preview looks at: a line is never longer, a record may be 10 MiB. */
const PREVIEW_BYTES = 1_024

/** A payload as one line: its text where it is text, else its bytes in hexadecimal. Untrusted until drawn. */
export function rowPreview(row: TailRow): string {
  return textsOf(row).preview
}

/** What the plain-text filter of a tail looks at: key, shard and preview, in lower case. */
export function rowSearchText(row: TailRow): string {
  return textsOf(row).search
}

/** A row never changes, so its texts are made once, when first asked for. */
const TEXTS = new WeakMap<TailRow, { preview: string; search: string }>()

function textsOf(row: TailRow): { preview: string; search: string } {
  const known = TEXTS.get(row)
  if (known !== undefined) return known
  const preview = previewOf(row.data)
  const { shardId } = row.record
  const search = `${row.partitionKey ?? ''}\n${shardId} ${shortShardId(shardId)}\n${preview}`.toLowerCase()
  const texts = { preview, search }
  TEXTS.set(row, texts)
  return texts
}

function previewOf(data: Uint8Array): string {
  if (data.length === 0) return '(empty)'
  const head = data.subarray(0, PREVIEW_BYTES)
  try {
    // A cut may fall inside a character: `stream` keeps that from being an error.
    return new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: data.length > PREVIEW_BYTES })
  } catch {
    return Buffer.from(head.buffer, head.byteOffset, head.length).toString('hex')
  }
}
