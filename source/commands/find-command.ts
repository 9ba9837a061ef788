import { visibleText } from '../domain/visible-text.ts'
import type { Event } from '../state/event.ts'
import { defineCommand, type OutputFormat } from './command.ts'
import { decodingFor, SCHEMA_ARGS } from './record-decoding.ts'
import { RECORD_OUTPUT_ARGS, recordFormat } from './record-output.ts'
import { RECORD_COLUMNS, recordRow, recordTextRows } from './record-rows.ts'
import { askedSearch, estimateAsked, searchRecords } from './record-search.ts'
import { estimateText, type SearchEstimate } from './search-estimate.ts'

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
    ...SCHEMA_ARGS,
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
    const asked = askedSearch(args, context.clock.now())
    const { stream } = args
    if (args.dryRun) {
      yield dryRunDone({ ...asked, stream }, await estimateAsked(asked, context))
      return
    }
    const decoding = await decodingFor(context, stream, args)
    yield* searchRecords(asked, decoding, context)
  },
})

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
