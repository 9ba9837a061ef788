import type { KinesisApi } from '../aws/kinesis-api.ts'
import type { MetricsApi } from '../aws/metrics-api.ts'
import { failureOf } from '../domain/failure.ts'
import { type HashKey, rangeContains, shareOfSpace } from '../domain/hash-key.ts'
import { SHARD_READ_BYTES_PER_SECOND } from '../domain/limits.ts'
import { Lineage, parentIdsOf } from '../domain/lineage.ts'
import type { Shard } from '../domain/shard.ts'
import type { StreamRef } from '../domain/stream.ts'

/** A page of a reader that is behind: about half a second of a shard's read budget. */
const PAGE_BYTES = SHARD_READ_BYTES_PER_SECOND / 2
const MINUTE = 60_000

/** What a search of the past would cost, before it is begun. */
export type SearchEstimate = {
  readonly shardCount: number
  /** An iterator and a page for each shard: fewer are never needed. */
  readonly leastCalls: number
  /** From the bytes that CloudWatch saw come in, spread evenly over the hash-key space; absent where it does not tell. */
  readonly estimatedCalls?: number
  readonly estimatedBytes?: number
  readonly estimatedSeconds?: number
  /** Why there is no estimate of the volume. */
  readonly note?: string
}

type Search = {
  readonly stream: StreamRef
  readonly from: Date
  readonly to: Date
  readonly hashKey?: HashKey
  readonly shardIds?: readonly string[]
}

/** Two listings and one request to CloudWatch; never reads a record. */
export async function estimateSearch(
  search: Search,
  ports: {
    readonly api: Pick<KinesisApi, 'listShards'>
    readonly metrics?: MetricsApi
    readonly signal: AbortSignal
  },
): Promise<SearchEstimate> {
  const shards = await shardsOf(search, ports.api, ports.signal)
  const shardCount = shards.length
  const leastCalls = shardCount * 2
  const volume = await incomingBytes(search, ports.metrics, ports.signal)
  if (typeof volume === 'string') return { shardCount, leastCalls, note: volume }
  const shares = shards.map(({ hashKeyRange }) => shareOfSpace(hashKeyRange))
  // One key's shards followed one another in time, so the widest counts; chosen ones stand side by side.
  const share =
    search.shardIds === undefined
      ? Math.max(...shares, 0)
      : Math.min(
          1,
          shares.reduce((sum, each) => sum + each, 0),
        )
  const isPartial = search.hashKey !== undefined || search.shardIds !== undefined
  const estimatedBytes = Math.round(volume * (isPartial ? share : 1))
  const estimatedCalls = leastCalls + Math.ceil(estimatedBytes / PAGE_BYTES)
  const atOnce = isPartial
    ? 1
    : Math.max(1, shards.filter(shard => shard.endingSequenceNumber === undefined).length)
  return {
    shardCount,
    leastCalls,
    estimatedCalls,
    estimatedBytes,
    estimatedSeconds: Math.ceil(estimatedBytes / atOnce / SHARD_READ_BYTES_PER_SECOND) + 1,
  }
}

export function estimateText(estimate: SearchEstimate): string {
  const { shardCount, leastCalls, estimatedCalls, estimatedBytes, estimatedSeconds, note } = estimate
  const shards = `${shardCount} ${shardCount === 1 ? 'shard' : 'shards'}`
  if (estimatedCalls === undefined) {
    return `${shards} to read, at least ${leastCalls} calls; how much lies in them is not known (${note})`
  }
  const mebibytes = ((estimatedBytes ?? 0) / 1_048_576).toFixed(1)
  return `${shards} to read, about ${estimatedCalls} calls, ${mebibytes} MiB and ${estimatedSeconds} s (estimated from CloudWatch)`
}

/** Those that were open at the beginning and what came out of them, as far as they can hold what is looked for. */
async function shardsOf(
  { stream, from, hashKey, shardIds }: Search,
  api: Pick<KinesisApi, 'listShards'>,
  signal: AbortSignal,
): Promise<Shard[]> {
  const all = await api.listShards(stream, { signal })
  // Before the oldest record there is no answer to what was open then: all that is listed counts.
  const open = await api.listShards(stream, { signal, at: from }).catch(() => all)
  const wanted = new Set((open.length === 0 ? all : open).map(({ shardId }) => shardId))
  return new Lineage(all).inReadingOrder().filter(shard => {
    if (parentIdsOf(shard).some(id => wanted.has(id))) wanted.add(shard.shardId)
    if (!wanted.has(shard.shardId)) return false
    if (shardIds !== undefined && !shardIds.includes(shard.shardId)) return false
    return hashKey === undefined || rangeContains(shard.hashKeyRange, hashKey)
  })
}

/** Bytes that came in between the two times, or why that is not known. */
async function incomingBytes(
  { stream, from, to }: Search,
  metrics: MetricsApi | undefined,
  signal: AbortSignal,
): Promise<number | string> {
  if (metrics === undefined) return 'no CloudWatch here'
  const minutes = (to.getTime() - from.getTime()) / MINUTE
  // CloudWatch keeps fewer and longer periods of what is older.
  const periodSeconds = minutes <= 1_440 ? 60 : minutes <= 7_200 ? 300 : 3_600
  const step = periodSeconds * 1_000
  const range = {
    from: new Date(Math.floor(from.getTime() / step) * step),
    to: new Date(Math.ceil(to.getTime() / step) * step),
    periodSeconds,
  }
  const { streamName } = stream
  try {
    const query = { streamName, metricName: 'IncomingBytes', statistic: 'Sum' } as const
    const [series] = await metrics.series([query], range, { signal })
    const points = series?.points ?? []
    if (points.length === 0) return 'CloudWatch has no points of that time'
    return points.reduce((sum, { value }) => sum + value, 0)
  } catch (error) {
    return `CloudWatch: ${failureOf(error, 'GetMetricData').message}`
  }
}
