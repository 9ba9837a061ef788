import { bytesText, counted, countText, rateText, shareText, UNKNOWN } from '../quantity-text.ts'
import type { Measure } from './heavy-keys.ts'
import type { RateEstimate } from './rate-estimate.ts'
import type { HeatBoard, ShardHeat } from './shard-heat.ts'
import { limitOf, type SplitAdvice } from './split-advice.ts'

/** Where the figures of a board come from: source, window, sample, freshness. */
export function sourceText(board: HeatBoard): string {
  const age = board.freshAt === undefined ? '' : `, newest ${ageSeconds(board.at - board.freshAt)} old`
  if (board.source === 'cloudwatch') {
    const until =
      board.freshAt === undefined ? '' : ` until ${new Date(board.freshAt).toISOString().slice(11, 16)}`
    return `CloudWatch: ${counted(board.windowSeconds / 60, 'minute')}${until}${age}`
  }
  const seen = board.shards.reduce(
    (most, { bytesPerSecond }) => Math.max(most, bytesPerSecond?.seconds ?? 0),
    0,
  )
  const isSampled = board.shards.some(({ bytesPerSecond }) => bytesPerSecond?.kind === 'estimated')
  const unpacked =
    (board.aggregates ?? 0) > 0
      ? ` (${counted(board.aggregates ?? 0, 'aggregate')} unpacked into ${counted(board.userRecords ?? 0, 'user record')})`
      : ''
  return `observed: ${seen} of the last ${board.windowSeconds} s read${isSampled ? ', busy shards sampled' : ''}, ${counted(board.sampleRecords ?? 0, 'record')}${unpacked}${age}`
}

/** What the stream takes against what its open shards take: `2.1 MiB/s, 1,234/s; 35.0 % of 4 shards`. */
export function totalsText(board: HeatBoard): string {
  const use =
    board.utilisation === undefined
      ? ''
      : `; ${shareText(board.utilisation)} of ${counted(board.openShardCount, 'shard')}`
  if (board.bytesPerSecond === undefined && board.recordsPerSecond === undefined)
    return 'nothing measured yet'
  return `${amountText(board.bytesPerSecond, 'bytes')}, ${amountText(board.recordsPerSecond, 'records')}${use}`
}

/** `612.4 KiB/s` or `830/s`. */
export function amountText(perSecond: number | undefined, measure: Measure): string {
  if (perSecond === undefined) return UNKNOWN
  return measure === 'bytes' ? `${bytesText(perSecond)}/s` : rateText(perSecond)
}

/** A rate with its uncertainty: `612.4 KiB/s`, `~612.4 KiB/s +-8 %`, `~612.4 KiB/s` while too few samples tell it. */
export function estimateText(rate: RateEstimate | undefined, measure: Measure): string {
  if (rate === undefined) return UNKNOWN
  const amount = amountText(rate.perSecond, measure)
  if (rate.kind === 'measured') return amount
  const margin = marginOf(rate)
  return margin === undefined ? `~${amount}` : `~${amount} +-${Math.max(1, Math.round(margin * 100))} %`
}

/** The wider side of the 95 % interval as a part of the rate; undefined where there is none. */
export function marginOf(rate: RateEstimate | undefined): number | undefined {
  if (rate?.kind !== 'estimated' || rate.interval === undefined || rate.perSecond <= 0) return undefined
  return Math.max(rate.interval.high - rate.perSecond, rate.perSecond - rate.interval.low) / rate.perSecond
}

/** The busiest second; of a shard that is sampled it may have been higher in a second that was not seen. */
export function peakText(heat: Pick<ShardHeat, 'peakUtilisation' | 'bytesPerSecond'>): string {
  const { peakUtilisation } = heat
  if (peakUtilisation === undefined || heat.bytesPerSecond?.kind !== 'estimated')
    return shareText(peakUtilisation)
  return `>=${Math.round(peakUtilisation * 100)} %`
}

/** What is to be said about records without a partition key; empty where all have one. */
export function keylessText(keylessShare: number | undefined): string {
  if (keylessShare === undefined || keylessShare === 0) return ''
  const withheld = keylessShare > 0.5 ? ': key advice is withheld' : ''
  return `${shareText(keylessShare)} of the records carry no partition key (service-managed distribution)${withheld}`
}

/** Split advice in one to three sentences; keys in it are untrusted until drawn. */
export function adviceLines(advice: SplitAdvice): string[] {
  switch (advice.kind) {
    case 'withheld':
      return [`No split is proposed: ${advice.reason}.`]
    case 'split': {
      const { best, midpoint, measure, doubts } = advice
      return [
        `Split at ${best.newStartingHashKey}: ${childrenText(best, measure)}.`,
        `At the midpoint ${midpoint.newStartingHashKey} it would be ${childrenText(midpoint, measure)}.`,
        ...doubts.map(doubt => `Less sure: ${doubt}.`),
      ]
    }
    case 'no-split-helps': {
      const { partitionKey, keyLoadPerSecond, targetPerSecond, saltedKeyCount, measure, best } = advice
      const reason =
        keyLoadPerSecond > targetPerSecond
          ? `it alone takes ${amountText(keyLoadPerSecond, measure)}, more than the target of ${amountText(targetPerSecond, measure)} a shard`
          : `nearly all of the load is its ${amountText(keyLoadPerSecond, measure)}`
      return [
        `No split helps: one key cannot be divided. ${partitionKey}: ${reason}.`,
        `Spread it over ${countText(saltedKeyCount)} salted keys.`,
        ...(best === undefined ? [] : [`The best split would leave ${childrenText(best, measure)}.`]),
      ]
    }
  }
}

/** `412.0 KiB/s (40.2 %) below and 405.1 KiB/s (39.6 %) above`. */
export function childrenText(
  { lowerLoad, upperLoad }: { readonly lowerLoad: number; readonly upperLoad: number },
  measure: Measure,
): string {
  const child = (load: number) => `${amountText(load, measure)} (${shareText(load / limitOf(measure))})`
  return `${child(lowerLoad)} below and ${child(upperLoad)} above`
}

function ageSeconds(millis: number): string {
  const seconds = Math.max(0, Math.round(millis / 1000))
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`
}
