import type { Clock } from '../domain/clock.ts'
import type { Check } from '../domain/doctor/doctor-report.ts'
import { type Failure, FailureError, failureOf } from '../domain/failure.ts'
import { isOpen, type Shard } from '../domain/shard.ts'
import type { StreamRef, StreamSummary } from '../domain/stream.ts'
import { within } from './doctor-checks.ts'
import type { Inspected } from './doctor-world.ts'

export type Permission = {
  readonly action: string
  readonly resource: string
  readonly neededFor: string
  /** Resolves to what was found, or to nothing where being answered is all there is. */
  readonly attempt: (signal: AbortSignal) => Promise<string | undefined>
}

/** Tries one permission and judges what came of it. */
export async function tryPermission(
  permission: Permission,
  clock: Clock,
  limitMillis: number,
  signal: AbortSignal,
): Promise<Check> {
  const { action, resource, neededFor, attempt } = permission
  const base = { name: action, action, resource, neededFor }
  try {
    const found = await within(clock, limitMillis, action, signal, attempt)
    return { ...base, verdict: 'ok', detail: found ?? 'allowed' }
  } catch (error) {
    return { ...base, ...judged(failureOf(error, action)) }
  }
}

/** What a failure says of the permission that was tried. */
export function judged(failure: Failure): Pick<Check, 'verdict' | 'detail' | 'nextStep'> {
  const { kind, message, nextStep, errorName } = failure
  const next = nextStep === undefined ? {} : { nextStep }
  if (errorName === 'DryRunOperationException') return { verdict: 'ok', detail: 'allowed (DryRun)' }
  switch (kind) {
    case 'denied':
      return { verdict: 'missing', detail: message, ...next }
    // It was let in, and then something else stood in the way.
    case 'throttled':
    case 'conflict':
    case 'expired-iterator':
      return { verdict: 'ok', detail: `allowed; the call itself ended with: ${message}` }
    case 'not-found':
      return { verdict: 'missing', detail: message, ...next }
    case 'unsupported':
      return { verdict: 'unknown', detail: 'the endpoint does not know the operation' }
    default:
      return { verdict: 'unknown', detail: message, ...next }
  }
}

/** What is needed without a word about a stream. */
export function accountPermissions(
  { api, checks, services, metrics }: Inspected,
  clock: Clock,
): Permission[] {
  return [
    {
      action: 'kinesis:ListStreams',
      resource: '*',
      neededFor: 'the list of streams',
      attempt: async signal => {
        for await (const page of api.listStreams({ signal }))
          return `allowed; ${page.length} streams on the first page`
        return 'allowed; there are no streams'
      },
    },
    {
      action: 'kinesis:DescribeLimits',
      resource: '*',
      neededFor: 'the quotas before a split',
      attempt: async signal => nothing(checks.describeLimits({ signal })),
    },
    {
      action: 'kinesis:DescribeAccountSettings',
      resource: '*',
      neededFor: 'the slots of registered consumers',
      attempt: async signal => nothing(services.throughputCommitment({ signal })),
    },
    {
      action: 'cloudwatch:GetMetricData',
      resource: '*',
      neededFor: 'heat by CloudWatch, lags of consumers, unknown pollers',
      attempt: async signal => {
        const to = Math.floor(clock.now() / 60_000) * 60_000
        const range = { from: new Date(to - 300_000), to: new Date(to), periodSeconds: 60 }
        const query = { streamName: 'shardscope', metricName: 'IncomingBytes', statistic: 'Sum' } as const
        await metrics.series([query], range, { signal })
        return 'allowed; one metric was asked for'
      },
    },
    {
      action: 'dynamodb:ListTables',
      resource: '*',
      neededFor: 'KCL applications (with DescribeTable and Scan on their tables)',
      attempt: async signal => {
        const tables = await services.listTables({ signal })
        return `allowed; ${tables.items.length} tables`
      },
    },
    {
      action: 'firehose:ListDeliveryStreams',
      resource: '*',
      neededFor: 'delivery streams as readers (with DescribeDeliveryStream)',
      attempt: async signal => nothing(services.listDeliveryStreams({ signal })),
    },
    {
      action: 'kinesisanalytics:ListApplications',
      resource: '*',
      neededFor: 'Managed Flink applications as readers (with DescribeApplication)',
      attempt: async signal => nothing(services.listFlinkApplications({ signal })),
    },
    {
      action: 'kinesisvideo:ListStreams',
      resource: '*',
      neededFor: 'the list of services',
      attempt: async signal => nothing(services.listVideoStreams({ signal })),
    },
  ]
}

