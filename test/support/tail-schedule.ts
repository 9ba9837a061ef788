// Random histories of a stream under a tail, and what every tail owes: each record once, in the order of its shard, parents
// before children. What expired before it could be read is told instead. Played on any backend.

import fc from 'fast-check'
import { expect } from 'vitest'
import type { FailureKind } from '../../source/domain/failure.ts'
import type { TailEvent } from '../../source/domain/tail-event.ts'
import type { FanOut } from '../../source/tail/fan-out.ts'
import type { TailOptions } from '../../source/tail/tail-options.ts'
import type { StepClock } from './step-clock.ts'
import { startTail } from './tail-run.ts'

export type Act =
  | { readonly act: 'put'; readonly count: number; readonly key: number }
  | { readonly act: 'split'; readonly which: number }
  | { readonly act: 'merge'; readonly which: number }
  /** Brought into what the service allows in one go: half to double. */
  | { readonly act: 'update-shard-count'; readonly to: number }
  | { readonly act: 'expire-iterators' }
  | { readonly act: 'pause'; readonly millis: number }
  /** A pause for longer than the retention. */
  | { readonly act: 'fall-behind' }
  /** Answers take so long, on both ways together. */
  | { readonly act: 'slow-answers'; readonly calls: number; readonly millis: number }
  /** Every call is refused until the credentials are renewed. */
  | { readonly act: 'credentials-expire'; readonly renewedAfterMillis: number }
  /** Nothing is heard of an open subscription any more, though it stays open. */
  | { readonly act: 'silence' }
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
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant('update-shard-count' as const),
      to: fc.integer({ min: 1, max: 12 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('expire-iterators' as const) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('silence' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant('slow-answers' as const),
      calls: fc.integer({ min: 1, max: 20 }),
      millis: fc.constantFrom(40, 1_500, 12_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant('credentials-expire' as const),
      renewedAfterMillis: fc.constantFrom(1_000, 30_000, 400_000),
    }),
  },
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

const HOUR_MILLIS = 3_600_000
export const RETENTION_HOURS = 24

export const schedule = fc.record({
  shardCount: fc.integer({ min: 1, max: 4 }),
  before: fc.array(act, { maxLength: 12 }),
  after: fc.oneof(
    { weight: 5, arbitrary: fc.array(act, { minLength: 1, maxLength: 30 }) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.array(act, { maxLength: 20 }), fc.array(act, { maxLength: 10 }))
        .map(([early, late]) => [...early, { act: 'fall-behind' as const }, ...late]),
    },
  ),
  from: fc.constantFrom('oldest' as const, 'latest' as const, 'timestamp' as const),
  bufferBytes: fc.constantFrom(200, 16_777_216),
  seed: fc.nat(),
})
export type Schedule = typeof schedule extends fc.Arbitrary<infer T> ? T : never

/** The nearest count that one UpdateShardCount allows: half to double of what is open. */
export function inOneGo(count: number, openCount: number): number {
  return Math.min(openCount * 2, Math.max(Math.ceil(openCount / 2), count))
}

/** A stream that can be acted on. Acts that the backend refuses or does not know do nothing. */
export type Backend = {
  readonly api: TailOptions['api']
  /** Records are pushed. */
  readonly fanOut?: FanOut
  /** What was written; entries that the backend refused are left out. */
  put(partitionKey: string, texts: readonly string[]): readonly { shardId: string; sequenceNumber: string }[]
  act(step: Exclude<Act, { act: 'put' | 'pause' | 'wait' | 'fall-behind' }>): void
  /** Ends every fault. */
  heal(): void
  /** Parents of each shard that ever was. */
  parents(): ReadonlyMap<string, readonly string[]>
}

export type Written = {
  readonly shardId: string
  readonly sequenceNumber: string
  readonly atMillis: number
  readonly afterTailing: boolean
}

export type Played = {
  readonly events: readonly TailEvent[]
  readonly written: readonly Written[]
  readonly startMillis: number
}

/** What can happen to a stream without a reader. */
const HARMLESS: ReadonlySet<Act['act']> = new Set([
  'put',
  'split',
  'merge',
  'update-shard-count',
  'wait',
  'pause',
])

