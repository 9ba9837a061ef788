import type { StreamRecord } from './record.ts'

/**
 * What lies at hand of several shards, by the time of arrival; of equal times the shard with the lower id first. Each
 * shard's own order is kept whatever its timestamps say: one that goes back counts as the latest one before it.
 */
export function inTimeOrder<Item>(
  items: readonly Item[],
  recordOf: (item: Item) => StreamRecord,
): readonly Item[] {
  const latest = new Map<string, number>()
  const placed = items.map(item => {
    const { shardId, approximateArrivalTimestamp } = recordOf(item)
    const before = latest.get(shardId) ?? Number.NEGATIVE_INFINITY
    const time = Math.max(before, approximateArrivalTimestamp?.getTime() ?? before)
    latest.set(shardId, time)
    return { item, time, shardId }
  })
  if (latest.size < 2) return items
  // The sort is stable.
  return placed
    .sort((a, b) => {
      if (a.time !== b.time) return a.time < b.time ? -1 : 1
      return a.shardId === b.shardId ? 0 : a.shardId < b.shardId ? -1 : 1
    })
    .map(({ item }) => item)
}
