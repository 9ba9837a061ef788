import { findShard, requireActive } from './account.ts'
import type { Consumer, SubscriptionState } from './consumer.ts'
import { findConsumer } from './consumer-operations.ts'
import { resourceInUse, resourceNotFound, ServiceError } from './errors.ts'
import { ordinalOf } from './iterator.ts'
import { recordMetric, recordShardMetric } from './metrics.ts'
import type { Call } from './operation.ts'
import { childShards, millisBehindLatest, recordStructure } from './read-operations.ts'
import { readRecords } from './record-log.ts'
import { sequenceNumber } from './sequence-number.ts'
import { SHARD_READ_BYTES_PER_SECOND, type Shard } from './shard.ts'
import { type Stream, trimShard } from './stream.ts'
import { createTokenBucket, levelAt, take } from './token-bucket.ts'

/** How long a subscription lasts, how long it keeps others off, and how often an idle one says so. */
export const SUBSCRIPTION_MS = 300_000
export const EXCLUSIVE_MS = 5_000
export const HEARTBEAT_MS = 5_000

/** Most bytes of records in one event. */
const EVENT_BYTES = 1 << 20

/** One consumer's pushed read of one shard. */
export type Subscription = { stream: Stream; shard: Shard; consumer: Consumer; state: SubscriptionState }

type SubscribeInput = {
  ConsumerARN: string
  ShardId: string
  StartingPosition: { Type: string; SequenceNumber?: string; Timestamp?: number }
  DryRun?: boolean
}

/** Begins a subscription; what it pushes is asked for with `nextPush`. Errors: those of SubscribeToShard. */
export function subscribe({ account, now }: Call, input: SubscribeInput): Subscription {
  const { stream, consumer } = findConsumer(account, input)
  if (consumer.status !== 'ACTIVE') {
    throw resourceInUse(`Consumer ${consumer.arn} is not ACTIVE, instead in state ${consumer.status}.`)
  }
  if (stream.status !== 'UPDATING') requireActive(account, stream)
  const shard = findShard(account, stream, input.ShardId)
  trimShard(stream, shard, now)
  const { Type, SequenceNumber, Timestamp } = input.StartingPosition
  const position = {
    type: Type,
    ...(SequenceNumber === undefined ? {} : { sequenceNumber: SequenceNumber }),
    ...(Timestamp === undefined ? {} : { timestampMs: Timestamp }),
  }
  const ordinal = ordinalOf(stream, shard, position, now)
  const earlier = consumer.subscriptions.get(shard.id)
  const metric = (name: string) =>
    recordMetric(account.metrics, { streamName: stream.name, consumerName: consumer.name }, name, 1, now)
  if (earlier !== undefined && now - earlier.startedAt < EXCLUSIVE_MS) {
    metric('SubscribeToShard.RateExceeded')
    throw resourceInUse(
      `Another active subscription exists for this consumer: ${consumer.arn} and shard ${shard.id}; it may be taken over five seconds after it began.`,
    )
  }
  if (input.DryRun === true) {
    throw new ServiceError(
      'DryRunOperationException',
      'The request would have succeeded, but the DryRun flag is set.',
    )
  }
  if (earlier !== undefined) earlier.takenOver = true
  const state: SubscriptionState = {
    ordinal,
    startedAt: now,
    lastEventAt: now,
    bytes: createTokenBucket(SHARD_READ_BYTES_PER_SECOND, SHARD_READ_BYTES_PER_SECOND, now),
    takenOver: false,
    gone: false,
  }
  consumer.subscriptions.set(shard.id, state)
  metric('SubscribeToShard.Success')
  if (earlier !== undefined) for (const listener of account.shardListeners) listener(stream, shard)
  return { stream, shard, consumer, state }
}

/** What to do for a subscription now: push an event, end (with an error or without), or wait at most so long. */
export type Push =
  | { kind: 'event'; event: object; last: boolean }
  | { kind: 'end'; error?: ServiceError }
  | { kind: 'wait'; milliseconds: number }

/** Moves the subscription on and says what comes next. Records go out as soon as they are there. */
export function nextPush({ account, now }: Call, subscription: Subscription): Push {
  const { stream, shard, consumer, state } = subscription
  if (state.takenOver) {
    return { kind: 'end', error: resourceInUse(`Another subscription took over shard ${shard.id}.`) }
  }
  if (state.gone || account.streams.get(stream.name) !== stream) {
    return { kind: 'end', error: resourceNotFound(`Consumer ${consumer.arn} or its stream was deleted.`) }
  }
  const left = state.startedAt + SUBSCRIPTION_MS - now
  if (left <= 0) return { kind: 'end' }
  trimShard(stream, shard, now)
  const at = Math.max(state.ordinal, shard.log.firstOrdinal)
  const ended = () => shard.closedAt !== undefined && state.ordinal >= shard.log.nextOrdinal
  if (at < shard.log.nextOrdinal) {
    const level = account.limits === 'off' ? EVENT_BYTES : levelAt(state.bytes, now)
    if (level <= 0) return { kind: 'wait', milliseconds: Math.min(left, waitForBytes(-level)) }
    const { records, bytes } = readRecords(shard.log, at, 10_000, Math.min(EVENT_BYTES, level))
    take(state.bytes, bytes, now)
    state.ordinal = at + records.length
    return eventOf(account, subscription, records, bytes, ended(), now)
  }
  state.ordinal = at
  const idle = now - state.lastEventAt
  if (ended() || idle >= HEARTBEAT_MS) return eventOf(account, subscription, [], 0, ended(), now)
  // A change that is under way may close the shard.
  const change = (stream.pending[0]?.due ?? Number.POSITIVE_INFINITY) - now
  return { kind: 'wait', milliseconds: Math.max(0, Math.min(left, HEARTBEAT_MS - idle, change)) }
}

const waitForBytes = (missing: number) => Math.ceil((missing / SHARD_READ_BYTES_PER_SECOND) * 1000) + 1

function eventOf(
  account: Call['account'],
  subscription: Subscription,
  records: ReturnType<typeof readRecords>['records'],
  bytes: number,
  last: boolean,
  now: number,
): Push {
  const { stream, shard, consumer, state } = subscription
  const { ordinal } = state
  state.lastEventAt = now
  const behind = millisBehindLatest(shard, records, ordinal, now)
  const metric = (name: string, value: number) =>
    recordMetric(
      account.metrics,
      { streamName: stream.name, consumerName: consumer.name },
      `SubscribeToShardEvent.${name}`,
      value,
      now,
    )
  metric('Success', 1)
  metric('Bytes', bytes)
  metric('Records', records.length)
  metric('MillisBehindLatest', behind)
  if (records.length > 0) {
    recordShardMetric(account.metrics, stream, shard.id, 'OutgoingBytes', bytes, now)
    recordShardMetric(account.metrics, stream, shard.id, 'OutgoingRecords', records.length, now)
  }
  const event = {
    Records: records.map(record => recordStructure(shard, record)),
    // It moves on even without records: the count of records before this place, dated now.
    ...(last
      ? { ChildShards: childShards(stream, shard) }
      : { ContinuationSequenceNumber: sequenceNumber(shard.sequenceBase, ordinal, Math.floor(now / 1000)) }),
    MillisBehindLatest: behind,
  }
  return { kind: 'event', event, last }
}

/** The caller is gone: nothing is pushed any more, but the five seconds go on counting. */
export function endSubscription(subscription: Subscription): void {
  subscription.state.takenOver = true
}
