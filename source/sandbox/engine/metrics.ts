import {
  addSample,
  COARSE_CHUNK_BYTES,
  createMetricPoints,
  FINE_CHUNK_BYTES,
  type MetricPoints,
  rollUp,
  SLOT_MINUTES,
} from './metric-points.ts'

/** One series of the namespace AWS/Kinesis: its name, its dimensions and its points. */
export type MetricSeries = {
  metricName: string
  streamName: string
  shardId?: string
  consumerName?: string
  points: MetricPoints
}

type SeriesByName = Map<string, MetricSeries>

/** All series of one stream. They outlive the stream, as in CloudWatch. */
export type StreamMetrics = {
  stream: SeriesByName
  shards: Map<string, SeriesByName>
  consumers: Map<string, SeriesByName>
}

/** What CloudWatch is fed with: statistics per minute, as the traffic happens. */
export type Metrics = {
  streams: Map<string, StreamMetrics>
  maxBytes: number
  fineChunks: number
  coarseChunks: number
  /** Newest quarter of an hour written to, up to which old points have been cleared away. */
  newestSlot: number
  /** The quarter in which there was nothing old left to clear away. */
  fullSlot: number
}

export type MetricDimensions = { streamName: string; shardId?: string; consumerName?: string }

/** As CloudWatch keeps them: one-minute points 15 days, five-minute points 63 days. Nothing is kept longer here. */
export const FINE_DAYS = 15
export const COARSE_DAYS = 63
const DAY_MINUTES = 24 * 60

/**
 * Metrics within `maxBytes`: beyond that the oldest one-minute points are rolled up early, then the oldest five-minute
 * points go. A hundred shards with all seven shard-level metrics fill the default in about a day and a half.
 */
export function createMetrics(maxBytes = 64 << 20): Metrics {
  return {
    streams: new Map(),
    maxBytes,
    fineChunks: 0,
    coarseChunks: 0,
    newestSlot: Number.NEGATIVE_INFINITY,
    fullSlot: Number.NaN,
  }
}

/** Adds one sample of `value` at `now` (epoch milliseconds). */
export function recordMetric(
  metrics: Metrics,
  dimensions: MetricDimensions,
  metricName: string,
  value: number,
  now: number,
): void {
  const { points } = seriesFor(metrics, dimensions, metricName)
  const minute = Math.floor(now / 60_000)
  if (!addSample(points, minute, value)) return
  metrics.fineChunks++
  const slot = Math.floor(minute / SLOT_MINUTES)
  if (slot > metrics.newestSlot) {
    metrics.newestSlot = slot
    clearOld(metrics)
  }
  if (bytesHeld(metrics) > metrics.maxBytes && metrics.fullSlot !== metrics.newestSlot) shrink(metrics)
}

/** As recordMetric for one shard; only where enhanced monitoring is on for that metric. */
export function recordShardMetric(
  metrics: Metrics,
  stream: { name: string; shardLevelMetrics: ReadonlySet<string> },
  shardId: string,
  metricName: string,
  value: number,
  now: number,
): void {
  if (!stream.shardLevelMetrics.has(metricName)) return
  recordMetric(metrics, { streamName: stream.name, shardId }, metricName, value, now)
}

function seriesFor(metrics: Metrics, dimensions: MetricDimensions, metricName: string): MetricSeries {
  const { streamName, shardId, consumerName } = dimensions
  let of = metrics.streams.get(streamName)
  if (of === undefined) {
    of = { stream: new Map(), shards: new Map(), consumers: new Map() }
    metrics.streams.set(streamName, of)
  }
  const names =
    shardId !== undefined
      ? namesOf(of.shards, shardId)
      : consumerName !== undefined
        ? namesOf(of.consumers, consumerName)
        : of.stream
  let series = names.get(metricName)
  if (series === undefined) {
    series = { metricName, ...dimensions, points: createMetricPoints() }
    names.set(metricName, series)
  }
  return series
}

