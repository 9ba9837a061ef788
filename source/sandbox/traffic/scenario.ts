/**
 * A scenario: streams, who writes to them, and what happens to them when. Plain data, so that one can be kept as a JSON
 * file. Times are minutes from the start of the sandbox; negative ones lie in the history written at the start.
 */
export type Scenario = { streams: ScenarioStream[] }

export type ScenarioStream = {
  name: string
  /** Shards of a provisioned stream; leave out for an on-demand one. */
  shardCount?: number
  retentionPeriodHours?: number
  maxRecordSizeInKiB?: number
  recordDistributionStrategy?: 'AUTO' | 'USER_PARTITION_KEY'
  kmsKeyId?: string
  tags?: Record<string, string>
  consumers?: string[]
  shardLevelMetrics?: string[]
  /** How much of the past is filled in at the start. */
  historyMinutes?: number
  producers?: Producer[]
  schedule?: ScheduledAct[]
}

/** One writer with a steady rate. */
export type Producer = {
  recordsPerSecond: number
  keys: KeyChoice
  payload: PayloadKind
  /** Filler that brings each payload to about this many bytes. */
  payloadBytes?: number
  /** It writes nothing before this minute; absent: it writes from the first of the history on. */
  startsAtMinute?: number
  /** From the first second of each period on, for `lastingSeconds`, this rate instead. */
  burst?: { everySeconds: number; lastingSeconds: number; recordsPerSecond: number }
}

export type KeyChoice =
  /** `prefix` with a number from 1 to `count`, each as likely. */
  | { kind: 'uniform'; prefix: string; count: number }
  /** As uniform, but number n is 1/n as likely as number 1: few keys carry most. */
  | { kind: 'zipf'; prefix: string; count: number }
  | { kind: 'single'; key: string }

export const PAYLOAD_KINDS = [
  'order',
  'click',
  'payment',
  'alert',
  'stock-level',
  'sensor-kpl',
  'cloudwatch-logs',
  'gzip-json',
  'concatenated-json',
  'dynamodb-change',
  'binary',
  'empty',
  'text',
] as const
export type PayloadKind = (typeof PAYLOAD_KINDS)[number]

/** Something that is done to the stream at `atMinute`. Shards are named by their number. */
export type ScheduledAct = { atMinute: number } & (
  | { act: 'split'; shard: number; atShare?: number }
  | { act: 'merge'; shards: [number, number] }
  | { act: 'update-shard-count'; target: number }
  | { act: 'increase-retention'; hours: number }
  | { act: 'delete' }
)
