// The promise of a tail over random histories: every record once, in the order of its shard, parents before children.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FailureKind } from '../../source/domain/failure.ts'
import type { TailEvent } from '../../source/domain/tail-event.ts'
import { type FakeBehaviour, FakeKinesis, fakeFailure } from '../support/fake-kinesis.ts'
import { StepClock } from '../support/step-clock.ts'
import { startTail } from '../support/tail-run.ts'

const SCHEDULES = Number(process.env.SHARDSCOPE_TAIL_SCHEDULES ?? 200)

type Act =
  | { readonly act: 'put'; readonly count: number; readonly key: number }
  | { readonly act: 'split'; readonly which: number }
  | { readonly act: 'merge'; readonly which: number }
  | { readonly act: 'expire-iterators' }
  | { readonly act: 'pause'; readonly millis: number }
  | { readonly act: 'faults'; readonly kind: FailureKind; readonly calls: number; readonly which: number }
  | { readonly act: 'empty-answers'; readonly count: number }
  | { readonly act: 'wait'; readonly millis: number }

const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      act: fc.constant('put' as const),
      count: fc.integer({ min: 1, max: 40 }),
      key: fc.nat(1_000),
    }),
  },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('split' as const), which: fc.nat(20) }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('merge' as const), which: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('expire-iterators' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant('pause' as const),
      millis: fc.constantFrom(500, 20_000, 400_000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('faults' as const),
      kind: fc.constantFrom<FailureKind>(
        'throttled',
        'service',
        'unreachable',
        'expired-token',
        'expired-iterator',
        'bad-answer',
      ),
      calls: fc.integer({ min: 1, max: 12 }),
      which: fc.nat(3),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant('empty-answers' as const),
      count: fc.integer({ min: 1, max: 10 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant('wait' as const),
      millis: fc.constantFrom(0, 30, 250, 1_000, 4_000, 70_000),
    }),
  },
)

const schedule = fc.record({
  shardCount: fc.integer({ min: 1, max: 4 }),
  before: fc.array(act, { maxLength: 12 }),
  after: fc.array(act, { minLength: 1, maxLength: 30 }),
  from: fc.constantFrom('oldest' as const, 'latest' as const, 'timestamp' as const),
  end: fc.constantFrom<FakeBehaviour['end'][]>(
    'with-children',
    'without-children',
    'extra-empty-page',
    'never',
  ),
  distance: fc.constantFrom<FakeBehaviour['distance'][]>('service', 'zero', 'one', 'absent'),
  pageRecords: fc.constantFrom(3, 50, 10_000),
  bufferBytes: fc.constantFrom(200, 16_777_216),
  seed: fc.nat(),
})
type Schedule = typeof schedule extends fc.Arbitrary<infer T> ? T : never

type Written = {
  readonly shardId: string
  readonly sequenceNumber: string
  readonly atMillis: number
  readonly afterTailing: boolean
}

