import { createHash } from 'node:crypto'
import type { StreamRef } from '../domain/stream.ts'
import { type Model, streamKey } from '../state/model.ts'
import type { RunnerContext } from './act-runner.ts'
import { BookmarkKeeper } from './bookmark.ts'
import { summaryIfTold } from './look-up.ts'

/** The start that means where the last tail of this stream in the console stopped; `bookmark:NAME` means that of a name. */
const BOOKMARK = /^bookmark(?::(.*))?$/i

export function isBookmark(from: string): boolean {
  return BOOKMARK.test(from.trim())
}

/** Keeps the place of a tail in the console. Asks what the stream is only where that is needed and not known. */
export async function consoleBookmark(
  context: RunnerContext,
  stream: StreamRef,
  from: string,
  signal: AbortSignal,
): Promise<BookmarkKeeper | undefined> {
  if (context.stateFiles === undefined) return undefined
  const model = context.model()
  const known = model.summaries.get(streamKey(stream))?.value
  const summary = known ?? (await summaryIfTold(context.api, stream, signal).catch(() => undefined))
  const name = BOOKMARK.exec(from.trim())?.[1] || bookmarkName(model, stream)
  const endpoint = model.session.endpoint.value
  return new BookmarkKeeper(context.stateFiles, name, { stream, endpoint, summary })
}

function bookmarkName(model: Model, stream: StreamRef): string {
  const where = JSON.stringify([model.session.endpoint.value, model.session.region.value, streamKey(stream)])
  return `console-${stream.streamName.slice(0, 40)}-${createHash('sha256').update(where).digest('hex').slice(0, 8)}`
}
