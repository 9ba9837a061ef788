// The same promise on the sandbox: its engine with the real limits (reads, writes, one reshard at a time, iterators of five
// minutes), through the mapping of the AWS layer. Answers get lost on the way back as well as requests.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Clients } from '../../source/aws/clients.ts'
import { failureFrom } from '../../source/aws/failures.ts'
import * as sdk from '../../source/aws/sdk.ts'
import { createSdkKinesis } from '../../source/aws/sdk-kinesis.ts'
import type { Send } from '../../source/aws/send.ts'
import { createSubscribe } from '../../source/aws/subscribe.ts'
import { FailureError, type FailureKind } from '../../source/domain/failure.ts'
import { middleOf } from '../../source/domain/hash-key.ts'
import { parentIdsOf } from '../../source/domain/lineage.ts'
import { compareByRange, isOpen, type Shard } from '../../source/domain/shard.ts'
import { ServiceError } from '../../source/sandbox/engine/errors.ts'
import { createService, type Service } from '../../source/sandbox/engine/service.ts'
import { endSubscription, type Subscription } from '../../source/sandbox/engine/subscription.ts'
import type { FanOut } from '../../source/tail/fan-out.ts'
import { fakeFailure } from '../support/fake-kinesis.ts'
import { StepClock } from '../support/step-clock.ts'
import { endingOf } from '../support/tail-run.ts'
import { type Backend, checkPlayed, inOneGo, playSchedule, schedule } from '../support/tail-schedule.ts'

const SCHEDULES = Number(process.env.SHARDSCOPE_SANDBOX_SCHEDULES ?? 1_000)
const MOST_OPEN_SHARDS = 12

type Faults = { readonly kind: FailureKind; readonly which: number; calls: number }

/** What goes wrong between the tail and the engine. */
type Trouble = {
  faults: Faults | undefined
  slow: { readonly millis: number; calls: number } | undefined
  /** The credentials are refused until then. */
  renewedAtMillis: number
  emptyAnswers: number
  /** Iterators that were handed out so far are taken for older than five minutes. */
  readonly expired: Set<string>
  readonly handed: Set<string>
  isSilent: boolean
  hasListed: boolean
}

async function sandboxBackend(clock: StepClock, shardCount: number, isPushed = false): Promise<Backend> {
  const service = createService({ clock: { now: () => clock.now(), speed: 1, after: () => () => {} } })
  const trouble: Trouble = {
    faults: undefined,
    slow: undefined,
    renewedAtMillis: 0,
    emptyAnswers: 0,
    expired: new Set(),
    handed: new Set(),
    isSilent: false,
    hasListed: false,
  }
  const api = createSdkKinesis({
    send: sendTo(service, clock, trouble),
    region: 'us-east-1',
    hasCustomEndpoint: true,
    onArn: () => {},
  })
  service.handle('CreateStream', { StreamName: 'orders', ShardCount: shardCount })
  await clock.run(clock.sleep(5_000))
  const fanOut = isPushed ? await registered(service, clock, trouble) : undefined

  const everListed = new Map<string, readonly string[]>()
  const shards = (): Shard[] => {
    const found: Shard[] = []
    const answer = service.handle('ListShards', { StreamName: 'orders' }) as { Shards: SandboxShard[] }
    for (const raw of answer.Shards) found.push(shardOf(raw))
    for (const shard of found) everListed.set(shard.shardId, parentIdsOf(shard))
    return found
  }
  /** What the service refuses (a reshard is going on, a limit is reached) is part of life. */
  const attempt = (operation: string, input: object): object | undefined => {
    try {
      return service.handle(operation, { StreamName: 'orders', ...input })
    } catch (error) {
      if (error instanceof ServiceError) return undefined
      throw error
    }
  }
  return {
    api,
    ...(fanOut === undefined ? {} : { fanOut }),
    put(partitionKey, texts) {
      if (texts.length === 0) return []
      const Records = texts.map(text => ({ PartitionKey: partitionKey, Data: Buffer.from(text) }))
      const answer = attempt('PutRecords', { Records }) as { Records: PutResult[] } | undefined
      return (answer?.Records ?? []).flatMap(({ ShardId, SequenceNumber }) =>
        ShardId === undefined || SequenceNumber === undefined
          ? []
          : [{ shardId: ShardId, sequenceNumber: SequenceNumber }],
      )
    },
    act(step) {
      const open = shards().filter(isOpen).toSorted(compareByRange)
      switch (step.act) {
        case 'split': {
          const shard = open[step.which % open.length]
          if (shard === undefined || open.length >= MOST_OPEN_SHARDS) break
          const NewStartingHashKey = String(middleOf(shard.hashKeyRange))
          attempt('SplitShard', { ShardToSplit: shard.shardId, NewStartingHashKey })
          break
        }
        case 'merge': {
          const index = step.which % Math.max(1, open.length - 1)
          const [lower, upper] = [open[index], open[index + 1]]
          if (lower === undefined || upper === undefined) break
          attempt('MergeShards', { ShardToMerge: lower.shardId, AdjacentShardToMerge: upper.shardId })
          break
        }
        case 'update-shard-count': {
          const TargetShardCount = inOneGo(step.to, open.length)
          attempt('UpdateShardCount', { TargetShardCount, ScalingType: 'UNIFORM_SCALING' })
          break
        }
        case 'faults':
          trouble.faults = { kind: step.kind, which: step.which, calls: step.calls }
          break
        case 'slow-answers':
          trouble.slow = { ...step }
          break
        case 'credentials-expire':
          trouble.renewedAtMillis = clock.now() + step.renewedAfterMillis
          break
        case 'expire-iterators':
          for (const iterator of trouble.handed) trouble.expired.add(iterator)
          break
        case 'empty-answers':
          trouble.emptyAnswers = step.count
          break
        case 'silence':
          trouble.isSilent = true
      }
    },
    heal() {
      trouble.faults = undefined
      trouble.slow = undefined
      trouble.renewedAtMillis = 0
      trouble.isSilent = false
    },
    parents() {
      shards()
      return everListed
    },
  }
}

