import { CloudWatchClient, ListMetricsCommand } from '@aws-sdk/client-cloudwatch'
import { cbor } from '@smithy/core/cbor'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSandbox } from '../../../source/sandbox/sandbox.ts'
import type { Output } from '../support.ts'
import { at, type Bench, MINUTE, startBench } from './support.ts'

let bench: Bench
beforeEach(async () => {
  bench = await startBench()
  bench.kinesis('CreateStream', { StreamName: 's', ShardCount: 1 })
  bench.kinesis('PutRecord', { StreamName: 's', PartitionKey: 'k', Data: Buffer.alloc(9) })
  bench.clock.advance(2 * MINUTE)
})
afterEach(() => bench.stop())

const post = (path: string, headers: Record<string, string>, body: string | Uint8Array) =>
  fetch(`${bench.sandbox.url}${path}`, { method: 'POST', headers, body: body as string })
/** The body of an answer, looked into member by member. */
const jsonOf = async (response: Response): Promise<Output> => response.json()
const form = (fields: Record<string, string>) =>
  post(
    '/',
    { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    new URLSearchParams({ Version: '2010-08-01', ...fields }).toString(),
  )

describe('the query protocol, as old clients write it', () => {
  it('answers XML in the namespace of the API', async () => {
    const response = await form({
      Action: 'GetMetricStatistics',
      Namespace: 'AWS/Kinesis',
      MetricName: 'IncomingBytes',
      'Dimensions.member.1.Name': 'StreamName',
      'Dimensions.member.1.Value': 's',
      'Statistics.member.1': 'Sum',
      'Statistics.member.2': 'SampleCount',
      StartTime: at(0).toISOString(),
      EndTime: at(5).toISOString(),
      Period: '60',
    })
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/xml'])
    expect((await response.text()).replace(/<RequestId>[0-9a-f-]{36}</, '<RequestId>id<')).toBe(
      '<GetMetricStatisticsResponse xmlns="http://monitoring.amazonaws.com/doc/2010-08-01/">' +
        '<GetMetricStatisticsResult><Label>IncomingBytes</Label><Datapoints><member>' +
        '<Timestamp>2026-01-01T00:00:00.000Z</Timestamp><Sum>10</Sum><SampleCount>1</SampleCount><Unit>Bytes</Unit>' +
        '</member></Datapoints></GetMetricStatisticsResult>' +
        '<ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></GetMetricStatisticsResponse>',
    )
  })

  it('keeps list members in the order of their numbers, and escapes text', async () => {
    const response = await form({
      Action: 'GetMetricData',
      StartTime: at(0).toISOString(),
      EndTime: at(5).toISOString(),
      ...Object.fromEntries(
        [10, 2, 1].flatMap(number => [
          [`MetricDataQueries.member.${number}.Id`, `m${number}`],
          [`MetricDataQueries.member.${number}.Label`, '<&>\u0007'],
          [`MetricDataQueries.member.${number}.MetricStat.Metric.Namespace`, 'AWS/Kinesis'],
          [`MetricDataQueries.member.${number}.MetricStat.Metric.MetricName`, 'x'],
          [`MetricDataQueries.member.${number}.MetricStat.Period`, '60'],
          [`MetricDataQueries.member.${number}.MetricStat.Stat`, 'Sum'],
        ]),
      ),
    })
    const text = await response.text()
    expect(
      [...text.matchAll(/<Id>(\w+)<\/Id><Label>([^<]*)</g)].map(([, name, label]) => [name, label]),
    ).toEqual([
      ['m1', '&lt;&amp;&gt;'],
      ['m2', '&lt;&amp;&gt;'],
      ['m10', '&lt;&amp;&gt;'],
    ])
  })

  it('puts errors into an ErrorResponse', async () => {
    const response = await form({ Action: 'GetMetricStatistics', Period: 'often' })
    expect(response.status).toBe(400)
    expect(await response.text()).toMatch(
      /^<ErrorResponse xmlns="http:\/\/monitoring\.amazonaws\.com\/doc\/2010-08-01\/"><Error><Type>Sender<\/Type><Code>MalformedInput<\/Code><Message>period is not an integer\.<\/Message><\/Error><RequestId>[0-9a-f-]{36}<\/RequestId><\/ErrorResponse>$/,
    )
    expect(await (await form({ Action: 'PutMetricAlarm' })).text()).toContain('<Code>InvalidAction</Code>')
  })

  it('leaves forms for other services alone', async () => {
    const response = await form({ Action: 'GetCallerIdentity', Version: '2011-06-15' })
    expect((await jsonOf(response)).__type).toBe('UnknownOperationException')
  })
})

describe('AWS JSON 1.0', () => {
  const list = {
    'x-amz-target': 'GraniteServiceVersion20100801.ListMetrics',
    'content-type': 'application/x-amz-json-1.0',
  }

  it('writes times as epoch seconds, and says so in its content type', async () => {
    const response = await post(
      '/',
      { ...list, 'x-amz-target': 'GraniteServiceVersion20100801.GetMetricData' },
      JSON.stringify({
        StartTime: Number(at(0)) / 1000,
        EndTime: Number(at(5)) / 1000,
        MetricDataQueries: [
          { Id: 'e', Expression: "SEARCH('{AWS/Kinesis,StreamName} IncomingBytes', 'Sum', 60)" },
        ],
      }),
    )
    expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.0')
    expect(await response.json()).toEqual({
      MetricDataResults: [
        {
          Id: 'e',
          Label: 'IncomingBytes',
          Timestamps: [Number(at(0)) / 1000],
          Values: [10],
          StatusCode: 'Complete',
        },
      ],
      Messages: [],
    })
  })

  it('names the code of the query protocol only to those who ask', async () => {
    const bad = JSON.stringify({ NextToken: 'x' })
    const plain = await post('/', list, bad)
    expect([plain.status, plain.headers.get('x-amzn-query-error')]).toEqual([400, null])
    expect((await jsonOf(plain)).__type).toBe('com.amazonaws.cloudwatch#InvalidParameterValueException')
    const asked = await post('/', { ...list, 'x-amzn-query-mode': 'true' }, bad)
    expect(asked.headers.get('x-amzn-query-error')).toBe('InvalidParameterValue;Sender')
  })

  it('refuses what is no JSON or the wrong kind of value', async () => {
    for (const body of ['{', '{"MetricName":5}']) {
      expect((await jsonOf(await post('/', list, body))).__type).toContain('#SerializationException')
    }
  })
})

describe('RPC v2 CBOR', () => {
  it('answers in CBOR with the protocol named', async () => {
    const headers = { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' }
    const path = '/service/GraniteServiceVersion20100801/operation/ListMetrics'
    const response = await post(path, headers, cbor.serialize({ MetricName: 'IncomingBytes' }))
    expect([response.status, response.headers.get('smithy-protocol')]).toEqual([200, 'rpc-v2-cbor'])
    expect(cbor.deserialize(new Uint8Array(await response.arrayBuffer()))).toEqual({
      Metrics: [
        {
          Namespace: 'AWS/Kinesis',
          MetricName: 'IncomingBytes',
          Dimensions: [{ Name: 'StreamName', Value: 's' }],
        },
      ],
    })
    const failed = await post(path, headers, new Uint8Array([0xff]))
    expect(failed.status).toBe(400)
    expect(cbor.deserialize(new Uint8Array(await failed.arrayBuffer())).__type).toBe(
      'com.amazonaws.cloudwatch#SerializationException',
    )
  })
})

describe('without a socket', () => {
  it('answers a client in the same process', async () => {
    const sandbox = createSandbox({ durations: { creating: 0 }, metricsDelayMs: 0 })
    const client = new CloudWatchClient({
      requestHandler: sandbox.requestHandler,
      endpoint: 'http://127.0.0.1',
      region: 'us-east-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
    })
    const past = { now: Date.now() - 3 * MINUTE }
    sandbox.service.handle('CreateStream', { StreamName: 's', ShardCount: 1 }, past)
    sandbox.service.handle('PutRecord', { StreamName: 's', PartitionKey: 'k', Data: Buffer.alloc(9) }, past)
    const { Metrics } = await client.send(new ListMetricsCommand({ MetricName: 'PutRecord.Bytes' }))
    expect(Metrics?.length).toBe(1)
    client.destroy()
    await sandbox.stop()
  })
})
