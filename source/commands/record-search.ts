import type { KinesisApi } from '../aws/kinesis-api.ts'
import type { StreamDecoding } from '../domain/decode/stream-decoding.ts'
import { type Failure, usageFailure } from '../domain/failure.ts'
import { compileFilter } from '../domain/filter/compile-filter.ts'
import type { Filter } from '../domain/filter/filter.ts'
import { hashKeyOf } from '../domain/hash-key.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { TailEvent } from '../domain/tail-event.ts'
import { parseAnyMoment, parseMoment } from '../domain/time-expression.ts'
import type { Event } from '../state/event.ts'
import type { Context } from './command.ts'
import { infoNotice, troubleNotices } from './filter-notice.ts'
import { SettledReading } from './record-decoding.ts'
import { RecordSieve } from './record-sieve.ts'
import { runTail } from './run-tail.ts'
import { estimateSearch, estimateText, type SearchEstimate } from './search-estimate.ts'

const PROGRESS_MILLIS = 2_000

/** What is looked for, as it was typed. */
export type TypedSearch = {
  readonly stream: StreamRef
  readonly key?: string | undefined
  readonly filter?: string | undefined
  readonly from: string
  readonly to?: string | undefined
  readonly shard?: readonly string[] | undefined
  readonly limit?: number | undefined
  readonly maxCalls: number
}

/** What is looked for, read. */
export type AskedSearch = {
  readonly stream: StreamRef
  readonly key?: string
  readonly filter?: Filter
  readonly from: Date
  readonly to: Date
  readonly only: { readonly hashKey?: ReturnType<typeof hashKeyOf>; readonly shardIds?: readonly string[] }
  readonly limit?: number
  readonly maxCalls: number
  /** What was assumed about the times, one sentence each. */
  readonly notes: readonly string[]
}

/** @throws FailureError `usage` where nothing is looked for, or the times cannot be or make no span of the past */
export function askedSearch(args: TypedSearch, now: number): AskedSearch {
  const { stream, key, shard, limit, maxCalls } = args
  const notes: string[] = []
  if (key === undefined && args.filter === undefined) {
    throw usageFailure('find', 'there is nothing to look for', 'Give --key K, --filter EXPR, or both.')
  }
  const filter = args.filter === undefined ? undefined : compileFilter(args.filter)
  const from = parseMoment(args.from, now)
  if (from.assumption !== undefined) notes.push(`--from ${args.from}: ${from.assumption}`)
  const to = args.to === undefined ? { timestamp: new Date(now) } : parseAnyMoment(args.to, now)
  if (to.assumption !== undefined) notes.push(`--to ${args.to}: ${to.assumption}`)
  if (to.timestamp.getTime() > now)
    throw usageFailure(
      'find',
      `--to ${args.to} lies ahead`,
      'A tail waits for what is still to come: shardscope tail.',
    )
  if (to.timestamp <= from.timestamp) {
    throw usageFailure(
      'find',
      `--to ${to.timestamp.toISOString()} is not after --from ${from.timestamp.toISOString()}`,
    )
  }
  const only = {
    ...(key === undefined ? {} : { hashKey: hashKeyOf(key) }),
    ...(shard === undefined ? {} : { shardIds: shard }),
  }
  return {
    stream,
    ...(key === undefined ? {} : { key }),
    ...(filter === undefined ? {} : { filter }),
    from: from.timestamp,
    to: to.timestamp,
    only,
    ...(limit === undefined ? {} : { limit }),
    maxCalls,
    notes,
  }
}

/** What the search would cost; reads no record. */
export function estimateAsked(asked: AskedSearch, context: Context): Promise<SearchEstimate> {
  const { stream, from, to, only } = asked
  return estimateSearch(
    { stream, from, to, ...only },
    {
      api: context.tailApi,
      ...(context.metrics === undefined ? {} : { metrics: context.metrics }),
      signal: context.signal,
    },
  )
}

