import type { Service } from '../engine/service.ts'
import type { Scenario, ScenarioStream } from './scenario.ts'

/** Pause between two settings: long enough for any change to take effect and for any request rate. */
const stepMs = ({ account: { durations } }: Service) =>
  Math.max(durations.creating, durations.updating, durations.consumerCreating, 250)

/** How long it takes to prepare all streams of a scenario, in milliseconds. */
export function preparationTime(service: Service, scenario: Scenario): number {
  const steps = scenario.streams.reduce((sum, { consumers = [] }) => sum + 5 + consumers.length, 0)
  return steps * stepMs(service)
}

/**
 * Creates a scenario's stream at `createdAt` and gives it the settings the scenario asks for, one after the other;
 * returns when that is done. A stream that exists already is left as it is.
 */
export function prepareStream(service: Service, stream: ScenarioStream, createdAt: number): number {
  const { account } = service
  if (account.streams.has(stream.name)) return createdAt
  let now = createdAt
  const StreamName = stream.name
  const call = (operation: string, input: object) => {
    const output = service.handle(operation, input, { now })
    now += Math.max(
      account.durations.creating,
      account.durations.updating,
      account.durations.consumerCreating,
    )
    return output
  }
  call('CreateStream', {
    StreamName,
    ...(stream.shardCount === undefined
      ? { StreamModeDetails: { StreamMode: 'ON_DEMAND' } }
      : { ShardCount: stream.shardCount }),
    ...(stream.maxRecordSizeInKiB === undefined ? {} : { MaxRecordSizeInKiB: stream.maxRecordSizeInKiB }),
    ...(stream.recordDistributionStrategy === undefined
      ? {}
      : { RecordDistributionStrategy: stream.recordDistributionStrategy }),
    ...(stream.tags === undefined ? {} : { Tags: stream.tags }),
  })
  if (stream.retentionPeriodHours !== undefined) {
    call('IncreaseStreamRetentionPeriod', { StreamName, RetentionPeriodHours: stream.retentionPeriodHours })
  }
  if (stream.kmsKeyId !== undefined) {
    call('StartStreamEncryption', { StreamName, EncryptionType: 'KMS', KeyId: stream.kmsKeyId })
  }
  if (stream.shardLevelMetrics !== undefined) {
    call('EnableEnhancedMonitoring', { StreamName, ShardLevelMetrics: stream.shardLevelMetrics })
  }
  const arn = account.streams.get(StreamName)?.arn
  for (const ConsumerName of stream.consumers ?? [])
    call('RegisterStreamConsumer', { StreamARN: arn, ConsumerName })
  return now
}