function namesOf(groups: Map<string, SeriesByName>, name: string): SeriesByName {
  let names = groups.get(name)
  if (names === undefined) {
    names = new Map()
    groups.set(name, names)
  }
  return names
}

/** The series with exactly these dimensions, or nothing. */
export function findSeries(
  metrics: Metrics,
  { streamName, shardId, consumerName }: MetricDimensions,
  metricName: string,
): MetricSeries | undefined {
  const of = metrics.streams.get(streamName)
  if (shardId !== undefined)
    return consumerName === undefined ? of?.shards.get(shardId)?.get(metricName) : undefined
  if (consumerName !== undefined) return of?.consumers.get(consumerName)?.get(metricName)
  return of?.stream.get(metricName)
}

/** Every series there is: stream by stream, the stream's own first. */
export function* allSeries(metrics: Metrics): Generator<MetricSeries> {
  for (const names of groupsOf(metrics)) yield* names.values()
}

function* groupsOf({ streams }: Metrics): Generator<SeriesByName> {
  for (const { stream, shards, consumers } of streams.values()) {
    yield stream
    yield* consumers.values()
    yield* shards.values()
  }
}

/** About how much memory the points take. */
export const bytesHeld = ({ fineChunks, coarseChunks }: Metrics) =>
  fineChunks * FINE_CHUNK_BYTES + coarseChunks * COARSE_CHUNK_BYTES

/** Rolls up and drops what is past its time; forgets series without any point left. */
function clearOld(metrics: Metrics): void {
  const newest = (metrics.newestSlot + 1) * SLOT_MINUTES
  reduce(
    metrics,
    Math.floor((newest - FINE_DAYS * DAY_MINUTES) / SLOT_MINUTES),
    Math.floor((newest - COARSE_DAYS * DAY_MINUTES) / 60),
  )
}

/** Rolls up every quarter before `fineFrom` and drops every rolled-up hour before `coarseFrom`. */
function reduce(metrics: Metrics, fineFrom: number, coarseFrom: number): void {
  for (const names of groupsOf(metrics)) {
    for (const [name, { points }] of names) {
      for (const slot of points.fine.keys()) {
        if (slot >= fineFrom) continue
        metrics.fineChunks--
        metrics.coarseChunks += rollUp(points, slot)
      }
      for (const hour of points.coarse.keys()) {
        if (hour < coarseFrom && points.coarse.delete(hour)) metrics.coarseChunks--
      }
      if (points.fine.size === 0 && points.coarse.size === 0) names.delete(name)
    }
  }
}

/** Makes room: down to nine tenths of the limit, oldest first, but never at the cost of the newest quarter. */
function shrink(metrics: Metrics): void {
  const goal = metrics.maxBytes * 0.9
  const [fine, coarse] = [countsBy(metrics, 'fine'), countsBy(metrics, 'coarse')]
  let fineFrom = Number.NEGATIVE_INFINITY
  let coarseFrom = Number.NEGATIVE_INFINITY
  let bytes = bytesHeld(metrics)
  for (const [slot, count] of fine) {
    if (bytes <= goal || slot >= metrics.newestSlot) break
    // Four quarters share an hour of five-minute points.
    bytes -= count * (FINE_CHUNK_BYTES - COARSE_CHUNK_BYTES / 4)
    fineFrom = slot + 1
  }
  for (const [hour, count] of coarse) {
    if (bytes <= goal) break
    bytes -= count * COARSE_CHUNK_BYTES
    coarseFrom = hour + 1
  }
  reduce(metrics, fineFrom, coarseFrom)
  if (bytesHeld(metrics) > metrics.maxBytes) metrics.fullSlot = metrics.newestSlot
}

/** How many chunks there are of each time, oldest first. */
function countsBy(metrics: Metrics, kind: 'fine' | 'coarse'): [number, number][] {
  const counts = new Map<number, number>()
  for (const { points } of allSeries(metrics)) {
    for (const key of points[kind].keys()) counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return [...counts].sort(([a], [b]) => a - b)
}
