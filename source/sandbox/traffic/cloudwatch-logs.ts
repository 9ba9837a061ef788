import { gzipSync } from 'node:zlib'
import { below, pick, type Random } from '../random.ts'

const LINES = [
  'GET /health 200 1ms',
  'POST /orders 201 48ms',
  'WARN retrying payment provider, attempt 2',
  'ERROR connection reset by peer while reading response',
  'cache miss for product travel-mug',
]

/**
 * What a CloudWatch Logs subscription puts into a stream: one gzip member of a JSON envelope. About one in 40 is the
 * CONTROL_MESSAGE by which the service probes the destination.
 */
export function cloudWatchLogs(random: Random, atMs: number): Uint8Array {
  const control = below(random, 40) === 0
  const logEvents = control
    ? [
        {
          id: '',
          timestamp: atMs,
          message: 'CWL CONTROL MESSAGE: Checking health of destination Kinesis stream.',
        },
      ]
    : Array.from({ length: 1 + below(random, 5) }, (_, index) => ({
        id: String(
          36_000_000_000_000_000_000_000_000_000_000_000_000_000_000_000_000_000_000n +
            BigInt(atMs) * 1000n +
            BigInt(index),
        ),
        timestamp: atMs + index,
        message: pick(random, LINES),
      }))
  const envelope = {
    messageType: control ? 'CONTROL_MESSAGE' : 'DATA_MESSAGE',
    owner: control ? 'CloudwatchLogs' : '123456789012',
    logGroup: control ? '' : '/shop/web',
    logStream: control ? '' : `web-${1 + below(random, 3)}`,
    subscriptionFilters: control ? [] : ['to-kinesis'],
    logEvents,
  }
  return gzipSync(JSON.stringify(envelope), { level: 1 })
}
