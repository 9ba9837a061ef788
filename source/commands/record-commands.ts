import { compileFilter } from '../domain/filter/compile-filter.ts'
import { hashKeyOf } from '../domain/hash-key.ts'
import { parseAnyMoment, parseDurationMillis, parseStartFrom } from '../domain/time-expression.ts'
import type { Event } from '../state/event.ts'
import { defineCommand } from './command.ts'
import { infoNotice, troubleNotices } from './filter-notice.ts'
import { RECORD_OUTPUT_ARGS, recordFormat } from './record-output.ts'
import { RECORD_COLUMNS, recordRow, recordTextRows } from './record-rows.ts'
import { RecordSieve } from './record-sieve.ts'
import { runTail } from './run-tail.ts'
import { readSchemas } from './schema-files.ts'

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
    schema: {
      kind: 'text',
      title:
        'Avro schema for records that only name theirs: FILE, or ID=FILE with the id of a registry; commas between',
    },
    exitAtTip: { kind: 'flag', title: 'Leave once every shard is read up to where its tip was at the start' },
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
    const now = clock.now()
    const filter = args.filter === undefined ? undefined : compileFilter(args.filter)
    const { from, assumption } = parseStartFrom(fromText, now)
    if (assumption !== undefined) yield infoNotice(`--from ${fromText}: ${assumption}`, now)
    const until = args.until === undefined ? undefined : parseAnyMoment(args.until, now)
    if (until?.assumption !== undefined) yield infoNotice(`--until ${args.until}: ${until.assumption}`, now)
    const schemas = args.schema === undefined ? undefined : await readSchemas(args.schema, context.readInput)
    const idleMillis = args.idle === undefined ? undefined : parseDurationMillis(args.idle)
    const expectsEnd = exitAtTip || until !== undefined || idleMillis !== undefined
    yield* runTail(
      {
        stream,
        from,
        fromText,
        sieve: new RecordSieve({
          ...(key === undefined ? {} : { key }),
          ...(filter === undefined ? {} : { filter }),
          ...(schemas === undefined ? {} : { schemas }),
          now: () => clock.now(),
        }),
        ...(shard === undefined ? {} : { shardIds: shard }),
        ...(limit === undefined ? {} : { limit }),
        ...(key === undefined ? {} : { hashKey: hashKeyOf(key) }),
        ...(until === undefined ? {} : { until: until.timestamp }),
        ...(idleMillis === undefined ? {} : { idleMillis }),
        ...(expectsEnd ? { expectedEnd: exitAtTip ? 'the tip' : 'the end' } : {}),
        exitAtTip,
      },
      context,
    )
    yield* troubleNotices(filter, clock.now())
  },
})
