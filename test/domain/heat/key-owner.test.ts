import { describe, expect, test } from 'vitest'
import { createdSecondOf, ownerAt } from '../../../source/domain/heat/key-owner.ts'
import type { Shard } from '../../../source/domain/shard.ts'
import { sequenceNumber, shardBase } from '../../../source/sandbox/engine/sequence-number.ts'

const T = 1_780_000_000
const numberAt = (created: number, second: number) => sequenceNumber(shardBase(created, 1), 0, second)

function shard(id: number, from: bigint, to: bigint, created: number, closed?: number): Shard {
  return {
    shardId: `shardId-00000000000${id}`,
    hashKeyRange: { startingHashKey: from, endingHashKey: to },
    startingSequenceNumber: numberAt(created, created),
    ...(closed === undefined ? {} : { endingSequenceNumber: numberAt(created, closed) }),
  }
}

describe('owner of a key at a time', () => {
  const parent = shard(0, 0n, 99n, T, T + 100)
  const lower = shard(1, 0n, 49n, T + 100)
  const upper = shard(2, 50n, 99n, T + 100)

  test('is the one shard of the listing for that moment that holds the key', () => {
    expect(ownerAt([lower, upper], 60n, (T + 150) * 1000)).toEqual({ shard: upper, basis: 'listing' })
    expect(ownerAt([lower], 60n, (T + 150) * 1000)).toBeUndefined()
    // Long before the shard was made: the listing began at what is left.
    expect(ownerAt([lower, upper], 60n, 0)).toBeUndefined()
  })

  test('is told by sequence numbers where the endpoint lists ancestors too, and says so', () => {
    const all = [parent, lower, upper]
    expect(ownerAt(all, 60n, (T + 50) * 1000)).toEqual({ shard: parent, basis: 'sequence-numbers' })
    expect(ownerAt(all, 60n, (T + 150) * 1000)).toEqual({ shard: upper, basis: 'sequence-numbers' })
    expect(ownerAt(all, 60n, (T - 50) * 1000)).toBeUndefined()
  })

  test('reads the time of creation from numbers of the known layout only', () => {
    // AWS's own sample event: shard 6 of a stream, arrival 2018-12-17T22:10:50Z; made some months earlier.
    const created = createdSecondOf({
      startingSequenceNumber: '49590338271490256608559692538361571095921575989136588898',
    })
    expect(created).toBeGreaterThan(Date.UTC(2018, 0, 1) / 1000)
    expect(created).toBeLessThanOrEqual(Date.UTC(2018, 11, 17, 22, 10, 50) / 1000)
    expect(createdSecondOf({ startingSequenceNumber: '12' })).toBeUndefined()
    expect(createdSecondOf({ startingSequenceNumber: 'abc' })).toBeUndefined()
  })
})
