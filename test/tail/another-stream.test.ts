import { expect, test } from 'vitest'
import { type FakeBehaviour, FakeKinesis } from '../support/fake-kinesis.ts'
import { StepClock } from '../support/step-clock.ts'
import { endingOf, startTail, textsIn } from '../support/tail-run.ts'

/** A fake whose shards can be taken over by another stream of the same name, with an endpoint that does not notice. */
function setUp(behaviour: FakeBehaviour = {}) {
  const clock = new StepClock()
  const kinesis = new FakeKinesis(clock, 2, behaviour)
  const stop = new AbortController()
  const world = { numbers: (startingSequenceNumber: string) => startingSequenceNumber }
  const api = {
    listShards: async (...args: Parameters<FakeKinesis['listShards']>) =>
      (await kinesis.listShards(...args)).map(shard => ({
        ...shard,
        startingSequenceNumber: world.numbers(shard.startingSequenceNumber),
      })),
    getShardIterator: kinesis.getShardIterator.bind(kinesis),
    getRecords: kinesis.getRecords.bind(kinesis),
  }
  return { clock, kinesis, stop, world, api }
}

test('a stream that was deleted and created anew ends the tail: its places mean nothing there', async () => {
  const { clock, kinesis, stop, world, api } = setUp()
  const run = await clock.run(
    (async () => {
      const tail = startTail(api, clock, { signal: stop.signal })
      kinesis.put('k', 'of the first stream')
      await clock.sleep(5_000)
      world.numbers = number => String(BigInt(number) + 10n ** 30n)
      await clock.sleep(40_000)
      kinesis.put('k', 'of the second stream')
      await clock.sleep(5_000)
      stop.abort()
      await tail.finished
      return tail
    })(),
  )
  expect(endingOf(run.events)).toMatchObject({
    reason: 'failed',
    totals: { failure: { kind: 'not-found', message: expect.stringContaining('orders was deleted') } },
  })
  expect(textsIn(run.events)).toEqual(['of the first stream'])
})

test('an emulator that says 0 until the first record came (moto) is no other stream', async () => {
  const { clock, kinesis, stop, world, api } = setUp()
  world.numbers = () => '0'
  const run = await clock.run(
    (async () => {
      const tail = startTail(api, clock, { signal: stop.signal })
      await clock.sleep(5_000)
      world.numbers = number => number
      await clock.sleep(40_000)
      kinesis.put('k', 'later')
      await clock.sleep(5_000)
      stop.abort()
      await tail.finished
      return tail
    })(),
  )
  expect(endingOf(run.events).reason).toBe('aborted')
  expect(textsIn(run.events)).toEqual(['later'])
})

test('a line of 12,000 generations is read to an end in time without running out of stack', async () => {
  const clock = new StepClock()
  const count = 12_000
  const range = { startingHashKey: 0n, endingHashKey: (1n << 128n) - 1n }
  const id = (number: number) => `shardId-${String(number).padStart(12, '0')}`
  const shards = Array.from({ length: count }, (_, number) => ({
    shardId: id(number),
    hashKeyRange: range,
    startingSequenceNumber: String(number + 1),
    ...(number === 0 ? {} : { parentShardId: id(number - 1) }),
    ...(number === count - 1 ? {} : { endingSequenceNumber: String(number + 2) }),
  })).reverse()
  const until = new Date(clock.now() - 60_000)
  const api = {
    listShards: async () => shards,
    getShardIterator: async () => 'i',
    // The first one goes on past the asked end: none of its descendants has anything to add.
    getRecords: async () => ({
      records: [
        {
          streamName: 'orders',
          shardId: id(0),
          sequenceNumber: '5',
          partitionKey: 'k',
          data: new Uint8Array(),
          approximateArrivalTimestamp: new Date(until.getTime() + 1_000),
        },
      ],
      nextShardIterator: 'i',
      millisBehindLatest: 5,
    }),
  }
  const run = await clock.run(
    (async () => {
      const tail = startTail(api, clock, { until, shardIds: [id(0)] })
      await tail.finished
      return tail
    })(),
  )
  expect(endingOf(run.events)).toMatchObject({ reason: 'until', totals: { shardCount: count } })
})
