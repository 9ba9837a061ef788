import type { Account } from './account.ts'
import { limitExceeded } from './errors.ts'
import { createTokenBucket, tryTake } from './token-bucket.ts'

/** Calls a second of control operations, and what they are counted for (API reference, "This operation has a limit"). */
const RATES: Record<string, { perSecond: number; per: 'account' | 'stream' }> = {
  AddTagsToStream: { perSecond: 5, per: 'account' },
  CreateChannel: { perSecond: 5, per: 'account' },
  CreateStream: { perSecond: 5, per: 'account' },
  DecreaseStreamRetentionPeriod: { perSecond: 5, per: 'account' },
  DeleteChannel: { perSecond: 5, per: 'account' },
  DeleteStream: { perSecond: 5, per: 'account' },
  DeregisterStreamConsumer: { perSecond: 5, per: 'stream' },
  DescribeAccountSettings: { perSecond: 5, per: 'account' },
  DescribeChannel: { perSecond: 5, per: 'account' },
  DescribeLimits: { perSecond: 1, per: 'account' },
  DescribeStream: { perSecond: 10, per: 'account' },
  DescribeStreamConsumer: { perSecond: 20, per: 'stream' },
  DescribeStreamSummary: { perSecond: 20, per: 'account' },
  DisableEnhancedMonitoring: { perSecond: 5, per: 'account' },
  EnableEnhancedMonitoring: { perSecond: 5, per: 'account' },
  IncreaseStreamRetentionPeriod: { perSecond: 5, per: 'account' },
  ListChannels: { perSecond: 5, per: 'account' },
  ListShards: { perSecond: 1000, per: 'stream' },
  ListStreamConsumers: { perSecond: 5, per: 'stream' },
  ListStreams: { perSecond: 5, per: 'account' },
  ListTagsForStream: { perSecond: 5, per: 'account' },
  MergeShards: { perSecond: 5, per: 'account' },
  RegisterStreamConsumer: { perSecond: 5, per: 'stream' },
  RemoveTagsFromStream: { perSecond: 5, per: 'account' },
  SplitShard: { perSecond: 5, per: 'account' },
  UpdateAccountSettings: { perSecond: 5, per: 'account' },
  UpdateChannel: { perSecond: 5, per: 'account' },
  UpdateShardCount: { perSecond: 10, per: 'account' },
  UpdateStreamWarmThroughput: { perSecond: 5, per: 'account' },
}

type Named = { StreamName?: string; StreamARN?: string; ConsumerARN?: string }

/** Counts one call of `operation`. Errors: LimitExceededException when its rate is used up. */
export function countRequest(account: Account, operation: string, input: object, now: number): void {
  const rate = RATES[operation]
  if (rate === undefined || account.limits === 'off') return
  const key = rate.per === 'account' ? operation : `${operation} ${streamIn(input as Named)}`
  let bucket = account.requestBuckets.get(key)
  if (bucket === undefined) {
    bucket = createTokenBucket(rate.perSecond, rate.perSecond, now)
    account.requestBuckets.set(key, bucket)
  }
  if (!tryTake(bucket, 1, now))
    throw limitExceeded(`Rate exceeded for ${operation} under account ${account.accountId}.`)
}

/** The stream's name, whichever way the input says it. */
function streamIn({ StreamName, StreamARN, ConsumerARN }: Named): string {
  return StreamName ?? /stream\/([^/]+)/.exec(StreamARN ?? ConsumerARN ?? '')?.[1] ?? ''
}
