import { afterEach, describe, expect, test } from 'vitest'
import type { KinesisApi } from '../../source/aws/kinesis-api.ts'
import type { RunnerContext } from '../../source/commands/act-runner.ts'
import { ScreenFeed } from '../../source/commands/screen-feed.ts'
import { FailureError } from '../../source/domain/failure.ts'
import type { Event } from '../../source/state/event.ts'
import type { Model } from '../../source/state/model.ts'
import { Store } from '../../source/state/store.ts'
import { update } from '../../source/state/update.ts'
import { modelAfter, NOW, ORDERS, PRODUCTION, SPLIT_SHARDS } from '../support/models.ts'
import { StepClock } from '../support/step-clock.ts'

type Call = { readonly operation: string; readonly stream?: string; readonly at: number }

const NAMES = Array.from({ length: 30 }, (_, index) => `stream-${String(index).padStart(2, '0')}`)
const feeds: ScreenFeed[] = []

afterEach(() => {
  for (const feed of feeds.splice(0)) feed.stop()
})

/** A feed on stepped time over an API that notes each call. */
function feeding(changes: Partial<KinesisApi> = {}) {
  const clock = new StepClock(NOW)
  const calls: Call[] = []
  const note = (operation: string, stream?: string) =>
    calls.push({ operation, at: clock.now(), ...(stream === undefined ? {} : { stream }) })
  const api = {
    async *listStreams() {
      note('ListStreams')
      yield NAMES.map(streamName => ({ streamName, streamStatus: 'ACTIVE' }))
    },
    async describeStreamSummary({ streamName }: { streamName: string }) {
      note('DescribeStreamSummary', streamName)
      return { streamName, streamStatus: 'ACTIVE', openShardCount: 1 }
    },
    async listShards({ streamName }: { streamName: string }) {
      note('ListShards', streamName)
      return [...SPLIT_SHARDS]
    },
    async getShardIterator() {
      return 'iterator'
    },
    async getRecords() {
      note('GetRecords')
      return { records: [], nextShardIterator: 'iterator', millisBehindLatest: 0 }
    },
    ...changes,
  } as unknown as KinesisApi
  const store = new Store<Model, Event>({
    initial: modelAfter([], [80, 24]),
    update,
    isUrgent: () => true,
    timer: () => () => {},
  })
  const context = { api, tailApi: api, clock, random: () => 0.5, model: store.snapshot }
  const feed = new ScreenFeed({
    context: context as unknown as RunnerContext,
    dispatch: store.dispatch,
    subscribe: store.subscribe,
  })
  feeds.push(feed)
  feed.start()
  return { store, clock, calls, note, feed, pass: (millis: number) => clock.run(clock.sleep(millis)) }
}

const within = (calls: readonly Call[], from: number, millis: number) =>
  calls.filter(({ at }) => at >= from && at < from + millis)

describe('30 streams on screen', () => {
  test('cost a few calls a second at most, however often fresh data is wished for', async () => {
    const { store, clock, calls, pass } = feeding()
    const startedAt = clock.now()
    for (let count = 0; count < 60; count += 1) {
      await pass(2_000)
      store.dispatch({ type: 'refresh-requested' })
    }
    for (let second = 0; second < 120; second += 1) {
      expect(within(calls, startedAt + second * 1_000, 1_000).length).toBeLessThanOrEqual(5)
    }
    expect(calls.some(({ operation }) => operation === 'DescribeStream')).toBe(false)
  })

  test('are all described once, those in sight first, and not again within a minute', async () => {
    const { calls, pass, store } = feeding()
    await pass(55_000)
    const described = calls.filter(({ operation }) => operation === 'DescribeStreamSummary')
    expect(described.map(({ stream }) => stream)).toEqual(NAMES)
    expect(store.snapshot().summaries.size).toBe(30)
    expect(calls.filter(({ operation }) => operation === 'ListStreams').length).toBeLessThanOrEqual(6)
  })

  test('LimitExceededException slows the calls down, and they come back', async () => {
    let isRefusing = true
    const refuse = {
      kind: 'throttled',
      action: 'DescribeStreamSummary',
      message: 'rate',
      retryable: true,
    } as const
    const made = feeding({
      async describeStreamSummary({ streamName }) {
        made.note('DescribeStreamSummary', streamName)
        if (isRefusing) throw new FailureError(refuse)
        return { streamName, streamStatus: 'ACTIVE' }
      },
    })
    const { clock, calls, pass } = made
    const startedAt = clock.now()
    await pass(60_000)
    const described = () => calls.filter(({ operation }) => operation === 'DescribeStreamSummary')
    expect(within(described(), startedAt + 30_000, 30_000).length).toBeLessThanOrEqual(4)
    isRefusing = false
    await pass(300_000)
    expect(within(described(), startedAt + 240_000, 120_000).length).toBeGreaterThan(10)
  })
})

