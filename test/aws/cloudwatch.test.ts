import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { AwsQueryProtocol } from '@aws-sdk/core/protocols'
import { afterEach, describe, expect, test } from 'vitest'
import type { Connection } from '../../source/aws/connection.ts'
import { fetchMetricBoard } from '../../source/commands/metric-heat-source.ts'
import { createSteppedClock } from '../../source/sandbox/engine/clock.ts'
import { startSandbox } from '../../source/sandbox/sandbox.ts'
import { startMoto } from '../contract/peers/emulators.ts'
import { PYTHON } from '../support/python.ts'
import { connectTo, failureIn, settingsOf } from './connect-to.ts'

const START = Date.UTC(2026, 0, 1)
const MINUTE = 60_000
const minute = (count: number) => new Date(START + count * MINUTE)
const closers: (() => Promise<unknown> | unknown)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function open(url: string, options: Parameters<typeof connectTo>[1] = {}): Promise<Connection> {
  const connection = await connectTo(url, options)
  closers.push(() => connection.close())
  return connection
}

/** A sandbox on a stepped clock; `write` puts records of 1,000 bytes under one key. */
async function sandboxWith(shardCount: number, shardLevelMetrics: readonly string[] = []) {
  const clock = createSteppedClock(START)
  const sandbox = await startSandbox({
    clock,
    limits: 'off',
    durations: { creating: 0, updating: 0, consumerCreating: 0, reshardStep: 0 },
  })
  closers.push(() => sandbox.stop())
  const call = (operation: string, input: object) => sandbox.service.handle(operation, input)
  call('CreateStream', { StreamName: 'orders', ShardCount: shardCount })
  if (shardLevelMetrics.length > 0) {
    call('EnableEnhancedMonitoring', { StreamName: 'orders', ShardLevelMetrics: shardLevelMetrics })
  }
  const write = (key: string, count: number) => {
    for (let index = 0; index < count; index += 1) {
      call('PutRecord', { StreamName: 'orders', PartitionKey: key, Data: Buffer.alloc(1_000 - key.length) })
    }
  }
  return { clock, sandbox, write, now: () => clock.now() }
}

/** A server in front of another one that counts requests and answers itself where `instead` says so. */
async function proxyTo(
  url: string,
  instead: (
    body: string,
    headers: Record<string, unknown>,
  ) => { status: number; type: string; body: string } | undefined,
) {
  const seen: { body: string; type: string }[] = []
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks).toString()
    seen.push({ body, type: String(request.headers['content-type']) })
    const own = instead(body, request.headers)
    if (own !== undefined) {
      response.writeHead(own.status, { 'content-type': own.type }).end(own.body)
      return
    }
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers
    const answer = await fetch(url, { method: 'POST', headers: headers as Record<string, string>, body })
    response
      .writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' })
      .end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => new Promise(resolve => server.close(resolve)))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

