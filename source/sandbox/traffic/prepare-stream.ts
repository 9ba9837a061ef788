import type { Service } from '../engine/service.ts'
import type { ScenarioStream } from './scenario.ts'

/** Creates a scenario's stream at `createdAt` and gives it the settings the scenario asks for, one after the other. */
export function prepareStream(service: Service, stream: ScenarioStream, createdAt: number): void {
  const { account } = service
  if (account.streams.has(stream.name)) return
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
}