/** Says what it will cost, then reads: the records that were found, progress, and how it ended. */
export async function* searchRecords(
  asked: AskedSearch,
  decoding: StreamDecoding,
  context: Context,
): AsyncGenerator<Event> {
  const { stream, key, filter, from, to, only, limit, maxCalls } = asked
  const { clock } = context
  for (const note of asked.notes) yield infoNotice(note, clock.now())
  const estimate = await estimateAsked(asked, context)
  yield infoNotice(`${estimateText(estimate)}; at most ${maxCalls} calls are made.`, clock.now())
  const stop = new AbortController()
  const settled = new SettledReading(context, stream, decoding)
  const api = new CountedApi(settled.api(context.tailApi), maxCalls, () => stop.abort())
  const board = new SearchBoard(from)
  let foundCount = 0
  let toldAt = clock.now()
  const events = runTail(
    {
      api,
      stream,
      from: { type: 'timestamp', timestamp: from },
      fromText: from.toISOString(),
      until: to,
      sieve: new RecordSieve({
        ...(key === undefined ? {} : { key }),
        ...(filter === undefined ? {} : { filter }),
        decode: decoding.options,
        now: () => clock.now(),
      }),
      ...only,
      ...(limit === undefined ? {} : { limit }),
      tellsPlaces: true,
      expectedEnd: 'the end',
      signal: stop.signal,
      onTaken: event => board.take(event, clock.now()),
    },
    context,
  )
  let failure: Failure | undefined
  for await (const event of events) {
    if (event.type === 'records-read') foundCount += event.records.length
    if (event.type === 'tail-failed') failure = event.failure
    yield event
    if (clock.now() - toldAt >= PROGRESS_MILLIS) {
      toldAt = clock.now()
      const detail = `${board.text()}; ${api.count} of at most ${maxCalls} calls, ${foundCount} found`
      yield { type: 'act-progressed', actId: 'record.find', detail }
    }
  }
  yield* troubleNotices(filter, clock.now())
  if (failure === undefined) yield* endOf({ api, maxCalls, board, foundCount, context })
}

function* endOf(search: {
  readonly api: CountedApi
  readonly maxCalls: number
  readonly board: SearchBoard
  readonly foundCount: number
  readonly context: Context
}): Generator<Event> {
  const { api, maxCalls, board, foundCount, context } = search
  if (api.isUsedUp) {
    const reached = board.reached().toISOString()
    yield {
      type: 'tail-failed',
      failure: {
        kind: 'incomplete',
        action: 'find',
        message: `stopped after ${maxCalls} calls with ${foundCount} found; every shard was read up to ${reached}`,
        nextStep: `Go on with --from ${reached}, or allow more with --max-calls.`,
        retryable: false,
      },
    }
    return
  }
  if (foundCount > 0 || context.signal.aborted) return
  yield {
    type: 'tail-failed',
    failure: {
      kind: 'nothing-found',
      action: 'find',
      message: `nothing was found in ${api.count} calls`,
      retryable: false,
    },
  }
}

/** The calls of a search, counted and bounded. */
class CountedApi {
  readonly listShards: KinesisApi['listShards']
  readonly getShardIterator: KinesisApi['getShardIterator']
  readonly getRecords: KinesisApi['getRecords']
  #count = 0
  #isUsedUp = false

  constructor(
    api: Pick<KinesisApi, 'listShards' | 'getShardIterator' | 'getRecords'>,
    mostCalls: number,
    onUsedUp: () => void,
  ) {
    const spend = (): void => {
      if (this.#count < mostCalls) {
        this.#count += 1
        return
      }
      this.#isUsedUp = true
      onUsedUp()
      throw usageFailure('find', `no more than ${mostCalls} calls were allowed`)
    }
    this.listShards = (...args) => api.listShards(...args)
    this.getShardIterator = async (...args) => {
      spend()
      return await api.getShardIterator(...args)
    }
    this.getRecords = async (...args) => {
      spend()
      return await api.getRecords(...args)
    }
  }

  get count(): number {
    return this.#count
  }

  get isUsedUp(): boolean {
    return this.#isUsedUp
  }
}

/** How far each shard of a search is. */
class SearchBoard {
  readonly #from: Date
  /** Milliseconds since the epoch, of the shards that are being read. */
  readonly #reached = new Map<string, number>()
  #doneCount = 0

  constructor(from: Date) {
    this.#from = from
  }

  take(event: TailEvent, now: number): void {
    if (event.type === 'reader-changed' && event.reader.state === 'starting') {
      this.#reached.set(event.shardId, this.#from.getTime())
    } else if (event.type === 'place-reached') {
      const at = event.approximateArrivalTimestamp?.getTime() ?? now - (event.millisBehindLatest ?? now)
      this.#reached.set(event.shardId, Math.max(at, this.#reached.get(event.shardId) ?? 0))
    } else if (event.type === 'shard-ended') {
      this.#reached.delete(event.shardId)
      this.#doneCount += 1
    }
  }

  /** Everything before it was read, in every shard. */
  reached(): Date {
    return this.#reached.size === 0 ? this.#from : new Date(Math.min(...this.#reached.values()))
  }

  text(): string {
    const done = this.#doneCount === 0 ? '' : `, ${this.#doneCount} read to the end`
    return `read up to ${this.reached().toISOString()} in ${this.#reached.size} shards${done}`
  }
}
