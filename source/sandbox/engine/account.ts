import { invalidArgument, resourceInUse, resourceNotFound } from './errors.ts'
import type { Metrics } from './metrics.ts'
import type { Shard } from './shard.ts'
import type { Step, Stream } from './stream.ts'
import type { TokenBucket } from './token-bucket.ts'

/** How long the states between take, in milliseconds of the sandbox's clock. The service needs seconds to minutes. */
export type Durations = {
  creating: number
  updating: number
  deleting: number
  /** One split or merge of an UpdateShardCount. */
  reshardStep: number
  /** Bound for the whole of an UpdateShardCount, whatever the number of steps. */
  reshardTotal: number
  consumerCreating: number
  /** How long a shard of an on-demand stream must be busy before it is split; the service says within 15 minutes. */
  onDemandScaling: number
}

export const DEFAULT_DURATIONS: Durations = {
  creating: 300,
  updating: 300,
  deleting: 300,
  reshardStep: 150,
  reshardTotal: 4000,
  consumerCreating: 300,
  onDemandScaling: 600_000,
}

/** On-demand Advantage: an account-wide switch that lasts at least a day. Times are epoch milliseconds. */
export type BillingCommitment = { enabled: boolean; startedAt: number; endsAt?: number }

/** Managed delivery of an on-demand stream to S3 or S3 Tables. Only its state is kept: nothing is delivered. */
export type Channel = {
  id: string
  arn: string
  name: string
  streamArn: string
  streamCreatedAt: number
  createdAt: number
  status: 'CREATING' | 'ACTIVE' | 'UPDATING' | 'DELETING'
  /** When the present state is over, unless it is ACTIVE. */
  due: number
  tags: Map<string, string>
  destinationType: 'S3' | 'S3_TABLES'
  recordConfiguration: object
  roleArn: string
  destination: object
  logging: object
  encryption?: object
}

/** Told of what happens in shards, so that pushed reads (SubscribeToShard) need not poll. */
export type ShardListener = (stream: Stream, shard: Shard) => void

/** All that one sandbox holds. Operations change it; nothing else does. */
export type Account = {
  accountId: string
  region: string
  partition: string
  durations: Durations
  /** `off` lifts throughput limits, request rates and quotas; sizes and shapes are checked all the same. */
  limits: 'on' | 'off'
  /** Payload bytes kept before the oldest records go early, so that a long demonstration stays within memory. */
  memoryLimitBytes: number
  streams: Map<string, Stream>
  policies: Map<string, string>
  channels: Map<string, Channel>
  channelLimit: number
  billingCommitment?: BillingCommitment
  requestBuckets: Map<string, TokenBucket>
  metrics: Metrics
  shardListeners: Set<ShardListener>
  nextHousekeepingAt: number
  /** Payload bytes written since the last housekeeping. */
  unsettledBytes: number
  throttledWrites: number
}

export const streamArn = (account: Account, name: string) =>
  `arn:${account.partition}:kinesis:${account.region}:${account.accountId}:stream/${name}`

export type StreamReference = { StreamName?: string; StreamARN?: string }

/** The stream an input names, by name or ARN (both is fine when they agree). */
export function findStream(account: Account, input: StreamReference): Stream {
  const name = streamNameIn(account, input)
  const stream = account.streams.get(name)
  if (stream === undefined)
    throw resourceNotFound(`Stream ${name} under account ${account.accountId} not found.`)
  return stream
}

function streamNameIn(account: Account, { StreamName, StreamARN }: StreamReference): string {
  if (StreamARN === undefined) {
    if (StreamName === undefined) throw invalidArgument('Either StreamName or StreamARN must be given.')
    return StreamName
  }
  const [, , , region, accountId, resource = ''] = StreamARN.split(':')
  const name = resource.slice(resource.indexOf('/') + 1)
  if (StreamName !== undefined && StreamName !== name) {
    throw invalidArgument(`StreamName ${StreamName} does not match StreamARN ${StreamARN}.`)
  }
  if (region !== account.region || accountId !== account.accountId) {
    throw resourceNotFound(`Stream ${name} under account ${accountId} not found in ${region}.`)
  }
  return name
}

/** As findStream, and refuses a stream that is not ACTIVE. */
export function findActiveStream(account: Account, input: StreamReference): Stream {
  const stream = findStream(account, input)
  requireActive(account, stream)
  return stream
}

export function requireActive(account: Account, stream: Stream): void {
  if (stream.status === 'ACTIVE') return
  throw resourceInUse(
    `Stream ${stream.name} under account ${account.accountId} not ACTIVE, instead in state ${stream.status}`,
  )
}

/** The shard of a stream that is readable or writable, which a stream still CREATING has none of. */
export function findShard(account: Account, stream: Stream, shardId: string): Shard {
  const shard = stream.shards.get(shardId)
  if (shard !== undefined) return shard
  throw resourceNotFound(
    `Could not find shard ${shardId} in stream ${stream.name} under account ${account.accountId}.`,
  )
}

/** Plans a change; changes of one stream take effect in the order they were planned. */
export function schedule(stream: Stream, step: Step): void {
  const last = stream.pending.at(-1)
  stream.pending.push({ ...step, due: Math.max(step.due, last?.due ?? step.due) })
}

/** Puts the stream into UPDATING and back to ACTIVE after `duration`, doing `apply` at the end. */
export function updateLater(
  stream: Stream,
  now: number,
  duration: number,
  apply: (at: number) => void,
): void {
  stream.status = 'UPDATING'
  schedule(stream, {
    due: now + duration,
    apply: at => {
      apply(at)
      stream.status = 'ACTIVE'
    },
  })
}

/** How many shards are open in the whole account, which DescribeLimits reports and the shard quota counts. */
export function openShardCount(account: Account): number {
  let count = 0
  for (const stream of account.streams.values()) count += stream.openShards.length
  return count
}

/** Wakes the pushed readers of every shard that was closed at `at`. */
export function announceClosed(account: Account, stream: Stream, at: number): void {
  if (account.shardListeners.size === 0) return
  for (const shard of stream.shards.values()) {
    if (shard.closedAt === at) for (const listener of account.shardListeners) listener(stream, shard)
  }
}
