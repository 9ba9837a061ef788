import { afterEach, describe, expect, test } from 'vitest'
import type { ControlApi } from '../../source/aws/control-api.ts'
import type { RunnerContext } from '../../source/commands/act-runner.ts'
import { COMMANDS } from '../../source/commands/registry.ts'
import { ScreenFeed } from '../../source/commands/screen-feed.ts'
import { estimate, type Traffic } from '../../source/domain/cost/estimate.ts'
import { LIST_PRICES } from '../../source/domain/cost/prices.ts'
import { FailureError } from '../../source/domain/failure.ts'
import type { Event } from '../../source/state/event.ts'
import type { Model, ScreenState } from '../../source/state/model.ts'
import { Store } from '../../source/state/store.ts'
import { update } from '../../source/state/update.ts'
import { frameOf } from '../../source/ui/frame.ts'
import { themeFor } from '../../source/ui/theme.ts'
import { DENIED, modelAfter, NOW, ORDERS, STREAMS_LISTED } from '../support/models.ts'
import { StepClock } from '../support/step-clock.ts'

const SIZES = [
  [60, 20],
  [80, 24],
  [140, 40],
] as const
const ARN = 'arn:aws:kinesis:eu-west-1:123456789012:stream/orders/consumer/billing:1'
const BILLING = {
  consumerName: 'billing',
  consumerStatus: 'ACTIVE',
  consumerArn: ARN,
  consumerCreationTimestamp: new Date(NOW - 3 * 86_400_000),
}
const SEARCH = { consumerName: 'search', consumerStatus: 'CREATING' }
const listed = (consumers: readonly (typeof BILLING | typeof SEARCH)[]): Event => ({
  type: 'consumers-listed',
  stream: ORDERS,
  consumers,
  limitText: '20 are the limit of a provisioned stream',
  at: NOW,
})
/** 1,000 records/s of 512 bytes: 500 KiB/s and the record limit of one shard. */
const TRAFFIC: Traffic = {
  recordsPerSecond: 1_000,
  averageRecordBytes: 512,
  pollingConsumers: 1,
  fanOutConsumers: 0,
  retentionHours: 24,
  meanShare: 1,
}
const ESTIMATED: Event = {
  type: 'estimate-made',
  stream: ORDERS,
  made: { estimate: estimate(TRAFFIC, LIST_PRICES, 2), prices: LIST_PRICES, basis: '15 seconds of orders' },
  at: NOW - 20_000,
}
const consumers: ScreenState = { screen: 'consumers', stream: ORDERS, filter: '' }
const policy: ScreenState = { screen: 'policy', stream: ORDERS, scroll: 0 }
const costs: ScreenState = { screen: 'estimate', stream: ORDERS, typed: {}, scroll: 0 }

