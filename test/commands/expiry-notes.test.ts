import { expect, test } from 'vitest'
import { ExpiryNotes } from '../../source/commands/expiry-notes.ts'

const HOUR = 3_600_000
const NOON = Date.UTC(2026, 10, 30, 12)

function expired(shard: number, fromHours: number, untilHours: number) {
  return {
    type: 'records-expired' as const,
    shardId: `shardId-00000000000${shard}`,
    fromMillis: NOON + fromHours * HOUR,
    untilMillis: NOON + untilHours * HOUR,
  }
}

test('what expired unread is said at once, with its span, and then once a minute for all shards together', () => {
  const notes = new ExpiryNotes()
  expect(notes.take(expired(0, 0, 2), NOON)).toBe(
    "expired: 2.0 h of shardId-000000000000: what arrived from 2026-11-30T12:00:00.000Z to 2026-11-30T14:00:00.000Z left the stream's retention before it was read.",
  )
  expect(notes.take(expired(1, 0, 1), NOON + 1_000)).toBeUndefined()
  expect(notes.take(expired(2, 1, 1.5), NOON + 61_000)).toMatch(/^expired: 1\.5 h of 2 shards: /)
  expect(notes.flush()).toBeUndefined()
  notes.take(expired(1, 2, 3), NOON + 62_000)
  expect(notes.flush()).toMatch(/^expired: 1\.0 h of shardId-000000000001: /)
})
