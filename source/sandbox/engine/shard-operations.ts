import {
  type Account,
  announceClosed,
  findActiveStream,
  findStream,
  type StreamReference,
  schedule,
  updateLater,
} from './account.ts'
import { invalidArgument, limitExceeded, resourceNotFound, ServiceError, validationFailed } from './errors.ts'
import { HASH_SPACE } from './hash-ring.ts'
import { type Call, type OperationTable, pageSize } from './operation.ts'
import { requireShardQuota, SHARD_COUNT_UPDATES_PER_DAY, SHARDS_PER_STREAM, withinDay } from './quotas.ts'
import { uniformSteps } from './reshard.ts'
import { describeShard, type Shard } from './shard.ts'
import { mergeShards, type Stream, splitShard, trimHorizon } from './stream.ts'
import { openToken, sealToken } from './token.ts'

type ShardFilter = { Type: string; ShardId?: string; Timestamp?: number }
type ListShardsInput = StreamReference & {
  NextToken?: string
  ExclusiveStartShardId?: string
  MaxResults?: number
  StreamCreationTimestamp?: number
  ShardFilter?: ShardFilter
}

const TOKEN_LIFETIME_MS = 300_000

function listShards({ account, now }: Call, input: ListShardsInput) {
  const { stream, after, filter } =
    input.NextToken === undefined ? firstPage(account, input) : laterPage(account, input, now)
  const shards = [...stream.shards.values()]
    .filter(filterFor(stream, filter, now))
    .filter(({ id }) => after === undefined || id > after)
  const page = shards.slice(0, pageSize(input.MaxResults, 1000))
  const last = page.at(-1)
  return {
    Shards: page.map(describeShard),
    ...(last !== undefined && page.length < shards.length
      ? { NextToken: sealToken('shards', [stream.name, stream.createdAt, last.id, filter ?? null, now]) }
      : {}),
  }
}

function firstPage(account: Account, input: ListShardsInput) {
  const stream = findStream(account, input)
  const created = input.StreamCreationTimestamp
  if (created !== undefined && Math.floor(created / 1000) !== Math.floor(stream.createdAt / 1000)) {
    throw resourceNotFound(
      `Stream ${stream.name} under account ${account.accountId} with the given StreamCreationTimestamp not found.`,
    )
  }
  return { stream, after: input.ExclusiveStartShardId, filter: input.ShardFilter }
}

function laterPage(account: Account, input: ListShardsInput, now: number) {
  const { NextToken, StreamName, StreamARN, StreamCreationTimestamp, ExclusiveStartShardId } = input
  if ((StreamName ?? StreamARN ?? StreamCreationTimestamp ?? ExclusiveStartShardId) !== undefined) {
    throw invalidArgument('NextToken and StreamName cannot be provided together.')
  }
  const content = openToken('shards', NextToken ?? '')
  if (!Array.isArray(content)) throw invalidArgument('The given NextToken is not valid.')
  const [name, createdAt, after, filter, issuedAt] = content
  if (now - issuedAt > TOKEN_LIFETIME_MS) {
    throw new ServiceError('ExpiredNextTokenException', 'The given NextToken is older than 300 seconds.')
  }
  const stream = findStream(account, { StreamName: name })
  if (stream.createdAt !== createdAt)
    throw resourceNotFound(`Stream ${name} was deleted since the token was made.`)
  return { stream, after: String(after), filter: (filter ?? undefined) as ShardFilter | undefined }
}

/** Which shards a filter lets through. Errors: InvalidArgumentException when the filter lacks what its type needs. */
function filterFor(stream: Stream, filter: ShardFilter | undefined, now: number): (shard: Shard) => boolean {
  const horizon = trimHorizon(stream, now)
  const openAt = (moment: number) => (shard: Shard) =>
    shard.createdAt <= moment && (shard.closedAt === undefined || shard.closedAt >= moment)
  const type = filter?.Type ?? 'FROM_TRIM_HORIZON'
  switch (type) {
    case 'AT_LATEST':
      return shard => shard.closedAt === undefined
    case 'AT_TRIM_HORIZON': {
      // A young stream has had no horizon to trim at: what was open first is what its reader starts with.
      const first = Math.min(...[...stream.shards.values()].map(({ createdAt }) => createdAt))
      return openAt(Math.max(horizon, first))
    }
    case 'AFTER_SHARD_ID': {
      const after = filter?.ShardId
      if (after === undefined) throw invalidArgument('ShardFilter of type AFTER_SHARD_ID needs a ShardId.')
      return shard => shard.id > after
    }
    case 'AT_TIMESTAMP':
    case 'FROM_TIMESTAMP': {
      const moment = filter?.Timestamp
      if (moment === undefined) throw invalidArgument(`ShardFilter of type ${type} needs a Timestamp.`)
      if (moment > now)
        throw invalidArgument(`ShardFilter Timestamp ${moment} lies in the future (now: ${now}).`)
      if (type === 'AT_TIMESTAMP') return openAt(Math.max(moment, horizon))
      return ({ closedAt }) => closedAt === undefined || closedAt >= Math.max(moment, horizon)
    }
    default:
      return () => true
  }
}