test('summaries that are refused for one stream after another are not tried on all the others', async () => {
  let count = 0
  const { pass, store } = feeding({
    async describeStreamSummary() {
      count += 1
      throw new FailureError({
        kind: 'unsupported',
        action: 'DescribeStreamSummary',
        message: 'unknown operation',
        retryable: false,
      })
    },
  })
  await pass(60_000)
  expect(count).toBe(3)
  store.dispatch({ type: 'refresh-requested' })
  await pass(1_500)
  expect(count).toBeGreaterThan(3)
})

test('streams that are out of sight are described once, and then seldom', async () => {
  const { calls, pass } = feeding()
  await pass(180_000)
  const counts = new Map<string, number>()
  for (const { operation, stream } of calls) {
    if (operation === 'DescribeStreamSummary' && stream !== undefined) {
      counts.set(stream, (counts.get(stream) ?? 0) + 1)
    }
  }
  // 18 rows are in sight on a screen of 24.
  expect(counts.get('stream-17')).toBeGreaterThan(1)
  expect(counts.get('stream-18')).toBe(1)
  expect(counts.size).toBe(30)
})

test('a listing of many pages leaves the account most of its 5 calls a second, and is not repeated at once', async () => {
  const { clock, calls, note, store, pass } = feeding({
    async *listStreams() {
      for (let page = 0; page < 40; page += 1) {
        note('ListStreams')
        yield [{ streamName: `stream-${page}` }]
      }
    },
  })
  const startedAt = clock.now()
  await pass(60_000)
  const listings = calls.filter(({ operation }) => operation === 'ListStreams')
  expect(listings).toHaveLength(40)
  for (let second = 0; second < 60; second += 1) {
    expect(within(listings, startedAt + second * 1_000, 1_000).length).toBeLessThanOrEqual(5)
  }
  expect(store.snapshot().streams.value).toHaveLength(40)
})

describe('a denied listing', () => {
  test('is shown and not asked for again and again; a wish for fresh data asks at once', async () => {
    const denied = { kind: 'denied', action: 'ListStreams', message: 'no', retryable: false } as const
    let count = 0
    const { store, pass } = feeding({
      // biome-ignore lint/correctness/useYield: an answer that never comes
      async *listStreams() {
        count += 1
        throw new FailureError(denied)
      },
    })
    await pass(120_000)
    expect(count).toBe(1)
    expect(store.snapshot().streams.failure).toEqual(denied)
    store.dispatch({ type: 'refresh-requested' })
    await pass(10)
    expect(count).toBe(2)
  })
})

