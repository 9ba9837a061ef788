import { shareOfSpace } from '../hash-key.ts'
import { SHARD_WRITE_BYTES_PER_SECOND, SHARD_WRITE_RECORDS_PER_SECOND } from '../limits.ts'
import type { Shard } from '../shard.ts'
import { isOpen } from '../shard.ts'
import type { Measure } from './heavy-keys.ts'
import type { RateEstimate } from './rate-estimate.ts'
import { type HeatLevel, heatLevelOf, type ShardEvidence, type Verdict, verdictOn } from './verdict.ts'

/** Where figures come from. Figures of two sources are never in one row without saying so. */
export type HeatSource = 'observed' | 'cloudwatch'

/** A key and its part of a shard's or stream's traffic; `share` is a lower bound, the true one at most `shareAtMost`. */
export type KeyShare = {
  /** Untrusted until drawn. */
  readonly partitionKey: string
  readonly shardId: string
  readonly bytesPerSecond: number
  readonly recordsPerSecond: number
  readonly byteShare: number
  readonly byteShareAtMost: number
  readonly recordShare: number
  readonly recordShareAtMost: number
}

/** What one shard takes. Absent is not known, never zero; shares are 0..1; utilisation 1 = the limit of a shard. */
export type ShardHeat = {
  readonly shard: Shard
  readonly isOpen: boolean
  readonly spaceShare: number
  readonly bytesPerSecond?: RateEstimate
  readonly recordsPerSecond?: RateEstimate
  /** The larger of bytes and records against their limits, mean over the window. */
  readonly utilisation?: number
  /** Which limit that is. */
  readonly measure: Measure
  /** The busiest second that was seen, by each measure; only records that were read can tell. */
  readonly peakBytesPerSecond?: number
  readonly peakRecordsPerSecond?: number
  readonly peakUtilisation?: number
  /** Records that the service refused; only CloudWatch can tell. */
  readonly throttledRecords?: number
  /** Part of the stream's traffic, in the measure in which the stream is nearer to its limit. */
  readonly trafficShare?: number
  /** Utilisation over time, oldest first, one entry a second (observed) or minute (CloudWatch); absent where not seen. */
  readonly series: readonly (number | undefined)[]
  /** Distance of a reader from the tip: of this console (observed), of the slowest one (CloudWatch). */
  readonly lagMillis?: number
  readonly level: HeatLevel
  readonly verdict: Verdict
  /** Heaviest keys by the limiting measure. */
  readonly topKeys?: readonly KeyShare[]
  readonly keylessShare?: number
  /** Records that were seen in the window (observed). */
  readonly sampleRecords?: number
  /** Aggregates that were unpacked in the window, and the user records in them. */
  readonly aggregates?: number
  readonly userRecords?: number
  /** How far key shares may be too low, 0..1. */
  readonly keyErrorShare?: number
  /** Milliseconds since the epoch up to which the figures tell. */
  readonly freshAt?: number
}

/** The open shards of a stream with what they take. */
export type HeatBoard = {
  readonly source: HeatSource
  /** Milliseconds since the epoch, on the clock of the arrivals. */
  readonly at: number
  readonly windowSeconds: number
  /** Seconds of one entry of a series. */
  readonly seriesSeconds: number
  /** Every listed shard, open ones first along the hash-key space. */
  readonly shards: readonly ShardHeat[]
  readonly openShardCount: number
  readonly bytesPerSecond?: number
  readonly recordsPerSecond?: number
  /** Mean utilisation over the open shards that are known. */
  readonly utilisation?: number
  /** Throttled records of the whole stream; only CloudWatch can tell. */
  readonly throttledRecords?: number
  /** Heaviest keys of the stream by bytes, and by records. */
  readonly topKeys: readonly KeyShare[]
  /** Lag of the slowest reader of the stream (CloudWatch). */
  readonly lagMillis?: number
  /** Utilisation of the whole stream over time, where the source tells it (CloudWatch). */
  readonly series?: readonly (number | undefined)[]
  readonly sampleRecords?: number
  readonly aggregates?: number
  readonly userRecords?: number
  /** Part of the records that came without a partition key, 0..1: service-managed distribution. */
  readonly keylessShare?: number
  /** How far key shares of the stream may be too low, 0..1. */
  readonly keyErrorShare?: number
  readonly freshAt?: number
}

/** Figures of one shard before they are compared with its stream. */
export type ShardFigures = Pick<ShardHeat, 'series'> &
  Partial<
    Omit<ShardHeat, 'shard' | 'isOpen' | 'spaceShare' | 'verdict' | 'level' | 'trafficShare' | 'series'>
  >

