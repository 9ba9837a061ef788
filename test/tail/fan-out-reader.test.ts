import { expect, test } from 'vitest'
import type { StartingPosition, SubscribeToShard, SubscriptionEvent } from '../../source/aws/kinesis-api.ts'
import { FailureError } from '../../source/domain/failure.ts'
import type { StreamRecord } from '../../source/domain/record.ts'
import type { Shard } from '../../source/domain/shard.ts'
import type { TailOptions } from '../../source/tail/tail-options.ts'
import { fakeFailure } from '../support/fake-kinesis.ts'
import { StepClock } from '../support/step-clock.ts'
import { endingOf, startTail, statesOf, textsIn } from '../support/tail-run.ts'

const SHARD: Shard = {
  shardId: 'shardId-000000000000',
  hashKeyRange: { startingHashKey: 0n, endingHashKey: 9n },
  startingSequenceNumber: '1',
}
const API = {
  listShards: async () => [SHARD],
  getShardIterator: () => Promise.reject(new Error('nothing is polled')),
  getRecords: () => Promise.reject(new Error('nothing is polled')),
} as unknown as TailOptions['api']

function record(number: number): StreamRecord {
  const data = new TextEncoder().encode(`r${number}`)
  return {
    streamName: 'orders',
    shardId: SHARD.shardId,
    sequenceNumber: String(number),
    partitionKey: 'k',
    data,
  }
}

function event(numbers: readonly number[], continuation: number): SubscriptionEvent {
  return {
    records: numbers.map(record),
    continuationSequenceNumber: String(continuation),
    millisBehindLatest: 0,
    childShards: [],
  }
}

type Subscription = {
  readonly atMillis: number
  readonly position: StartingPosition
  readonly signal: AbortSignal
}

/** Subscriptions that go as they are told, one script each; the last one repeats signs of life. */
function scripted(
  clock: StepClock,
  scripts: readonly ((signal: AbortSignal) => AsyncGenerator<SubscriptionEvent>)[],
) {
  const subscriptions: Subscription[] = []
  const subscribe: SubscribeToShard = async (_stream, _arn, _shard, position, { signal }) => {
    const script = scripts[subscriptions.length]
    subscriptions.push({ atMillis: clock.now(), position, signal })
    await clock.sleep(10)
    return script === undefined ? alive(clock, signal, 99) : script(signal)
  }
  return { subscriptions, fanOut: { consumerArn: 'arn:own', subscribe } }
}

async function* alive(clock: StepClock, signal: AbortSignal, continuation: number) {
  while (!signal.aborted) {
    await clock.sleep(5_000, signal)
    yield event([], continuation)
  }
}

async function tailFor(
  clock: StepClock,
  millis: number,
  fanOut: NonNullable<TailOptions['fanOut']>,
  options: Partial<TailOptions> = {},
) {
  const stop = new AbortController()
  const run = startTail(API, clock, { fanOut, signal: stop.signal, ...options })
  await clock.run(
    (async () => {
      await clock.sleep(millis)
      stop.abort()
      await run.finished
    })(),
  )
  return run.events
}

test('report 37: a subscription that goes silent is stalled, ended at the server and begun anew from its place', async () => {
  const clock = new StepClock()
  const { subscriptions, fanOut } = scripted(clock, [
    async function* (signal) {
      yield event([1, 2], 5)
      // The connection stays open, and nothing comes any more.
      await clock.sleep(600_000, signal)
    },
    async function* (signal) {
      yield event([6], 6)
      yield* alive(clock, signal, 6)
    },
  ])
  const events = await tailFor(clock, 60_000, fanOut)
  expect(textsIn(events)).toEqual(['r1', 'r2', 'r6'])
  expect(statesOf(events, SHARD.shardId)).toEqual(['starting', 'caught-up', 'stalled', 'caught-up'])
  expect(subscriptions.map(({ position }) => position)).toEqual([
    { type: 'TRIM_HORIZON' },
    { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: '5' },
  ])
  expect(subscriptions[0]?.signal.aborted).toBe(true)
  const waited = (subscriptions[1]?.atMillis ?? 0) - (subscriptions[0]?.atMillis ?? 0)
  expect(waited).toBeGreaterThanOrEqual(20_000)
  expect(waited).toBeLessThan(30_000)
})

