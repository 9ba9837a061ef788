import { expect, test } from 'vitest'
import { FakeKinesis } from '../support/fake-kinesis.ts'
import { StepClock } from '../support/step-clock.ts'
import { startTail, textsIn } from '../support/tail-run.ts'

test.each(['latest', 'oldest'] as const)(
  'report 36: a stream that is still CREATING has no shards yet: a tail from %s waits for it and misses nothing',
  async type => {
    const clock = new StepClock()
    const kinesis = new FakeKinesis(clock, 2)
    const { listShards } = kinesis
    const activeAtMillis = clock.now() + 20_000
    kinesis.listShards = async (...call) =>
      clock.now() < activeAtMillis ? [] : await listShards.apply(kinesis, call)
    const stop = new AbortController()
    const run = startTail(kinesis, clock, { from: { type }, signal: stop.signal })
    await clock.run(
      (async () => {
        await clock.sleep(20_000)
        // Written at once, before the tail has seen that there are shards.
        for (const key of ['a', 'b', 'c', 'd']) kinesis.put(key, `first of ${key}`)
        await clock.sleep(10_000)
        kinesis.put('a', 'later')
        await clock.sleep(10_000)
        stop.abort()
        await run.finished
      })(),
    )
    expect(textsIn(run.events).toSorted()).toEqual([
      'first of a',
      'first of b',
      'first of c',
      'first of d',
      'later',
    ])
    expect(run.events.filter(event => event.type === 'failure-met')).toEqual([])
  },
)
