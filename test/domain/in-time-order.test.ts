import fc from 'fast-check'
import { expect, test } from 'vitest'
import { inTimeOrder } from '../../source/domain/in-time-order.ts'
import type { StreamRecord } from '../../source/domain/record.ts'

const record = (shardId: string, number: number, millis: number | undefined): StreamRecord => ({
  streamName: 's',
  shardId,
  sequenceNumber: String(number),
  data: new Uint8Array(),
  partitionKey: 'k',
  ...(millis === undefined ? {} : { approximateArrivalTimestamp: new Date(millis) }),
})
const shardIds = ['shardId-0', 'shardId-1', 'shardId-2'] as const
const items = fc
  .array(
    fc.tuple(fc.constantFrom(...shardIds), fc.option(fc.integer({ min: 0, max: 50 }), { nil: undefined })),
    {
      maxLength: 60,
    },
  )
  .map(list => list.map(([shardId, millis], number) => record(shardId, number, millis)))
const self = (one: StreamRecord) => one
const byShard = (list: readonly StreamRecord[], shardId: string) =>
  list.filter(one => one.shardId === shardId).map(one => one.sequenceNumber)

test('each record comes out once, and each shard keeps its own order whatever its clock says', () => {
  fc.assert(
    fc.property(items, list => {
      const ordered = inTimeOrder(list, self)
      expect(ordered).toHaveLength(list.length)
      for (const shardId of shardIds) expect(byShard(ordered, shardId)).toEqual(byShard(list, shardId))
    }),
    { numRuns: 2_000 },
  )
})

test('where each shard goes forward in time, so does the whole; equal times go by shard', () => {
  const forward = items.map(list => {
    const latest = new Map<string, number>()
    return list.map((one, number) => {
      const before = latest.get(one.shardId) ?? 0
      const millis = before + (one.approximateArrivalTimestamp?.getTime() ?? 0)
      latest.set(one.shardId, millis)
      return record(one.shardId, number, millis)
    })
  })
  fc.assert(
    fc.property(forward, list => {
      if (new Set(list.map(one => one.shardId)).size < 2) return
      // The straightforward rule: time, then shard, then where it stood.
      const wanted = list
        .map((one, place) => ({ one, place, millis: one.approximateArrivalTimestamp?.getTime() ?? 0 }))
        .sort(
          (a, b) =>
            a.millis - b.millis || a.one.shardId.localeCompare(b.one.shardId, 'en') || a.place - b.place,
        )
        .map(({ one }) => one.sequenceNumber)
      expect(inTimeOrder(list, self).map(one => one.sequenceNumber)).toEqual(wanted)
    }),
    { numRuns: 2_000 },
  )
})

test('by hand: a time that goes back counts as the latest one before it', () => {
  const list = [
    record('shardId-0', 1, 10),
    record('shardId-0', 2, 5),
    record('shardId-1', 3, 7),
    record('shardId-1', 4, 12),
    record('shardId-0', 5, undefined),
  ]
  expect(inTimeOrder(list, self).map(one => one.sequenceNumber)).toEqual(['3', '1', '2', '5', '4'])
})
