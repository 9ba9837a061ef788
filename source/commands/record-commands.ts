import { decodeRecord } from '../domain/decode/decode-record.ts'
import { opensAggregate } from '../domain/decode/kpl.ts'
import type { Failure } from '../domain/failure.ts'
import { type HashKeyRange, hashKeyOf } from '../domain/hash-key.ts'
import type { StreamRecord } from '../domain/record.ts'
import type { StreamRef } from '../domain/stream.ts'
import { explainReaderState, type TailEvent } from '../domain/tail-event.ts'
import { parseAnyMoment, parseDurationMillis, parseStartFrom } from '../domain/time-expression.ts'
import type { Event } from '../state/event.ts'
import { tailStream } from '../tail/stream-tail.ts'
import { defineCommand } from './command.ts'
import { Patience } from './patience.ts'
import { RECORD_OUTPUT_ARGS, recordFormat } from './record-output.ts'
import { RECORD_COLUMNS, recordRow, recordTextRows } from './record-rows.ts'
import { readSchemas } from './schema-files.ts'

/** How long a tail that is to end by itself goes on trying calls that fail. */
const PATIENCE_MILLIS = 120_000

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
    const { stream, from: fromText, shard, key, limit, until: untilText, idle, exitAtTip } = args
    const { tailApi, clock, random, signal } = context
    const { from, assumption } = parseStartFrom(fromText, clock.now())
    if (assumption !== undefined) {
      const text = `--from ${fromText}: ${assumption}`
      yield { type: 'noticed', notice: { level: 'info', text, at: clock.now() } }
    }
    const until = untilText === undefined ? undefined : parseAnyMoment(untilText, clock.now())
    if (until?.assumption !== undefined) {
      const text = `--until ${untilText}: ${until.assumption}`
      yield { type: 'noticed', notice: { level: 'info', text, at: clock.now() } }
    }
    const schemas = args.schema === undefined ? undefined : await readSchemas(args.schema, context.readInput)
    const idleMillis = idle === undefined ? undefined : parseDurationMillis(idle)
    const expectsEnd = exitAtTip || until !== undefined || idle !== undefined
    const view = {
      ...(shard?.length === 1 && shard[0] !== undefined ? { shardId: shard[0] } : {}),
      from: fromText,
    }
    yield { type: 'tail-started', stream, ...view }
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
    const tail = tailStream({
      api: tailApi,
      stream,
      from,
      ...(shard === undefined ? {} : { shardIds: shard }),
      ...(limit === undefined ? {} : { limit }),
      ...(key === undefined ? {} : { hashKey: hashKeyOf(key), accepts: record => hasKey(record, key) }),
      ...(until === undefined ? {} : { until: until.timestamp }),
      ...(idleMillis === undefined ? {} : { idleMillis }),
      exitAtTip,
      clock,
      random,
      signal: AbortSignal.any([signal, stop.signal]),
    })
    const ranges = new Map<string, HashKeyRange>()
    try {
      for await (const event of tail) {
        if (event.type === 'shards-listed')
          for (const { shardId, hashKeyRange } of event.shards) ranges.set(shardId, hashKeyRange)
        // A live tail waits for its endpoint to come back, as long as it takes; a script that expects an end does not.
        if (expectsEnd && event.type === 'failure-met') patience.met(event.failure)
        if (event.type === 'failure-passed') patience.passed(event.failure)
        if (event.type === 'records-arrived') {
          const shardRange = ranges.get(event.shardId)
          const options = {
            ...(shardRange === undefined ? {} : { shardRange }),
            ...(schemas === undefined ? {} : { schemas }),
          }
          const records = event.records.map(record => ({ record, decoded: decodeRecord(record, options) }))
          yield { type: 'records-read', records }
        } else yield* eventsOf(event, stream, clock.now())
      }
    } finally {
      patience.end()
    }
    if (failure === undefined) return
    const message = `given up after ${PATIENCE_MILLIS / 1_000} s without an answer, the ${exitAtTip ? 'tip' : 'end'} was not reached: ${failure.message}`
    yield { type: 'tail-failed', failure: { ...failure, message } }
  },
})

/** The record's own key, or that of a user record inside an aggregate. */
function hasKey(record: StreamRecord, key: string): boolean {
  if (record.partitionKey === key) return true
  if (!opensAggregate(record.data)) return false
  return decodeRecord(record).some(part => part.userRecord?.partitionKey === key)
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
      // The reader's own state tells it, with the children.
      return
  }
}
