import type { Clock } from '../engine/clock.ts'
import { ServiceError } from '../engine/errors.ts'
import { openToken } from '../engine/token.ts'
import type { Fault } from '../faults/fault-plan.ts'
import type { Faults } from '../faults/faults.ts'
import type { WireRequest, WireResponse } from './exchange.ts'

/** Operations whose throttling is about a shard's throughput; all others answer LimitExceeded. */
const DATA_OPERATIONS = new Set(['GetRecords', 'GetShardIterator', 'PutRecord', 'PutRecords'])

/** A signature further than this from the service's clock is refused. */
const SIGNATURE_TOLERANCE_MS = 300_000

/** An empty page on the way to records that are still to come, at least a second away from the tip. */
export function emptyPage(input: unknown): object {
  const { ShardIterator } = input as { ShardIterator?: unknown }
  return { Records: [], NextShardIterator: ShardIterator, MillisBehindLatest: 1000 }
}

/** What a fault does to a call: nothing (but perhaps time has passed), an answer of its own, or an error (thrown). */
export async function sufferFault(
  fault: Fault,
  operation: string,
  request: WireRequest,
  faults: Faults,
  clock: Clock,
): Promise<WireResponse | undefined> {
  switch (fault.fault) {
    case 'latency':
      await pause(
        clock,
        fault.milliseconds + (fault.jitterMilliseconds ?? 0) * faults.chance(),
        request.signal,
      )
      return undefined
    case 'throttle':
      throw DATA_OPERATIONS.has(operation)
        ? new ServiceError(
            'ProvisionedThroughputExceededException',
            'Rate exceeded for shard (fault on demand).',
          )
        : new ServiceError('LimitExceededException', `Rate exceeded for ${operation} (fault on demand).`)
    case 'error':
      throw new ServiceError(
        fault.name,
        fault.message ?? `${fault.name} (fault on demand)`,
        fault.statusCode ??
          (fault.name.startsWith('Internal') || fault.name === 'ServiceUnavailable' ? 500 : 400),
      )
    case 'access-denied':
      throw new ServiceError(
        'AccessDeniedException',
        `User: arn:aws:iam::000000000000:user/sandbox is not authorized to perform: kinesis:${operation} because no identity-based policy allows the kinesis:${operation} action`,
      )
    case 'expired-credentials':
      throw new ServiceError('ExpiredTokenException', 'The security token included in the request is expired')
    case 'clock-skew':
      return refuseOldSignature(request, clock.now() + fault.milliseconds)
    case 'reset':
      return { ...EMPTY, instead: 'reset' }
    case 'silence':
      return { ...EMPTY, instead: 'silence' }
    case 'gateway-page': {
      const statusCode = fault.statusCode ?? 502
      const body = `<html><body><h1>${statusCode} Bad Gateway</h1></body></html>`
      return { statusCode, headers: { 'content-type': 'text/html' }, body }
    }
    default:
      return undefined
  }
}

const EMPTY = { statusCode: 500, headers: {}, body: '' }

/** Refuses a signature too far from `serviceTime`; the Date header lets a client correct itself. */
function refuseOldSignature(request: WireRequest, serviceTime: number): WireResponse | undefined {
  const signedAt = Date.parse(
    (request.headers['x-amz-date'] ?? '').replace(
      /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/,
      '$1-$2-$3T$4:$5:$6Z',
    ),
  )
  if (Number.isNaN(signedAt) || Math.abs(serviceTime - signedAt) <= SIGNATURE_TOLERANCE_MS) return undefined
  return {
    statusCode: 400,
    headers: { 'content-type': 'application/x-amz-json-1.1', date: new Date(serviceTime).toUTCString() },
    body: JSON.stringify({
      __type: 'InvalidSignatureException',
      message: `Signature not yet current or expired: ${new Date(signedAt).toISOString()} is not within 5 min of ${new Date(serviceTime).toISOString()}`,
    }),
  }
}

function pause(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const cancel = clock.after(milliseconds, resolve)
    signal.addEventListener(
      'abort',
      () => {
        cancel()
        resolve()
      },
      { once: true },
    )
  })
}

/** The stream a raw input is about, so that a rule can be for one stream alone. */
export function streamNameOf(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null) return undefined
  const { StreamName, StreamARN, ConsumerARN, ShardIterator } = input as Record<string, unknown>
  if (typeof StreamName === 'string') return StreamName
  const arn =
    typeof StreamARN === 'string' ? StreamARN : typeof ConsumerARN === 'string' ? ConsumerARN : undefined
  if (arn !== undefined) return /stream\/([^/]+)/.exec(arn)?.[1]
  if (typeof ShardIterator !== 'string') return undefined
  const content = openToken('iterator', ShardIterator)
  return Array.isArray(content) ? String(content[0]) : undefined
}

/**
 * An event stream that breaks off or falls silent. `after` counts from its beginning. Giving up the source ends the
 * subscription; a stalled one stays open until the caller has had enough.
 */
export async function* spoilStream(
  source: AsyncIterable<Uint8Array>,
  fault: Fault & { fault: 'cut-stream' | 'stall-stream' },
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]()
  const over = pause(clock, fault.afterMilliseconds, signal).then(() => 'over' as const)
  try {
    while (true) {
      const next = await Promise.race([iterator.next(), over])
      if (next === 'over') break
      if (next.done === true) return
      yield next.value
    }
    if (fault.fault === 'stall-stream' && !signal.aborted) {
      await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
    }
  } finally {
    // Not awaited: the source may be waiting for its next event.
    void iterator.return?.()
  }
}
