import fc from 'fast-check'
import type { Failure } from '../../source/domain/failure.ts'
import type { Event } from '../../source/state/event.ts'
import { NOW, SANDBOX, SPLIT_SHARDS, tailRow } from './models.ts'

/** Text as an attacker would choose it: controls, escapes, bidi, wide and combining characters, lone surrogates. */
export const hostileText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(
    '\x1b[2J\x1b[H',
    '\x1b]0;pwned\x07',
    '\x1b]52;c;cm0gLXJm\x1b\\',
    '\x9b2J',
    '\x90q\x9c',
    'a\rb\nc\td',
    '\u202e\u2066evil\u2069',
    '\u200b\ufeff\u00ad',
    '\ud800lone',
    '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
    '\u65e5\u672c\u8a9e',
    'e\u0301\u0327\u0338',
    '\u2028\u2029',
    'x'.repeat(300),
    '',
    ' ',
    '__proto__',
    'constructor',
  ),
)

const failure: fc.Arbitrary<Failure> = fc.record(
  {
    kind: fc.constantFrom('denied', 'throttled', 'unreachable', 'usage', 'bad-answer', 'internal'),
    action: hostileText,
    message: hostileText,
    retryable: fc.boolean(),
    nextStep: hostileText,
  },
  { requiredKeys: ['kind', 'action', 'message', 'retryable'] },
)

const streamName = fc.oneof(fc.constantFrom('orders', 'payments'), hostileText)
const stream = fc.record({ streamName })
const at = fc.integer({ min: NOW - 1e7, max: NOW + 1e7 })
const shardId = fc.oneof(fc.constantFrom(...SPLIT_SHARDS.map(shard => shard.shardId)), hostileText)
const fields = fc.dictionary(fc.constantFrom('stream', 'shard', 'at', 'data', 'from'), hostileText)
const scroll = fc.integer({ min: 0, max: 50 })
const row = fc
  .tuple(fc.nat({ max: 60 }), fc.oneof(hostileText, fc.uint8Array({ maxLength: 40 })), hostileText)
  .map(([place, payload, key]) => tailRow(place, payload, key))

const shards = fc.oneof(
  fc.constant(SPLIT_SHARDS),
  fc
    .array(shardId, { maxLength: 6 })
    .map(ids =>
      ids.map((id, index) => ({ ...SPLIT_SHARDS[index % SPLIT_SHARDS.length], shardId: id }) as never),
    ),
)

const screen = fc.oneof(
  fc.record({ screen: fc.constant('streams' as const), filter: hostileText }),
  fc.record({
    screen: fc.constant('shards' as const),
    stream,
    showClosed: fc.boolean(),
    filter: hostileText,
  }),
  fc.record({
    screen: fc.constant('tail' as const),
    stream,
    from: fc.constantFrom('latest', 'oldest', '\x1b[31m'),
    isFollowing: fc.boolean(),
    filter: fc.oneof(fc.constant(''), hostileText),
  }),
  fc.record({
    screen: fc.constant('record' as const),
    row,
    view: fc.constantFrom('decoded' as const, 'hex' as const),
    scroll,
  }),
  fc.record({ screen: fc.constant('calls' as const), scroll }),
)

const commandId = fc.constantFrom(
  'shard.split',
  'record.put',
  'stream.open-named',
  'stream.delete',
  'nothing',
)

const form = fc.record({
  dialog: fc.constant('form' as const),
  commandId,
  fields,
  focusedField: fc.constantFrom('stream', 'shard', 'at', 'data', 'nothing'),
  cursor: fc.integer({ min: 0, max: 40 }),
  suggestions: fc.dictionary(fc.constantFrom('stream', 'shard'), fc.array(hostileText, { maxLength: 9 })),
  isRunning: fc.boolean(),
})

const dialog = fc.oneof(
  fc.record({
    dialog: fc.constant('palette' as const),
    text: hostileText,
    cursor: fc.nat({ max: 9 }),
    selected: fc.nat({ max: 9 }),
  }),
  fc.record({ dialog: fc.constant('help' as const), scroll }),
  fc.record({
    dialog: fc.constant('filter' as const),
    text: hostileText,
    cursor: fc.nat({ max: 9 }),
    before: hostileText,
  }),
  form,
  fc.tuple(form, failure).map(([base, said]) => ({ ...base, failure: said })),
  fc.record({
    dialog: fc.constant('confirm' as const),
    commandId,
    fields,
    lines: fc.array(hostileText, { maxLength: 5 }),
    requiredText: hostileText,
    text: hostileText,
    cursor: fc.nat({ max: 9 }),
  }),
)

const readerState = fc.constantFrom(
  'starting',
  'reading',
  'caught-up',
  'throttled',
  'ended',
  'failed',
  'stalled',
)
const reader = fc.record(
  { shardId, state: readerState, millisBehindLatest: fc.nat(), recordCount: fc.nat(), note: hostileText },
  { requiredKeys: ['shardId', 'state', 'recordCount'] },
)

const sourced = fc.record({ value: hostileText, origin: hostileText })

