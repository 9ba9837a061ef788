/**
 * What CloudWatch is fed with: sums per minute for each stream, and for each of its shards, as the traffic happens.
 * Absent is not zero: a minute without an event has no entry.
 */
export type MetricPoint = { sum: number; sampleCount: number; minimum: number; maximum: number }

/** One series: AWS/Kinesis names and dimensions. Shard series exist always; whether they are shown is up to the reader. */
export type MetricSeries = {
  metricName: string
  streamName: string
  shardId?: string
  consumerName?: string
  /** Minute (epoch milliseconds / 60,000) -> point. */
  minutes: Map<number, MetricPoint>
}

export type MetricDimensions = { streamName: string; shardId?: string; consumerName?: string }

export type Metrics = { series: Map<string, MetricSeries>; keptMinutes: number }

/** Metrics that keep `keptMinutes` minutes of every series (CloudWatch itself keeps 15 days of them). */
export function createMetrics(keptMinutes = 24 * 60): Metrics {
  return { series: new Map(), keptMinutes }
}

/** Adds one sample of `value` at `now`. */
export function recordMetric(
  metrics: Metrics,
  dimensions: MetricDimensions,
  metricName: string,
  value: number,
  now: number,
): void {
  const { streamName, shardId, consumerName } = dimensions
  const key = `${streamName}\n${shardId ?? ''}\n${consumerName ?? ''}\n${metricName}`
  let series = metrics.series.get(key)
  if (series === undefined) {
    series = {
      metricName,
      streamName,
      ...(shardId === undefined ? {} : { shardId }),
      ...(consumerName === undefined ? {} : { consumerName }),
      minutes: new Map(),
    }
    metrics.series.set(key, series)
  }
  const minute = Math.floor(now / 60_000)
  const point = series.minutes.get(minute)
  if (point !== undefined) {
    point.sum += value
    point.sampleCount++
    point.minimum = Math.min(point.minimum, value)
    point.maximum = Math.max(point.maximum, value)
    return
  }
  series.minutes.set(minute, { sum: value, sampleCount: 1, minimum: value, maximum: value })
  for (const oldest of series.minutes.keys()) {
    if (oldest > minute - metrics.keptMinutes) break
    series.minutes.delete(oldest)
  }
}