test('report 35: five seconds at least lie between two subscriptions, however they end', async () => {
  const clock = new StepClock()
  const endsAtOnce = async function* () {
    yield event([], 1)
  }
  const { subscriptions, fanOut } = scripted(
    clock,
    Array.from({ length: 6 }, () => endsAtOnce),
  )
  await tailFor(clock, 60_000, fanOut)
  expect(subscriptions.length).toBeGreaterThan(6)
  subscriptions.slice(1).forEach(({ atMillis }, index) => {
    expect(atMillis - (subscriptions[index]?.atMillis ?? 0)).toBeGreaterThanOrEqual(5_000)
  })
})

test('report 35: a subscription that somebody else took is waited for, and the place is kept', async () => {
  const clock = new StepClock()
  const taken = new FailureError(fakeFailure('conflict', 'SubscribeToShard'))
  const { subscriptions, fanOut } = scripted(clock, [
    async function* () {
      yield event([1], 1)
      throw taken
    },
    async function* (signal) {
      yield event([2], 2)
      yield* alive(clock, signal, 2)
    },
  ])
  const events = await tailFor(clock, 30_000, fanOut)
  expect(textsIn(events)).toEqual(['r1', 'r2'])
  expect(statesOf(events, SHARD.shardId)).toContain('stalled')
  expect((subscriptions[1]?.atMillis ?? 0) - (subscriptions[0]?.atMillis ?? 0)).toBeGreaterThanOrEqual(5_000)
})

test('after five minutes a subscription ends by itself: the next one goes on at its place, and nothing is stalled', async () => {
  const clock = new StepClock()
  const fiveMinutes = (first: number) =>
    async function* (signal: AbortSignal) {
      yield event([first], first)
      for (let life = 1; life < 60; life += 1) {
        await clock.sleep(5_000, signal)
        yield event([], first + life)
      }
      await clock.sleep(5_000, signal)
    }
  const { subscriptions, fanOut } = scripted(clock, [fiveMinutes(100), fiveMinutes(300), fiveMinutes(500)])
  const events = await tailFor(clock, 620_000, fanOut)
  expect(textsIn(events)).toEqual(['r100', 'r300', 'r500'])
  expect(subscriptions.map(({ position }) => position)).toEqual([
    { type: 'TRIM_HORIZON' },
    { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: '159' },
    { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: '359' },
  ])
  expect(statesOf(events, SHARD.shardId)).toEqual(['starting', 'caught-up'])
  expect(events.filter(({ type }) => type === 'failure-met')).toEqual([])
})

test('a record that comes twice is shown once', async () => {
  const clock = new StepClock()
  const { fanOut } = scripted(clock, [
    async function* () {
      yield event([1, 2], 2)
    },
    async function* () {
      yield event([2, 3], 3)
    },
  ])
  expect(textsIn(await tailFor(clock, 30_000, fanOut))).toEqual(['r1', 'r2', 'r3'])
})

test('from the tip: what was written while a first subscription broke is not lost', async () => {
  const clock = new StepClock()
  const began = clock.now()
  const { subscriptions, fanOut } = scripted(clock, [
    async function* (): AsyncGenerator<SubscriptionEvent> {
      // Ends before anything came, as a reset stream does.
    },
  ])
  await tailFor(clock, 20_000, fanOut, { from: { type: 'latest' } })
  expect(subscriptions[0]?.position).toEqual({ type: 'LATEST' })
  expect(subscriptions[1]?.position).toEqual({ type: 'AT_TIMESTAMP', timestamp: new Date(began) })
})

test('a consumer that is gone ends the tail with the reason', async () => {
  const clock = new StepClock()
  const gone = new FailureError(fakeFailure('not-found', 'SubscribeToShard'))
  const fanOut = { consumerArn: 'arn:own', subscribe: () => Promise.reject(gone) }
  const run = startTail(API, clock, { fanOut })
  await clock.run(run.finished)
  const { reason, totals } = endingOf(run.events)
  expect(reason).toBe('failed')
  expect(totals.failure?.kind).toBe('not-found')
})

test('a paused tail takes no more, and begins nothing anew until it goes on', async () => {
  const clock = new StepClock()
  const { subscriptions, fanOut } = scripted(clock, [
    async function* (signal) {
      yield event([1], 1)
      await clock.sleep(5_000, signal)
      yield event([2], 2)
    },
  ])
  const stop = new AbortController()
  const run = startTail(API, clock, { fanOut, signal: stop.signal })
  await clock.run(
    (async () => {
      await clock.sleep(1_000)
      run.tail.pause()
      await clock.sleep(400_000)
      expect(textsIn(run.events)).toEqual(['r1'])
      expect(subscriptions).toHaveLength(1)
      run.tail.resume()
      await clock.sleep(10_000)
      stop.abort()
      await run.finished
    })(),
  )
  expect(textsIn(run.events)).toEqual(['r1', 'r2'])
})