/** Any event at all, in any order, with any text in it. */
export const anyEvent: fc.Arbitrary<Event> = fc.oneof(
  fc.constant({ type: 'streams-requested' as const }),
  fc.record({
    type: fc.constant('streams-listed' as const),
    streams: fc.array(fc.record({ streamName, streamStatus: hostileText }), { maxLength: 8 }),
    at,
  }),
  fc.record({ type: fc.constant('streams-failed' as const), failure, at }),
  fc.record({ type: fc.constant('summary-requested' as const), stream }),
  fc.record({
    type: fc.constant('summary-described' as const),
    stream,
    summary: fc.record({ streamName, openShardCount: fc.nat(), streamMode: hostileText }),
    at,
  }),
  fc.record({ type: fc.constant('summary-failed' as const), stream, failure, at }),
  fc.record({ type: fc.constant('shards-listed' as const), stream, shards, at }),
  fc.record({ type: fc.constant('shards-failed' as const), stream, failure, at }),
  fc.record({
    type: fc.constant('tail-started' as const),
    stream,
    from: fc.constantFrom('latest', 'oldest'),
  }),
  fc.record({ type: fc.constant('tail-ready' as const), stream }),
  fc.record({ type: fc.constant('reader-changed' as const), reader }),
  fc.record({ type: fc.constant('readers-changed' as const), readers: fc.array(reader, { maxLength: 4 }) }),
  fc.record({
    type: fc.constant('readers-expired' as const),
    shardIds: fc.array(reader, { maxLength: 4 }).map(readers => readers.map(({ shardId }) => shardId)),
  }),
  fc
    .array(row, { maxLength: 20 })
    .map(rows => ({ type: 'rows-arrived' as const, rows, recordCount: rows.length })),
  fc.record({ type: fc.constant('tail-failed' as const), failure }),
  fc.record({ type: fc.constant('tail-troubled' as const), failure }),
  fc.constant({ type: 'tail-finished' as const }),
  fc.record({
    type: fc.constant('act-started' as const),
    actId: fc.constantFrom('a', 'b'),
    commandId,
    title: hostileText,
  }),
  fc.record({
    type: fc.constant('act-progressed' as const),
    actId: fc.constantFrom('a', 'b'),
    detail: hostileText,
  }),
  fc.record({
    type: fc.constant('act-finished' as const),
    actId: fc.constantFrom('a', 'b'),
    detail: hostileText,
  }),
  fc.record({ type: fc.constant('act-failed' as const), actId: fc.constantFrom('a', 'b'), failure }),
  fc.record({
    type: fc.constant('call-ended' as const),
    call: fc.record({
      operation: hostileText,
      at,
      durationMillis: fc.nat(),
      outcome: fc.constantFrom('ok' as const, 'throttled' as const, 'failed' as const, 'note' as const),
      detail: hostileText,
    }),
  }),
  fc.record({ type: fc.constant('clock-ticked' as const), at }),
  fc.record({
    type: fc.constant('session-changed' as const),
    session: fc.record({
      endpoint: fc.oneof(fc.constant(SANDBOX.endpoint), sourced),
      region: fc.oneof(fc.constant(SANDBOX.region), sourced),
      profile: sourced,
      isSandbox: fc.boolean(),
      isArmed: fc.boolean(),
    }),
  }),
  fc.record({ type: fc.constant('screen-opened' as const), screen }),
  fc.record({ type: fc.constant('screen-replaced' as const), screen }),
  fc.constant({ type: 'screen-closed' as const }),
  fc.record({
    type: fc.constant('row-selected' as const),
    id: hostileText,
    index: fc.nat({ max: 90 }),
    line: fc.nat({ max: 90 }),
  }),
  fc.record({
    type: fc.constant('filter-changed' as const),
    filter: fc.oneof(fc.constantFrom('', 'a', 'user'), hostileText),
  }),
  fc.record({
    type: fc.constant('sort-changed' as const),
    sort: fc.record({
      column: fc.constantFrom('name', 'shards', 'share', 'lag', '__proto__', 'nothing'),
      direction: fc.constantFrom('ascending' as const, 'descending' as const),
    }),
  }),
  fc.constant({ type: 'closed-shards-toggled' as const }),
  fc.record({ type: fc.constant('follow-changed' as const), isFollowing: fc.boolean() }),
  fc.record({ type: fc.constant('pause-changed' as const), isPaused: fc.boolean() }),
  fc.record({ type: fc.constant('scrolled' as const), scroll }),
  fc.record({
    type: fc.constant('record-view-changed' as const),
    view: fc.constantFrom('decoded' as const, 'hex' as const),
  }),
  fc.record({ type: fc.constant('dialog-opened' as const), dialog }),
  fc.record({ type: fc.constant('dialog-changed' as const), dialog }),
  fc.constant({ type: 'dialog-closed' as const }),
  fc.record({
    type: fc.constant('noticed' as const),
    notice: fc.record({
      level: fc.constantFrom('info' as const, 'success' as const, 'warning' as const, 'error' as const),
      text: hostileText,
      at,
    }),
  }),
  fc.constant({ type: 'notice-cleared' as const }),
  fc.record({
    type: fc.constant('viewport-changed' as const),
    viewport: fc.record({ columns: fc.integer({ min: 1, max: 160 }), rows: fc.integer({ min: 1, max: 60 }) }),
  }),
  fc.constant({ type: 'refresh-requested' as const }),
  fc.record({ type: fc.constant('draft-kept' as const), commandId, fields }),
)
