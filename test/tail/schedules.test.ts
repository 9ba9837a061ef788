// The promise of a tail over random histories, on a fake that can also behave as the emulators do.

import fc from 'fast-check'
import { test } from 'vitest'
import type { FailureKind } from '../../source/domain/failure.ts'
import { type FakeBehaviour, FakeKinesis, fakeFailure } from '../support/fake-kinesis.ts'
import { StepClock } from '../support/step-clock.ts'
import { type Backend, checkPlayed, playSchedule, schedule } from '../support/tail-schedule.ts'

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
  let faults: { readonly kind: FailureKind; readonly which: number; calls: number } | undefined
  const kinesis = new FakeKinesis(clock, shardCount, {
    ...behaviour,
    isEmptyAnswer: () => {
      emptyAnswers -= 1
      return emptyAnswers >= 0
    },
    fault: (operation, shardId) => {
      if (faults === undefined || faults.calls <= 0 || operation === 'ListShards') return undefined
      if (faults.kind === 'expired-iterator' && operation !== 'GetRecords') return undefined
      if (faults.which !== 0 && shardId?.endsWith(String(faults.which)) !== true) return undefined
      faults.calls -= 1
      return fakeFailure(faults.kind, operation)
    },
  })
  const openByRange = () =>
    kinesis.openShards.toSorted((a, b) => (a.range.startingHashKey < b.range.startingHashKey ? -1 : 1))
  return {
    api: kinesis,
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
          // Doubling is what the service does in one go.
          if (step.by === 2 && open.length * 2 <= MOST_OPEN_SHARDS) {
            for (const shard of open) kinesis.split(shard.shardId)
          }
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
    },
    heal() {
      faults = undefined
    },
    parents: () => new Map(kinesis.shards.map(shard => [shard.shardId, shard.parents])),
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
