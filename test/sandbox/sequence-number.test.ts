import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  parseSequenceNumber,
  sequenceNumber,
  shardBase,
} from '../../source/sandbox/engine/sequence-number.ts'
import { engine } from './support.ts'

describe('sequence numbers', () => {
  it('reads the number of the sample event AWS publishes', () => {
    const parts = parseSequenceNumber('49590338271490256608559692538361571095921575989136588898')
    expect(parts?.shardIndex).toBe(6)
    expect(new Date((parts?.arrivalSeconds ?? 0) * 1000).toISOString()).toBe('2018-12-17T22:10:50.000Z')
  })

  it('reads back what it writes, and orders by counter whatever the arrival times are', () => {
    const seconds = fc.integer({ min: 1_400_000_000, max: 4_000_000_000 })
    const counters = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })
    fc.assert(
      fc.property(seconds, fc.nat(20_000), counters, counters, seconds, (created, index, a, b, arrival) => {
        const base = shardBase(created, index)
        const first = sequenceNumber(base, a, arrival)
        expect(parseSequenceNumber(first)).toEqual({
          shardCreatedSeconds: created,
          shardIndex: index,
          counter: a,
          arrivalSeconds: arrival,
        })
        const second = sequenceNumber(base, b, arrival + 5)
        if (a !== b) expect(BigInt(first) < BigInt(second)).toBe(a < b)
      }),
    )
  })

  it('refuses other numbers', () => {
    for (const text of ['', '0', '12', 'abc', '9223372036854775807', `1${'0'.repeat(55)}`]) {
      expect(parseSequenceNumber(text)).toBeUndefined()
    }
  })

  it('has 56 digits and grows within a shard; children begin above everything in both parents', () => {
    const { call, clock, create, put, shards } = engine()
    create('s', 2)
    const numbers = Array.from({ length: 50 }, () => BigInt(put('s', 'a').SequenceNumber))
    expect(String(numbers[0])).toHaveLength(56)
    expect([...numbers].sort((a, b) => (a < b ? -1 : 1))).toEqual(numbers)
    call('MergeShards', {
      StreamName: 's',
      ShardToMerge: 'shardId-000000000000',
      AdjacentShardToMerge: 'shardId-000000000001',
    })
    clock.advance(400)
    const [first, second, child] = shards('s').map(({ SequenceNumberRange }) => SequenceNumberRange)
    expect(BigInt(first.EndingSequenceNumber)).toBeGreaterThan(numbers.at(-1) ?? 0n)
    for (const parent of [first, second]) {
      expect(BigInt(child.StartingSequenceNumber)).toBeGreaterThan(BigInt(parent.EndingSequenceNumber))
    }
  })
})
