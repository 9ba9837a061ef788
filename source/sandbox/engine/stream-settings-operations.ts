import { findActiveStream, type StreamReference, updateLater } from './account.ts'
import { invalidArgument } from './errors.ts'
import type { Call, OperationTable } from './operation.ts'
import { MAX_RETENTION_HOURS, MIN_RETENTION_HOURS } from './quotas.ts'
import { trimStream } from './stream.ts'

type RetentionInput = StreamReference & { RetentionPeriodHours: number }

function checkRetention(hours: number): void {
  if (hours >= MIN_RETENTION_HOURS && hours <= MAX_RETENTION_HOURS) return
  const rule =
    hours < MIN_RETENTION_HOURS
      ? `Minimum allowed is ${MIN_RETENTION_HOURS}`
      : `Maximum allowed is ${MAX_RETENTION_HOURS}`
  throw invalidArgument(`Requested retention period (${hours} hours) is out of range. ${rule} hours.`)
}

function increaseRetention({ account, now }: Call, input: RetentionInput) {
  const hours = input.RetentionPeriodHours
  checkRetention(hours)
  const stream = findActiveStream(account, input)
  if (hours <= stream.retentionPeriodHours) {
    throw invalidArgument(
      `Requested retention period (${hours} hours) for stream ${stream.name} can not be shorter than or equal to the existing retention period (${stream.retentionPeriodHours} hours). Use DecreaseStreamRetentionPeriod.`,
    )
  }
  // What is past the old limit is gone for good: longer retention does not bring it back.
  trimStream(stream, now)
  updateLater(stream, now, account.durations.updating, () => {
    stream.retentionPeriodHours = hours
  })
  return {}
}

function decreaseRetention({ account, now }: Call, input: RetentionInput) {
  const hours = input.RetentionPeriodHours
  checkRetention(hours)
  const stream = findActiveStream(account, input)
  if (hours >= stream.retentionPeriodHours) {
    throw invalidArgument(
      `Requested retention period (${hours} hours) for stream ${stream.name} can not be longer than or equal to the existing retention period (${stream.retentionPeriodHours} hours). Use IncreaseStreamRetentionPeriod.`,
    )
  }
  updateLater(stream, now, account.durations.updating, at => {
    stream.retentionPeriodHours = hours
    trimStream(stream, at)
  })
  return {}
}

/** The seven shard-level metrics, in the order the model lists them. */
export const SHARD_LEVEL_METRICS = [
  'IncomingBytes',
  'IncomingRecords',
  'OutgoingBytes',
  'OutgoingRecords',
  'WriteProvisionedThroughputExceeded',
  'ReadProvisionedThroughputExceeded',
  'IteratorAgeMilliseconds',
]

type MonitoringInput = StreamReference & { ShardLevelMetrics: string[] }

function changeMonitoring({ account, now }: Call, input: MonitoringInput, enable: boolean) {
  const stream = findActiveStream(account, input)
  const named = input.ShardLevelMetrics.includes('ALL') ? SHARD_LEVEL_METRICS : input.ShardLevelMetrics
  const current = [...stream.shardLevelMetrics]
  const desired = SHARD_LEVEL_METRICS.filter(name => (named.includes(name) ? enable : current.includes(name)))
  updateLater(stream, now, account.durations.updating, () => {
    stream.shardLevelMetrics = new Set(desired)
  })
  return {
    StreamName: stream.name,
    StreamARN: stream.arn,
    CurrentShardLevelMetrics: current,
    DesiredShardLevelMetrics: desired,
  }
}

export const streamSettingsOperations: OperationTable = {
  IncreaseStreamRetentionPeriod: increaseRetention,
  DecreaseStreamRetentionPeriod: decreaseRetention,
  EnableEnhancedMonitoring: (call: Call, input: MonitoringInput) => changeMonitoring(call, input, true),
  DisableEnhancedMonitoring: (call: Call, input: MonitoringInput) => changeMonitoring(call, input, false),
}