/** What is needed for one stream, tried on it. */
export function streamPermissions(
  { api, checks, services, session }: Inspected,
  stream: StreamRef,
  known: { readonly summary?: StreamSummary; readonly shards?: readonly Shard[] },
): Permission[] {
  const arn = known.summary?.streamArn ?? stream.streamArn
  const resource = arn ?? `arn:*:kinesis:${session.region.value}:*:stream/${stream.streamName}`
  const shard = known.shards?.find(isOpen)
  const withShard =
    (attempt: (shardId: string, signal: AbortSignal) => Promise<string | undefined>) =>
    async (signal: AbortSignal) => {
      if (shard === undefined) throw untried('no shard of the stream could be listed')
      return attempt(shard.shardId, signal)
    }
  const withArn =
    (attempt: (arn: string, signal: AbortSignal) => Promise<unknown>) => async (signal: AbortSignal) => {
      if (arn === undefined) throw untried('the ARN of the stream is not known')
      return nothing(attempt(arn, signal))
    }
  return [
    {
      action: 'kinesis:GetShardIterator',
      resource,
      neededFor: 'tail, heat, lags of checkpoints',
      attempt: withShard(async (shardId, signal) => {
        await checks.dryRunShardIterator(stream, shardId, { signal })
        return 'allowed'
      }),
    },
    {
      action: 'kinesis:GetRecords',
      resource,
      neededFor: 'tail, heat, lags of checkpoints',
      attempt: withShard(async (shardId, signal) => {
        const iterator = await api.getShardIterator(stream, shardId, { type: 'LATEST' }, { signal })
        await checks.dryRunGetRecords(stream, iterator, { signal })
        return 'allowed'
      }),
    },
    {
      action: 'kinesis:PutRecord',
      resource,
      neededFor: 'put',
      attempt: async signal => {
        // DryRun is refused by the guard of a read-only session like any write, and an emulator may not know it.
        if (!session.armed)
          throw untried('not tried: the session is read-only (--write tries it with DryRun)')
        const isKnown = !session.isCustomEndpoint || session.endpointUrl.origin.kind === 'sandbox'
        if (!isKnown) throw untried('not tried: an endpoint that does not know DryRun would write the record')
        await checks.dryRunPutRecord(stream, { signal })
        return 'allowed, and the endpoint ignored DryRun: one record "shardscope doctor" was written'
      },
    },
    {
      action: 'kinesis:ListTagsForStream',
      resource,
      neededFor: 'tags',
      attempt: async signal => nothing(api.listTags(stream, { signal })),
    },
    {
      action: 'kinesis:ListStreamConsumers',
      resource,
      neededFor: 'registered consumers',
      attempt: withArn((streamArn, signal) => services.listConsumers(streamArn, { signal })),
    },
    {
      action: 'kinesis:ListChannels',
      resource: '*',
      neededFor: 'channels as readers',
      attempt: withArn((streamArn, signal) => services.listChannels(streamArn, { signal })),
    },
    {
      action: 'lambda:ListEventSourceMappings',
      resource: '*',
      neededFor: 'functions as readers',
      attempt: withArn((streamArn, signal) => services.listEventSourceMappings(streamArn, { signal })),
    },
    {
      action: 'pipes:ListPipes',
      resource: '*',
      neededFor: 'pipes as readers (with DescribePipe)',
      attempt: withArn((streamArn, signal) => services.listPipes(streamArn, { signal })),
    },
  ]
}

/** Whether encrypted records can be read, by reading the oldest one. */
export function kmsPermission(
  { api }: Inspected,
  stream: StreamRef,
  summary: StreamSummary,
  shards: readonly Shard[],
): Permission {
  const keyId = summary.keyId ?? '*'
  return {
    action: 'kms:Decrypt',
    resource: keyId.startsWith('arn:') ? keyId : '*',
    neededFor: `records encrypted with ${keyId}`,
    attempt: async signal => {
      for (const { shardId } of shards.slice(0, 3)) {
        const iterator = await api.getShardIterator(stream, shardId, { type: 'TRIM_HORIZON' }, { signal })
        const page = await api.getRecords(stream, shardId, iterator, { signal, limit: 1 })
        if (page.records.length > 0) return `allowed; a record of ${shardId} was read`
      }
      throw untried('no record was found to try it on')
    },
  }
}

async function nothing(work: Promise<unknown>): Promise<undefined> {
  await work
  return undefined
}

function untried(message: string): FailureError {
  return new FailureError({ kind: 'incomplete', action: 'doctor', message, retryable: false })
}
