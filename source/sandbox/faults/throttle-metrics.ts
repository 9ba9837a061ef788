import type { Account } from '../engine/account.ts'
import { recordMetric, recordShardMetric } from '../engine/metrics.ts'
import { openToken } from '../engine/token.ts'

/**
 * Counts a call that is throttled on demand, so that it looks in CloudWatch like one the service refused: reads as
 * calls, writes as records. The shard is known of reads only, since a refused record is not routed.
 */
export function countThrottled(
  account: Account,
  operation: string,
  streamName: string | undefined,
  input: unknown,
  now: number,
): void {
  const stream = account.streams.get(streamName ?? '')
  if (stream === undefined) return
  const count = (name: string, value: number) =>
    recordMetric(account.metrics, { streamName: stream.name }, name, value, now)
  const { ShardIterator, Records } = input as { ShardIterator?: unknown; Records?: unknown }
  if (operation === 'GetRecords') {
    const name = 'ReadProvisionedThroughputExceeded'
    const content = openToken('iterator', String(ShardIterator))
    if (Array.isArray(content)) {
      recordShardMetric(account.metrics, stream, String(content[2]), name, 1, now)
    }
    count(name, 1)
    count('GetRecords.Success', 0)
  } else if (operation === 'PutRecord') {
    count('WriteProvisionedThroughputExceeded', 1)
    count('PutRecord.Success', 0)
  } else if (operation === 'PutRecords' && Array.isArray(Records)) {
    count('WriteProvisionedThroughputExceeded', Records.length)
    count('PutRecords.Success', 0)
    count('PutRecords.TotalRecords', Records.length)
    count('PutRecords.ThrottledRecords', Records.length)
  }
}