async function play(plan: Schedule) {
  const clock = new StepClock()
  let emptyAnswers = 0
  let faults: { kind: FailureKind; calls: number; which: number } | undefined
  const kinesis = new FakeKinesis(clock, plan.shardCount, {
    ...(plan.end === undefined ? {} : { end: plan.end }),
    ...(plan.distance === undefined ? {} : { distance: plan.distance }),
    pageRecords: plan.pageRecords,
    isEmptyAnswer: () => {
      emptyAnswers -= 1
      return emptyAnswers >= 0
    },
    fault: (operation, shardId) => {
      if (faults === undefined || faults.calls <= 0) return undefined
      if (operation === 'ListShards' || (faults.kind === 'expired-iterator' && operation !== 'GetRecords'))
        return undefined
      if (faults.which !== 0 && !shardId?.endsWith(String(faults.which))) return undefined
      faults.calls -= 1
      return fakeFailure(faults.kind, operation)
    },
  })
  const written: Written[] = []
  let isTailing = false
  let tail: { pause(): void; resume(): void } | undefined
  const perform = async (step: Act) => {
    switch (step.act) {
      case 'put':
        for (let index = 0; index < step.count; index += 1) {
          const receipt = kinesis.put(`key-${step.key}-${index % 5}`, `record ${written.length}`)
          written.push({ ...receipt, atMillis: clock.now(), afterTailing: isTailing })
        }
        break
      case 'split': {
        const open = kinesis.openShards
        const shard = open[step.which % open.length]
        if (shard !== undefined && open.length < 12) kinesis.split(shard.shardId)
        break
      }
      case 'merge': {
        const open = kinesis.openShards.toSorted((a, b) =>
          a.range.startingHashKey < b.range.startingHashKey ? -1 : 1,
        )
        const index = step.which % Math.max(1, open.length - 1)
        const [lower, upper] = [open[index], open[index + 1]]
        if (lower !== undefined && upper !== undefined) kinesis.merge(lower.shardId, upper.shardId)
        break
      }
      case 'expire-iterators':
        kinesis.expireIterators()
        break
      case 'pause':
        tail?.pause()
        await clock.sleep(step.millis)
        tail?.resume()
        break
      case 'faults':
        faults = { ...step }
        break
      case 'empty-answers':
        // Only the service itself does this, and it tells the distance meanwhile.
        if (plan.distance === 'service') emptyAnswers = step.count
        break
      case 'wait':
        await clock.sleep(step.millis)
    }
  }

  const stop = new AbortController()
  let random = plan.seed
  const work = (async () => {
    for (const step of plan.before)
      if (step.act !== 'faults' && step.act !== 'empty-answers') await perform(step)
    const startMillis = clock.now() - 2_000
    const run = startTail(
      kinesis,
      clock,
      {
        from:
          plan.from === 'timestamp'
            ? { type: 'timestamp', timestamp: new Date(startMillis) }
            : { type: plan.from },
        signal: stop.signal,
        bufferBytes: plan.bufferBytes,
        relistMillis: 5_000,
        random: () => {
          random = (random * 1_103_515_245 + 12_345) % 2_147_483_648
          return random / 2_147_483_648
        },
      },
      event => {
        if (event.type === 'tailing') isTailing = true
      },
    )
    tail = run.tail
    for (const step of plan.after) await perform(step)
    faults = undefined
    // Long enough for every back-off, children found late, and shards that are never ended.
    await clock.sleep(300_000)
    stop.abort()
    await run.finished
    return { events: run.events, startMillis }
  })()
  const { events, startMillis } = await clock.run(work)
  return { events, written, kinesis, startMillis }
}

function check(plan: Schedule, played: Awaited<ReturnType<typeof play>>): void {
  const { events, written, kinesis, startMillis } = played
  const seen = events.flatMap(event => (event.type === 'records-arrived' ? event.records : []))
  const sequences = seen.map(record => record.sequenceNumber)
  expect(new Set(sequences).size, 'repeated').toBe(sequences.length)

  const isDue = (record: Written) =>
    plan.from === 'oldest' ||
    (plan.from === 'timestamp' ? record.atMillis >= startMillis : record.afterTailing)
  const got = new Set(sequences)
  expect(
    written.filter(record => isDue(record) && !got.has(record.sequenceNumber)),
    'lost',
  ).toEqual([])

  if (plan.from === 'timestamp') {
    const early = new Set(
      written.filter(record => record.atMillis < startMillis).map(record => record.sequenceNumber),
    )
    expect(
      sequences.filter(sequence => early.has(sequence)),
      'before the asked time',
    ).toEqual([])
  }

  const lastOfShard = new Map<string, bigint>()
  for (const record of seen) {
    const last = lastOfShard.get(record.shardId)
    if (last !== undefined) expect(BigInt(record.sequenceNumber)).toBeGreaterThan(last)
    lastOfShard.set(record.shardId, BigInt(record.sequenceNumber))
  }
  const due = new Set(written.filter(isDue).map(record => record.sequenceNumber))
  checkParentsFirst(events, kinesis, due)
}

/** Among the records that the tail owes: one of the very moment of attachment may come as an extra at any time. */
function checkParentsFirst(
  events: readonly TailEvent[],
  kinesis: FakeKinesis,
  due: ReadonlySet<string>,
): void {
  const firstAt = new Map<string, number>()
  const lastAt = new Map<string, number>()
  for (const [index, event] of events.entries()) {
    if (event.type !== 'records-arrived') continue
    if (!event.records.some(record => due.has(record.sequenceNumber))) continue
    if (!firstAt.has(event.shardId)) firstAt.set(event.shardId, index)
    lastAt.set(event.shardId, index)
  }
  for (const shard of kinesis.shards) {
    const first = firstAt.get(shard.shardId)
    if (first === undefined) continue
    for (const parent of shard.parents)
      expect(lastAt.get(parent) ?? -1, `${parent} before ${shard.shardId}`).toBeLessThan(first)
  }
}

test(`0 lost, 0 repeated, in order, parents first: ${SCHEDULES} random histories`, async () => {
  await fc.assert(
    fc.asyncProperty(schedule, async plan => {
      check(plan, await play(plan))
    }),
    { numRuns: SCHEDULES },
  )
}, 600_000)
