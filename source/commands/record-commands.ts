import { FailureError, failureOf, usageFailure } from '../domain/failure.ts'
import { compileFilter } from '../domain/filter/compile-filter.ts'
import { hashKeyOf } from '../domain/hash-key.ts'
import type { StartFrom } from '../domain/start-from.ts'
import type { StreamRef } from '../domain/stream.ts'
import { parseAnyMoment, parseDurationMillis, parseStartFrom } from '../domain/time-expression.ts'
import type { Event } from '../state/event.ts'
import type { FanOut } from '../tail/fan-out.ts'
import { BookmarkKeeper } from './bookmark.ts'
import { type Context, defineCommand } from './command.ts'
import { FAN_OUT_COST, FanOutConsumer } from './fan-out-consumer.ts'
import { infoNotice, troubleNotices } from './filter-notice.ts'
import { summaryIfTold } from './look-up.ts'
import { decodingFor, SCHEMA_ARGS, SettledReading } from './record-decoding.ts'
import { RECORD_OUTPUT_ARGS, recordFormat } from './record-output.ts'
import { RECORD_COLUMNS, recordRow, recordTextRows } from './record-rows.ts'
import { RecordSieve } from './record-sieve.ts'
import { runTail } from './run-tail.ts'
import { PACE_ARG, paceNamed } from './tail-pace.ts'

export const tailRecords = defineCommand({
  id: 'record.tail',
  title: 'Print the records of a stream as they come, or from a place on',
  group: 'record',
  // On screen a tail is a place to be (tail.open), not an act with an end.
  keys: [],
  where: [],
  effect: 'read',
  args: {
    stream: { kind: 'stream', title: 'Stream name or ARN', required: true, positional: true },
    from: {
      kind: 'text',
      title: 'latest, oldest, a time (15m, 2026-11-30T14:00Z, "yesterday 14:00") or a sequence number',
      defaultText: 'latest',
    },
    shard: {
      kind: 'shards',
      title: 'Only these shards (id or number; repeat it, or use commas) and their children',
    },
    key: {
      kind: 'text',
      title: 'Only records with this partition key, from the shards that it ever belonged to',
    },
    filter: {
      kind: 'text',
      title: 'Only records that match: text, /regex/, key:K, shard:3, size>1KiB, age<5m, ?JMESPATH',
    },
    limit: { kind: 'count', title: 'Leave after so many records', min: 1 },
    until: {
      kind: 'text',
      title: 'Leave once every shard is read up to this time; later records are left out',
    },
    idle: { kind: 'text', title: 'Leave when nothing came for so long (30s, 5m)' },
    ...SCHEMA_ARGS,
    fanOut: {
      kind: 'flag',
      title: 'Have the records pushed to a consumer of its own, with 2 MiB/s a shard for itself (costs)',
    },
    bookmark: {
      kind: 'text',
      title: 'Go on where the last tail with this bookmark stopped, and keep the place',
    },
    exitAtTip: { kind: 'flag', title: 'Leave once every shard is read up to where its tip was at the start' },
    ...PACE_ARG,
    ...RECORD_OUTPUT_ARGS,
  },
  headless: {
    name: 'tail',
    layout: 'lines',
    format: recordFormat,
    columns: RECORD_COLUMNS,
    rows: event => (event.type === 'records-read' ? event.records.map(recordRow) : []),
    textRows: event => (event.type === 'records-read' ? event.records.flatMap(recordTextRows) : []),
  },
  async *run(args, context): AsyncGenerator<Event> {
    const { stream, from: fromText, shard, key, limit, exitAtTip } = args
    const { clock } = context
    const pace = paceNamed(args.pace, context.model().session)
    const now = clock.now()
    const filter = args.filter === undefined ? undefined : compileFilter(args.filter)
    const { from: asked, assumption } = parseStartFrom(fromText, now)
    if (assumption !== undefined) yield infoNotice(`--from ${fromText}: ${assumption}`, now)
    const until = args.until === undefined ? undefined : parseAnyMoment(args.until, now)
    if (until?.assumption !== undefined) yield infoNotice(`--until ${args.until}: ${until.assumption}`, now)
    const decoding = await decodingFor(context, stream, args)
    const settled = new SettledReading(context, stream, decoding)
    const idleMillis = args.idle === undefined ? undefined : parseDurationMillis(args.idle)
    const expectsEnd = exitAtTip || until !== undefined || idleMillis !== undefined
    const bookmark =
      args.bookmark === undefined ? undefined : await bookmarkOf(args.bookmark, stream, context)
    if (bookmark !== undefined && until !== undefined) {
      throw usageFailure(
        'tail',
        '--bookmark and --until exclude each other: records of one shard are not in the order of their times',
        'Use --exit-at-tip, --idle or --limit to end a tail with a bookmark.',
      )
    }
    assertInOrder(asked, until?.timestamp, args, now)
    const { from, notes } = (await bookmark?.open(asked, now)) ?? { from: asked, notes: [] }
    for (const note of notes) yield infoNotice(note, now)
    const consumer = args.fanOut ? new FanOutConsumer(context, stream) : undefined
    // A place that cannot be kept, as on a full disk, ends no tail: it is said, and tried again with the next one.
    let unkept: FailureError | undefined
    let isUnkeptTold = false
    const keeping = async (act: () => Promise<void> | undefined): Promise<void> => {
      try {
        await act()
        unkept = undefined
      } catch (error) {
        unkept = new FailureError(failureOf(error, 'bookmark'))
      }
    }
    try {
      const fanOut = consumer === undefined ? undefined : yield* registered(consumer, context)
      const events = runTail(
        {
          api: settled.api(context.tailApi),
          stream,
          from,
          pace,
          ...(fanOut === undefined
            ? {}
            : { fanOut: { ...fanOut, subscribe: settled.subscribe(fanOut.subscribe) } }),
          fromText:
            from.type === 'places' ? `bookmark ${args.bookmark}` : from === asked ? fromText : from.type,
          sieve: new RecordSieve({
            ...(key === undefined ? {} : { key }),
            ...(filter === undefined ? {} : { filter }),
            decode: decoding.options,
            now: () => clock.now(),
          }),
          ...(shard === undefined ? {} : { shardIds: shard }),
          ...(limit === undefined ? {} : { limit }),
          ...(key === undefined ? {} : { hashKey: hashKeyOf(key) }),
          ...(until === undefined ? {} : { until: until.timestamp }),
          ...(idleMillis === undefined ? {} : { idleMillis }),
          ...(expectsEnd ? { expectedEnd: exitAtTip ? 'the tip' : 'the end' } : {}),
          exitAtTip,
          ...(bookmark === undefined
            ? {}
            : { tellsPlaces: true, onTaken: event => keeping(() => bookmark.taken(event, clock.now())) }),
        },
        context,
      )
      for await (const event of events) {
        yield event
        for (const shardId of bookmark?.takeExpiredShards() ?? []) {
          yield infoNotice(`${shardId} has expired, with what was not read of it before.`, clock.now())
        }
        if (unkept !== undefined && !isUnkeptTold) {
          isUnkeptTold = true
          yield infoNotice(
            `Bookmark ${args.bookmark} cannot be kept now: ${unkept.message}. The tail goes on, and tries again.`,
            clock.now(),
          )
        }
      }
    } finally {
      await keeping(() => bookmark?.save(clock.now()))
      const left = await consumer?.end()
      if (left !== undefined) {
        yield {
          type: 'tail-failed',
          failure: {
            ...left,
            nextStep:
              'The consumer is still registered and costs: the next tail --fan-out of this stream takes it away.',
          },
        }
      }
    }
    yield* troubleNotices(filter, clock.now())
    // The next tail would repeat what this one has shown.
    if (unkept !== undefined) throw unkept
  },
})

