import type { Measure } from './heavy-keys.ts'
import type { KeyTotals } from './key-window.ts'
import type { WindowRates } from './second-window.ts'
import type { KeyShare } from './shard-heat.ts'

/** The heaviest keys of one shard as parts of what it takes; none while no rate is known. */
export function keySharesOf(
  shardId: string,
  totals: KeyTotals,
  rates: WindowRates | undefined,
  measure: Measure,
  count: number,
): KeyShare[] {
  if (rates === undefined) return []
  return totals.keys.top(count, measure).map(({ key }) => keyShare(shardId, key, totals, rates))
}

/** One key as a part of all that its shard takes, records without a key included. */
export function keyShare(
  shardId: string,
  partitionKey: string,
  totals: KeyTotals,
  rates: WindowRates,
): KeyShare {
  const part = (measure: Measure, keyless: number) => {
    const all = totals.keys.total(measure) + keyless
    const { atLeast, atMost } = totals.keys.weightOf(partitionKey, measure)
    return all === 0 ? { least: 0, most: 0 } : { least: atLeast / all, most: Math.min(1, atMost / all) }
  }
  const [bytes, records] = [part('bytes', totals.keylessBytes), part('records', totals.keylessRecords)]
  return {
    partitionKey,
    shardId,
    bytesPerSecond: bytes.least * rates.bytesPerSecond.perSecond,
    // User records of aggregates are more than the records that the limit counts.
    recordsPerSecond: records.least * rates.recordsPerSecond.perSecond,
    byteShare: bytes.least,
    byteShareAtMost: bytes.most,
    recordShare: records.least,
    recordShareAtMost: records.most,
  }
}

/** The same key as a part of the whole stream. */
export function inStream(key: KeyShare, bytesPerSecond: number, recordsPerSecond: number): KeyShare {
  const part = (own: number, share: number, most: number, all: number) => {
    const whole = share === 0 ? 0 : own / share
    return { least: all === 0 ? 0 : own / all, most: all === 0 ? 0 : (whole * most) / all }
  }
  const bytes = part(key.bytesPerSecond, key.byteShare, key.byteShareAtMost, bytesPerSecond)
  const records = part(key.recordsPerSecond, key.recordShare, key.recordShareAtMost, recordsPerSecond)
  return {
    ...key,
    byteShare: bytes.least,
    byteShareAtMost: bytes.most,
    recordShare: records.least,
    recordShareAtMost: records.most,
  }
}
