import type { StreamRecord } from '../domain/record.ts'
import type { ReadPageEvent } from './reader-event.ts'

/**
 * Whether a page shows that its shard is read up to where its tip was at `startedAtMillis`. The distance counts from the
 * call, so on a busy shard the tip may have moved on meanwhile; endpoints without a distance, or with a constant one, pass
 * with their first page that is not full.
 */
export function reachesTipOf(startedAtMillis: number, page: ReadPageEvent): boolean {
  if (page.isFull) return false
  const behind = page.millisBehindLatest ?? 0
  return behind === 0 || page.requestedAtMillis - behind > startedAtMillis
}

/**
 * Whether everything up to `until` was in this or earlier pages. Arrival stamps are not monotonic, so that a later stamp
 * alone proves nothing; a distance of 0 on a closed shard proves nothing either.
 */
export function reachesPast(until: Date, page: ReadPageEvent, isClosed: boolean): boolean {
  const behind = page.millisBehindLatest ?? 0
  if (isClosed && behind === 0) return false
  if (page.requestedAtMillis - behind <= until.getTime()) return false
  const [first] = page.records
  return !page.isFull || (first !== undefined && isAfter(first, until))
}

/** False where the endpoint sent no arrival time. */
export function isAfter(record: StreamRecord, moment: Date): boolean {
  const arrival = record.approximateArrivalTimestamp
  return arrival !== undefined && arrival.getTime() > moment.getTime()
}