describe('CloudWatch through the SDK', () => {
  test('board of the sandbox: rates are sums over the period, quiet minutes are absent, shards only where on', async () => {
    const { clock, sandbox, write } = await sandboxWith(2, ['IncomingBytes', 'IncomingRecords'])
    // a: lower half, user-1: upper half (published MD5 vectors). Minutes 0 and 2 have traffic, 1 has none.
    write('a', 600)
    write('user-1', 60)
    clock.advance(2 * MINUTE)
    write('a', 600)
    clock.advance(4 * MINUTE)
    const connection = await open(sandbox.url)
    const context = {
      api: connection.api,
      metrics: connection.metrics,
      clock: { now: clock.now, sleep: async () => {} },
    }
    const found = await fetchMetricBoard(context, { streamName: 'orders' }, 5, new AbortController().signal)
    expect(found.missingMetrics).toEqual(['WriteProvisionedThroughputExceeded', 'IteratorAgeMilliseconds'])
    // Four of the stream, two of each of two shards.
    expect(found.requestedCount).toBe(8)
    const { board } = found
    expect(board.recordsPerSecond).toBeCloseTo((660 + 600) / 120, 6)
    expect(board.bytesPerSecond).toBeCloseTo(((660 + 600) * 1_000) / 120, 6)
    expect(board.shards[0]?.recordsPerSecond).toEqual({ kind: 'measured', perSecond: 10, seconds: 120 })
    expect(board.shards[1]?.recordsPerSecond).toEqual({ kind: 'measured', perSecond: 1, seconds: 60 })
    expect(board.shards[0]?.series.map(value => value !== undefined)).toEqual([
      true,
      false,
      true,
      false,
      false,
    ])
    expect(board.shards[0]?.throttledRecords).toBeUndefined()
  })

  test('1,203 queries go out in batches of 500 and come back in the order asked', async () => {
    const { clock, sandbox, write } = await sandboxWith(1)
    write('a', 7)
    clock.advance(3 * MINUTE)
    const proxy = await proxyTo(sandbox.url, () => undefined)
    const connection = await open(proxy.url)
    const queries = Array.from({ length: 1_203 }, (_, index) => ({
      streamName: index === 1_002 ? 'orders' : `none-${index}`,
      metricName: 'IncomingRecords',
      statistic: 'Sum' as const,
    }))
    const found = await connection.metrics.series(queries, {
      from: minute(0),
      to: minute(2),
      periodSeconds: 60,
    })
    expect(found.map(({ query }) => query)).toEqual(queries)
    expect(found.filter(({ points }) => points.length > 0)).toEqual([
      { query: queries[1_002], points: [{ at: minute(0), value: 7 }] },
    ])
    const sizes = proxy.seen.map(
      ({ body }) => (JSON.parse(body) as { MetricDataQueries: unknown[] }).MetricDataQueries.length,
    )
    expect(sizes).toEqual([500, 500, 203])
  })

  test('an endpoint that answers XML is spoken to in the query protocol, from then on', async () => {
    const { clock, sandbox, write } = await sandboxWith(1)
    write('a', 12)
    clock.advance(3 * MINUTE)
    const proxy = await proxyTo(sandbox.url, (_, headers) =>
      String(headers['content-type']).includes('json')
        ? { status: 404, type: 'text/xml', body: '<UnknownOperationException/>\n' }
        : undefined,
    )
    const connection = await open(proxy.url)
    const ask = () =>
      connection.metrics.series([{ streamName: 'orders', metricName: 'IncomingRecords', statistic: 'Sum' }], {
        from: minute(0),
        to: minute(2),
        periodSeconds: 60,
      })
    for (const series of [await ask(), await ask()])
      expect(series[0]?.points).toEqual([{ at: minute(0), value: 12 }])
    expect(proxy.seen.map(({ type }) => type.includes('json'))).toEqual([true, false, false])
  })

  test('an endpoint without CloudWatch is unsupported, with the way out', async () => {
    const proxy = await proxyTo('', () => ({
      status: 404,
      type: 'text/html',
      body: '<html>nothing here</html>',
    }))
    const connection = await open(proxy.url)
    const query = { streamName: 'orders', metricName: 'IncomingBytes', statistic: 'Sum' } as const
    const failure = await failureIn(
      connection.metrics.series([query], { from: minute(0), to: minute(1), periodSeconds: 60 }),
    )
    expect(failure).toMatchObject({ kind: 'unsupported', action: 'GetMetricData' })
    expect(failure.nextStep).toContain('AWS_ENDPOINT_URL_CLOUDWATCH')
  })

  test('its own variable sends CloudWatch elsewhere than Kinesis', async () => {
    const { clock, sandbox, write } = await sandboxWith(1)
    write('a', 3)
    clock.advance(3 * MINUTE)
    const proxy = await proxyTo(sandbox.url, () => undefined)
    const settings = settingsOf({
      flags: { endpointUrl: 'http://127.0.0.1:9' },
      environment: { AWS_ENDPOINT_URL_CLOUDWATCH: proxy.url },
    })
    const connection = await open(proxy.url, { settings })
    const query = { streamName: 'orders', metricName: 'IncomingRecords', statistic: 'Sum' } as const
    const [series] = await connection.metrics.series([query], {
      from: minute(0),
      to: minute(2),
      periodSeconds: 60,
    })
    expect(series?.points).toEqual([{ at: minute(0), value: 3 }])
  })

  test('shard-level metrics are switched on and off, refused while read-only', async () => {
    const { sandbox } = await sandboxWith(2)
    const arming = { armed: true }
    const connection = await open(sandbox.url, { arming })
    const orders = { streamName: 'orders' }
    expect(await connection.api.enableShardMetrics(orders, ['IncomingBytes', 'IncomingRecords'])).toEqual([
      'IncomingBytes',
      'IncomingRecords',
    ])
    const summary = await connection.api.describeStreamSummary(orders)
    expect([...(summary.shardLevelMetrics ?? [])].sort()).toEqual(['IncomingBytes', 'IncomingRecords'])
    expect(await connection.api.disableShardMetrics(orders, ['IncomingBytes'])).toEqual(['IncomingRecords'])
    arming.armed = false
    expect(await failureIn(connection.api.enableShardMetrics(orders, ['ALL']))).toMatchObject({
      kind: 'read-only',
    })
  })
})

describe('CloudWatch of moto', () => {
  const what = 'reads back what another client put, whatever protocol it speaks'
  if (PYTHON === undefined) {
    test.skip(`${what} (needs a Python with moto, named by SHARDSCOPE_PYTHON)`, () => {})
    return
  }
  const python = PYTHON
  test(what, { timeout: 60_000 }, async () => {
    const moto = await startMoto(python)
    closers.push(() => moto.stop())
    const writer = new CloudWatchClient({
      endpoint: moto.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
      protocol: AwsQueryProtocol,
    })
    closers.push(() => writer.destroy())
    const now = Math.floor(Date.now() / MINUTE) * MINUTE
    const at = (ago: number) => new Date(now - ago * MINUTE)
    await writer.send(
      new PutMetricDataCommand({
        Namespace: 'AWS/Kinesis',
        MetricData: [3, 5].map(ago => ({
          MetricName: 'IncomingBytes',
          Dimensions: [{ Name: 'StreamName', Value: 'orders' }],
          Timestamp: at(ago),
          Value: ago * 1_000,
          Unit: 'Bytes',
        })),
      }),
    )
    const connection = await open(moto.url)
    const query = { streamName: 'orders', metricName: 'IncomingBytes', statistic: 'Sum' } as const
    const [series] = await connection.metrics.series([query], { from: at(10), to: at(1), periodSeconds: 60 })
    expect(series?.points).toEqual([
      { at: at(5), value: 5_000 },
      { at: at(3), value: 3_000 },
    ])
  })
})
