import type { MetricDimensions, MetricSeries } from '../engine/metrics.ts'
import type { Dimension } from './input-shapes.ts'

/** The one namespace there is here. */
export const KINESIS_NAMESPACE = 'AWS/Kinesis'

/** The dimensions of a series, as CloudWatch lists them. */
export function dimensionsOf({ streamName, shardId, consumerName }: MetricSeries): Dimension[] {
  return [
    { Name: 'StreamName', Value: streamName },
    ...(shardId === undefined ? [] : [{ Name: 'ShardId', Value: shardId }]),
    ...(consumerName === undefined ? [] : [{ Name: 'ConsumerName', Value: consumerName }]),
  ]
}

/** The value of one dimension, or nothing where the series lacks it. */
export function dimensionOf(series: MetricSeries, name: string): string | undefined {
  if (name === 'StreamName') return series.streamName
  if (name === 'ShardId') return series.shardId
  return name === 'ConsumerName' ? series.consumerName : undefined
}

/** The names of the dimensions of a series, sorted: what a schema is compared by. */
export const schemaOf = (series: MetricSeries) =>
  dimensionsOf(series)
    .map(({ Name }) => Name)
    .sort()
    .join(',')

/** Dimensions as the engine has them, or nothing where no Kinesis metric has such ones. */
export function readDimensions(dimensions: readonly Dimension[]): MetricDimensions | undefined {
  const given = new Map(dimensions.map(({ Name, Value }) => [Name, Value]))
  const [streamName, shardId, consumerName] = ['StreamName', 'ShardId', 'ConsumerName'].map(name =>
    given.get(name),
  )
  const known = [streamName, shardId, consumerName].filter(value => value !== undefined).length
  if (streamName === undefined || known !== given.size || given.size !== dimensions.length) return undefined
  return {
    streamName,
    ...(shardId === undefined ? {} : { shardId }),
    ...(consumerName === undefined ? {} : { consumerName }),
  }
}

/** The unit a metric is published in. */
export function unitOf(metricName: string): 'Bytes' | 'Count' | 'Milliseconds' {
  if (metricName.endsWith('Bytes')) return 'Bytes'
  return /(Latency|Milliseconds|MillisBehindLatest)$/.test(metricName) ? 'Milliseconds' : 'Count'
}
