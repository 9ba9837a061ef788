import { usageFailure } from '../domain/failure.ts'
import type { HeatBudget } from '../domain/heat/heat-reads.ts'
import { SHARD_READ_BYTES_PER_SECOND, SHARD_READS_PER_SECOND } from '../domain/limits.ts'
import { parseDurationMillis } from '../domain/time-expression.ts'
import type { ArgSpec } from './argument.ts'

export const STREAM_ARGUMENT = {
  kind: 'stream',
  title: 'Stream name or ARN',
  required: true,
  positional: true,
} as const satisfies ArgSpec

export const FOR_ARGUMENT = {
  kind: 'text',
  title: 'How long to look, such as 30s or 5m; 60s where absent, 5m with CloudWatch',
  only: 'headless',
} as const satisfies ArgSpec

export const BUDGET_ARGUMENTS = {
  reads: {
    kind: 'text',
    title: `Reads a second of each shard at most, 0.05 to ${SHARD_READS_PER_SECOND}; the service allows ${SHARD_READS_PER_SECOND} to all readers together`,
    defaultText: '1',
    only: 'headless',
  },
  readShare: {
    kind: 'text',
    title: 'Part of the 2 MiB/s that all readers of a shard share, 1% to 100%',
    defaultText: '25%',
    only: 'headless',
  },
} as const satisfies Readonly<Record<string, ArgSpec>>

/** @throws FailureError `usage` for what is no time or out of bounds */
export function durationSeconds(action: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  const millis = parseDurationMillis(text)
  if (millis >= 5_000 && millis <= 86_400_000) return Math.round(millis / 1_000)
  throw usageFailure(
    action,
    `for "${text}" is out of bounds: 5s to 24h`,
    'Say how long to look, such as 60s.',
  )
}

/** `80%` or `80` as 0.8. @throws FailureError `usage` */
export function shareOf(action: string, name: string, text: string, most = 10): number {
  const percent = /^(\d{1,4}(?:\.\d+)?)\s*%?$/.exec(text.trim())?.[1]
  const share = percent === undefined ? Number.NaN : Number(percent) / 100
  if (share >= 0.01 && share <= most) return share
  throw usageFailure(
    action,
    `${name} "${text}" must be a percentage from 1% to ${most * 100}%`,
    `Write it as 80%.`,
  )
}

/** The read budget as typed. @throws FailureError `usage` */
export function budgetOf(
  action: string,
  typed: { readonly reads: string; readonly readShare: string },
): Partial<HeatBudget> {
  const reads = /^\d+(\.\d+)?$/.test(typed.reads.trim()) ? Number(typed.reads) : Number.NaN
  if (!(reads >= 0.05 && reads <= SHARD_READS_PER_SECOND)) {
    throw usageFailure(
      action,
      `reads "${typed.reads}" must be a number from 0.05 to ${SHARD_READS_PER_SECOND}`,
      'One read a second is gentle; production readers share the same five.',
    )
  }
  return {
    readsPerSecond: reads,
    bytesPerSecond: shareOf(action, 'read-share', typed.readShare, 1) * SHARD_READ_BYTES_PER_SECOND,
  }
}
