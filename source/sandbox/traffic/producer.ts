import { below, type Random, randomAt } from '../random.ts'
import { payloadOf } from './payload.ts'
import type { KeyChoice, Producer } from './scenario.ts'

/** Time is cut into slots; what a producer writes in a slot depends on seed and slot alone. */
export const SLOT_MS = 250

export type Entry = { PartitionKey: string; Data: Uint8Array }

/** What a producer writes in one slot, dated at its end. */
export function entriesInSlot(producer: Producer, seed: number, slot: number): Entry[] {
  const random = randomAt(seed, slot)
  const atMs = (slot + 1) * SLOT_MS
  const expected = (rateAt(producer, slot) * SLOT_MS) / 1000
  const count = Math.floor(expected) + (random() < expected % 1 ? 1 : 0)
  return Array.from({ length: count }, () => {
    const key = keyFrom(producer.keys, random)
    return {
      PartitionKey: key,
      Data: padded(payloadOf(producer.payload, key, random, atMs), producer.payloadBytes),
    }
  })
}

function rateAt({ recordsPerSecond, burst }: Producer, slot: number): number {
  if (burst === undefined) return recordsPerSecond
  const second = ((slot * SLOT_MS) / 1000) % burst.everySeconds
  return second < burst.lastingSeconds ? burst.recordsPerSecond : recordsPerSecond
}

function keyFrom(keys: KeyChoice, random: Random): string {
  switch (keys.kind) {
    case 'single':
      return keys.key
    case 'uniform':
      return `${keys.prefix}${1 + below(random, keys.count)}`
    case 'zipf':
      // The inverse of the 1/n law, close enough for traffic: count^u is 1 most often.
      return `${keys.prefix}${Math.min(keys.count, Math.floor(keys.count ** random()))}`
  }
}

function padded(data: Uint8Array, bytes = 0): Uint8Array {
  if (data.length >= bytes) return data
  const result = Buffer.alloc(bytes, 0x20)
  result.set(data)
  return result
}
