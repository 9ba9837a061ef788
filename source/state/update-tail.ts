import { countedBytes } from '../domain/record.ts'
import type { Event } from './event.ts'
import {
  type Model,
  type RateSample,
  type ReaderInfo,
  streamKey,
  type TailSearch,
  type TailState,
} from './model.ts'
import { appendChunk, emptyWindow } from './record-window.ts'
import type { TailRow } from './tail-row.ts'
import { withoutAnswers } from './update-acts.ts'

/** What a tail keeps in memory: enough to scroll back for minutes, little enough for a bastion host. */
export const TAIL_WINDOW_LIMITS = { maxRecords: 20_000, maxBytes: 64 * 1_048_576 }

/** How far back the rate of a tail looks. */
export const RATE_WINDOW_MILLIS = 10_000

type TailEvent = Extract<
  Event,
  {
    type:
      | 'tail-started'
      | 'tail-ready'
      | 'reader-changed'
      | 'readers-changed'
      | 'readers-expired'
      | 'rows-arrived'
      | 'tail-failed'
      | 'tail-troubled'
      | 'tail-finished'
      | 'pause-changed'
      | 'clock-ticked'
      | 'tail-progressed'
      | 'search-called-off'
  }
>

export function updateTail(model: Model, event: TailEvent): Model {
  if (event.type === 'tail-started') {
    return withoutAnswers({ ...model, tail: startedTail(event) }, ['GetRecords'])
  }
  if (model.tail === undefined) return model
  const tail = nextTail(model.tail, event)
  return tail === model.tail ? model : { ...model, tail }
}

function startedTail(event: Extract<TailEvent, { type: 'tail-started' }>): TailState {
  return {
    stream: event.stream,
    ...(event.shardId === undefined ? {} : { shardId: event.shardId }),
    ...(event.from === undefined ? {} : { from: event.from }),
    ...(event.mode === undefined ? {} : { mode: event.mode }),
    phase: 'starting',
    window: emptyWindow<TailRow>(TAIL_WINDOW_LIMITS),
    readers: new Map(),
    receivedCount: 0,
    receivedBytes: 0,
    rateSamples: [],
    arrivedWhilePaused: 0,
  }
}

function nextTail(tail: TailState, event: Exclude<TailEvent, { type: 'tail-started' }>): TailState {
  switch (event.type) {
    case 'tail-ready': {
      const { failure: _, ...rest } = tail
      return { ...rest, phase: tail.pausedWindow === undefined ? 'tailing' : 'paused' }
    }
    case 'reader-changed':
      return withReaders(tail, [event.reader])
    case 'readers-changed':
      return event.readers.length === 0 ? tail : withReaders(tail, event.readers)
    case 'readers-expired':
      return withoutReaders(tail, event.shardIds)
    case 'rows-arrived':
      return withRows(tail, event.rows, event.recordCount)
    case 'tail-failed':
      return { ...tail, phase: 'failed', failure: event.failure }
    case 'tail-troubled': {
      const { retriedFailure: _, ...rest } = tail
      return event.failure === undefined ? rest : { ...rest, retriedFailure: event.failure }
    }
    case 'tail-finished':
      return tail.phase === 'failed' ? tail : { ...tail, phase: 'finished' }
    case 'tail-progressed':
      return { ...tail, progress: event.detail }
    case 'search-called-off':
      return { ...tail, isCalledOff: true }
    case 'pause-changed':
      return event.isPaused ? paused(tail) : resumed(tail)
    case 'clock-ticked':
      return sampled(tail, event.at)
  }
}

function paused(tail: TailState): TailState {
  if (tail.pausedWindow !== undefined) return tail
  const phase = tail.phase === 'tailing' || tail.phase === 'starting' ? 'paused' : tail.phase
  return { ...tail, phase, pausedWindow: tail.window, arrivedWhilePaused: 0 }
}

function resumed(tail: TailState): TailState {
  if (tail.pausedWindow === undefined) return tail
  const { pausedWindow: _, ...rest } = tail
  return { ...rest, phase: tail.phase === 'paused' ? 'tailing' : tail.phase, arrivedWhilePaused: 0 }
}

function withRows(tail: TailState, rows: readonly TailRow[], recordCount: number): TailState {
  if (rows.length === 0) return tail
  let bytes = 0
  for (const row of rows) {
    // An aggregate's rows share one record, which is counted once.
    if (row.subSequenceNumber === undefined || row.subSequenceNumber === 0) bytes += countedBytes(row.record)
  }
  return {
    ...tail,
    window: appendChunk(tail.window, rows),
    receivedCount: tail.receivedCount + recordCount,
    receivedBytes: tail.receivedBytes + bytes,
    arrivedWhilePaused: tail.arrivedWhilePaused + (tail.pausedWindow === undefined ? 0 : recordCount),
  }
}

function withReaders(tail: TailState, readers: readonly ReaderInfo[]): TailState {
  const next = new Map(tail.readers)
  for (const reader of readers) next.set(reader.shardId, reader)
  return { ...tail, readers: next }
}

function withoutReaders(tail: TailState, shardIds: readonly string[]): TailState {
  const readers = new Map(tail.readers)
  const expiredReaders = new Map(tail.expiredReaders)
  for (const shardId of shardIds) {
    const state = readers.get(shardId)?.state
    if (state === undefined) continue
    readers.delete(shardId)
    expiredReaders.set(state, (expiredReaders.get(state) ?? 0) + 1)
  }
  return { ...tail, readers, expiredReaders }
}

function sampled(tail: TailState, at: number): TailState {
  const samples = tail.rateSamples
  const last = samples.at(-1)
  // A tail that has been quiet for the whole window needs no more samples: its rate stays nought.
  const isQuiet = samples.every(sample => sample.recordCount === tail.receivedCount)
  if (last !== undefined && isQuiet && at - (samples[0]?.at ?? at) >= RATE_WINDOW_MILLIS) return tail
  const sample: RateSample = { at, recordCount: tail.receivedCount, byteCount: tail.receivedBytes }
  // One sample older than the window stays, so that the span covers it.
  const firstKept = samples.findLastIndex(old => at - old.at >= RATE_WINDOW_MILLIS)
  return { ...tail, rateSamples: [...samples.slice(Math.max(firstKept, 0)), sample] }
}

/** Whether a tail screen is about the tail that runs or was left a moment ago. */
export function isTailOf(
  tail: TailState | undefined,
  screen: {
    readonly stream: TailState['stream']
    readonly shardId?: string
    readonly from: string
    readonly isFanOut?: true
    readonly search?: TailSearch
  },
): tail is TailState {
  return (
    tail !== undefined &&
    streamKey(tail.stream) === streamKey(screen.stream) &&
    tail.shardId === screen.shardId &&
    (tail.mode ?? '') === tailMode(screen) &&
    (tail.from ?? screen.from) === screen.from
  )
}

/** What sets a tail apart from a plain one of the same stream and start; empty for that. */
export function tailMode(screen: { readonly isFanOut?: true; readonly search?: TailSearch }): string {
  if (screen.search !== undefined) return `search ${JSON.stringify(screen.search)}`
  return screen.isFanOut ? 'fan-out' : ''
}

/** A search that still reads. */
export function isSearching(tail: TailState | undefined, screen: { readonly search?: TailSearch }): boolean {
  return (
    screen.search !== undefined &&
    (tail?.phase === 'starting' || tail?.phase === 'tailing' || tail?.phase === 'paused') &&
    tail.isCalledOff !== true
  )
}
