import type { FailureError } from '../domain/failure.ts'
import type { CredentialCache } from './credential-cache.ts'
import { failureFrom } from './failures.ts'
import type { Send } from './send.ts'
import type { PermissionChecks } from './services-api.ts'
import { streamInput } from './stream-input.ts'
import type { TransportOptions } from './transport.ts'

/** Where `DryRun` is not known, this is what a check would write; it says what it is. */
const DRY_RUN_DATA = new TextEncoder().encode('shardscope doctor: a check with DryRun')

/** The calls of doctor. `DryRun` refuses by throwing what the caller tells apart: DryRunOperationException. */
export function createPermissionChecks(wiring: {
  readonly send: Send
  readonly session: Parameters<typeof streamInput>[1]
  readonly endpointUrl: string
  readonly proxyUrl?: string
  readonly transport: Omit<TransportOptions, 'maxSockets' | 'keepIdleMillis'>
  readonly credentials: CredentialCache
}): PermissionChecks {
  const { send } = wiring
  return {
    async describeLimits({ signal } = {}) {
      await send({ operation: 'DescribeLimits', command: sdk => new sdk.DescribeLimitsCommand({}), signal })
    },
    async dryRunShardIterator(stream, shardId, { signal } = {}) {
      const named = streamInput(stream, wiring.session)
      const answer = await send({
        operation: 'GetShardIterator',
        command: sdk =>
          new sdk.GetShardIteratorCommand({
            ...named,
            ShardId: shardId,
            ShardIteratorType: 'LATEST',
            DryRun: true,
          }),
        signal,
      })
      return typeof answer.ShardIterator === 'string' ? answer.ShardIterator : undefined
    },
    async dryRunGetRecords(_stream, shardIterator, { signal } = {}) {
      await send({
        operation: 'GetRecords',
        command: sdk => new sdk.GetRecordsCommand({ ShardIterator: shardIterator, Limit: 1, DryRun: true }),
        signal,
      })
    },
    async dryRunPutRecord(stream, { signal } = {}) {
      const named = streamInput(stream, wiring.session)
      await send({
        operation: 'PutRecord',
        command: sdk =>
          new sdk.PutRecordCommand({
            ...named,
            PartitionKey: 'shardscope',
            Data: DRY_RUN_DATA,
            DryRun: true,
          }),
        signal,
      })
    },
    reach: ({ signal } = {}) => reach(wiring, signal),
    credentialsExpireAt: async () => (await wiring.credentials.get()).expiration,
  }
}

async function reach(
  {
    endpointUrl,
    proxyUrl,
    transport,
  }: {
    readonly endpointUrl: string
    readonly proxyUrl?: string
    readonly transport: Parameters<typeof createPermissionChecks>[0]['transport']
  },
  signal: AbortSignal | undefined,
): Promise<{ statusCode: number; date?: Date; millis: number }> {
  const [{ createTransport }, { HttpRequest }] = await Promise.all([
    import('./transport.ts'),
    import('@smithy/core/protocols'),
  ])
  const url = new URL(endpointUrl)
  const handler = createTransport({ ...transport, endpointUrl, maxSockets: 1, keepIdleMillis: 1_000 })
  const startedAt = performance.now()
  try {
    const { response } = await handler.handle(
      new HttpRequest({
        method: 'GET',
        protocol: url.protocol,
        hostname: url.hostname,
        ...(url.port === '' ? {} : { port: Number(url.port) }),
        path: '/',
        headers: { host: url.host },
      }),
      signal === undefined ? {} : { abortSignal: signal },
    )
    const millis = performance.now() - startedAt
    response.body?.resume?.()
    const date = new Date(response.headers.date ?? '')
    return { statusCode: response.statusCode, millis, ...(Number.isNaN(date.getTime()) ? {} : { date }) }
  } catch (error) {
    throw failureFrom(error, {
      operation: 'Reach',
      endpointUrl,
      ...(proxyUrl === undefined ? {} : { proxyUrl }),
      isAborted: signal?.aborted === true,
    }) satisfies FailureError
  } finally {
    handler.destroy()
  }
}