/** An end before the start would read nothing and look like a quiet stream. */
function assertInOrder(
  from: StartFrom,
  until: Date | undefined,
  typed: { readonly from: string; readonly until: string | undefined },
  now: number,
): void {
  const start =
    from.type === 'timestamp' ? from.timestamp.getTime() : from.type === 'latest' ? now : undefined
  if (until === undefined || start === undefined || until.getTime() >= start) return
  throw usageFailure(
    'tail',
    `--until ${typed.until} is ${until.toISOString()}, before --from ${typed.from}, which is ${new Date(start).toISOString()}`,
    'Name an end after the start; a length of time counts back from now, so the start needs the longer one.',
  )
}

/** Says the price, clears what a killed tail left, registers. */
async function* registered(consumer: FanOutConsumer, context: Context): AsyncGenerator<Event, FanOut> {
  const now = context.clock.now()
  yield infoNotice(FAN_OUT_COST, now)
  for (const name of await consumer.cleanUp()) {
    yield infoNotice(
      `The consumer ${name}, which an earlier tail on this machine left behind, was taken away.`,
      now,
    )
  }
  const steps = consumer.register()
  for (;;) {
    const step = await steps.next()
    if (step.done) return step.value
    yield { type: 'act-progressed', actId: 'record.tail', detail: step.value }
  }
}

async function bookmarkOf(name: string, stream: StreamRef, context: Context): Promise<BookmarkKeeper> {
  const { stateFiles, api, signal, model } = context
  if (stateFiles === undefined) throw usageFailure('tail', 'bookmarks cannot be kept here')
  const summary = await summaryIfTold(api, stream, signal)
  return new BookmarkKeeper(stateFiles, name, { stream, endpoint: model().session.endpoint.value, summary })
}
