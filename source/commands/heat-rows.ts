import { amountText, estimateText, peakText, sourceText, totalsText } from '../domain/heat/heat-text.ts'
import { settledMinutes } from '../domain/heat/metric-heat.ts'
import type { RateEstimate } from '../domain/heat/rate-estimate.ts'
import type { HeatBoard, KeyShare, ShardHeat } from '../domain/heat/shard-heat.ts'
import type { SplitAdvice } from '../domain/heat/split-advice.ts'
import { streamVerdict } from '../domain/heat/stream-verdict.ts'
import { countText, shareText, UNKNOWN } from '../domain/quantity-text.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { Event } from '../state/event.ts'
import type { HeatSnapshot } from '../state/heat-state.ts'
import type { OutputColumn, OutputRow } from './command.ts'
import { withoutAbsent } from './output-rows.ts'

/** Every figure of the board: one row for the stream, one a shard, one a key. Names as in the API, units in the name. */
export function heatRows(event: Event): readonly OutputRow[] {
  if (event.type !== 'heat-measured') return []
  const { stream, heat } = event
  const { board } = heat
  return [
    streamRow(stream, heat),
    ...board.shards.map(shard => shardRow(stream, board, shard, heat.advice.get(shard.shard.shardId))),
    ...board.topKeys.map(key => keyRow(stream, board, key)),
  ]
}

/** For people: open shards, and the stream below them with the source of all figures. */
export function heatTextRows(event: Event): readonly OutputRow[] {
  if (event.type !== 'heat-measured') return []
  const { board } = event.heat
  return [
    ...board.shards.filter(({ isOpen }) => isOpen).map(shardTextRow),
    {
      shardId: 'stream',
      use: shareText(board.utilisation),
      bytes: amountText(board.bytesPerSecond, 'bytes'),
      records: amountText(board.recordsPerSecond, 'records'),
      throttled: board.throttledRecords === undefined ? UNKNOWN : countText(board.throttledRecords),
      verdict: sourceText(board),
    },
  ]
}

export const HEAT_COLUMNS: readonly OutputColumn[] = [
  { key: 'shardId', header: 'SHARD' },
  { key: 'use', header: 'USE', align: 'right' },
  { key: 'bytes', header: 'BYTES', align: 'right' },
  { key: 'records', header: 'RECORDS', align: 'right' },
  { key: 'peak', header: 'PEAK SECOND', align: 'right' },
  { key: 'throttled', header: 'THROTTLED', align: 'right' },
  { key: 'range', header: 'RANGE', align: 'right' },
  { key: 'traffic', header: 'TRAFFIC', align: 'right' },
  { key: 'level', header: 'LEVEL' },
  { key: 'verdict', header: 'VERDICT' },
]

function shardTextRow(heat: ShardHeat): OutputRow {
  return {
    shardId: heat.shard.shardId,
    use: shareText(heat.utilisation),
    bytes: estimateText(heat.bytesPerSecond, 'bytes'),
    records: estimateText(heat.recordsPerSecond, 'records'),
    peak: peakText(heat),
    throttled: heat.throttledRecords === undefined ? UNKNOWN : countText(heat.throttledRecords),
    range: shareText(heat.spaceShare),
    traffic: shareText(heat.trafficShare),
    level: heat.level,
    verdict: verdictText(heat),
  }
}

/** The verdict with the keys that it names. */
export function verdictText({ verdict }: ShardHeat): string {
  const keys = verdict.partitionKeys.length === 0 ? '' : `: ${verdict.partitionKeys.join(', ')}`
  return `${verdict.sentence}${keys}`
}

function streamRow(stream: StreamRef, heat: HeatSnapshot): OutputRow {
  const { board, reads } = heat
  return withoutAbsent({
    type: 'stream',
    streamName: stream.streamName,
    ...sourceOf(board),
    openShardCount: board.openShardCount,
    bytesPerSecond: board.bytesPerSecond,
    recordsPerSecond: board.recordsPerSecond,
    utilisation: board.utilisation,
    throttledRecords: board.throttledRecords,
    iteratorAgeMilliseconds: board.lagMillis,
    series: board.series === undefined ? undefined : seriesOf(board, board.series),
    seriesSeconds: board.seriesSeconds,
    sampleRecords: board.sampleRecords,
    keylessShare: board.keylessShare,
    aggregatesUnpacked: board.aggregates,
    userRecordsUnpacked: board.userRecords,
    keyErrorShare: board.keyErrorShare,
    missingShardMetrics: heat.missingMetrics,
    requestedMetrics: heat.requestedMetrics,
    ownReads:
      reads === undefined
        ? undefined
        : {
            readsPerSecond: reads.readsPerSecond,
            bytesPerSecond: reads.bytesPerSecond,
            totalReadsPerSecond: reads.totalReadsPerSecond,
            totalBytesPerSecond: reads.totalBytesPerSecond,
            refusedCount: reads.refusedCount,
            followedShards: reads.followingCount,
            sampledShards: reads.samplingCount,
            backingOffShards: reads.backingOffCount,
            failedShards: reads.failedCount,
            notes: reads.notes,
          },
    verdictSentence: streamVerdict(board)?.sentence,
    nextStep: streamVerdict(board)?.nextStep,
    summary: `${totalsText(board)}; ${sourceText(board)}`,
  })
}

