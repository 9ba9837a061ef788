import { afterEach, describe, expect, test } from 'vitest'
import type { KinesisApi } from '../../source/aws/kinesis-api.ts'
import type { RunnerContext } from '../../source/commands/act-runner.ts'
import { atHand } from '../../source/commands/at-hand.ts'
import { ScreenFeed } from '../../source/commands/screen-feed.ts'
import type { StreamRecord } from '../../source/domain/record.ts'
import type { TailEvent } from '../../source/domain/tail-event.ts'
import type { Event } from '../../source/state/event.ts'
import type { Model, ScreenState } from '../../source/state/model.ts'
import { Store } from '../../source/state/store.ts'
import { update } from '../../source/state/update.ts'
import { EventQueue } from '../../source/tail/event-queue.ts'
import { modelAfter, NOW, ORDERS, PRODUCTION } from '../support/models.ts'
import { StepClock } from '../support/step-clock.ts'

const CREATED = new Date(NOW - 3_600_000)
const OPEN_SHARD = {
  shardId: 'shardId-000000000000',
  hashKeyRange: { start: 0n, end: 2n ** 128n - 1n },
  startingSequenceNumber: '100',
}
const feeds: ScreenFeed[] = []

afterEach(async () => {
  for (const feed of feeds.splice(0)) await feed.stop()
})

type Tail = Partial<Extract<ScreenState, { screen: 'tail' }>>

/** A tail of one shard on stepped time; `arriving` is what each read finds. */
function tailing({
  hasFiles = true,
  isListed = true,
  write = async () => {},
  arriving = () => 0,
  screen = {},
  deregister = async () => {},
}: {
  readonly hasFiles?: boolean
  readonly isListed?: boolean
  readonly write?: (text: string) => Promise<void>
  readonly arriving?: () => number
  readonly screen?: Tail
  readonly deregister?: () => Promise<void>
} = {}) {
  const clock = new StepClock(NOW)
  const operations: string[] = []
  const files = new Map<string, string>()
  const writes: { readonly name: string; readonly at: number }[] = []
  let sequence = 1_000
  const api = {
    async describeStreamSummary({ streamName }: { streamName: string }) {
      operations.push('DescribeStreamSummary')
      return { streamName, streamCreationTimestamp: CREATED }
    },
    listShards: async () => [OPEN_SHARD],
    getShardIterator: async () => 'iterator',
    async getRecords() {
      const records = Array.from({ length: arriving() }, (): StreamRecord => {
        sequence += 1
        return {
          streamName: 'orders',
          shardId: OPEN_SHARD.shardId,
          sequenceNumber: String(sequence),
          partitionKey: 'k',
          data: new Uint8Array(3),
          approximateArrivalTimestamp: new Date(clock.now()),
        }
      })
      return { records, nextShardIterator: 'iterator', millisBehindLatest: 0 }
    },
  } as unknown as KinesisApi
  const control = {
    async registerConsumer() {
      operations.push('register')
      return { consumerArn: 'arn:aws:kinesis:us-east-1:123456789012:stream/orders/consumer/c:1' }
    },
    async listConsumers() {
      const registered = [...files.keys()].flatMap(name => /consumers\/(.*)\.json/.exec(name)?.[1] ?? [])
      return registered.map(consumerName => ({ consumerName, consumerStatus: 'ACTIVE' }))
    },
    async deregisterConsumer() {
      await clock.sleep(300)
      await deregister()
      operations.push('deregister')
    },
  }
  const store = new Store<Model, Event>({
    initial: modelAfter(
      isListed
        ? [
            {
              type: 'streams-listed',
              streams: [{ ...ORDERS, streamCreationTimestamp: CREATED }],
              at: NOW,
            },
          ]
        : [],
      [80, 24],
    ),
    update,
    isUrgent: () => true,
    timer: () => () => {},
  })
  const notices: string[] = []
  const dispatch = (event: Event): void => {
    if (event.type === 'noticed') notices.push(event.notice.text)
    store.dispatch(event)
  }
  const stateFiles = {
    folder: '/state',
    read: async (name: string) => files.get(name),
    write: async (name: string, text: string) => {
      writes.push({ name, at: clock.now() })
      await write(text)
      files.set(name, text)
    },
    remove: async (name: string) => void files.delete(name),
    list: async (folder: string) => [...files.keys()].filter(name => name.startsWith(`${folder}/`)),
  }
  const context = {
    api,
    tailApi: api,
    control,
    subscribe: async () => (async function* () {})(),
    self: { host: 'here', pid: 1, isAlive: () => true },
    clock,
    random: () => 0.5,
    model: store.snapshot,
    ...(hasFiles ? { stateFiles } : {}),
  }
  const feed = new ScreenFeed({
    context: context as unknown as RunnerContext,
    dispatch,
    subscribe: store.subscribe,
  })
  feeds.push(feed)
  feed.start()
  const stream = { screen: 'tail', stream: ORDERS, from: 'latest', isFollowing: true, filter: '' } as const
  store.dispatch({ type: 'screen-opened', screen: { ...stream, ...screen } })
  const pass = (millis: number) => clock.run(clock.sleep(millis))
  const bookmarks = () => writes.filter(({ name }) => name.startsWith('bookmarks/'))
  const kept = () => [...files].find(([name]) => name.startsWith('bookmarks/'))?.[1]
  return { store, clock, feed, files, bookmarks, kept, notices, operations, pass }
}

