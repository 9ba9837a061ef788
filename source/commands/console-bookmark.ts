import { createHash } from 'node:crypto'
import type { StreamRef, StreamSummary } from '../domain/stream.ts'
import { type Model, streamKey } from '../state/model.ts'
import type { RunnerContext } from './act-runner.ts'
import { BookmarkKeeper } from './bookmark.ts'
import { summaryIfTold } from './look-up.ts'

/** Between two writes while nobody leaves: what a crash costs is seen twice. */
const SAVE_MILLIS = 10_000
/** The start that means where the last tail of this stream in the console stopped; `bookmark:NAME` means that of a name. */
const BOOKMARK = /^bookmark(?::(.*))?$/i

export function isBookmark(from: string): boolean {
  return BOOKMARK.test(from.trim())
}

/** The name in `bookmark:NAME`, or undefined. */
export function bookmarkNameIn(from: string): string | undefined {
  return BOOKMARK.exec(from.trim())?.[1] || undefined
}

/** Keeps the place of a tail in the console; undefined in a world without files. Asks nothing. */
export function consoleBookmark(
  context: RunnerContext,
  stream: StreamRef,
  from: string,
): BookmarkKeeper | undefined {
  if (context.stateFiles === undefined) return undefined
  const model = context.model()
  const name = bookmarkNameIn(from) ?? bookmarkName(model, stream)
  const target = { stream, endpoint: model.session.endpoint.value, summary: knownSummary(model, stream) }
  return new BookmarkKeeper(context.stateFiles, name, target, SAVE_MILLIS)
}

/** Tells the keeper which of the streams of its name this is; asks the service only where no list has told it yet. */
export async function describeTo(
  keeper: BookmarkKeeper,
  context: RunnerContext,
  stream: StreamRef,
  signal: AbortSignal,
): Promise<void> {
  if (knownSummary(context.model(), stream) !== undefined) return
  const summary = await summaryIfTold(context.api, stream, signal).catch(() => undefined)
  if (summary !== undefined) keeper.described(summary)
}

/** What was told already, if it tells when the stream was created. */
function knownSummary(model: Model, stream: StreamRef): StreamSummary | undefined {
  const listed = model.streams.value?.find(
    each =>
      each.streamName === stream.streamName &&
      (stream.streamArn === undefined || each.streamArn === stream.streamArn),
  )
  return [model.summaries.get(streamKey(stream))?.value, listed].find(
    told => told?.streamCreationTimestamp !== undefined,
  )
}

function bookmarkName(model: Model, stream: StreamRef): string {
  const where = JSON.stringify([model.session.endpoint.value, model.session.region.value, streamKey(stream)])
  return `console-${stream.streamName.slice(0, 40)}-${createHash('sha256').update(where).digest('hex').slice(0, 8)}`
}