/** The engine as the AWS layer's way of sending. */
function sendTo(service: Service, clock: StepClock, trouble: Trouble): Send {
  return async ({ operation, command, signal }) => {
    if (signal?.aborted === true) throw new FailureError(fakeFailure('aborted', operation))
    const isRead = operation === 'GetRecords' || operation === 'GetShardIterator'
    const struck = isRead ? strike(trouble) : undefined
    const failed = struck === undefined ? undefined : new FailureError(fakeFailure(struck, operation))
    if (failed !== undefined && trouble.faults?.which !== 1) throw failed
    const { input } = command(sdk) as { input: { ShardIterator?: string } }
    const slowMillis = slowness(trouble)
    try {
      await clock.sleep(slowMillis)
      refuseExpired(trouble, clock, operation, input.ShardIterator)
      let answer = service.handle(operation, input) as IteratorAnswer
      // Time on the way, so that acts can fall between a call and its answer.
      await clock.sleep(3 + slowMillis)
      if (failed !== undefined) throw failed
      if (operation === 'GetRecords') answer = emptied(trouble, clock, input.ShardIterator, answer)
      for (const iterator of [answer.NextShardIterator, answer.ShardIterator]) {
        if (iterator !== undefined) trouble.handed.add(iterator)
      }
      return asWireAnswer(answer)
    } catch (error) {
      if (error instanceof FailureError) throw error
      throw failureFrom(error, { operation, endpointUrl: 'http://127.0.0.1' })
    }
  }
}

type IteratorAnswer = {
  readonly ShardIterator?: string
  readonly NextShardIterator?: string
  readonly Records?: readonly { readonly ApproximateArrivalTimestamp?: Date }[]
}

function strike({ faults }: Trouble): FailureKind | undefined {
  if (faults === undefined || faults.calls <= 0) return undefined
  faults.calls -= 1
  return faults.kind
}

/** Milliseconds that this call takes longer, on each of its two ways. */
function slowness({ slow }: Trouble): number {
  if (slow === undefined || slow.calls <= 0) return 0
  slow.calls -= 1
  return slow.millis / 2
}

/** As the service says it, so that the AWS layer has it to understand. */
function refuseExpired(
  trouble: Trouble,
  clock: StepClock,
  operation: string,
  iterator: string | undefined,
): void {
  // A tail whose very first call is refused says so and ends: that is another story.
  const isFirst = operation === 'ListShards' && !trouble.hasListed
  if (operation === 'ListShards') trouble.hasListed = true
  if (clock.now() < trouble.renewedAtMillis && !isFirst) {
    throw new ServiceError('ExpiredTokenException', 'The security token included in the request is expired')
  }
  if (operation === 'GetRecords' && iterator !== undefined && trouble.expired.has(iterator)) {
    throw new ServiceError(
      'ExpiredIteratorException',
      'Iterator expired. The tolerated delay is 300000 milliseconds.',
    )
  }
}