describe('the place that a tail keeps', () => {
  test('is written once where nothing comes, and nobody is asked what the stream is', async () => {
    const { bookmarks, kept, operations, pass } = tailing()
    await pass(120_000)
    expect(bookmarks()).toHaveLength(1)
    expect(operations).toEqual([])
    expect(JSON.parse(kept() ?? '')).toMatchObject({ streamCreationTimestamp: CREATED.toISOString() })
  })

  test('is written every ten seconds at most while records come, and holds the last one when it is left', async () => {
    const { bookmarks, kept, store, pass } = tailing({ arriving: () => 5 })
    await pass(60_000)
    expect(bookmarks().length).toBeLessThanOrEqual(7)
    const received = store.snapshot().tail?.receivedCount ?? 0
    expect(received).toBeGreaterThan(200)
    store.dispatch({ type: 'screen-closed' })
    await pass(1)
    const { places } = JSON.parse(kept() ?? '')
    expect(places[OPEN_SHARD.shardId].after).toBe(String(1_000 + received))
  })

  test('asks once where no list has told when the stream was created', async () => {
    const { operations, kept, pass } = tailing({ isListed: false, arriving: () => 1 })
    await pass(60_000)
    expect(operations).toEqual(['DescribeStreamSummary'])
    expect(JSON.parse(kept() ?? '')).toMatchObject({ streamCreationTimestamp: CREATED.toISOString() })
  })

  test('that cannot be written is told once, and the tail goes on', async () => {
    const { bookmarks, notices, store, pass } = tailing({
      write: () => Promise.reject(new Error('ENOSPC: no space left on device')),
      arriving: () => 1,
    })
    await pass(60_000)
    expect(bookmarks().length).toBeGreaterThan(3)
    expect(notices.filter(text => text.includes('could not be kept'))).toHaveLength(1)
    expect(store.snapshot().tail?.phase).toBe('tailing')
    expect(store.snapshot().tail?.receivedCount).toBeGreaterThan(50)
  })

  test('is not missed where there are no files', async () => {
    const { store, pass } = tailing({ hasFiles: false, arriving: () => 1 })
    await pass(10_000)
    expect(store.snapshot().tail?.phase).toBe('tailing')
  })

  test('is kept under a name on demand', async () => {
    const { feed, files, store, pass } = tailing({ arriving: () => 1 })
    await pass(5_000)
    const received = store.snapshot().tail?.receivedCount ?? 0
    expect(await feed.saveBookmark('before-deploy')).toBe(1)
    const { places } = JSON.parse(files.get('bookmarks/before-deploy.json') ?? '')
    expect(places[OPEN_SHARD.shardId].after).toBe(String(1_000 + received))
  })

  test('one shard alone has none to be named', async () => {
    const { feed, bookmarks, pass } = tailing({ screen: { shardId: OPEN_SHARD.shardId } })
    await pass(5_000)
    await expect(feed.saveBookmark('x')).rejects.toThrow('no tail of a whole stream')
    expect(bookmarks()).toEqual([])
  })
})

