import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { engine, id, type Output } from './support.ts'

const WHOLE = 2n ** 128n
const numbersOf = (shards: Output[]) =>
  shards.map(({ ShardId }) => Number(ShardId.slice(-12))).sort((a, b) => a - b)

/** Widths of the open shards as shares of a million, in ring order; also proves that they tile the space. */
function shares(open: Output[]): number[] {
  const ranges = open
    .map(
      ({ HashKeyRange: { StartingHashKey, EndingHashKey } }) =>
        [BigInt(StartingHashKey), BigInt(EndingHashKey)] as const,
    )
    .sort(([a], [b]) => (a < b ? -1 : 1))
  let next = 0n
  for (const [start, end] of ranges) {
    expect(start).toBe(next)
    next = end + 1n
  }
  expect(next).toBe(WHOLE)
  return ranges.map(([start, end]) => Number(((end - start + 1n) * 1_000_000n) / WHOLE))
}

function scale(kinesis: ReturnType<typeof engine>, target: number) {
  kinesis.call('UpdateShardCount', {
    StreamName: 's',
    TargetShardCount: target,
    ScalingType: 'UNIFORM_SCALING',
  })
  kinesis.clock.advance(10_000)
}

describe('SplitShard', () => {
  it('makes two children of one parent, once the stream is ACTIVE again', () => {
    const { call, clock, create, failure, shards, openShards } = engine()
    create('s', 1)
    call('SplitShard', { StreamName: 's', ShardToSplit: id(0), NewStartingHashKey: '1000' })
    expect(call('DescribeStreamSummary', { StreamName: 's' }).StreamDescriptionSummary.StreamStatus).toBe(
      'UPDATING',
    )
    expect(failure('SplitShard', { StreamName: 's', ShardToSplit: id(0), NewStartingHashKey: '1000' })).toBe(
      'ResourceInUseException',
    )
    clock.advance(500)
    expect(numbersOf(openShards('s'))).toEqual([1, 2])
    expect(
      shards('s')
        .slice(1)
        .map(({ ParentShardId, HashKeyRange }) => [ParentShardId, HashKeyRange]),
    ).toEqual([
      [id(0), { StartingHashKey: '0', EndingHashKey: '999' }],
      [id(0), { StartingHashKey: '1000', EndingHashKey: String(WHOLE - 1n) }],
    ])
  })

  it.each([['0'], ['1'], ['340282366920938463463374607431768211455']])('refuses the bound %s', key => {
    const { create, failure } = engine()
    create('s', 1)
    expect(failure('SplitShard', { StreamName: 's', ShardToSplit: id(0), NewStartingHashKey: key })).toBe(
      'InvalidArgumentException',
    )
  })

  it('refuses a shard that is split already (reported: mhart/kinesalite#109)', () => {
    const { call, clock, create, failure } = engine()
    create('s', 1)
    call('SplitShard', { StreamName: 's', ShardToSplit: id(0), NewStartingHashKey: '1000' })
    clock.advance(500)
    const again = { StreamName: 's', ShardToSplit: id(0), NewStartingHashKey: '2000' }
    expect(failure('SplitShard', again)).toBe('InvalidArgumentException')
    expect(() => call('SplitShard', again)).toThrow('already been merged or split')
    expect(failure('SplitShard', { ...again, ShardToSplit: id(9) })).toBe('ResourceNotFoundException')
    expect(failure('SplitShard', { ...again, NewStartingHashKey: 'abc' })).toBe('ValidationException')
  })
})

