import { usageFailure } from '../domain/failure.ts'
import { parseStartFrom } from '../domain/time-expression.ts'
import type { Event } from '../state/event.ts'
import { streamKey } from '../state/model.ts'
import { topScreen } from '../state/selection.ts'
import { assertBookmarkName } from './bookmark-file.ts'
import { type Command, defineCommand } from './command.ts'
import { isBookmark } from './console-bookmark.ts'
import { FAN_OUT_COST } from './fan-out-consumer.ts'
import { askedSearch, estimateAsked } from './record-search.ts'
import { streamInSight, tailOpened } from './screen-commands.ts'
import { estimateText } from './search-estimate.ts'

const PLACES = ['streams', 'shards', 'tail', 'board'] as const

/** Other ways into the records of a stream: a search, a bookmark, enhanced fan-out; and what they are read with. */
export const TAIL_START_COMMANDS: readonly Command[] = [
  defineCommand({
    id: 'past.open',
    title: 'Records of the past: find them by key or filter, between two times',
    hint: 'find',
    group: 'record',
    keys: ['F'],
    where: PLACES,
    effect: 'read',
    args: {
      stream: { kind: 'stream', title: 'Stream name or ARN', required: true },
      key: { kind: 'text', title: 'Partition key: only the shards that it ever belonged to are read' },
      filter: { kind: 'text', title: 'Only what matches: text, /regex/, shard:3, size>1KiB, ?JMESPATH' },
      from: {
        kind: 'text',
        title: 'From this time on: 15m, 2026-11-30T14:00Z, "yesterday 14:00"',
        required: true,
      },
      to: { kind: 'text', title: 'Up to this time; now where empty' },
      maxCalls: { kind: 'count', title: 'Stop after so many calls', min: 1, defaultText: '2000' },
    },
    prefill: model => {
      const stream = streamInSight(model)
      return stream === undefined ? {} : { stream: streamKey(stream) }
    },
    suggest: async () => ({ from: ['15m', '1h', '6h', '24h'] }),
    confirm: ({ stream, key, filter, from, to, maxCalls }, { now }) => {
      const asked = askedSearch(
        { stream, key: key || undefined, filter: filter || undefined, from, to: to || undefined, maxCalls },
        now,
      )
      return {
        lines: [
          `Search ${stream.streamName} from ${asked.from.toISOString()} to ${asked.to.toISOString()}.`,
          `At most ${maxCalls} calls are made; Esc stops it, and what was found stays.`,
        ],
      }
    },
    preview: async ({ stream, key, filter, from, to, maxCalls }, context) => {
      const asked = askedSearch(
        { stream, key: key || undefined, filter: filter || undefined, from, to: to || undefined, maxCalls },
        context.clock.now(),
      )
      const lines = [estimateText(await estimateAsked(asked, context)), ...asked.notes]
      return { title: 'Search', sections: [{ heading: 'What it costs', lines }], awsCli: [] }
    },
    run: ({ stream, key, filter, from, to, maxCalls }, { model }) =>
      tailOpened(model(), stream, {
        from: from.trim(),
        search: {
          ...(key ? { key } : {}),
          ...(filter ? { filter } : {}),
          ...(to ? { to } : {}),
          maxCalls,
        },
      }),
  }),
  defineCommand({
    id: 'tail.continue',
    title: 'Tail from where the last tail of this stream stopped: its bookmark',
    hint: 'continue',
    group: 'navigate',
    keys: [],
    where: PLACES,
    effect: 'view',
    args: {},
    unavailable: model => (streamInSight(model) === undefined ? 'no stream is selected' : undefined),
    run: (_, { model }) => {
      const stream = streamInSight(model())
      return stream === undefined ? [] : tailOpened(model(), stream, { from: 'bookmark' })
    },
  }),
  defineCommand({
    id: 'bookmark.save',
    title: 'Save the place of this tail as a bookmark with a name',
    hint: 'bookmark',
    group: 'record',
    keys: ['B'],
    where: ['tail'],
    effect: 'read',
    args: { name: { kind: 'text', title: 'Name: 1 to 64 of a-z A-Z 0-9 _ . -', required: true } },
    unavailable: model => {
      const screen = topScreen(model)
      if (screen.screen !== 'tail') return 'no tail is on screen'
      if (screen.search !== undefined) return 'a search has no place to go on from'
      return screen.shardId === undefined ? undefined : "a bookmark is that of a whole stream's tail"
    },
    async *run({ name }, { saveBookmark, clock }): AsyncGenerator<Event> {
      if (saveBookmark === undefined) throw usageFailure('bookmark', 'bookmarks cannot be kept here')
      assertBookmarkName(name.trim())
      const count = await saveBookmark(name.trim())
      if (count === 0) throw usageFailure('bookmark', 'this tail has no place yet', 'Try again in a moment.')
      const shards = count === 1 ? '1 shard' : `${count} shards`
      const text = `Bookmark ${name.trim()} holds the places of ${shards}, with all that was read; a tail from bookmark:${name.trim()} goes on there.`
      yield { type: 'noticed', notice: { level: 'success', text, at: clock.now() } }
    },
  }),
  defineCommand({
    id: 'tail.open-fan-out',
    title: 'Tail with enhanced fan-out: records are pushed to a consumer of its own',
    hint: 'fan-out',
    group: 'navigate',
    keys: [],
    where: PLACES,
    effect: 'write',
    args: {
      stream: { kind: 'stream', title: 'Stream name or ARN', required: true },
      from: {
        kind: 'text',
        title: 'latest, oldest, bookmark, a time or a sequence number',
        defaultText: 'latest',
      },
    },
    prefill: model => {
      const stream = streamInSight(model)
      return stream === undefined ? {} : { stream: streamKey(stream) }
    },
    suggest: async () => ({ from: ['latest', 'oldest', 'bookmark', '15m', '1h'] }),
    confirm: ({ stream, from }) => ({ lines: [`Tail ${stream.streamName} from ${from}.`, FAN_OUT_COST] }),
    run: ({ stream, from }, { model, clock }) => {
      if (!isBookmark(from)) parseStartFrom(from, clock.now())
      return tailOpened(model(), stream, { from: from.trim(), isFanOut: true })
    },
  }),
  defineCommand({
    id: 'record.load-schema',
    title: 'Read the records of this stream with a schema from a file',
    group: 'record',
    keys: [],
    where: ['tail', 'record'],
    effect: 'read',
    args: {
      file: { kind: 'file', title: 'Avro schema, or Protobuf descriptor set (protoc -o)', required: true },
      id: { kind: 'text', title: 'Id of it in a registry, as the records carry it' },
      message: { kind: 'text', title: 'Protobuf message, where the set has several' },
    },
    async *run({ file, id, message }, { decodings, model, clock }): AsyncGenerator<Event> {
      const stream = streamInSight(model())
      if (decodings === undefined || stream === undefined)
        throw usageFailure('schema', 'no stream is in sight')
      await decodings.addSchemas(stream, `${id ? `${id}=` : ''}${file}${message ? `#${message}` : ''}`)
      const text = `Records of ${stream.streamName} are read with ${file}.`
      yield { type: 'noticed', notice: { level: 'success', text, at: clock.now() } }
    },
  }),
  defineCommand({
    id: 'record.look-up-schemas',
    title: 'Look the schemas of this stream up in a registry, Glue or Confluent',
    group: 'record',
    keys: [],
    where: ['tail', 'record'],
    effect: 'read',
    args: {
      registry: { kind: 'text', title: 'glue, or the address of a Confluent registry', required: true },
    },
    suggest: async () => ({ registry: ['glue'] }),
    run: ({ registry }, { decodings, model, clock }): readonly Event[] => {
      const stream = streamInSight(model())
      if (decodings === undefined || stream === undefined)
        throw usageFailure('schema', 'no stream is in sight')
      decodings.lookUpIn(stream, registry)
      const text = `Schemas of ${stream.streamName} are looked up in the registry.`
      return [{ type: 'noticed', notice: { level: 'info', text, at: clock.now() } }]
    },
  }),
]
