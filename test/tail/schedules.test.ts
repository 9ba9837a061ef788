// The promise of a tail over random histories, on a fake that can also behave as the emulators do.

import fc from 'fast-check'
import { test } from 'vitest'
import type { FailureKind } from '../../source/domain/failure.ts'
import { type FakeBehaviour, FakeKinesis, fakeFailure } from '../support/fake-kinesis.ts'
import { StepClock } from '../support/step-clock.ts'
import {
  type Backend,
  checkPlayed,
  inOneGo,
  playSchedule,
  RETENTION_HOURS,
  schedule,
} from '../support/tail-schedule.ts'

const SCHEDULES = Number(process.env.SHARDSCOPE_TAIL_SCHEDULES ?? 1_000)
const MOST_OPEN_SHARDS = 12

const endpoint = fc.record({
  end: fc.constantFrom<NonNullable<FakeBehaviour['end']>[]>(
    'with-children',
    'without-children',
    'extra-empty-page',
    'never',
  ),
  distance: fc.constantFrom<NonNullable<FakeBehaviour['distance']>[]>('service', 'zero', 'one', 'absent'),
  pageRecords: fc.constantFrom(3, 50, 10_000),
})
type Endpoint = typeof endpoint extends fc.Arbitrary<infer T> ? T : never

function fakeBackend(clock: StepClock, shardCount: number, behaviour: Endpoint): Backend {
  let emptyAnswers = 0
  let slow: { readonly millis: number; calls: number } | undefined
  let renewedAtMillis = 0
  let faults: { readonly kind: FailureKind; readonly which: number; calls: number } | undefined
  const kinesis = new FakeKinesis(clock, shardCount, {
    ...behaviour,
    // Emulators keep everything.
    ...(behaviour.distance === 'service' ? { retentionPeriodHours: RETENTION_HOURS } : {}),
    isEmptyAnswer: () => {
      emptyAnswers -= 1
      return emptyAnswers >= 0
    },
    fault: (operation, shardId) => {
      // A tail whose very first call is refused says so and ends: that is another story.
      const isFirst = kinesis.calls.length === 1
      if (clock.now() < renewedAtMillis && !isFirst) return fakeFailure('expired-token', operation)
      if (faults === undefined || faults.calls <= 0 || operation === 'ListShards') return undefined
      if (faults.kind === 'expired-iterator' && operation !== 'GetRecords') return undefined
      if (faults.which !== 0 && shardId?.endsWith(String(faults.which)) !== true) return undefined
      faults.calls -= 1
      return fakeFailure(faults.kind, operation)
    },
  })
  const openByRange = () =>
    kinesis.openShards.toSorted((a, b) => (a.range.startingHashKey < b.range.startingHashKey ? -1 : 1))
  /** Half of the time on the way there, so that acts fall on both sides of what the endpoint does. */
  const slowly = async <T>(call: () => Promise<T>): Promise<T> => {
    if (slow === undefined || slow.calls <= 0) return await call()
    slow.calls -= 1
    const millis = slow.millis / 2
    await clock.sleep(millis)
    const answer = await call()
    await clock.sleep(millis)
    return answer
  }
  const everParents = new Map<string, readonly string[]>()
  return {
    api: {
      listShards: (...call) => slowly(() => kinesis.listShards(...call)),
      getShardIterator: (...call) => slowly(() => kinesis.getShardIterator(...call)),
      getRecords: (...call) => slowly(() => kinesis.getRecords(...call)),
      describeStreamSummary: stream => kinesis.describeStreamSummary(stream),
    },
    put: (partitionKey, texts) => texts.map(text => kinesis.put(partitionKey, text)),
    act(step) {
      const open = openByRange()
      switch (step.act) {
        case 'split': {
          const shard = open[step.which % open.length]
          if (shard !== undefined && open.length < MOST_OPEN_SHARDS) kinesis.split(shard.shardId)
          break
        }
        case 'merge': {
          const index = step.which % Math.max(1, open.length - 1)
          const [lower, upper] = [open[index], open[index + 1]]
          if (lower !== undefined && upper !== undefined) kinesis.merge(lower.shardId, upper.shardId)
          break
        }
        case 'update-shard-count':
          kinesis.updateShardCount(inOneGo(step.to, open.length))
          break
        case 'slow-answers':
          slow = { ...step }
          break
        case 'credentials-expire':
          renewedAtMillis = clock.now() + step.renewedAfterMillis
          break
        case 'silence':
          // Of subscriptions only.
          break
        case 'expire-iterators':
          kinesis.expireIterators()
          break
        case 'faults':
          faults = { ...step }
          break
        case 'empty-answers':
          // Only the service itself does this, and it tells the distance meanwhile.
          if (behaviour.distance === 'service') emptyAnswers = step.count
      }
      for (const shard of kinesis.shards) everParents.set(shard.shardId, shard.parents)
    },
    heal() {
      faults = undefined
      slow = undefined
      renewedAtMillis = 0
    },
    parents: () => everParents,
  }
}

test(`0 lost, 0 repeated, in order, parents first: ${SCHEDULES} random histories`, async () => {
  await fc.assert(
    fc.asyncProperty(schedule, endpoint, async (plan, behaviour) => {
      const clock = new StepClock()
      const backend = fakeBackend(clock, plan.shardCount, behaviour)
      checkPlayed(plan, await playSchedule(plan, clock, backend), backend.parents())
    }),
    { numRuns: SCHEDULES },
  )
}, 600_000)