describe('what is on top', () => {
  const shards = { screen: 'shards', stream: ORDERS, showClosed: false, filter: '' } as const
  const tail = { screen: 'tail', stream: ORDERS, from: 'latest', isFollowing: true, filter: '' } as const

  test('is fetched, and nothing else', async () => {
    const { store, calls, pass } = feeding()
    await pass(100)
    store.dispatch({ type: 'screen-opened', screen: shards })
    await pass(2_000)
    const from = calls.length
    await pass(60_000)
    const later = calls.slice(from)
    expect(later.filter(({ operation }) => operation === 'ListShards').length).toBeGreaterThan(8)
    expect(later.filter(({ operation }) => operation === 'ListStreams')).toEqual([])
    expect(new Set(later.map(({ stream }) => stream))).toEqual(new Set(['orders']))
  })

  test('a tail reads until it is left, and goes on with its rows when it is opened again', async () => {
    const { store, calls, pass } = feeding()
    store.dispatch({ type: 'screen-opened', screen: shards })
    store.dispatch({ type: 'screen-opened', screen: tail })
    await pass(5_000)
    const reads = () => calls.filter(({ operation }) => operation === 'GetRecords').length
    expect(reads()).toBeGreaterThan(3)
    const state = store.snapshot().tail
    expect(state?.phase).toBe('tailing')

    store.dispatch({ type: 'screen-closed' })
    await pass(1_500)
    const whenLeft = reads()
    await pass(60_000)
    expect(reads()).toBe(whenLeft)

    store.dispatch({ type: 'screen-opened', screen: tail })
    await pass(5_000)
    expect(reads()).toBeGreaterThan(whenLeft)
    expect(store.snapshot().tail?.rateSamples.length).toBeGreaterThan(0)
    expect(store.snapshot().tail?.readers.size).toBe(state?.readers.size)
  })

  test('a tail that was left for long starts anew', async () => {
    const { store, pass } = feeding()
    store.dispatch({ type: 'screen-opened', screen: tail })
    await pass(3_000)
    store.dispatch({ type: 'screen-closed' })
    await pass(700_000)
    const before = store.snapshot().tail
    store.dispatch({ type: 'screen-opened', screen: tail })
    await pass(3_000)
    expect(store.snapshot().tail).not.toBe(before)
    expect(store.snapshot().tail?.phase).toBe('tailing')
  })

  test('a tail does not go on in a later stream of the same name, even where old places are taken', async () => {
    let createdAt = NOW - 60_000
    const { store, clock, pass } = feeding({
      describeStreamSummary: async ({ streamName }) => ({
        streamName,
        streamStatus: 'ACTIVE',
        streamCreationTimestamp: new Date(createdAt),
      }),
    })
    const tailed = () => store.snapshot().tail?.receivedCount
    store.dispatch({ type: 'screen-opened', screen: shards })
    await pass(2_000)
    store.dispatch({ type: 'screen-opened', screen: tail })
    await pass(3_000)
    const row = { id: '1', keptBytes: 1, record: { data: new Uint8Array() }, data: new Uint8Array() }
    store.dispatch({ type: 'rows-arrived', rows: [row as never], recordCount: 1 })
    await pass(100)
    // Coming back to the same stream keeps its rows, although the next answer is less precise.
    store.dispatch({ type: 'screen-closed' })
    createdAt += 999
    await pass(70_000)
    store.dispatch({ type: 'screen-opened', screen: tail })
    await pass(100)
    expect(tailed()).toBe(1)
    store.dispatch({ type: 'screen-closed' })
    createdAt = clock.now()
    await pass(70_000)
    store.dispatch({ type: 'screen-opened', screen: tail })
    await pass(3_000)
    expect(tailed()).toBe(0)
    expect(store.snapshot().tail?.phase).toBe('tailing')
  })

  test('a place to start that cannot be read is a failed tail, not a crash', async () => {
    const { store, pass } = feeding()
    store.dispatch({ type: 'screen-opened', screen: { ...tail, from: 'next tuesday' } })
    await pass(100)
    expect(store.snapshot().tail).toMatchObject({ phase: 'failed', failure: { kind: 'usage' } })
  })
})

test('another connection ends everything of the one before', async () => {
  const { store, calls, pass } = feeding()
  store.dispatch({
    type: 'screen-opened',
    screen: { screen: 'tail', stream: ORDERS, from: 'latest', isFollowing: true, filter: '' },
  })
  await pass(3_000)
  store.dispatch({ type: 'session-changed', session: PRODUCTION })
  await pass(2_000)
  const from = calls.length
  await pass(30_000)
  expect(calls.slice(from).some(({ operation }) => operation === 'GetRecords')).toBe(false)
  expect(store.snapshot().tail).toBeUndefined()
})

test('once it is stopped, nothing is asked any more', async () => {
  const { calls, pass, feed } = feeding()
  await pass(3_000)
  feed.stop()
  const from = calls.length
  await pass(60_000)
  expect(calls.length).toBe(from)
})