function shardRow(
  stream: StreamRef,
  board: HeatBoard,
  heat: ShardHeat,
  advice: SplitAdvice | undefined,
): OutputRow {
  const { shard, verdict } = heat
  return withoutAbsent({
    type: 'shard',
    streamName: stream.streamName,
    ...sourceOf(board),
    freshAt: heat.freshAt === undefined ? undefined : new Date(heat.freshAt),
    shardId: shard.shardId,
    state: heat.isOpen ? 'open' : 'closed',
    hashKeyRange: shard.hashKeyRange,
    shareOfHashSpace: heat.spaceShare,
    shareOfTraffic: heat.trafficShare,
    bytesPerSecond: estimateRow(heat.bytesPerSecond),
    recordsPerSecond: estimateRow(heat.recordsPerSecond),
    utilisation: heat.utilisation,
    limitingMeasure: heat.utilisation === undefined ? undefined : heat.measure,
    peakBytesPerSecond: heat.peakBytesPerSecond,
    peakRecordsPerSecond: heat.peakRecordsPerSecond,
    peakUtilisation: heat.peakUtilisation,
    throttledRecords: heat.throttledRecords,
    lagMilliseconds: heat.lagMillis,
    series: seriesOf(board, heat.series),
    seriesSeconds: board.seriesSeconds,
    level: heat.level,
    verdict: verdict.kind,
    verdictSentence: verdict.sentence,
    verdictKeys: verdict.partitionKeys,
    nextStep: verdict.nextStep,
    topKeys: heat.topKeys?.map(shareRow),
    keyErrorShare: heat.keyErrorShare,
    keylessShare: heat.keylessShare,
    sampleRecords: heat.sampleRecords,
    aggregatesUnpacked: heat.aggregates,
    userRecordsUnpacked: heat.userRecords,
    splitAdvice: advice,
  })
}

function sourceOf(board: HeatBoard): OutputRow {
  return {
    source: board.source,
    at: new Date(board.at),
    windowSeconds: board.windowSeconds,
    freshAt: board.freshAt === undefined ? undefined : new Date(board.freshAt),
  }
}

/** A rate and how it is known, so that an estimate is never taken for a measurement. */
function estimateRow(rate: RateEstimate | undefined): OutputRow | undefined {
  if (rate === undefined) return undefined
  if (rate.kind === 'measured') return { ...rate }
  const { interval, ...rest } = rate
  return withoutAbsent({ ...rest, low: interval?.low, high: interval?.high })
}

/** One entry for each second or minute that was seen; the others are absent. */
function seriesOf(board: HeatBoard, series: readonly (number | undefined)[]): readonly OutputRow[] {
  const end = board.source === 'observed' ? Math.floor(board.at / 1_000) * 1_000 : seriesEnd(board)
  return series.flatMap((utilisation, index) => {
    if (utilisation === undefined) return []
    return [{ at: new Date(end - (series.length - index) * board.seriesSeconds * 1_000), utilisation }]
  })
}

/** CloudWatch's minutes end before the ones that it has not settled yet. */
function seriesEnd({ at }: HeatBoard): number {
  return settledMinutes(at, 1).to.getTime()
}

/** One heavy key; shares are lower bounds. */
export function keyRow(stream: StreamRef, board: HeatBoard, key: KeyShare): OutputRow {
  return withoutAbsent({ type: 'key', streamName: stream.streamName, ...sourceOf(board), ...shareRow(key) })
}

function shareRow(key: KeyShare): OutputRow {
  return {
    partitionKey: key.partitionKey,
    shardId: key.shardId,
    bytesPerSecond: key.bytesPerSecond,
    recordsPerSecond: key.recordsPerSecond,
    shareOfBytes: key.byteShare,
    shareOfBytesAtMost: key.byteShareAtMost,
    shareOfRecords: key.recordShare,
    shareOfRecordsAtMost: key.recordShareAtMost,
  }
}
