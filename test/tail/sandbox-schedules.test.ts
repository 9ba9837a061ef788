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
import { type Backend, checkPlayed, playSchedule, schedule } from '../support/tail-schedule.ts'

const SCHEDULES = Number(process.env.SHARDSCOPE_SANDBOX_SCHEDULES ?? 1_000)
const MOST_OPEN_SHARDS = 12

type Faults = { readonly kind: FailureKind; readonly which: number; calls: number }

async function sandboxBackend(clock: StepClock, shardCount: number, isPushed = false): Promise<Backend> {
  const service = createService({ clock: { now: () => clock.now(), speed: 1, after: () => () => {} } })
  let faults: Faults | undefined
  const strikes = (): FailureKind | undefined => {
    if (faults === undefined || faults.calls <= 0) return undefined
    faults.calls -= 1
    return faults.kind
  }
  const api = createSdkKinesis({
    send: sendTo(service, clock, strikes, () => faults?.which === 1),
    region: 'us-east-1',
    hasCustomEndpoint: true,
    onArn: () => {},
  })
  service.handle('CreateStream', { StreamName: 'orders', ShardCount: shardCount })
  await clock.run(clock.sleep(5_000))
  const fanOut = isPushed ? await registered(service, clock, strikes) : undefined

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
          const TargetShardCount = Math.max(1, Math.round(open.length * step.by))
          if (TargetShardCount > MOST_OPEN_SHARDS) break
          attempt('UpdateShardCount', { TargetShardCount, ScalingType: 'UNIFORM_SCALING' })
          break
        }
        case 'faults':
          faults = { kind: step.kind, which: step.which, calls: step.calls }
      }
    },
    heal() {
      faults = undefined
    },
    parents() {
      shards()
      return everListed
    },
  }
}

/** The engine as the AWS layer's way of sending. */
function sendTo(
  service: Service,
  clock: StepClock,
  strikes: () => FailureKind | undefined,
  isLostOnTheWayBack: () => boolean,
): Send {
  return async ({ operation, command, signal }) => {
    if (signal?.aborted === true) throw new FailureError(fakeFailure('aborted', operation))
    const struck = operation === 'GetRecords' || operation === 'GetShardIterator' ? strikes() : undefined
    const failed = struck === undefined ? undefined : new FailureError(fakeFailure(struck, operation))
    if (failed !== undefined && !isLostOnTheWayBack()) throw failed
    try {
      const answer = service.handle(operation, command(sdk).input)
      // Time on the way, so that acts can fall between a call and its answer.
      await clock.sleep(3)
      if (failed !== undefined) throw failed
      return asWireAnswer(answer)
    } catch (error) {
      if (error instanceof FailureError) throw error
      throw failureFrom(error, { operation, endpointUrl: 'http://127.0.0.1' })
    }
  }
}

/** The engine hands out bytes and dates; the AWS layer reads parsed JSON: base64 text and epoch seconds. */
function asWireAnswer(answer: object): Readonly<Record<string, unknown>> {
  const { Records, ...rest } = answer as {
    Records?: { readonly Data?: Uint8Array; readonly ApproximateArrivalTimestamp?: Date }[]
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
async function registered(
  service: Service,
  clock: StepClock,
  strikes: () => FailureKind | undefined,
): Promise<FanOut> {
  const answer = service.handle('RegisterStreamConsumer', { StreamARN: STREAM_ARN, ConsumerName: 'own' })
  const { Consumer } = answer as { Consumer: { ConsumerARN: string } }
  await clock.run(clock.sleep(5_000))
  const send = async (command: { input: object }, { abortSignal }: { abortSignal: AbortSignal }) => {
    if (abortSignal.aborted) throw new FailureError(fakeFailure('aborted', 'SubscribeToShard'))
    const struck = strikes()
    if (struck === 'throttled' || struck === 'service')
      throw new FailureError(fakeFailure(struck, 'SubscribeToShard'))
    const subscription = service.handle('SubscribeToShard', command.input) as Subscription
    await clock.sleep(3)
    return { EventStream: pushes(service, clock, subscription, abortSignal, strikes) }
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
  strikes: () => FailureKind | undefined,
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
      const struck = strikes()
      if (struck === 'unreachable') return
      if (struck === 'bad-answer') throw new SyntaxError('Unexpected end of JSON input')
      if (struck === 'expired-token') await clock.sleep(600_000, signal)
      await clock.sleep(3)
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
    }),
    { numRuns: SCHEDULES },
  )
  // The histories must have had something to lose.
  expect(reshardCount).toBeGreaterThan(SCHEDULES)
  expect(recordCount).toBeGreaterThan(SCHEDULES * 20)
  expect(throttledCount).toBeGreaterThan(0)
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