/** The service may answer with nothing though records are waiting, and tells the distance. */
function emptied<Answer extends IteratorAnswer>(
  trouble: Trouble,
  clock: StepClock,
  iterator: string | undefined,
  answer: Answer,
): Answer {
  const [first] = answer.Records ?? []
  if (first === undefined || iterator === undefined || trouble.emptyAnswers <= 0) return answer
  trouble.emptyAnswers -= 1
  const { NextShardIterator: _, ...rest } = answer
  const behind = clock.now() - (first.ApproximateArrivalTimestamp?.getTime() ?? 0)
  return {
    ...rest,
    Records: [],
    ChildShards: undefined,
    NextShardIterator: iterator,
    MillisBehindLatest: Math.max(1, behind),
  } as unknown as Answer
}

/** The engine hands out bytes and dates; the AWS layer reads parsed JSON: base64 text and epoch seconds. */
function asWireAnswer(answer: object): Readonly<Record<string, unknown>> {
  const { Records, ...rest } = answer as {
    Records?: { readonly Data?: Uint8Array; readonly ApproximateArrivalTimestamp?: Date }[]
  }
  const { StreamDescriptionSummary: summary } = rest as {
    StreamDescriptionSummary?: { readonly StreamCreationTimestamp: Date }
  }
  if (summary !== undefined) {
    const StreamCreationTimestamp = summary.StreamCreationTimestamp.getTime() / 1_000
    return { StreamDescriptionSummary: { ...summary, StreamCreationTimestamp } }
  }
  if (Records === undefined) return rest
  return {
    ...rest,
    Records: Records.map(({ Data, ApproximateArrivalTimestamp, ...record }) => ({
      ...record,
      Data: Buffer.from(Data ?? []).toString('base64'),
      ApproximateArrivalTimestamp: (ApproximateArrivalTimestamp?.getTime() ?? 0) / 1_000,
    })),
  }
}

const STREAM_ARN = 'arn:aws:kinesis:us-east-1:000000000000:stream/orders'

/** A consumer on the engine, with subscriptions through the AWS layer's reading of events. */
async function registered(service: Service, clock: StepClock, trouble: Trouble): Promise<FanOut> {
  const answer = service.handle('RegisterStreamConsumer', { StreamARN: STREAM_ARN, ConsumerName: 'own' })
  const { Consumer } = answer as { Consumer: { ConsumerARN: string } }
  await clock.run(clock.sleep(5_000))
  const send = async (command: { input: object }, { abortSignal }: { abortSignal: AbortSignal }) => {
    if (abortSignal.aborted) throw new FailureError(fakeFailure('aborted', 'SubscribeToShard'))
    const struck = strike(trouble)
    if (struck === 'throttled' || struck === 'service')
      throw new FailureError(fakeFailure(struck, 'SubscribeToShard'))
    // A subscription that is open stays so: only calls show who makes them.
    await clock.sleep(slowness(trouble), abortSignal)
    refuseExpired(trouble, clock, 'SubscribeToShard', undefined)
    const subscription = service.handle('SubscribeToShard', command.input) as Subscription
    await clock.sleep(3)
    return { EventStream: pushes(service, clock, subscription, abortSignal, trouble) }
  }
  const clients = {
    get: async () => ({ send }),
    isClosed: () => false,
    close: () => {},
  } as unknown as Clients
  const subscribe = createSubscribe({ clients, endpointUrl: 'http://127.0.0.1' })
  return { consumerArn: Consumer.ConsumerARN, subscribe }
}

/** What is pushed gets lost on the way where a fault strikes: the stream ends, fails, or goes silent. */
async function* pushes(
  service: Service,
  clock: StepClock,
  subscription: Subscription,
  signal: AbortSignal,
  trouble: Trouble,
) {
  let wake = new AbortController()
  const listener = () => wake.abort()
  service.account.shardListeners.add(listener)
  try {
    while (!signal.aborted) {
      wake = new AbortController()
      const push = service.push(subscription)
      if (push.kind === 'end') {
        if (push.error !== undefined) throw push.error
        return
      }
      if (push.kind === 'wait') {
        await clock.sleep(push.milliseconds, AbortSignal.any([signal, wake.signal]))
        continue
      }
      const struck = strike(trouble)
      if (struck === 'unreachable') return
      if (struck === 'bad-answer') throw new SyntaxError('Unexpected end of JSON input')
      if (struck === 'expired-token')
        throw new ServiceError(
          'ExpiredTokenException',
          'The security token included in the request is expired',
        )
      if (trouble.isSilent) {
        trouble.isSilent = false
        await clock.sleep(600_000, signal)
      }
      await clock.sleep(3 + slowness(trouble))
      yield { SubscribeToShardEvent: push.event }
      if (push.last) return
    }
  } finally {
    endSubscription(subscription)
    service.account.shardListeners.delete(listener)
  }
}