/** Utilisation of a shard that takes so much: the larger of bytes and records against their limits, and which it is. */
export function utilisationOf(
  bytesPerSecond: number,
  recordsPerSecond: number,
): { utilisation: number; measure: Measure } {
  const bytes = bytesPerSecond / SHARD_WRITE_BYTES_PER_SECOND
  const records = recordsPerSecond / SHARD_WRITE_RECORDS_PER_SECOND
  return records > bytes
    ? { utilisation: records, measure: 'records' }
    : { utilisation: bytes, measure: 'bytes' }
}

/**
 * What every shard's figures mean beside those of the others: shares, levels, verdicts. Order is kept. Rates of closed shards
 * belong to the rate of the stream only where all rates are of one and the same time: where each is of the seconds that the
 * shard itself was seen, a parent's last and its children's first seconds would count the same traffic twice.
 */
export function compareShards(
  entries: readonly { readonly shard: Shard; readonly figures: ShardFigures }[],
  rates: 'of-one-time' | 'of-own-seconds',
): {
  readonly shards: readonly ShardHeat[]
  readonly openShardCount: number
  readonly utilisation?: number
  readonly bytesPerSecond?: number
  readonly recordsPerSecond?: number
} {
  const open = entries.filter(({ shard }) => isOpen(shard))
  const spaceShares = open.map(({ shard }) => shareOfSpace(shard.hashKeyRange))
  const widthRatio =
    open.length === 0
      ? 1
      : spaceShares.reduce((most, share) => Math.max(most, share)) /
        spaceShares.reduce((least, share) => Math.min(least, share))
  const known = open.flatMap(({ figures }) => figures.utilisation ?? [])
  const streamUtilisation = known.length === 0 ? undefined : sum(known) / known.length
  const bytesOf = ({ figures }: { figures: ShardFigures }) => figures.bytesPerSecond?.perSecond ?? []
  const recordsOf = ({ figures }: { figures: ShardFigures }) => figures.recordsPerSecond?.perSecond ?? []
  const counted = rates === 'of-one-time' ? entries : open
  const [bytes, records] = [entries.flatMap(bytesOf), entries.flatMap(recordsOf)]
  const totals = { bytes: sum(bytes), records: sum(records) }
  return {
    shards: entries.map(({ shard, figures }) =>
      heatOf(shard, figures, { openShardCount: open.length, widthRatio, streamUtilisation, totals }),
    ),
    openShardCount: open.length,
    ...(streamUtilisation === undefined ? {} : { utilisation: streamUtilisation }),
    ...(bytes.length === 0 ? {} : { bytesPerSecond: sum(counted.flatMap(bytesOf)) }),
    ...(records.length === 0 ? {} : { recordsPerSecond: sum(counted.flatMap(recordsOf)) }),
  }
}

function heatOf(
  shard: Shard,
  figures: ShardFigures,
  stream: {
    readonly openShardCount: number
    readonly widthRatio: number
    readonly streamUtilisation: number | undefined
    readonly totals: { readonly bytes: number; readonly records: number }
  },
): ShardHeat {
  const spaceShare = shareOfSpace(shard.hashKeyRange)
  const measure = figures.measure ?? 'bytes'
  // One measure for all shards, so that their shares add up.
  const streamMeasure = utilisationOf(stream.totals.bytes, stream.totals.records).measure
  const rate = streamMeasure === 'bytes' ? figures.bytesPerSecond : figures.recordsPerSecond
  const total = stream.totals[streamMeasure]
  const trafficShare = rate === undefined || total === 0 ? undefined : rate.perSecond / total
  const { topKeys, ...plain } = figures
  const evidence: ShardEvidence = {
    ...plain,
    measure,
    spaceShare,
    openShardCount: stream.openShardCount,
    widthRatio: stream.widthRatio,
    ...(trafficShare === undefined ? {} : { trafficShare }),
    ...(stream.streamUtilisation === undefined ? {} : { streamUtilisation: stream.streamUtilisation }),
    ...(topKeys === undefined
      ? {}
      : { topKeys: topKeys.map(key => ({ partitionKey: key.partitionKey, share: shareIn(key, measure) })) }),
  }
  return {
    ...figures,
    shard,
    isOpen: isOpen(shard),
    spaceShare,
    measure,
    ...(trafficShare === undefined ? {} : { trafficShare }),
    level: heatLevelOf(figures.utilisation),
    verdict: verdictOn(evidence),
  }
}

/** A key's part of the traffic in one measure, lower bound. */
export function shareIn(key: KeyShare, measure: Measure): number {
  return measure === 'bytes' ? key.byteShare : key.recordShare
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
