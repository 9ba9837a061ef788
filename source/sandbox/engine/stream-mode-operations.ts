import { type Account, findActiveStream, type StreamReference, schedule, updateLater } from './account.ts'
import { invalidArgument, limitExceeded, validationFailed } from './errors.ts'
import type { Call, OperationTable } from './operation.ts'
import { MODE_SWITCHES_PER_DAY, requireShardQuota, withinDay } from './quotas.ts'
import { uniformSteps } from './reshard.ts'
import { type RecordDistribution, type Stream, type StreamMode, writeBurstBytes } from './stream.ts'
import { levelAt, setLevel } from './token-bucket.ts'
import { shardsForThroughput, warmThroughputFor } from './warm-throughput.ts'

function updateStreamMode(
  { account, now }: Call,
  input: { StreamARN: string; StreamModeDetails: { StreamMode: StreamMode }; WarmThroughputMiBps?: number },
) {
  const stream = findActiveStream(account, input)
  const mode = input.StreamModeDetails.StreamMode
  const warm = input.WarmThroughputMiBps
  if (warm !== undefined) warmThroughputFor(account, mode, warm)
  if (mode === stream.mode) throw validationFailed(`Stream ${stream.name} is in the ${mode} mode already.`)
  if (account.limits === 'on' && withinDay(stream.modeSwitches, now) >= MODE_SWITCHES_PER_DAY) {
    throw limitExceeded(
      `Stream ${stream.name} has changed its mode ${MODE_SWITCHES_PER_DAY} times in the last 24 hours, which is the limit.`,
    )
  }
  if (mode === 'PROVISIONED' && stream.recordDistribution === 'AUTO') {
    throw invalidArgument(
      `Stream ${stream.name} has record distribution AUTO, which needs the ON_DEMAND mode; change it to USER_PARTITION_KEY first.`,
    )
  }
  stream.modeSwitches = [...stream.modeSwitches, now]
  // The shards stay as they are, in both directions.
  updateLater(stream, now, account.durations.updating, () => {
    stream.mode = mode
    if (mode === 'PROVISIONED') delete stream.warmThroughput
    else if (warm !== undefined) stream.warmThroughput = { targetMiBps: warm, currentMiBps: warm }
  })
  return {}
}

function updateWarmThroughput(
  { account, now }: Call,
  input: StreamReference & { WarmThroughputMiBps: number },
) {
  const stream = findActiveStream(account, input)
  const target = input.WarmThroughputMiBps
  warmThroughputFor(account, stream.mode, target)
  const current = stream.warmThroughput?.currentMiBps ?? stream.openShards.length
  growTo(account, stream, shardsForThroughput(target), now, () => {
    stream.warmThroughput = { targetMiBps: target, currentMiBps: target }
  })
  stream.warmThroughput = { targetMiBps: target, currentMiBps: current }
  return {
    StreamARN: stream.arn,
    StreamName: stream.name,
    WarmThroughput: { TargetMiBps: target, CurrentMiBps: current },
  }
}

/** Gives the stream at least `shardCount` shards; it keeps more if it has them. */
function growTo(account: Account, stream: Stream, shardCount: number, now: number, done: () => void): void {
  const steps = shardCount > stream.openShards.length ? uniformSteps(stream, shardCount) : []
  if (steps.length > 0) requireShardQuota(account, shardCount - stream.openShards.length)
  stream.status = 'UPDATING'
  const { updating, reshardTotal, reshardStep } = account.durations
  const gap = Math.min(reshardStep, reshardTotal / Math.max(1, steps.length))
  for (const [index, step] of steps.entries()) {
    schedule(stream, { due: now + Math.round(gap * (index + 1)), apply: at => void step(at) })
  }
  updateLater(stream, now, updating, done)
}

function updateRecordDistribution(
  { account }: Call,
  input: { StreamARN: string; RecordDistributionStrategy: RecordDistribution },
) {
  const stream = findActiveStream(account, input)
  if (input.RecordDistributionStrategy === 'AUTO' && stream.mode === 'PROVISIONED') {
    throw invalidArgument(
      `Record distribution AUTO needs the ON_DEMAND mode; stream ${stream.name} is PROVISIONED.`,
    )
  }
  stream.recordDistribution = input.RecordDistributionStrategy
  return {}
}

function updateMaxRecordSize(
  { account, now }: Call,
  input: StreamReference & { MaxRecordSizeInKiB: number },
) {
  const stream = findActiveStream(account, input)
  updateLater(stream, now, account.durations.updating, at => {
    stream.maxRecordSizeInKiB = input.MaxRecordSizeInKiB
    for (const shard of stream.openShards) {
      const bucket = shard.writeBytes
      const room = writeBurstBytes(stream) - bucket.capacity
      const level = levelAt(bucket, at) + Math.max(0, room)
      bucket.capacity += room
      setLevel(bucket, Math.min(level, bucket.capacity), at)
    }
  })
  return {}
}

export const streamModeOperations: OperationTable = {
  UpdateStreamMode: updateStreamMode,
  UpdateStreamWarmThroughput: updateWarmThroughput,
  UpdateStreamRecordDistributionStrategy: updateRecordDistribution,
  UpdateMaxRecordSize: updateMaxRecordSize,
}
