import { isOpen, type Shard } from '../shard.ts'
import { keySharesOf } from './key-shares.ts'
import { type ShardFigures, utilisationOf } from './shard-heat.ts'
import type { ShardLoad } from './shard-load.ts'

/** Keys of a shard that the board carries. */
export const BOARD_KEYS = 5
/** Seconds of the small curve on the board. */
const SERIES_SECONDS = 60

/** The figures of one shard as observed. `seenUntil`: the second before which all was seen. */
export function observedFigures(
  shard: Shard,
  held: { readonly load: ShardLoad; readonly lagMillis?: number; readonly seenUntil?: number },
  atMillis: number,
): ShardFigures {
  const { load, lagMillis, seenUntil } = held
  const rates = load.rates(atMillis)
  const lag = lagMillis === undefined || !isOpen(shard) ? {} : { lagMillis }
  const fresh = seenUntil === undefined || !isOpen(shard) ? {} : { freshAt: seenUntil * 1000 }
  const series = load.seconds
    .series(Math.floor(atMillis / 1000), SERIES_SECONDS)
    .map(second =>
      second === undefined ? undefined : utilisationOf(second.bytes, second.records).utilisation,
    )
  if (rates === undefined) return { series, ...lag, ...fresh }
  const { utilisation, measure } = utilisationOf(
    rates.bytesPerSecond.perSecond,
    rates.recordsPerSecond.perSecond,
  )
  const totals = load.keyTotals(atMillis)
  const total = totals.keys.total(measure)
  const keyless = measure === 'bytes' ? totals.keylessBytes : totals.keylessRecords
  return {
    series,
    ...lag,
    ...fresh,
    bytesPerSecond: rates.bytesPerSecond,
    recordsPerSecond: rates.recordsPerSecond,
    utilisation,
    measure,
    peakBytesPerSecond: rates.peakBytesPerSecond,
    peakRecordsPerSecond: rates.peakRecordsPerSecond,
    peakUtilisation: utilisationOf(rates.peakBytesPerSecond, rates.peakRecordsPerSecond).utilisation,
    topKeys: keySharesOf(shard.shardId, totals, rates, measure, BOARD_KEYS),
    keylessShare: total + keyless === 0 ? 0 : keyless / (total + keyless),
    sampleRecords: rates.totalRecords,
    aggregates: totals.aggregates,
    userRecords: totals.userRecords,
    keyErrorShare: total === 0 ? 0 : totals.keys.errorBound(measure) / total,
  }
}
