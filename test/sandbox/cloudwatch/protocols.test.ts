import {
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { at, type Bench, MINUTE, ofStream, PROTOCOLS, startBench, stat } from './support.ts'

let bench: Bench
beforeEach(async () => {
  bench = await startBench()
  bench.kinesis('CreateStream', { StreamName: 'orders', ShardCount: 1 })
  for (const text of ['12345', '123']) {
    // 5 + 1 and 3 + 1 bytes: data and partition key.
    bench.kinesis('PutRecord', { StreamName: 'orders', PartitionKey: 'k', Data: Buffer.from(text) })
  }
  bench.clock.advance(MINUTE)
  bench.kinesis('PutRecord', { StreamName: 'orders', PartitionKey: 'k', Data: Buffer.from('123456789') })
  bench.clock.advance(10 * MINUTE)
})
afterEach(() => bench.stop())

const metric = { Namespace: 'AWS/Kinesis', MetricName: 'IncomingBytes', Dimensions: ofStream('orders') }
const range = { StartTime: at(0), EndTime: at(10) }

describe.each(PROTOCOLS)('the CloudWatch client over %s', (name, protocol) => {
  it('reads statistics with their units, minute by minute', async () => {
    const { Label, Datapoints } = await bench.connect(protocol).send(
      new GetMetricStatisticsCommand({
        ...metric,
        ...range,
        Period: 60,
        Statistics: ['Sum', 'SampleCount', 'Average', 'Minimum', 'Maximum'],
      }),
    )
    expect(Label).toBe('IncomingBytes')
    const inOrder = Datapoints?.sort((a, b) => Number(a.Timestamp) - Number(b.Timestamp))
    expect(inOrder).toEqual([
      { Timestamp: at(0), Sum: 10, SampleCount: 2, Average: 5, Minimum: 4, Maximum: 6, Unit: 'Bytes' },
      { Timestamp: at(1), Sum: 10, SampleCount: 1, Average: 10, Minimum: 10, Maximum: 10, Unit: 'Bytes' },
    ])
  })

  it('reads percentiles only where they need no samples', async () => {
    const { Datapoints } = await bench.connect(protocol).send(
      new GetMetricStatisticsCommand({
        ...metric,
        ...range,
        Period: 60,
        ExtendedStatistics: ['p50', 'p99.9'],
      }),
    )
    const found = new Map(Datapoints?.map(point => [Number(point.Timestamp), point.ExtendedStatistics]))
    expect(found.get(Number(at(1)))).toEqual({ p50: 10, 'p99.9': 10 })
    expect(found.get(Number(at(0))) ?? {}).toEqual({})
  })

  it('reads metric data: metrics, expressions, labels with any characters, no data', async () => {
    const { MetricDataResults, NextToken } = await bench.connect(protocol).send(
      new GetMetricDataCommand({
        ...range,
        ScanBy: 'TimestampAscending',
        MetricDataQueries: [
          { ...stat('m1', 'IncomingBytes', ofStream('orders')), Label: 'in <&> "größe"' },
          { Id: 'e1', Expression: 'm1 / 60' },
          stat('none', 'GetRecords.Bytes', ofStream('orders')),
        ],
      }),
    )
    expect(NextToken).toBeUndefined()
    expect(MetricDataResults?.map(({ Messages, ...result }) => result)).toEqual([
      {
        Id: 'm1',
        Label: 'in <&> "größe"',
        Timestamps: [at(0), at(1)],
        Values: [10, 10],
        StatusCode: 'Complete',
      },
      {
        Id: 'e1',
        Label: 'e1',
        Timestamps: [at(0), at(1)],
        Values: [10 / 60, 10 / 60],
        StatusCode: 'Complete',
      },
      { Id: 'none', Label: 'GetRecords.Bytes', Timestamps: [], Values: [], StatusCode: 'Complete' },
    ])
  })

  it('lists metrics', async () => {
    const { Metrics } = await bench
      .connect(protocol)
      .send(new ListMetricsCommand({ MetricName: 'IncomingBytes' }))
    expect(Metrics).toEqual([metric])
  })

  it('gives modelled errors their class and every error its code of the query protocol', async () => {
    const client = bench.connect(protocol)
    const statistics = { ...metric, ...range, Period: 60, Statistics: ['Sum' as const] }
    const unknown = name === 'query/XML' ? 'InvalidAction' : 'UnknownOperation'
    const failures = [
      [
        new GetMetricStatisticsCommand({ ...statistics, EndTime: at(0) }),
        'InvalidParameterValueException',
        'InvalidParameterValue',
      ],
      [
        new GetMetricStatisticsCommand({ ...statistics, EndTime: at(1441) }),
        'InvalidParameterCombinationException',
        'InvalidParameterCombination',
      ],
      [
        new GetMetricStatisticsCommand({ ...statistics, Statistics: undefined }),
        'InvalidParameterCombinationException',
        'InvalidParameterCombination',
      ],
      [
        new GetMetricStatisticsCommand({ ...statistics, Namespace: undefined }),
        'MissingRequiredParameterException',
        'MissingParameter',
      ],
      [
        new GetMetricStatisticsCommand({ ...statistics, Statistics: ['Median' as 'Sum'] }),
        'ValidationException',
        'ValidationError',
      ],
      [
        new GetMetricDataCommand({ ...range, MetricDataQueries: [] }),
        'ValidationException',
        'ValidationError',
      ],
      [
        new GetMetricDataCommand({
          ...range,
          NextToken: 'x',
          MetricDataQueries: [stat('m', 'IncomingBytes', ofStream('orders'))],
        }),
        'InvalidNextToken',
        'InvalidNextToken',
      ],
      [new PutMetricDataCommand({ Namespace: 'Own', MetricData: [] }), unknown, unknown],
    ] as const
    for (const [command, className, code] of failures) {
      await expect(client.send(command as GetMetricDataCommand)).rejects.toMatchObject({
        name: className,
        Code: code,
        Type: 'Sender',
        message: expect.stringMatching(/\w{3}/),
        $metadata: { httpStatusCode: 400 },
      })
    }
  })

  it('throttles on demand, which the client retries', async () => {
    bench.sandbox.faults.replace({
      seed: 1,
      faults: [{ fault: 'throttle', operations: ['ListMetrics'], times: 1 }],
    })
    const client = bench.connect(protocol)
    const thrown = await client.send(new ListMetricsCommand()).catch(error => error)
    expect([thrown.name, thrown.$retryable ?? thrown.$metadata.httpStatusCode]).toEqual(['Throttling', 400])
    await client.send(new ListMetricsCommand())
  })
})
