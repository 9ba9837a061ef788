/** What the window needs to know of a row: the bytes that it keeps alive. */
export type Sized = { readonly keptBytes: number }

/** The newest rows of a tail, bounded by count and bytes, as immutable chunks; what fell out is counted. */
export type RecordWindow<Row extends Sized> = {
  readonly chunks: readonly (readonly Row[])[]
  readonly recordCount: number
  readonly byteCount: number
  /** Records that were received and no longer fit, since the window began. */
  readonly droppedCount: number
  readonly maxRecords: number
  readonly maxBytes: number
}

export function emptyWindow<Row extends Sized>(limits: {
  readonly maxRecords: number
  readonly maxBytes: number
}): RecordWindow<Row> {
  return { chunks: [], recordCount: 0, byteCount: 0, droppedCount: 0, ...limits }
}

/**
 * Adds one chunk at the new end and lets whole old chunks go until the bounds hold; a single chunk over the bounds is
 * cut at its old end. The newest record always stays. kept + dropped = received.
 */
export function appendChunk<Row extends Sized>(
  window: RecordWindow<Row>,
  chunk: readonly Row[],
): RecordWindow<Row> {
  if (chunk.length === 0) return window
  const chunks = joined(window.chunks, chunk)
  let recordCount = window.recordCount + chunk.length
  let byteCount = window.byteCount + bytesOf(chunk)
  let droppedCount = window.droppedCount
  const isOver = (): boolean => recordCount > window.maxRecords || byteCount > window.maxBytes
  let first = 0
  while (isOver() && first < chunks.length - 1) {
    const gone = chunks[first] ?? []
    recordCount -= gone.length
    byteCount -= bytesOf(gone)
    droppedCount += gone.length
    first += 1
  }
  if (first > 0) chunks.splice(0, first)
  const only = chunks[0]
  if (isOver() && only !== undefined) {
    let start = 0
    while (isOver() && start < only.length - 1) {
      recordCount -= 1
      byteCount -= only[start]?.keptBytes ?? 0
      start += 1
    }
    droppedCount += start
    chunks[0] = only.slice(start)
  }
  return { ...window, chunks, recordCount, byteCount, droppedCount }
}

/** The row at `index` of the chunks, 0 = oldest, or undefined outside. Cost grows with chunks, not records. */
export function rowAt<Row>(chunks: readonly (readonly Row[])[], index: number): Row | undefined {
  let rest = index
  for (const chunk of chunks) {
    if (rest < chunk.length) return chunk[rest]
    rest -= chunk.length
  }
  return undefined
}

/** Chunks below this many rows are joined, so that a trickle of single records does not make thousands of chunks. */
const SMALL_CHUNK_ROWS = 128

function joined<Row>(chunks: readonly (readonly Row[])[], chunk: readonly Row[]): (readonly Row[])[] {
  const last = chunks.at(-1)
  if (last === undefined || last.length + chunk.length > SMALL_CHUNK_ROWS) return [...chunks, chunk]
  return [...chunks.slice(0, -1), [...last, ...chunk]]
}

function bytesOf(chunk: readonly Sized[]): number {
  let bytes = 0
  for (const row of chunk) bytes += row.keptBytes
  return bytes
}
