import type { MetricSeries } from '../aws/metrics-api.ts'
import type { StreamConsumer } from '../aws/services-api.ts'
import { deadlineOf, trendOf } from '../domain/readers/deadline.ts'
import {
  type EventSourceMapping,
  functionName,
  missingGuards,
} from '../domain/readers/event-source-mapping.ts'
import type { ReaderLag, StreamReader } from '../domain/readers/reader.ts'
import type { ServiceItem } from '../domain/services/service-item.ts'

/** Minutes of CloudWatch that lags and rates are told over. */
export const METRIC_MINUTES = 15

export function consumerReader(consumer: StreamConsumer, now: number): StreamReader {
  const { consumerName, consumerArn, consumerStatus, consumerCreationTimestamp: created } = consumer
  const days = created === undefined ? undefined : Math.floor((now - created.getTime()) / 86_400_000)
  return {
    id: `fan-out ${consumerArn}`,
    kind: 'fan-out',
    name: consumerName,
    arn: consumerArn,
    state: consumerStatus ?? '-',
    facts: [
      ['ConsumerARN', consumerArn],
      ...(created === undefined ? [] : [['ConsumerCreationTimestamp', created.toISOString()] as const]),
      ...(days === undefined ? [] : [['Age', `${days} d`] as const]),
    ],
    warnings: [],
    lagUnknown: 'CloudWatch has no point of it: it may not be subscribed',
    shards: [],
  }
}

export function mappingReader(mapping: EventSourceMapping, consumerArn: string | undefined): StreamReader {
  const facts: (readonly [string, unknown])[] = [
    ['FunctionArn', mapping.functionArn],
    ['UUID', mapping.uuid],
    ['EventSourceArn', mapping.eventSourceArn],
    ['StateTransitionReason', mapping.stateTransitionReason],
    ['BatchSize', mapping.batchSize],
    ['MaximumBatchingWindowInSeconds', mapping.maximumBatchingWindowInSeconds],
    ['ParallelizationFactor', mapping.parallelizationFactor],
    ['StartingPosition', mapping.startingPosition],
    ['BisectBatchOnFunctionError', mapping.bisectBatchOnFunctionError],
    ['MaximumRecordAgeInSeconds', mapping.maximumRecordAgeInSeconds],
    ['MaximumRetryAttempts', mapping.maximumRetryAttempts],
    ['TumblingWindowInSeconds', mapping.tumblingWindowInSeconds],
    ['FunctionResponseTypes', mapping.functionResponseTypes.join(' ')],
    ['OnFailure', mapping.onFailureDestination],
    ['Filters', mapping.filterCount],
    // The words of one invocation of one shard: never shown as a state.
    ['LastProcessingResult (one batch of any shard, no proof of delivery)', mapping.lastProcessingResult],
  ]
  return {
    id: `lambda ${mapping.uuid}`,
    kind: 'lambda',
    name: functionName(mapping),
    ...(mapping.functionArn === undefined ? {} : { arn: mapping.functionArn }),
    state: mapping.state ?? '-',
    ...(consumerArn === undefined ? {} : { consumerArn }),
    facts: facts.flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [[name, String(value)] as const],
    ),
    warnings: [
      ...(mapping.state === 'Disabled' ? ['Disabled: it reads nothing.'] : []),
      ...missingGuards(mapping),
    ],
    lagUnknown: 'told as IteratorAge in AWS/Lambda only',
    shards: [],
  }
}

export function serviceReader(kind: 'firehose' | 'flink', item: ServiceItem): StreamReader {
  return {
    id: `${kind} ${item.name}`,
    kind,
    name: item.name,
    ...(item.arn === undefined ? {} : { arn: item.arn }),
    state: item.status ?? '-',
    facts: item.facts,
    warnings: [],
    shards: [],
  }
}

export function unknownReader(bytesPerSecond: number, sentence: string): StreamReader {
  return {
    id: 'unknown pollers',
    kind: 'unknown',
    name: 'unknown pollers',
    state: 'reading',
    facts: [
      [
        'GetRecords.Bytes',
        `${Math.round(bytesPerSecond)} bytes/s over ${METRIC_MINUTES} minutes, all pollers together`,
      ],
    ],
    warnings: [sentence],
    lagUnknown: 'pollers leave no registration',
    shards: [],
  }
}

export function withMetricLag(
  reader: StreamReader,
  series: readonly MetricSeries[],
  retentionPeriodHours: number | undefined,
): StreamReader {
  const own = series.find(({ query }) => query.consumerName === reader.name)
  const newest = own?.points.at(-1)
  if (own === undefined || newest === undefined) return reader
  const trend = trendOf(own.points.map(({ at, value }) => ({ at: at.getTime(), lagMillis: value })))
  const lag: ReaderLag = {
    lagMillis: newest.value,
    source: 'cloudwatch',
    at: newest.at.getTime(),
    ...(trend === undefined ? {} : { trend }),
  }
  const { lagUnknown: _, ...rest } = reader
  return {
    ...rest,
    lag,
    ...(retentionPeriodHours === undefined ? {} : { deadline: deadlineOf(lag, retentionPeriodHours) }),
  }
}