function linesOf(screen: ScreenState, events: readonly Event[], size: readonly [number, number]) {
  const all: readonly Event[] = [...STREAMS_LISTED, ...events, { type: 'screen-opened', screen }]
  return frameOf(modelAfter(all, size), COMMANDS, themeFor('none')).map(row =>
    row.replaceAll(/\x1b\[[0-9;]+m/g, ''),
  )
}
const textOf = (...args: Parameters<typeof linesOf>) =>
  linesOf(...args)
    .map(row => row.trim())
    .join(' ')
    .replaceAll(/ +/g, ' ')

describe.each(SIZES)('on %i columns and %i rows', (columns, rows) => {
  const size = [columns, rows] as const

  test('consumers: waiting, none, rows, a filter, a failure beside older rows, a failure alone', () => {
    expect(textOf(consumers, [], size)).toContain('Asking for the consumers (ListStreamConsumers)')
    expect(textOf(consumers, [listed([])], size)).toContain('No consumer with enhanced fan-out is registered')
    const drawn = linesOf(consumers, [listed([SEARCH, BILLING])], size)
    expect(drawn.every(row => row.length === columns)).toBe(true)
    expect(drawn[0]).toContain('data ')
    expect(drawn[1]).toContain('2 registered')
    expect(drawn[2]).toContain('20 are the limit of a provisioned stream')
    expect(drawn[4]).toMatch(/^> billing +ACTIVE +3d/)
    expect(drawn[5]).toMatch(/^ {2}search +CREATING/)
    if (columns === 140) expect(drawn[4]).toContain(ARN)
    const filtered = { ...consumers, filter: 'nobody' } as ScreenState
    expect(textOf(filtered, [listed([BILLING])], size)).toContain('No consumer contains nobody.')
    const failed: Event = { type: 'consumers-failed', stream: ORDERS, failure: DENIED }
    expect(textOf(consumers, [failed], size)).toContain('! Not allowed: ListStreams')
    expect(textOf(consumers, [listed([BILLING]), failed], size)).toMatch(/Not allowed: ListStreams.*billing/)
  })

  test('policy: waiting, none, its JSON laid out with the lines in sight, a failure', () => {
    expect(textOf(policy, [], size)).toContain('Asking for the resource policy (GetResourcePolicy)')
    const none: Event = { type: 'policy-told', stream: ORDERS, at: NOW }
    expect(textOf(policy, [none], size)).toContain('The stream has no resource policy')
    const statement = { Sid: 'readers', Effect: 'Allow', Action: ['kinesis:GetRecords'], Resource: ARN }
    const text = JSON.stringify({ Version: '2012-10-17', Statement: Array(6).fill(statement) })
    const told: Event = { type: 'policy-told', stream: ORDERS, policy: text, at: NOW }
    const drawn = linesOf(policy, [told], size)
    expect(drawn.some(row => row.trim() === '"Version": "2012-10-17",')).toBe(true)
    expect(drawn[1]).toMatch(new RegExp(`lines 1-${rows - 6} of \\d+ *$`))
    const below = linesOf({ ...policy, scroll: 900 } as ScreenState, [told], size)
    expect(below[1]).toMatch(/lines \d+-(\d+) of \1 *$/)
    // A value that is longer than the line goes on, whole.
    expect(drawn.map(row => row.trim()).join('')).toContain(ARN)
    const failed: Event = { type: 'policy-failed', stream: ORDERS, failure: DENIED }
    expect(textOf(policy, [failed], size)).toContain('! Not allowed: ListStreams')
  })

  test('estimate: waiting, three modes side by side, the break-even, never called a bill, a failure', () => {
    const asked: Event = { type: 'estimate-progressed', stream: ORDERS, detail: 'Reading orders gently.' }
    expect(textOf(costs, [asked], size)).toContain('Reading orders gently.')
    const drawn = linesOf(costs, [ESTIMATED], size)
    expect(drawn[2]).toContain('An estimate, not a bill; made ')
    const all = [0, 12, 24].flatMap(scroll => linesOf({ ...costs, scroll } as ScreenState, [ESTIMATED], size))
    // 2 shards of 730 hours at $0.015; 2.628e9 records at $0.014 a million: $21.90 + $36.79.
    expect(all.some(row => /all of it +\$58\.69 +\$\d/.test(row))).toBe(true)
    expect(all.some(row => /PROVISIONED +OD STANDARD +OD ADVANTAGE/.test(row))).toBe(true)
    expect(all.join(' ').replaceAll(/ +/g, ' ')).toMatch(
      /provisioned is (not )?cheaper than on-demand standard/,
    )
    expect(textOf(costs, [ESTIMATED], size)).toContain('Shards needed: 1, for records written.')
    const failed: Event = { type: 'estimate-failed', stream: ORDERS, failure: DENIED }
    expect(textOf(costs, [failed], size)).toContain('type the traffic')
  })
})

test('what is known of another stream is not shown', () => {
  const other = { ...consumers, stream: { streamName: 'payments' } } as ScreenState
  expect(textOf(other, [listed([BILLING])], [80, 24])).toContain('Asking for the consumers')
})

const feeds: ScreenFeed[] = []
afterEach(async () => {
  for (const feed of feeds.splice(0)) await feed.stop()
})

/** A feed on stepped time with the screen on top; resolves once the state is as wanted. */
function feeding(screen: ScreenState, control: Partial<ControlApi>) {
  const clock = new StepClock(NOW)
  const store = new Store<Model, Event>({
    initial: modelAfter([{ type: 'screen-opened', screen }]),
    update,
    isUrgent: () => true,
    timer: () => () => {},
  })
  const api = { describeStreamSummary: async () => ({ streamName: 'orders', streamMode: 'PROVISIONED' }) }
  const context = { api, control, clock, random: () => 0, model: store.snapshot } as unknown as RunnerContext
  const feed = new ScreenFeed({
    context,
    dispatch: store.dispatch,
    subscribe: store.subscribe,
  })
  feeds.push(feed)
  feed.start()
  return { store, model: store.snapshot, pass: (millis: number) => clock.run(clock.sleep(millis)) }
}

test('the feed lists the consumers while they are on screen, and says a failure', async () => {
  let isDenied = false
  const { store, model, pass } = feeding(consumers, {
    listConsumers: async () => {
      if (isDenied) throw new FailureError(DENIED)
      return [BILLING]
    },
    describeAccountSettings: async () => ({}),
  })
  await pass(1_000)
  expect(model().consumers?.value?.consumers).toEqual([BILLING])
  expect(model().consumers?.value?.limitText).toBe('20 are the limit of a provisioned stream')
  isDenied = true
  store.dispatch({ type: 'refresh-requested' })
  await pass(1_000)
  expect(model().consumers?.failure).toEqual(DENIED)
  expect(model().consumers?.value?.consumers).toEqual([BILLING])
})

test('the feed asks for the policy; a stream without one has none', async () => {
  const { model, pass } = feeding(policy, { getResourcePolicy: async () => undefined })
  await pass(1_000)
  expect(model().policy?.phase).toBe('loaded')
  expect(model().policy?.value).toEqual({})
})

test('typed traffic is estimated without a look at the stream', async () => {
  const typed = { recordsPerSecond: '1000', averageKib: '0.5' }
  const { model, pass } = feeding({ ...costs, typed } as ScreenState, {})
  await pass(1_000)
  expect(model().estimate?.value?.basis).toBe('typed traffic')
  expect(model().estimate?.value?.estimate.shardsNeeded).toBe(1)
})

test('traffic that cannot be read is said on the screen', async () => {
  const typed = { recordsPerSecond: 'many', averageKib: '1' }
  const { model, pass } = feeding({ ...costs, typed } as ScreenState, {})
  await pass(1_000)
  expect(model().estimate?.failure?.message).toBe('records-per-second "many" must be a number above 0')
})