describe('MergeShards', () => {
  it.each([
    [0, 1],
    [1, 0],
  ])('takes neighbours in either order: %i with %i', (first, second) => {
    const { call, clock, create, shards } = engine()
    create('s', 2)
    call('MergeShards', { StreamName: 's', ShardToMerge: id(first), AdjacentShardToMerge: id(second) })
    clock.advance(500)
    expect(shards('s').at(-1)).toMatchObject({
      ShardId: id(2),
      ParentShardId: id(first),
      AdjacentParentShardId: id(second),
      HashKeyRange: { StartingHashKey: '0', EndingHashKey: String(WHOLE - 1n) },
    })
  })

  it('refuses shards whose ranges do not touch, itself included', () => {
    const { create, failure } = engine()
    create('s', 3)
    const merge = (a: number, b: number) =>
      failure('MergeShards', { StreamName: 's', ShardToMerge: id(a), AdjacentShardToMerge: id(b) })
    expect(merge(0, 2)).toBe('InvalidArgumentException')
    expect(merge(1, 1)).toBe('InvalidArgumentException')
  })

  it('leaves every record in its parent', () => {
    const { call, clock, create, iterator, put, read } = engine()
    create('s', 2)
    put('s', 'a')
    call('MergeShards', { StreamName: 's', ShardToMerge: id(0), AdjacentShardToMerge: id(1) })
    clock.advance(500)
    expect(read(iterator('s', 0)).Records).toHaveLength(1)
    expect(read(iterator('s', 2)).Records).toHaveLength(0)
    expect(put('s', 'a').ShardId).toBe(id(2))
  })
})

describe('UpdateShardCount', () => {
  it('goes 4 -> 3 by short-lived shards: 6, 9 and 10 stay open, eight are closed', () => {
    const kinesis = engine()
    kinesis.create('s', 4)
    scale(kinesis, 3)
    expect(numbersOf(kinesis.openShards('s'))).toEqual([6, 9, 10])
    expect(kinesis.shards('s')).toHaveLength(11)
    expect(shares(kinesis.openShards('s'))).toEqual([333_333, 333_333, 333_333])
  })

  it.each([
    [4, 8],
    [8, 4],
    [4, 2],
    [4, 6],
    [3, 6],
    [3, 5],
    [5, 7],
  ])('leaves equal ranges: %i -> %i', (from, target) => {
    const kinesis = engine()
    kinesis.create('s', from)
    scale(kinesis, target)
    const widths = shares(kinesis.openShards('s'))
    expect(widths).toHaveLength(target)
    expect(Math.max(...widths) - Math.min(...widths)).toBeLessThanOrEqual(1)
  })

  it('doubles by splitting every shard once, without another shard', () => {
    const kinesis = engine()
    kinesis.create('s', 3)
    scale(kinesis, 6)
    expect(kinesis.shards('s')).toHaveLength(9)
  })

  it('undoes an uneven split', () => {
    const kinesis = engine()
    kinesis.create('s', 2)
    kinesis.call('SplitShard', {
      StreamName: 's',
      ShardToSplit: id(1),
      NewStartingHashKey: String((WHOLE / 4n) * 3n),
    })
    kinesis.clock.advance(1000)
    expect(shares(kinesis.openShards('s'))).toEqual([500_000, 250_000, 250_000])
    scale(kinesis, 4)
    expect(shares(kinesis.openShards('s'))).toEqual([250_000, 250_000, 250_000, 250_000])
  })

  it('refuses more than double, less than half and an eleventh call within 24 hours', () => {
    const kinesis = engine()
    const { call, clock, create, failure } = kinesis
    const update = (target: number) =>
      failure('UpdateShardCount', {
        StreamName: 's',
        TargetShardCount: target,
        ScalingType: 'UNIFORM_SCALING',
      })
    create('s', 4)
    expect(update(9)).toBe('InvalidArgumentException')
    expect(update(1)).toBe('InvalidArgumentException')
    for (let count = 0; count < 10; count++) {
      expect(update(count % 2 === 0 ? 5 : 4)).toBeUndefined()
      clock.advance(60_000)
    }
    expect(update(5)).toBe('LimitExceededException')
    clock.advance(24 * 3_600_000)
    expect(update(5)).toBeUndefined()
    expect(call('DescribeStreamSummary', { StreamName: 's' }).StreamDescriptionSummary.StreamStatus).toBe(
      'UPDATING',
    )
  })

  it('tiles the space with the asked number of shards after any sequence of changes, ids never reused', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.integer({ min: 1, max: 24 }), { maxLength: 5 }),
        (start, targets) => {
          const kinesis = engine({ limits: 'off' })
          kinesis.create('s', start)
          for (const target of targets) {
            if (kinesis.openShards('s').length === target) continue
            scale(kinesis, target)
            expect(shares(kinesis.openShards('s'))).toHaveLength(target)
          }
          const numbers = numbersOf(kinesis.shards('s'))
          expect(numbers).toEqual([...numbers.keys()])
        },
      ),
      { numRuns: 60 },
    )
  })
})