/** Plays a schedule in stepped time. Resolves when the tail has had time to show everything and was ended. */
export async function playSchedule(plan: Schedule, clock: StepClock, backend: Backend): Promise<Played> {
  const written: Written[] = []
  let isTailing = false
  let tail: { pause(): void; resume(): void } | undefined
  const perform = async (step: Act) => {
    switch (step.act) {
      case 'put': {
        const texts = Array.from({ length: step.count }, (_, index) => `record ${written.length + index}`)
        for (let key = 0; key < 5; key += 1) {
          const ofKey = texts.filter((_, index) => index % 5 === key)
          for (const receipt of backend.put(`key-${step.key}-${key}`, ofKey)) {
            written.push({ ...receipt, atMillis: clock.now(), afterTailing: isTailing })
          }
        }
        break
      }
      case 'pause':
        tail?.pause()
        await clock.sleep(step.millis)
        tail?.resume()
        break
      case 'fall-behind': {
        tail?.pause()
        // With records that expire at its beginning and others that do not.
        await clock.sleep(3 * HOUR_MILLIS)
        await perform({ act: 'put', count: 20, key: 1 })
        await clock.sleep(1 * HOUR_MILLIS)
        await perform({ act: 'split', which: 0 })
        await perform({ act: 'put', count: 20, key: 2 })
        await clock.sleep(22 * HOUR_MILLIS)
        await perform({ act: 'put', count: 20, key: 3 })
        tail?.resume()
        break
      }
      case 'wait':
        await clock.sleep(step.millis)
        break
      default:
        backend.act(step)
    }
  }

  const stop = new AbortController()
  let random = plan.seed
  const work = (async () => {
    for (const step of plan.before) {
      if (HARMLESS.has(step.act)) await perform(step)
    }
    const startMillis = clock.now() - 2_000
    const from =
      plan.from === 'timestamp'
        ? { type: plan.from, timestamp: new Date(startMillis) }
        : ({ type: plan.from } as const)
    const run = startTail(
      backend.api,
      clock,
      {
        from,
        signal: stop.signal,
        bufferBytes: plan.bufferBytes,
        ...(backend.fanOut === undefined ? {} : { fanOut: backend.fanOut }),
        relistMillis: plan.after.some(({ act }) => act === 'fall-behind') ? 200_000 : 5_000,
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
    backend.heal()
    // Long enough for every back-off, children found late, and shards that are never ended.
    await clock.sleep(300_000)
    stop.abort()
    await run.finished
    return { events: run.events, written, startMillis }
  })()
  return await clock.run(work)
}

/** Fails the test where the tail lost, repeated or disordered anything. */
export function checkPlayed(
  plan: Schedule,
  { events, written, startMillis }: Played,
  parents: ReadonlyMap<string, readonly string[]>,
): void {
  const seen = events.flatMap(event => (event.type === 'records-arrived' ? event.records : []))
  const sequences = seen.map(record => record.sequenceNumber)
  expect(new Set(sequences).size, 'repeated').toBe(sequences.length)

  const isDue = (record: Written) =>
    plan.from === 'oldest' ||
    (plan.from === 'timestamp' ? record.atMillis >= startMillis : record.afterTailing)
  const got = new Set(sequences)
  const expired = events.flatMap(event => (event.type === 'records-expired' ? [event] : []))
  const isTold = (record: Written) =>
    expired.some(
      ({ shardId, fromMillis, untilMillis }) =>
        fromMillis <= record.atMillis &&
        record.atMillis < untilMillis &&
        isFamily(shardId, record.shardId, parents),
    )
  expect(
    written.filter(record => isDue(record) && !got.has(record.sequenceNumber) && !isTold(record)),
    'lost',
  ).toEqual([])
  // Nothing that was read or could still be read is told as lost, and nothing where all was read in time.
  expect(
    written.filter(
      record =>
        got.has(record.sequenceNumber) &&
        expired.some(
          told =>
            told.shardId === record.shardId &&
            told.fromMillis < record.atMillis &&
            record.atMillis < told.untilMillis,
        ),
    ),
    'told as lost but read',
  ).toEqual([])
  if (!plan.after.some(({ act }) => act === 'fall-behind')) expect(expired).toEqual([])

  if (plan.from === 'timestamp') {
    const early = written.filter(record => record.atMillis < startMillis).map(record => record.sequenceNumber)
    expect(
      early.filter(sequence => got.has(sequence)),
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
  checkParentsFirst(events, parents, due)
}

/** A shard that nobody could list between its making and its expiry is told of with what came out of it. */
function isFamily(
  shardId: string,
  ancestor: string,
  parents: ReadonlyMap<string, readonly string[]>,
): boolean {
  return (
    shardId === ancestor || (parents.get(shardId) ?? []).some(parent => isFamily(parent, ancestor, parents))
  )
}

/** Among the records that the tail owes: one of the very moment of attachment may come as an extra at any time. */
function checkParentsFirst(
  events: readonly TailEvent[],
  parents: ReadonlyMap<string, readonly string[]>,
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
  for (const [shardId, parentIds] of parents) {
    const first = firstAt.get(shardId)
    if (first === undefined) continue
    for (const parent of parentIds) {
      expect(lastAt.get(parent) ?? -1, `${parent} before ${shardId}`).toBeLessThan(first)
    }
  }
}
