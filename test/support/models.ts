import type { Failure } from '../../source/domain/failure.ts'
import type { Shard } from '../../source/domain/shard.ts'
import type { Event } from '../../source/state/event.ts'
import { initialModel } from '../../source/state/initial-model.ts'
import type { Model, SessionInfo } from '../../source/state/model.ts'
import type { TailRow } from '../../source/state/tail-row.ts'
import { update } from '../../source/state/update.ts'
import type { Size } from './render-screen.tsx'

/** 2026-11-30T14:03:10Z, a multiple of the steps in which ages move. */
export const NOW = Date.UTC(2026, 10, 30, 14, 3, 10)

export const SANDBOX: SessionInfo = {
  endpoint: { value: 'http://127.0.0.1:41234', origin: 'embedded sandbox' },
  region: { value: 'us-east-1', origin: 'embedded sandbox' },
  accountId: { value: '000000000000', origin: 'from an ARN' },
  isSandbox: true,
  isCustomEndpoint: true,
  isArmed: true,
}

export const PRODUCTION: SessionInfo = {
  endpoint: { value: 'https://kinesis.eu-west-1.amazonaws.com', origin: 'region' },
  region: { value: 'eu-west-1', origin: 'AWS_REGION' },
  profile: { value: 'prod', origin: '--profile' },
  accountId: { value: '123456789012', origin: 'profile prod' },
  isSandbox: false,
  isCustomEndpoint: false,
  isArmed: false,
}

/** The state after a list of events, on a screen of that size. */
export function modelAfter(
  events: readonly Event[],
  [columns, rows]: Size = [80, 24],
  session: SessionInfo = SANDBOX,
): Model {
  return events.reduce(update, initialModel(session, { viewport: { columns, rows }, now: NOW }))
}

export function shard(index: number, quarters: readonly [number, number], extra: Partial<Shard> = {}): Shard {
  const quarter = 1n << 126n
  return {
    shardId: `shardId-${String(index).padStart(12, '0')}`,
    hashKeyRange: {
      startingHashKey: BigInt(quarters[0]) * quarter,
      endingHashKey: BigInt(quarters[1]) * quarter - 1n,
    },
    startingSequenceNumber: '1',
    ...extra,
  }
}

const id = (index: number): string => `shardId-${String(index).padStart(12, '0')}`

/** Two shards, the upper one split into 2 and 3. */
export const SPLIT_SHARDS: readonly Shard[] = [
  shard(0, [0, 2]),
  shard(1, [2, 4], { endingSequenceNumber: '9' }),
  shard(2, [2, 3], { parentShardId: id(1) }),
  shard(3, [3, 4], { parentShardId: id(1) }),
]

export const ORDERS = { streamName: 'orders' } as const

export const DENIED: Failure = {
  kind: 'denied',
  action: 'ListStreams',
  message: 'User: arn:aws:iam::123456789012:user/op is not authorized to perform: kinesis:ListStreams',
  nextStep: 'Ask for kinesis:ListStreams on *.',
  retryable: false,
}

export const UNREACHABLE: Failure = {
  kind: 'unreachable',
  action: 'ListShards',
  message: 'connect ECONNREFUSED 127.0.0.1:41234',
  retryable: true,
}

export function tailRow(place: number, payload: string | Uint8Array, key = `user-${place}`): TailRow {
  const data = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload
  const shardId = id(place % 2)
  return {
    id: `${shardId}/${place}`,
    record: {
      streamName: 'orders',
      shardId,
      sequenceNumber: String(49_500_000_000_000_000_000n + BigInt(place)),
      partitionKey: key,
      data,
      approximateArrivalTimestamp: new Date(NOW + place * 1_001),
    },
    partitionKey: key,
    data,
    keptBytes: data.length + 400,
  }
}

export const STREAMS_LISTED: readonly Event[] = [
  {
    type: 'streams-listed',
    streams: [
      { streamName: 'orders', streamStatus: 'ACTIVE', streamMode: 'PROVISIONED' },
      { streamName: 'payments', streamStatus: 'UPDATING', streamMode: 'ON_DEMAND' },
      { streamName: 'audit' },
    ],
    at: NOW,
  },
  {
    type: 'summary-described',
    stream: ORDERS,
    summary: {
      streamName: 'orders',
      streamStatus: 'ACTIVE',
      streamMode: 'PROVISIONED',
      openShardCount: 3,
      retentionPeriodHours: 168,
      consumerCount: 2,
      encryptionType: 'KMS',
      streamCreationTimestamp: new Date(NOW - 3 * 86_400_000),
    },
    at: NOW,
  },
]

export const SHARDS_OPENED: readonly Event[] = [
  ...STREAMS_LISTED,
  {
    type: 'screen-opened',
    screen: { screen: 'shards', stream: ORDERS, showClosed: true, filter: '' },
  },
  { type: 'shards-listed', stream: ORDERS, shards: SPLIT_SHARDS, at: NOW },
]

export const TAIL_OPENED: readonly Event[] = [
  {
    type: 'screen-opened',
    screen: { screen: 'tail', stream: ORDERS, from: 'latest', isFollowing: true, filter: '' },
  },
  { type: 'tail-started', stream: ORDERS, from: 'latest' },
  { type: 'tail-ready', stream: ORDERS },
]
