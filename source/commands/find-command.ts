import type { KinesisApi } from '../aws/kinesis-api.ts'
import { type Failure, usageFailure } from '../domain/failure.ts'
import { compileFilter } from '../domain/filter/compile-filter.ts'
import { hashKeyOf } from '../domain/hash-key.ts'
import type { TailEvent } from '../domain/tail-event.ts'
import { parseAnyMoment, parseMoment } from '../domain/time-expression.ts'
import { visibleText } from '../domain/visible-text.ts'
import type { Event } from '../state/event.ts'
import { type Context, defineCommand, type OutputFormat } from './command.ts'
import { infoNotice, troubleNotices } from './filter-notice.ts'
import { RECORD_OUTPUT_ARGS, recordFormat } from './record-output.ts'
import { RECORD_COLUMNS, recordRow, recordTextRows } from './record-rows.ts'
import { RecordSieve } from './record-sieve.ts'
import { runTail } from './run-tail.ts'
import { estimateSearch, estimateText, type SearchEstimate } from './search-estimate.ts'

const PROGRESS_MILLIS = 2_000

/** A bounded look into the past: the records of a key, or those that match, between two times. */
export const findRecords = defineCommand({
  id: 'record.find',
  title: 'Search the past for a key or a filter, between two times and with a bound on the calls',
  group: 'record',
  keys: [],
  where: [],
  effect: 'read',
  args: {
    stream: { kind: 'stream', title: 'Stream name or ARN', required: true, positional: true },
    key: { kind: 'text', title: 'Records with this partition key, from the shards that it ever belonged to' },
    filter: {
      kind: 'text',
      title: 'Only records that match: text, /regex/, key:K, shard:3, size>1KiB, age<5m, ?JMESPATH',
    },
    from: {
      kind: 'text',
      title: 'From this time on: 15m, 2026-11-30T14:00Z, "yesterday 14:00"',
      required: true,
    },
    to: { kind: 'text', title: 'Up to this time (default: now)' },
    shard: {
      kind: 'shards',
      title: 'Only these shards (id or number; repeat it, or use commas) and their children',
    },
    limit: { kind: 'count', title: 'Leave after so many records', min: 1 },
    maxCalls: { kind: 'count', title: 'Leave after so many calls', min: 1, defaultText: '2000' },
    dryRun: { kind: 'flag', title: 'Print what the search would cost, and read nothing' },
    ...RECORD_OUTPUT_ARGS,
  },
  headless: {
    name: 'find',
    layout: 'lines',
    columns: RECORD_COLUMNS,
    format: args => (args.dryRun === true ? estimateFormat(args) : recordFormat(args)),
    rows: event => {
      if (event.type === 'act-finished') return event.rows ?? []
      return event.type === 'records-read' ? event.records.map(recordRow) : []
    },
    textRows: event => (event.type === 'records-read' ? event.records.flatMap(recordTextRows) : []),
  },
  async *run(args, context): AsyncGenerator<Event> {
    const { stream, key, shard, limit, maxCalls } = args
    const { clock } = context
    const now = clock.now()
    if (key === undefined && args.filter === undefined) {
      throw usageFailure('find', 'there is nothing to look for', 'Give --key K, --filter EXPR, or both.')
    }
    const filter = args.filter === undefined ? undefined : compileFilter(args.filter)
    const from = parseMoment(args.from, now)
    if (from.assumption !== undefined) yield infoNotice(`--from ${args.from}: ${from.assumption}`, now)
    const to = args.to === undefined ? { timestamp: new Date(now) } : parseAnyMoment(args.to, now)
    if (to.assumption !== undefined) yield infoNotice(`--to ${args.to}: ${to.assumption}`, now)
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
    const search = { stream, from: from.timestamp, to: to.timestamp, ...only }
    const estimate = await estimateSearch(search, {
      api: context.tailApi,
      ...(context.metrics === undefined ? {} : { metrics: context.metrics }),
      signal: context.signal,
    })
    if (args.dryRun) {
      yield dryRunDone(search, estimate)
      return
    }
    yield infoNotice(`${estimateText(estimate)}; at most ${maxCalls} calls are made.`, clock.now())
    const stop = new AbortController()
    const api = new CountedApi(context.tailApi, maxCalls, () => stop.abort())
    const board = new SearchBoard(from.timestamp)
    let foundCount = 0
    let toldAt = clock.now()
    const events = runTail(
      {
        api,
        stream,
        from: { type: 'timestamp', timestamp: from.timestamp },
        fromText: from.timestamp.toISOString(),
        until: to.timestamp,
        sieve: new RecordSieve({
          ...(key === undefined ? {} : { key }),
          ...(filter === undefined ? {} : { filter }),
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
  },
})

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

function estimateFormat(args: Readonly<Record<string, unknown>>): OutputFormat {
  if (args.output === 'json') return 'json'
  return {
    name: 'text',
    isForTerminals: true,
    write: event => (event.type === 'act-finished' ? `${visibleText(event.detail)}\n` : undefined),
  }
}

function dryRunDone(
  {
    stream,
    from,
    to,
  }: { readonly stream: { readonly streamName: string }; readonly from: Date; readonly to: Date },
  estimate: SearchEstimate,
): Event {
  const row = { streamName: stream.streamName, from, to, ...estimate }
  return { type: 'act-finished', actId: 'record.find', detail: estimateText(estimate), rows: [row] }
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
