import { describe, expect, it } from 'vitest'
import { engine, id } from './support.ts'

// Vectors: MD5 of the UTF-8 bytes as one unsigned number, worked out apart from this code.
const THREE_STARTS = [
  '0',
  '113427455640312821154458202477256070485',
  '226854911280625642308916404954512140970',
]

describe('hash ranges', () => {
  it('gives three shards equal ranges that begin at multiples of floor(2^128/3)', () => {
    const { create, shards } = engine()
    create('s', 3)
    const ranges = shards('s').map(({ HashKeyRange }) => HashKeyRange)
    expect(ranges.map(({ StartingHashKey }) => StartingHashKey)).toEqual(THREE_STARTS)
    expect(ranges.at(-1).EndingHashKey).toBe('340282366920938463463374607431768211455')
  })

  it('lets two shards meet at 2^127', () => {
    const { create, shards } = engine()
    create('s', 2)
    expect(shards('s').map(({ HashKeyRange }) => HashKeyRange)).toEqual([
      { StartingHashKey: '0', EndingHashKey: '170141183460469231731687303715884105727' },
      {
        StartingHashKey: '170141183460469231731687303715884105728',
        EndingHashKey: '340282366920938463463374607431768211455',
      },
    ])
  })

  it.each([
    ['a', 0],
    ['user-1', 2],
    ['é', 1],
    ['🙂', 1],
    ['polygenelubricants', 0],
  ])('routes the partition key %s to shard %i of 3', (key, shard) => {
    const { create, put } = engine()
    create('s', 3)
    expect(put('s', key).ShardId).toBe(id(shard))
  })

  it('lets an explicit hash key decide instead, at both ends of a range', () => {
    const { create, put, failure } = engine()
    create('s', 3)
    const at = (ExplicitHashKey: string) => put('s', 'a', 'x', { ExplicitHashKey }).ShardId
    expect(at('113427455640312821154458202477256070484')).toBe(id(0))
    expect(at('113427455640312821154458202477256070485')).toBe(id(1))
    expect(at('340282366920938463463374607431768211455')).toBe(id(2))
    const beyond = { StreamName: 's', PartitionKey: 'a', Data: Buffer.from('x') }
    expect(
      failure('PutRecord', { ...beyond, ExplicitHashKey: '340282366920938463463374607431768211456' }),
    ).toBe('InvalidArgumentException')
    expect(failure('PutRecord', { ...beyond, ExplicitHashKey: '-1' })).toBe('ValidationException')
  })

  it('counts the characters of a partition key, not its bytes', () => {
    const { create, put, failure } = engine()
    create('s', 1)
    expect(put('s', '🙂'.repeat(256)).ShardId).toBe(id(0))
    expect(
      failure('PutRecord', { StreamName: 's', PartitionKey: '🙂'.repeat(257), Data: Buffer.from('x') }),
    ).toBe('ValidationException')
  })
})
