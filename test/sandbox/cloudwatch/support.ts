import {
  CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  GetMetricStatisticsCommand,
  type Statistic,
} from '@aws-sdk/client-cloudwatch'
import { AwsJson1_0Protocol, AwsQueryProtocol, AwsSmithyRpcV2CborProtocol } from '@aws-sdk/core/protocols'
import { createSteppedClock } from '../../../source/sandbox/engine/clock.ts'
import { type SandboxOptions, startSandbox } from '../../../source/sandbox/sandbox.ts'
import { NEW_YEAR } from '../support.ts'

export const MINUTE = 60_000
/** Dimension lists as the API has them. */
export const ofStream = (StreamName: string) => [{ Name: 'StreamName', Value: StreamName }]
export const ofShard = (StreamName: string, ShardId: string) => [
  ...ofStream(StreamName),
  { Name: 'ShardId', Value: ShardId },
]
/** A time so many minutes into the test's year. */
export const at = (minute: number) => new Date(NEW_YEAR + minute * MINUTE)

/** The protocols the real client can speak, newest first. */
export const PROTOCOLS = [
  ['RPC v2 CBOR', AwsSmithyRpcV2CborProtocol],
  ['AWS JSON 1.0', AwsJson1_0Protocol],
  ['query/XML', AwsQueryProtocol],
] as const

export type ProtocolClass = (typeof PROTOCOLS)[number][1]

export type Bench = Awaited<ReturnType<typeof startBench>>

/** A listening sandbox on a stepped clock, with real clients. Streams are made at once. */
export async function startBench(options: SandboxOptions = {}) {
  const clock = createSteppedClock(NEW_YEAR)
  const sandbox = await startSandbox({
    clock,
    durations: { creating: 0, updating: 0, consumerCreating: 0, reshardStep: 0 },
    ...options,
  })
  const clients: CloudWatchClient[] = []
  const connect = (protocol: ProtocolClass = AwsJson1_0Protocol) => {
    const client = new CloudWatchClient({
      endpoint: sandbox.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
      maxAttempts: 1,
      protocol,
    })
    clients.push(client)
    return client
  }
  const client = connect()
  return {
    clock,
    sandbox,
    connect,
    client,
    kinesis: (operation: string, input: object) => sandbox.service.handle(operation, input),
    /** All five statistics of the one point a metric has within `minutes` minutes of the start, or nothing. */
    async statistics(MetricName: string, Dimensions: { Name: string; Value: string }[], minutes = 1440) {
      const { Datapoints = [] } = await client.send(
        new GetMetricStatisticsCommand({
          Namespace: 'AWS/Kinesis',
          MetricName,
          Dimensions,
          StartTime: at(0),
          EndTime: at(minutes),
          Period: minutes * 60,
          Statistics: ['Sum', 'SampleCount', 'Minimum', 'Maximum', 'Average'] as Statistic[],
        }),
      )
      const [point] = Datapoints
      if (point === undefined) return undefined
      return [point.Sum, point.SampleCount, point.Minimum, point.Maximum]
    },
    data: (
      input: Omit<GetMetricDataCommandInput, 'StartTime' | 'EndTime'> & { StartTime?: Date; EndTime?: Date },
    ) => client.send(new GetMetricDataCommand({ StartTime: at(0), EndTime: at(60), ...input })),
    async stop() {
      for (const each of clients) each.destroy()
      await sandbox.stop()
    },
  }
}

/** A MetricStat query. */
export const stat = (
  Id: string,
  MetricName: string,
  Dimensions: { Name: string; Value: string }[],
  Stat = 'Sum',
  Period = 60,
) => ({ Id, MetricStat: { Metric: { Namespace: 'AWS/Kinesis', MetricName, Dimensions }, Period, Stat } })