type PutResult = { readonly ShardId?: string; readonly SequenceNumber?: string }
type SandboxShard = {
  readonly ShardId: string
  readonly ParentShardId?: string
  readonly AdjacentParentShardId?: string
  readonly HashKeyRange: { readonly StartingHashKey: string; readonly EndingHashKey: string }
  readonly SequenceNumberRange: {
    readonly StartingSequenceNumber: string
    readonly EndingSequenceNumber?: string
  }
}

function shardOf(raw: SandboxShard): Shard {
  return {
    shardId: raw.ShardId,
    ...(raw.ParentShardId === undefined ? {} : { parentShardId: raw.ParentShardId }),
    ...(raw.AdjacentParentShardId === undefined ? {} : { adjacentParentShardId: raw.AdjacentParentShardId }),
    hashKeyRange: {
      startingHashKey: BigInt(raw.HashKeyRange.StartingHashKey),
      endingHashKey: BigInt(raw.HashKeyRange.EndingHashKey),
    },
    startingSequenceNumber: raw.SequenceNumberRange.StartingSequenceNumber,
    ...(raw.SequenceNumberRange.EndingSequenceNumber === undefined
      ? {}
      : { endingSequenceNumber: raw.SequenceNumberRange.EndingSequenceNumber }),
  }
}

test(`0 lost, 0 repeated, in order, parents first: ${SCHEDULES} random histories of the sandbox`, async () => {
  let reshardCount = 0
  let recordCount = 0
  let throttledCount = 0
  let expiredCount = 0
  let refusedCount = 0
  await fc.assert(
    fc.asyncProperty(schedule, async plan => {
      const clock = new StepClock()
      const backend = await sandboxBackend(clock, plan.shardCount)
      const played = await playSchedule(plan, clock, backend)
      checkPlayed(plan, played, backend.parents())
      reshardCount += played.events.filter(event => event.type === 'shard-ended').length
      const { totals } = endingOf(played.events)
      recordCount += totals.recordCount
      throttledCount += totals.throttledCount
      expiredCount += played.events.filter(event => event.type === 'records-expired').length
      refusedCount += played.events.filter(
        event => event.type === 'failure-met' && /^(credentials|expired-token)$/.test(event.failure.kind),
      ).length
    }),
    { numRuns: SCHEDULES },
  )
  // The histories must have had something to lose.
  expect(reshardCount).toBeGreaterThan(SCHEDULES)
  expect(recordCount).toBeGreaterThan(SCHEDULES * 20)
  expect(throttledCount).toBeGreaterThan(0)
  expect(expiredCount).toBeGreaterThan(SCHEDULES / 20)
  expect(refusedCount).toBeGreaterThan(SCHEDULES / 20)
}, 1_800_000)

test(`the same with enhanced fan-out: ${SCHEDULES} random histories, subscriptions lost on the way`, async () => {
  let reshardCount = 0
  let recordCount = 0
  let stalledCount = 0
  await fc.assert(
    fc.asyncProperty(schedule, async plan => {
      const clock = new StepClock()
      const backend = await sandboxBackend(clock, plan.shardCount, true)
      const played = await playSchedule(plan, clock, backend)
      checkPlayed(plan, played, backend.parents())
      reshardCount += played.events.filter(event => event.type === 'shard-ended').length
      recordCount += endingOf(played.events).totals.recordCount
      stalledCount += played.events.filter(
        event => event.type === 'reader-changed' && event.reader.state === 'stalled',
      ).length
    }),
    { numRuns: SCHEDULES },
  )
  expect(reshardCount).toBeGreaterThan(SCHEDULES)
  expect(recordCount).toBeGreaterThan(SCHEDULES * 20)
  expect(stalledCount).toBeGreaterThan(0)
}, 1_800_000)
