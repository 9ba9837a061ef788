import type { KinesisClient } from '@aws-sdk/client-kinesis'
import { FailureError } from '../domain/failure.ts'
import type { Arming } from '../domain/session.ts'

/**
 * The operations that only read. Everything else that the SDK has, or will have, changes something and is refused
 * while the session is read-only. A list of what is allowed: a forgotten entry refuses, it never lets through.
 * Operations of other services than Kinesis and CloudWatch carry their prefix in IAM.
 */
const READING_OPERATIONS: ReadonlySet<string> = new Set([
  'DescribeAccountSettings',
  'DescribeChannel',
  'DescribeLimits',
  'DescribeStream',
  'DescribeStreamConsumer',
  'DescribeStreamSummary',
  'GetMetricData',
  'GetRecords',
  'GetResourcePolicy',
  'GetShardIterator',
  'ListChannels',
  'ListShards',
  'ListStreamConsumers',
  'ListStreams',
  'ListTagsForResource',
  'ListTagsForStream',
  'SubscribeToShard',
  'confluent:GetSchema',
  'dynamodb:DescribeTable',
  'dynamodb:ListTables',
  'dynamodb:Scan',
  'firehose:DescribeDeliveryStream',
  'firehose:ListDeliveryStreams',
  'glue:GetSchemaVersion',
  'kinesisanalytics:DescribeApplication',
  'kinesisanalytics:ListApplicationSnapshots',
  'kinesisanalytics:ListApplications',
  'kinesisvideo:ListStreams',
  'lambda:ListEventSourceMappings',
  'pipes:DescribePipe',
  'pipes:ListPipes',
])

export function isReadingOperation(operation: string): boolean {
  return READING_OPERATIONS.has(operation)
}

/** @throws FailureError `read-only` unless the operation only reads or the session is armed at this moment */
export function assertAllowed(operation: string, arming: Readonly<Arming>): void {
  if (arming.armed || isReadingOperation(operation)) return
  throw new FailureError({
    kind: 'read-only',
    action: operation,
    message: `${operation} was not sent: ${arming.lockReason ?? 'the session is read-only'}.`,
    nextStep:
      arming.lockReason === undefined
        ? 'Arm the session first, if you mean to change something.'
        : 'That was laid down on purpose: change it there, if you mean to change something here.',
    retryable: false,
  })
}

/**
 * Puts the guard into a client, twice: by the command's name before anything else happens, and by what the finished
 * request says it is just before it is sent, so that no command under another name gets by.
 */
export function guardClient(stack: KinesisClient['middlewareStack'], arming: Readonly<Arming>): void {
  stack.add(
    (next, context) => async args => {
      const name = typeof context.commandName === 'string' ? context.commandName : ''
      assertAllowed(name.replace(/Command$/, '') || 'UnnamedCommand', arming)
      return next(args)
    },
    { step: 'initialize', priority: 'high', name: 'shardscopeGuardByCommand' },
  )
  stack.add(
    next => async args => {
      const headers = (args.request as { headers?: Record<string, string> }).headers ?? {}
      const target =
        Object.entries(headers).find(([name]) => name.toLowerCase() === 'x-amz-target')?.[1] ?? ''
      assertAllowed(target.split('.').at(-1) || 'UnnamedCommand', arming)
      return next(args)
    },
    { step: 'finalizeRequest', priority: 'low', name: 'shardscopeGuardByTarget' },
  )
}