describe('a tail with enhanced fan-out', () => {
  test('takes its consumer away when it is left', async () => {
    const { store, operations, files, pass } = tailing({ screen: { isFanOut: true } })
    await pass(5_000)
    expect(operations).toEqual(['register'])
    store.dispatch({ type: 'screen-closed' })
    await pass(1_000)
    expect(operations.filter(name => name !== 'DescribeStreamSummary')).toEqual(['register', 'deregister'])
    expect([...files.keys()].filter(name => name.startsWith('consumers/'))).toEqual([])
  })

  test('is released before the connection goes, and does not begin again until that is another', async () => {
    const { store, clock, feed, operations, pass } = tailing({ screen: { isFanOut: true } })
    await pass(5_000)
    const goOn = await clock.run(feed.release())
    expect(operations).toEqual(['register', 'deregister'])
    // Whatever happens meanwhile: the screen is still there.
    await pass(3_000)
    expect(operations).toEqual(['register', 'deregister'])
    store.dispatch({ type: 'session-changed', session: PRODUCTION })
    goOn()
    await pass(3_000)
    expect(operations).toEqual(['register', 'deregister'])
  })

  test('that could not take its consumer away says so, and the next one of this console does', async () => {
    let isRefused = true
    const screen = { isFanOut: true } as const
    const { store, operations, notices, pass } = tailing({
      screen,
      deregister: async () => {
        if (isRefused) throw new Error('this session is read-only')
      },
    })
    await pass(5_000)
    store.dispatch({ type: 'screen-closed' })
    await pass(1_000)
    expect(notices.at(-1)).toContain('The consumer is still registered and costs: this session is read-only')
    isRefused = false
    const tail = { screen: 'tail', stream: ORDERS, from: 'latest', isFollowing: true, filter: '' } as const
    store.dispatch({ type: 'screen-opened', screen: { ...tail, ...screen } })
    await pass(5_000)
    expect(operations.filter(name => name !== 'DescribeStreamSummary')).toEqual([
      'register',
      'deregister',
      'register',
    ])
    expect(notices.join()).toMatch(
      /The consumer shardscope-tail-\S+, which an earlier tail left behind, was taken away/,
    )
    store.dispatch({ type: 'screen-closed' })
    await pass(1_000)
    expect(operations.at(-1)).toBe('deregister')
  })

  test('does not hold a switch of the connection for longer than 5 s', async () => {
    const { clock, feed, operations, pass } = tailing({ screen: { isFanOut: true } })
    await pass(5_000)
    const before = clock.now()
    const slow = Promise.withResolvers<void>()
    const { sleep } = clock
    clock.sleep = (millis, signal) => (millis === 300 ? slow.promise : sleep.call(clock, millis, signal))
    await clock.run(feed.release())
    expect(clock.now() - before).toBeLessThanOrEqual(5_000)
    expect(operations).toEqual(['register'])
    slow.resolve()
  })
})

describe('records at hand', () => {
  const SIZE = 1_048_576
  const page = (number: number): TailEvent => ({
    type: 'records-arrived',
    shardId: 's',
    records: [
      {
        streamName: 'orders',
        shardId: 's',
        sequenceNumber: String(number),
        data: new Uint8Array(SIZE),
        partitionKey: '',
      },
    ],
    receivedAtMillis: 0,
  })

  test('a consumer that takes its time stops the reading: 4 MiB and two pages are out of the queue at most', async () => {
    const queue = new EventQueue(8 * SIZE)
    let pushed = 0
    const reading = (async () => {
      for (let number = 0; number < 100; number += 1) {
        await queue.reserve(SIZE)
        queue.release(SIZE)
        queue.push(page(number), SIZE)
        pushed += 1
      }
      queue.push({ type: 'place-reached', shardId: 's' })
      queue.close()
    })()
    let taken = 0
    let mostAhead = 0
    const seen: string[] = []
    for await (const group of atHand(queue.drain(), () => queue.close())) {
      // All that can go on without the consumer goes on.
      for (let turn = 0; turn < 5; turn += 1) await new Promise(resolve => setImmediate(resolve))
      mostAhead = Math.max(mostAhead, pushed - taken)
      for (const event of group) {
        if (event.type !== 'records-arrived') continue
        taken += event.records.length
        seen.push(...event.records.map(record => record.sequenceNumber))
      }
    }
    await reading
    expect(seen).toEqual(Array.from({ length: 100 }, (_, number) => String(number)))
    // The group of 4, the one that is asked for ahead, and the queue's own 8.
    expect(mostAhead).toBeLessThanOrEqual(4 + 1 + 8)
    expect(mostAhead).toBeGreaterThanOrEqual(4)
  })
})
