import { describe, expect, test } from 'vitest'
import type { Event } from '../../source/state/event.ts'
import { update } from '../../source/state/update.ts'
import {
  DENIED,
  modelAfter,
  NOW,
  ORDERS,
  PRODUCTION,
  SHARDS_OPENED,
  STREAMS_LISTED,
  TAIL_OPENED,
  tailRow,
  UNREACHABLE,
} from '../support/models.ts'
import { renderModel, SIZES, type Size } from '../support/render-screen.tsx'
import { controlsIn, isOurControl } from '../support/terminal.ts'

const draw = async (events: readonly Event[], size: Size, session?: Parameters<typeof modelAfter>[2]) => {
  const drawn = await renderModel(modelAfter(events, size, session))
  expect(drawn.lines).toHaveLength(size[1])
  for (const line of drawn.lines) expect(line.length).toBeLessThanOrEqual(size[0])
  expect(controlsIn(drawn.raw).filter(control => !isOurControl(control))).toEqual([])
  // The last row belongs to the keys on every screen.
  expect(drawn.lines.at(-1)).not.toBe('')
  return drawn
}

describe.each(SIZES)('at %i x %i', (...size) => {
  const isWide = size[0] >= 140
  const isNarrow = size[0] < 80

  test('streams', async () => {
    const { lines, text } = await draw(STREAMS_LISTED, size)
    expect(lines[0]).toMatch(/^SANDBOX {2}ARMED {2}us-east-1 {2}http:\/\/127\.0\.0\.1:41234.* {2}data <10s$/)
    expect(lines[1]).toMatch(/^Streams +3 streams$/)
    expect(lines[3]).toMatch(/^ {2}NAME +STATUS +.*SHARDS/)
    expect(lines[4]).toMatch(
      isNarrow ? /^> orders +ACTIVE +provisioned +3 +7 d$/ : /^> orders +ACTIVE +provisioned +3 +7 d/,
    )
    expect(lines[6]).toMatch(/^ {2}audit +- +.*- +-/)
    expect(text).not.toMatch(/ 0 /)
    if (isWide) expect(lines[4]).toMatch(/7 d +2 +kms +3d$/)
    expect(lines.at(-1)).toMatch(/^enter shards {2}t tail .* : commands {2}\? help {2}q quit$/)
  })

  test('streams: asking, none, not allowed, failed but known', async () => {
    expect((await draw([{ type: 'streams-requested' }], size)).text).toContain(
      'Asking for the streams (ListStreams)',
    )

    const none = await draw([{ type: 'streams-listed', streams: [], at: NOW }], size)
    expect(none.text.replaceAll(/\s+/g, ' ')).toContain(
      'There are no streams in us-east-1 at http://127.0.0.1:41234.',
    )
    expect(none.text).toMatch(/c +create one/)

    const denied = await draw([{ type: 'streams-failed', failure: DENIED, at: NOW }], size, PRODUCTION)
    expect(denied.lines[5]).toBe('  ! Not allowed: ListStreams')
    expect(denied.text.replaceAll(/\s+/g, ' ')).toContain('not authorized to perform: kinesis:ListStreams')
    expect(denied.text).toContain('Next: Ask for kinesis:ListStreams on *.')
    expect(denied.text).toMatch(/@ +type the name or ARN of a stream/)
    expect(denied.text).toMatch(/R +another region/)

    const stale = await draw([...STREAMS_LISTED, { type: 'streams-failed', failure: DENIED, at: NOW }], size)
    expect(stale.lines[2]).toMatch(/^! Not allowed: ListStreams; the data is <10s old/)
    expect(stale.lines[4]).toContain('orders')
  })

  test('streams: filtered, and nothing found', async () => {
    const found = await draw([...STREAMS_LISTED, { type: 'filter-changed', filter: 'pay' }], size)
    expect(found.lines[1]).toMatch(/1 of 3 streams$/)
    expect(found.lines[2]).toBe('Only rows with pay')
    expect(found.lines[4]).toMatch(/^> payments +UPDATING/)
    const nothing = await draw([...STREAMS_LISTED, { type: 'filter-changed', filter: 'zz' }], size)
    expect(nothing.text).toContain('No stream contains zz.')
    expect(nothing.text).toMatch(/esc +clear the filter/)
  })

  test('shards', async () => {
    const { lines } = await draw(SHARDS_OPENED, size)
    expect(lines[1]).toMatch(/^Streams > orders +3 open, 1 closed shard$/)
    expect(lines[2]).toMatch(/^ACTIVE {2}provisioned {2}retention 7 d {2}encryption kms/)
    expect(lines[4]).toMatch(/^> shardId-000000000000 {2}open +50\.0 % {14}/)
    expect(lines[5]).toMatch(/^ {2}shardId-000000000002 {2}open +25\.0 % {2}<- 1 +-/)
    expect(lines[7]).toMatch(/^ {2}shardId-000000000001 {2}closed +50\.0 % {2}-> 2,3 +-/)
    if (isWide) expect(lines[6]).toContain('255211775190703847597530955573826158592')
  })

  test('shards: with the readers of a running tail', async () => {
    const readers = [
      { shardId: 'shardId-000000000000', state: 'reading', millisBehindLatest: 192_000, recordCount: 12_345 },
      { shardId: 'shardId-000000000002', state: 'caught-up', millisBehindLatest: 0, recordCount: 0 },
    ] as const
    const opened = SHARDS_OPENED.filter(event => event.type === 'screen-opened')
    const { lines } = await draw(
      [...SHARDS_OPENED, ...TAIL_OPENED, { type: 'readers-changed', readers }, ...opened],
      size,
    )
    expect(lines[4]).toMatch(/3m 12s/)
    expect(lines[5]).toMatch(/at tip/)
    expect(lines[6]).toMatch(/ -( |$)/)
    if (!isNarrow) expect(lines[4]).toMatch(/3m 12s {2}reading/)
  })

  test('shards: asking, not reachable, all closed', async () => {
    const opened = SHARDS_OPENED.slice(0, 3)
    expect((await draw(opened, size)).text).toContain('Asking for the shards (ListShards)')
    const failed = await draw(
      [...opened, { type: 'shards-failed', stream: ORDERS, failure: UNREACHABLE, at: NOW }],
      size,
    )
    expect(failed.text).toContain('! Not reachable: ListShards')
    expect(failed.text).toContain('connect ECONNREFUSED 127.0.0.1:41234')
    expect(failed.text).toMatch(/r +try again/)
  })

  test('tail', async () => {
    const rows = Array.from({ length: 60 }, (_, place) => tailRow(place, `{"order":${place},"state":"paid"}`))
    const { lines } = await draw([...TAIL_OPENED, { type: 'rows-arrived', rows, recordCount: 60 }], size)
    expect(lines[1]).toMatch(/^Streams > orders > tail from latest +60 records$/)
    expect(lines[2]).toMatch(/^FOLLOWING/)
    const last = lines[size[1] - 3]
    // Row 59 came 59.059 s after NOW.
    expect(last).toMatch(
      isNarrow ? /^> 14:04:09 +1 {2}user-59 +\{"order":59/ : /^> 14:04:09\.059 +1 {2}user-59 +27 B {2}/,
    )
    if (!isNarrow) expect(last).toContain('{"order":59,"state":"paid"}')
    if (isWide) expect(last).toMatch(/27 B {2}JSON +\{"order"/)
    const older = lines[size[1] - 4]
    expect(older).toMatch(/^ {2}14:04:08.* 0 {2}user-58/)
  })

  test('tail: starting, quiet, paused, dropped, failed, ended', async () => {
    expect((await draw(TAIL_OPENED.slice(0, 1), size)).text).toContain(
      'Taking a shard iterator for each shard',
    )
    const quiet = await draw(TAIL_OPENED, size)
    expect(quiet.text).toContain('Reading; no record has come yet.')
    expect(quiet.text).toContain('T starts from another place')

    const rows = Array.from({ length: 20_001 }, (_, place) => tailRow(place, 'x'))
    const paused = await draw(
      [
        ...TAIL_OPENED,
        { type: 'rows-arrived', rows: rows.slice(0, 20_000), recordCount: 20_000 },
        { type: 'pause-changed', isPaused: true },
        { type: 'rows-arrived', rows: rows.slice(20_000), recordCount: 1 },
      ],
      size,
    )
    expect(paused.lines[2]).toMatch(/^PAUSED, 1 newer/)
    const dropped = await draw(
      [
        ...TAIL_OPENED,
        { type: 'rows-arrived', rows: rows.slice(0, 20_000), recordCount: 20_000 },
        { type: 'rows-arrived', rows: rows.slice(20_000), recordCount: 1 },
      ],
      size,
    )
    expect(dropped.lines[1]).toMatch(/20,000 older dropped/)

    const failed = await draw([...TAIL_OPENED, { type: 'tail-failed', failure: DENIED }], size)
    expect(failed.text).toContain('! Not allowed: ListStreams')
    const ended = await draw([...TAIL_OPENED, { type: 'tail-finished' }], size)
    expect(ended.text).toContain('The shards have ended, and there is no record in them.')
  })

  test('record: decoded and as bytes', async () => {
    const row = tailRow(7, '{"order":12345678901234567890,"note":"a\\u0007b"}')
    const opened: Event = {
      type: 'screen-opened',
      screen: { screen: 'record', row, view: 'decoded', scroll: 0 },
    }
    const decoded = await draw([opened], size)
    expect(decoded.lines[1]).toMatch(/^(Streams > )?orders > shard 1 > record/)
    expect(decoded.lines[2]).toBe('JSON')
    expect(decoded.lines[4]).toBe('Sequence number  49500000000000000007')
    expect(decoded.text).toContain('Arrived          2026-11-30T14:03:17.007Z')
    // MD5 of "user-7", by md5sum.
    expect(decoded.text).toContain(`Hash key of it   ${BigInt('0x40ca09790c31c57ae9b468903f6cd580')}`)
    if (size[1] >= 24) expect(decoded.text).toContain('  "order": 12345678901234567890,')

    const bytes = await draw([opened, { type: 'record-view-changed', view: 'hex' }], size)
    expect(bytes.text).toMatch(/00000000 {2}7b 22 6f 72 64 65 72 22/)
  })

  test('calls', async () => {
    const call = {
      operation: 'GetRecords',
      at: NOW,
      durationMillis: 12,
      outcome: 'ok',
      detail: 'orders',
    } as const
    const { lines } = await draw(
      [
        { type: 'call-ended', call },
        {
          type: 'call-ended',
          call: { ...call, operation: 'ListShards', outcome: 'throttled', at: NOW + 1_000 },
        },
        { type: 'screen-opened', screen: { screen: 'calls', scroll: 0 } },
      ],
      size,
    )
    expect(lines[1]).toMatch(/2 calls, 1 throttled, 0 failed$/)
    expect(lines[4]).toMatch(/^ {2}14:03:11 {2}ListShards +12 ms {2}throttled/)
    expect(lines[5]).toMatch(/^ {2}14:03:10 {2}GetRecords +12 ms {2}ok/)
  })

  test('form, with what was wrong and values to choose from', async () => {
    const { text } = await draw(
      [
        ...SHARDS_OPENED,
        {
          type: 'dialog-opened',
          dialog: {
            dialog: 'form',
            commandId: 'shard.split',
            fields: { stream: 'orders', shard: '0', at: '12x' },
            focusedField: 'at',
            cursor: 2,
            suggestions: {},
            isRunning: false,
            failure: {
              kind: 'usage',
              action: 'split',
              message: 'at "12x" is no hash key: a whole number from 0 to 9',
              retryable: false,
            },
          },
        },
      ],
      size,
    )
    expect(text).toContain('+- Split an open shard into two ---')
    expect(text).toMatch(/\| {3}stream \* +orders/)
    expect(text).toMatch(/\| > at +12x/)
    expect(text.replaceAll(/[|\s]+/g, ' ')).toContain('! at "12x" is no hash key: a whole number from 0 to 9')
    expect(text).toContain('enter go on')
  })

  test('confirmation with a text to type', async () => {
    const { text } = await draw(
      [
        ...STREAMS_LISTED,
        {
          type: 'dialog-opened',
          dialog: {
            dialog: 'confirm',
            commandId: 'stream.delete',
            fields: { stream: 'orders' },
            lines: ['Delete orders with all its data.'],
            requiredText: 'orders',
            text: 'ord',
            cursor: 3,
          },
        },
      ],
      size,
    )
    expect(text).toContain('| Delete orders with all its data.')
    expect(text).toContain('| Type orders and Enter to do it:')
    expect(text).toContain('| ord_')
  })

  test('help names the keys of this screen first, and why a command cannot run', async () => {
    const help: Event = { type: 'dialog-opened', dialog: { dialog: 'help', scroll: 0 } }
    const { text } = await draw([...STREAMS_LISTED, help], size, PRODUCTION)
    expect(text).toContain('On this screen (streams)')
    expect(text).toMatch(/enter, l, right +Open the shards of the selected/)
    const all = (
      await draw(
        [...STREAMS_LISTED, { ...help, dialog: { dialog: 'help', scroll: 0 } }],
        [140, 120],
        PRODUCTION,
      )
    ).text
    expect(all).toMatch(/D +Delete .*\(now: this session is read-only\)/)
  })

  test('palette', async () => {
    const { text } = await draw(
      [
        ...SHARDS_OPENED,
        { type: 'dialog-opened', dialog: { dialog: 'palette', text: 'split', cursor: 5, selected: 0 } },
      ],
      size,
    )
    expect(text).toContain('| : split_')
    expect(text).toMatch(/> Split an open shard into two +s/)
  })
})

test('production shows its account, profile, region and where they came from, and that it is read-only', async () => {
  const { lines } = await draw(STREAMS_LISTED, [140, 40], PRODUCTION)
  expect(lines[0]).toMatch(
    /^AWS {2}read-only {2}eu-west-1 \(AWS_REGION\) {2}profile prod \(--profile\) {2}account 123456789012 \(profile prod\)/,
  )
  const armed = await draw(STREAMS_LISTED, [60, 20], { ...PRODUCTION, isArmed: true })
  expect(armed.lines[0]).toMatch(/^AWS {3}ARMED {3}eu-west-1 {2}profile prod/)
})

test('an error is shown whole, over the last rows, with its next step', async () => {
  const text = `SplitShard failed: ${'very '.repeat(20)}long reason. Do this next.`
  const { lines } = await draw(
    [...SHARDS_OPENED, { type: 'noticed', notice: { level: 'error', text, at: NOW } }],
    [80, 24],
  )
  expect(lines.slice(-4, -1).join(' ').replaceAll(/\s+/g, ' ')).toContain(`ERROR ${text}`)
})

test('colours are never the only sign: without them every state can still be told', async () => {
  const model = modelAfter(STREAMS_LISTED, [80, 24])
  const colored = await renderModel(model, '256')
  const plain = await renderModel(model, 'none')
  expect(colored.lines).toEqual(plain.lines)
  expect(controlsIn(colored.raw).some(control => /^\x1b\[3[0-9]/.test(control))).toBe(true)
  expect(controlsIn(plain.raw).some(control => /^\x1b\[(3|4|9)[0-9]/.test(control))).toBe(false)
  const next = await renderModel(
    update(model, { type: 'row-selected', id: 'payments', index: 1, line: 1 }),
    'none',
  )
  expect(next.lines[5]).toMatch(/^> payments/)
  expect(next.lines[4]).toMatch(/^ {2}orders/)
})
