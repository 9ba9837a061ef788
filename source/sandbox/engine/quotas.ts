import { type Account, openShardCount } from './account.ts'
import { limitExceeded } from './errors.ts'

/** Service quotas (Kinesis developer guide, "Quotas and limits", 2026) that operations check when limits are on. */
export const STREAMS_CREATING_AT_ONCE = 5
export const CONSUMERS_CREATING_AT_ONCE = 5
export const ON_DEMAND_STREAMS = 50
export const ON_DEMAND_INITIAL_SHARDS = 4
export const SHARDS_PER_STREAM = 10_000
export const SHARD_COUNT_UPDATES_PER_DAY = 10
export const MODE_SWITCHES_PER_DAY = 2
export const ENCRYPTION_CHANGES_PER_DAY = 25
export const CONSUMERS_PER_STREAM = 20
export const CONSUMERS_PER_STREAM_ADVANTAGE = 50
export const TAGS_PER_RESOURCE = 50
export const MIN_RETENTION_HOURS = 24
export const MAX_RETENTION_HOURS = 8760
export const MAX_WARM_THROUGHPUT_MIBPS = 10 * 1024
export const DAY_MS = 86_400_000

/** Shards an account may have open in this Region. */
export const shardLimit = (account: Account) =>
  ['us-east-1', 'us-west-2', 'eu-west-1'].includes(account.region) ? 20_000 : 6_000

/** Refuses when `more` further open shards would pass the account's quota. Errors: LimitExceededException. */
export function requireShardQuota(account: Account, more: number): void {
  const limit = shardLimit(account)
  if (account.limits === 'off' || openShardCount(account) + more <= limit) return
  throw limitExceeded(
    `This request would exceed the shard limit for the account ${account.accountId} in ${account.region}. Current shard count for the account: ${openShardCount(account)}. Limit: ${limit}. Number of additional shards that would have resulted from this request: ${more}.`,
  )
}

/** How many of these moments lie within the last 24 hours. */
export const withinDay = (times: readonly number[], now: number) =>
  times.filter(time => time > now - DAY_MS).length
