import type { Shard } from '../domain/shard.ts'
import type { StreamListing, StreamRef } from '../domain/stream.ts'
import type { Event } from './event.ts'
import { type Fetched, type Model, NOT_FETCHED, streamKey } from './model.ts'

type EventOf<Type extends Event['type']> = Extract<Event, { type: Type }>

export function updateStreams(
  model: Model,
  event: EventOf<'streams-requested' | 'streams-listed' | 'streams-failed'>,
): Model {
  switch (event.type) {
    case 'streams-requested':
      return { ...model, streams: requested(model.streams, model.now) }
    case 'streams-listed': {
      const streams = sameRows(model.streams.value, event.streams, sameListing)
      return withFreshData({ ...model, streams: answered(streams, event.at) })
    }
    case 'streams-failed':
      return { ...model, streams: failed(model.streams, event.failure, event.retryAt) }
  }
}

export function updateSummary(
  model: Model,
  event: EventOf<'summary-requested' | 'summary-described' | 'summary-failed'>,
): Model {
  const summaries = changed(model.summaries, event.stream, before => {
    switch (event.type) {
      case 'summary-requested':
        return requested(before, model.now)
      case 'summary-described':
        return answered(event.summary, event.at)
      case 'summary-failed':
        return failed(before, event.failure)
    }
  })
  return { ...model, summaries }
}

export function updateShards(
  model: Model,
  event: EventOf<'shards-requested' | 'shards-listed' | 'shards-failed'>,
): Model {
  const shards = changed(model.shards, event.stream, before => {
    switch (event.type) {
      case 'shards-requested':
        return requested(before, model.now)
      case 'shards-listed':
        return answered(sameRows(before.value, event.shards, isSameShard), event.at)
      case 'shards-failed':
        return failed(before, event.failure, event.retryAt)
    }
  })
  const next = { ...model, shards }
  return event.type === 'shards-listed' ? withFreshData(next) : next
}

/** What was said while it was waited for has no meaning any more. */
export function withFreshData(model: Model): Model {
  if (model.notice?.isUntilAnswer !== true) return model
  const { notice: _, ...rest } = model
  return rest
}

/** The old rows where nothing differs, so that whatever was derived from them stays valid. */
function sameRows<Row>(
  before: readonly Row[] | undefined,
  after: readonly Row[],
  isSame: (a: Row, b: Row) => boolean,
): readonly Row[] {
  if (before === undefined || before.length !== after.length) return after
  const isAllSame = after.every((row, index) => {
    const old = before[index]
    return old !== undefined && isSame(old, row)
  })
  return isAllSame ? before : after
}

function requested<Value>(before: Fetched<Value>, now: number): Fetched<Value> {
  const { retryAt: _, ...rest } = before
  return { ...rest, phase: 'loading', askedAt: now }
}

function answered<Value>(value: Value, at: number): Fetched<Value> {
  return { phase: 'loaded', value, answeredAt: at }
}

function failed<Value>(
  before: Fetched<Value>,
  failure: NonNullable<Fetched<Value>['failure']>,
  retryAt?: number,
): Fetched<Value> {
  const { askedAt: _, retryAt: _before, ...rest } = before
  return {
    ...rest,
    phase: 'loaded',
    failure,
    failedCount: (before.failedCount ?? 0) + 1,
    ...(retryAt === undefined ? {} : { retryAt }),
  }
}

function changed<Value>(
  map: ReadonlyMap<string, Fetched<Value>>,
  stream: StreamRef,
  change: (before: Fetched<Value>) => Fetched<Value>,
): ReadonlyMap<string, Fetched<Value>> {
  const key = streamKey(stream)
  return new Map(map).set(key, change(map.get(key) ?? NOT_FETCHED))
}

/** Ids begin anew in each stream of a name; where a shard's numbers begin does not. */
function isSameShard(a: Shard, b: Shard): boolean {
  return (
    a.shardId === b.shardId &&
    a.startingSequenceNumber === b.startingSequenceNumber &&
    a.endingSequenceNumber === b.endingSequenceNumber &&
    a.hashKeyRange.startingHashKey === b.hashKeyRange.startingHashKey &&
    a.hashKeyRange.endingHashKey === b.hashKeyRange.endingHashKey
  )
}

function sameListing(a: StreamListing, b: StreamListing): boolean {
  return (
    a.streamName === b.streamName &&
    a.streamArn === b.streamArn &&
    a.streamStatus === b.streamStatus &&
    a.streamMode === b.streamMode &&
    a.streamCreationTimestamp?.getTime() === b.streamCreationTimestamp?.getTime()
  )
}