function requireProvisioned(stream: Stream, operation: string): void {
  if (stream.mode === 'PROVISIONED') return
  throw validationFailed(
    `${operation} is not supported on stream ${stream.name}, which is in the ON_DEMAND mode.`,
  )
}

function openShardNamed(account: Account, stream: Stream, id: string): Shard {
  const shard = stream.shards.get(id)
  if (shard === undefined) {
    throw resourceNotFound(
      `Could not find shard ${id} in stream ${stream.name} under account ${account.accountId}.`,
    )
  }
  if (shard.closedAt !== undefined) {
    throw invalidArgument(
      `Shard ${id} in stream ${stream.name} under account ${account.accountId} has already been merged or split, and thus is not eligible for merging or splitting.`,
    )
  }
  return shard
}

function splitOperation(
  { account, now }: Call,
  input: StreamReference & { ShardToSplit: string; NewStartingHashKey: string },
) {
  const stream = findActiveStream(account, input)
  requireProvisioned(stream, 'SplitShard')
  const shard = openShardNamed(account, stream, input.ShardToSplit)
  const hashKey = BigInt(input.NewStartingHashKey)
  if (hashKey <= shard.startingHashKey + 1n || hashKey >= shard.endingHashKey || hashKey >= HASH_SPACE) {
    throw invalidArgument(
      `NewStartingHashKey ${hashKey} used in SplitShard() on shard ${shard.id} in stream ${stream.name} under account ${account.accountId} is not both greater than one plus the shard's StartingHashKey ${shard.startingHashKey} and less than the shard's EndingHashKey ${shard.endingHashKey}.`,
    )
  }
  requireShardQuota(account, 1)
  updateLater(stream, now, account.durations.updating, at => {
    splitShard(stream, shard, hashKey, at)
    announceClosed(account, stream, at)
  })
  return {}
}

function mergeOperation(
  { account, now }: Call,
  input: StreamReference & { ShardToMerge: string; AdjacentShardToMerge: string },
) {
  const stream = findActiveStream(account, input)
  requireProvisioned(stream, 'MergeShards')
  const shard = openShardNamed(account, stream, input.ShardToMerge)
  const adjacent = openShardNamed(account, stream, input.AdjacentShardToMerge)
  const touching =
    shard.endingHashKey + 1n === adjacent.startingHashKey ||
    adjacent.endingHashKey + 1n === shard.startingHashKey
  if (!touching) {
    throw invalidArgument(
      `Shards ${shard.id} and ${adjacent.id} in stream ${stream.name} under account ${account.accountId} are not an adjacent pair of shards eligible for merging`,
    )
  }
  updateLater(stream, now, account.durations.updating, at => {
    mergeShards(stream, shard, adjacent, at)
    announceClosed(account, stream, at)
  })
  return {}
}

function updateShardCount({ account, now }: Call, input: StreamReference & { TargetShardCount: number }) {
  const stream = findActiveStream(account, input)
  requireProvisioned(stream, 'UpdateShardCount')
  const target = input.TargetShardCount
  const current = stream.openShards.length
  checkTarget(account, stream, target, current, now)
  if (target > current) requireShardQuota(account, target - current)
  stream.shardCountUpdates = [...stream.shardCountUpdates, now]
  const steps = uniformSteps(stream, target)
  stream.status = 'UPDATING'
  const { reshardStep, reshardTotal, updating } = account.durations
  const gap = Math.min(reshardStep, reshardTotal / Math.max(1, steps.length))
  for (const [index, step] of steps.entries()) {
    schedule(stream, {
      due: now + Math.round(gap * (index + 1)),
      apply: at => {
        step(at)
        announceClosed(account, stream, at)
      },
    })
  }
  schedule(stream, {
    due: now + updating,
    apply: () => {
      stream.status = 'ACTIVE'
    },
  })
  return {
    StreamName: stream.name,
    StreamARN: stream.arn,
    CurrentShardCount: current,
    TargetShardCount: target,
  }
}

function checkTarget(account: Account, stream: Stream, target: number, current: number, now: number): void {
  if (target === current) {
    throw invalidArgument(
      `Target shard count ${target} is the current open shard count of stream ${stream.name}.`,
    )
  }
  if (account.limits === 'off') return
  if (withinDay(stream.shardCountUpdates, now) >= SHARD_COUNT_UPDATES_PER_DAY) {
    throw limitExceeded(
      `UpdateShardCount has been called ${SHARD_COUNT_UPDATES_PER_DAY} times in the last 24 hours on stream ${stream.name}, which is the limit.`,
    )
  }
  if (target > current * 2) {
    throw invalidArgument(
      `UpdateShardCount cannot scale up over double your current open shard count. Current open shard count: ${current} Target shard count: ${target}`,
    )
  }
  if (target < current / 2) {
    throw invalidArgument(
      `UpdateShardCount cannot scale down below half your current open shard count. Current open shard count: ${current} Target shard count: ${target}`,
    )
  }
  if (target > SHARDS_PER_STREAM) {
    throw limitExceeded(
      `UpdateShardCount cannot scale a stream over ${SHARDS_PER_STREAM} shards; asked for ${target}.`,
    )
  }
}

export const shardOperations: OperationTable = {
  ListShards: listShards,
  SplitShard: splitOperation,
  MergeShards: mergeOperation,
  UpdateShardCount: updateShardCount,
}
