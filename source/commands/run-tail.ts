import type { Failure } from '../domain/failure.ts'
import type { HashKeyRange } from '../domain/hash-key.ts'
import { inTimeOrder } from '../domain/in-time-order.ts'
import type { StreamRef } from '../domain/stream.ts'
import { explainReaderState, type TailEvent } from '../domain/tail-event.ts'
import type { Event } from '../state/event.ts'
import { tailStream } from '../tail/stream-tail.ts'
import type { TailOptions } from '../tail/tail-options.ts'
import { atHand } from './at-hand.ts'
import type { Context } from './command.ts'
import { ExpiryNotes } from './expiry-notes.ts'
import { Patience } from './patience.ts'
import type { RecordSieve } from './record-sieve.ts'

/** How long a tail that is to end by itself goes on trying calls that fail. */
const PATIENCE_MILLIS = 120_000

export type TailRun = Omit<TailOptions, 'clock' | 'random' | 'signal' | 'accepts' | 'api'> & {
  /** Default: the context's own. */
  readonly api?: TailOptions['api']
  /** For `tail-started`. */
  readonly fromText: string
  readonly sieve: RecordSieve
  /** What it is to reach, where it ends by itself: `the tip`, `the end`. */
  readonly expectedEnd?: string
  readonly signal?: AbortSignal
  /** Called once the events of it were taken by whoever reads them. */
  readonly onTaken?: (event: TailEvent) => void | Promise<void>
}

/** A tail as the events of a headless command. */
export async function* runTail(run: TailRun, context: Context): AsyncGenerator<Event> {
  const { fromText, sieve, expectedEnd, onTaken, signal, ...options } = run
  const { clock, random } = context
  const { stream, shardIds } = options
  const only = shardIds?.length === 1 ? shardIds[0] : undefined
  yield { type: 'tail-started', stream, from: fromText, ...(only === undefined ? {} : { shardId: only }) }
  const stop = new AbortController()
  let failure: Failure | undefined
  const patience = new Patience({
    clock,
    millis: PATIENCE_MILLIS,
    giveUp: met => {
      failure = met
      stop.abort()
    },
  })
  const { accepts } = sieve
  const tail = tailStream({
    api: context.tailApi,
    ...options,
    ...(accepts === undefined ? {} : { accepts }),
    clock,
    random,
    signal: AbortSignal.any([context.signal, stop.signal, ...(signal === undefined ? [] : [signal])]),
  })
  const ranges = new Map<string, HashKeyRange>()
  const expiry = new ExpiryNotes()
  try {
    for await (const group of atHand(tail, () => stop.abort())) {
      const records = group.flatMap(event => (event.type === 'records-arrived' ? event.records : []))
      if (records.length > 0) {
        const read = records.map(record => sieve.read(record, ranges.get(record.shardId)))
        yield { type: 'records-read', records: inTimeOrder(read, ({ record }) => record) }
      }
      for (const event of group) {
        if (event.type === 'shards-listed') {
          for (const { shardId, hashKeyRange } of event.shards) ranges.set(shardId, hashKeyRange)
        }
        // A live tail waits for its endpoint to come back, as long as it takes; a script that expects an end does not.
        if (expectedEnd !== undefined && event.type === 'failure-met') patience.met(event.failure)
        if (event.type === 'failure-passed') patience.passed(event.failure)
        if (event.type === 'records-expired') yield* warned(expiry.take(event, clock.now()), clock.now())
        if (event.type === 'finished') yield* warned(expiry.flush(), clock.now())
        if (event.type !== 'records-arrived') yield* eventsOf(event, stream, clock.now())
        await onTaken?.(event)
      }
    }
  } finally {
    patience.end()
  }
  if (failure === undefined) return
  const message = `given up after ${PATIENCE_MILLIS / 1_000} s without an answer, ${expectedEnd} was not reached: ${failure.message}`
  yield { type: 'tail-failed', failure: { ...failure, message } }
}

function* warned(text: string | undefined, at: number): Generator<Event> {
  if (text !== undefined) yield { type: 'noticed', notice: { level: 'warning', text, at } }
}

function* eventsOf(
  event: Exclude<TailEvent, { type: 'records-arrived' }>,
  stream: StreamRef,
  at: number,
): Generator<Event> {
  switch (event.type) {
    case 'shards-listed':
      yield { type: 'shards-listed', stream, shards: event.shards, at }
      return
    case 'reader-changed': {
      const { reader, shardId } = event
      const note = explainReaderState(reader)
      yield {
        type: 'reader-changed',
        reader: { shardId, state: reader.state, recordCount: 0, ...(note === '' ? {} : { note }) },
      }
      return
    }
    case 'tailing':
      yield { type: 'tail-ready', stream }
      return
    case 'failure-met':
      if (event.isRetried) yield { type: 'tail-troubled', failure: event.failure }
      return
    case 'failure-passed':
      yield { type: 'tail-troubled' }
      return
    case 'finished':
      yield { type: 'tail-finished', reason: event.reason, totals: event.totals }
      if (event.totals.failure !== undefined) yield { type: 'tail-failed', failure: event.totals.failure }
      return
    case 'shard-ended':
    case 'place-reached':
    case 'records-expired':
      // The reader's own state tells the end of a shard, with the children.
      return
  }
}
