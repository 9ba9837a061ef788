import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HASH_SPACE_SIZE, type HashKeyRange } from '../../source/domain/hash-key.ts'
import { countSteps, hottestOf, openRanges, planShards } from '../../source/domain/plan/shard-plan.ts'
import { isSameLayout, layoutsAlong, stepsBack } from '../../source/domain/plan/steps.ts'
import {
  callsTo,
  enoughUniform,
  uniformScaling,
  uniformSteps,
} from '../../source/domain/plan/uniform-scaling.ts'

const MIB = 1_048_576
/** Equal shards, as CreateStream makes them. */
const equal = (count: number): HashKeyRange[] =>
  Array.from({ length: count }, (_, index) => ({
    startingHashKey: (HASH_SPACE_SIZE * BigInt(index)) / BigInt(count),
    endingHashKey: (HASH_SPACE_SIZE * BigInt(index + 1)) / BigInt(count) - 1n,
  }))
/** A load in the middle of a part of the space, in parts of a shard's byte limit. */
const at = (part: number, of: number, share: number) => ({
  hashKey: (HASH_SPACE_SIZE * BigInt(2 * part + 1)) / BigInt(2 * of),
  load: share * MIB,
})

describe('a plan by load', () => {
  it('leaves a stream alone that is as it should be', () => {
    const loads = { bytes: [at(0, 4, 0.6), at(1, 4, 0.6), at(2, 4, 0.6), at(3, 4, 0.6)], records: [] }
    const plan = planShards({ ranges: equal(4), loads, targetUtilisation: 0.7 })
    expect(plan.steps).toEqual([])
    expect(plan.after.map(({ utilisation }) => utilisation)).toEqual([0.6, 0.6, 0.6, 0.6])
  })

  it('gives a hot shard a second one and merges two cold ones: three shards become three', () => {
    const bytes = [at(0, 6, 0.5), at(1, 6, 0.5), at(2, 6, 0.1), at(3, 6, 0.1), at(4, 6, 0.1), at(5, 6, 0.1)]
    const plan = planShards({ ranges: equal(3), loads: { bytes, records: [] }, targetUtilisation: 0.7 })
    expect(plan.after.map(({ utilisation }) => Number(utilisation.toFixed(6)))).toEqual([0.5, 0.5, 0.4])
    expect(plan.hotKeys).toEqual([])
    expect(hottestOf(plan.after)).toBeLessThanOrEqual(0.7 + 1e-9)
    // The boundary between the first and the second stays: of two equal ways the more even one.
    expect(plan.steps.map(({ kind }) => kind)).toEqual(['split', 'merge'])
  })

  it('names a key that no split helps, and gives it a shard of its own', () => {
    const bytes = [at(0, 4, 0.3), at(1, 4, 1.2), at(2, 4, 0.3), at(3, 4, 0.3)]
    const plan = planShards({ ranges: equal(1), loads: { bytes, records: [] }, targetUtilisation: 0.7 })
    expect(plan.hotKeys).toEqual([
      { hashKey: bytes[1]?.hashKey, bytesPerSecond: 1.2 * MIB, recordsPerSecond: 0, utilisation: 1.2 },
    ])
    expect(plan.after.map(({ utilisation }) => Number(utilisation.toFixed(6)))).toEqual([0.3, 1.2, 0.6])
  })

  it('looks at records as well as at bytes', () => {
    const records = [at(0, 2, 0).hashKey, at(1, 2, 0).hashKey].map(hashKey => ({ hashKey, load: 600 }))
    const plan = planShards({ ranges: equal(1), loads: { bytes: [], records }, targetUtilisation: 0.7 })
    expect(plan.after.map(({ utilisation }) => utilisation)).toEqual([0.6, 0.6])
  })

  it('keeps to the room that the account has, merging before splitting', () => {
    const bytes = [at(0, 8, 0.6), at(1, 8, 0.6), at(4, 8, 0.1), at(6, 8, 0.1)]
    const question = { ranges: equal(4), loads: { bytes, records: [] }, targetUtilisation: 0.7 }
    expect(planShards(question).counts.mostOpenShards).toBe(5)
    const tight = planShards({ ...question, mostOpenShards: 4 })
    expect(tight.counts.mostOpenShards).toBe(4)
    expect(tight.steps).toHaveLength(planShards(question).steps.length)
  })

  it('has a way back that ends where it began', () => {
    const load = fc.record({
      hashKey: fc.bigInt({ min: 0n, max: HASH_SPACE_SIZE - 1n }),
      load: fc.double({ min: 1, max: MIB, noNaN: true }),
    })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.array(load, { maxLength: 40 }), (count, bytes) => {
        const ranges = equal(count)
        const plan = planShards({ ranges, loads: { bytes, records: [] }, targetUtilisation: 0.8 })
        const there = layoutsAlong(ranges, plan.steps).at(-1) ?? []
        const back = layoutsAlong(there, stepsBack(plan.steps)).at(-1) ?? []
        expect(isSameLayout(back, ranges)).toBe(true)
        expect(there.length).toBe(plan.after.length)
      }),
    )
  })

  it('takes a listing with a gap for no layout', () => {
    const [lower] = equal(2)
    const shard = {
      shardId: 'a',
      hashKeyRange: lower ?? { startingHashKey: 0n, endingHashKey: 0n },
      startingSequenceNumber: '1',
    }
    expect(openRanges([shard])).toBeUndefined()
  })
})

describe('UpdateShardCount beside it', () => {
  // Hand-worked from the developer guide's rule: 4 to 3 leaves three open and eight closed, four of them short-lived.
  it.each([
    [4, 8, { splits: 4, merges: 0, closedShards: 4, shortLivedShards: 0 }],
    [4, 6, { splits: 4, merges: 2, closedShards: 8, shortLivedShards: 4 }],
    [4, 3, { splits: 2, merges: 3, closedShards: 8, shortLivedShards: 4 }],
    [8, 4, { splits: 0, merges: 4, closedShards: 8, shortLivedShards: 0 }],
    [3, 5, { splits: 4, merges: 2, closedShards: 8, shortLivedShards: 5 }],
  ])('%d -> %d', (from, to, counts) => {
    const steps = uniformSteps(equal(from), to)
    expect(countSteps(from, steps)).toMatchObject(counts)
    const after = layoutsAlong(equal(from), steps).at(-1) ?? []
    expect(after).toHaveLength(to)
    after.forEach((range, index) => {
      const exact = (HASH_SPACE_SIZE * BigInt(index)) / BigInt(to)
      const off =
        range.startingHashKey > exact ? range.startingHashKey - exact : exact - range.startingHashKey
      expect(off < 1n << 32n).toBe(true)
    })
  })

  it('needs several calls beyond twice and half', () => {
    expect(callsTo(4, 20)).toEqual([8, 16, 20])
    expect(callsTo(10, 3)).toEqual([5, 3])
    expect(callsTo(3, 3)).toEqual([])
  })

  it('finds how many equal shards would do, or that none of them does', () => {
    const loads = { bytes: [at(0, 8, 0.5), at(1, 8, 0.5)], records: [] }
    expect(uniformScaling(equal(2), 2, loads).hottest).toBe(1)
    expect(enoughUniform(equal(2), loads, 0.7, 2)?.shardCount).toBe(6)
    const hot = { bytes: [at(0, 8, 1.5)], records: [] }
    expect(enoughUniform(equal(2), hot, 0.7, 2)).toBeUndefined()
  })
})
