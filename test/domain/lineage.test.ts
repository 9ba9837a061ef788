import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hashKeyOf, rangeContains } from '../../source/domain/hash-key.ts'
import { Lineage, parentIdsOf } from '../../source/domain/lineage.ts'
import { isOpen, type Shard } from '../../source/domain/shard.ts'
import { reshardedStream } from '../support/arbitraries.ts'

const range = { startingHashKey: 0n, endingHashKey: 9n }
function shard(shardId: string, rest: Partial<Shard> = {}): Shard {
  return { shardId, hashKeyRange: range, startingSequenceNumber: '1', ...rest }
}

test('a split has two children, a merge one with two parents', () => {
  const lineage = new Lineage([
    shard('merged', { parentShardId: 'left', adjacentParentShardId: 'right' }),
    shard('right', { parentShardId: 'root', endingSequenceNumber: '9' }),
    shard('left', { parentShardId: 'root', endingSequenceNumber: '9' }),
    shard('root', { parentShardId: 'expired', endingSequenceNumber: '5' }),
  ])
  expect(
    lineage
      .childrenOf('root')
      .map(child => child.shardId)
      .toSorted(),
  ).toEqual(['left', 'right'])
  expect(lineage.childrenOf('left').map(child => child.shardId)).toEqual(['merged'])
  expect(lineage.childrenOf('merged')).toEqual([])
  expect(lineage.roots().map(root => root.shardId)).toEqual(['root'])
  const merged = lineage.get('merged')
  expect(merged && lineage.listedParentsOf(merged).map(parent => parent.shardId)).toEqual(['left', 'right'])
  expect(lineage.inReadingOrder().at(-1)?.shardId).toBe('merged')
  expect(lineage.inReadingOrder()[0]?.shardId).toBe('root')
  // An expired parent is known by its child alone.
  expect(lineage.get('expired')).toBeUndefined()
  expect(lineage.childrenOf('expired').map(child => child.shardId)).toEqual(['root'])
})

test('one parent named twice is one parent', () => {
  expect(parentIdsOf(shard('b', { parentShardId: 'a', adjacentParentShardId: 'a' }))).toEqual(['a'])
  expect(parentIdsOf(shard('b'))).toEqual([])
})

test('a listing that goes in circles still gives each shard once', () => {
  const lineage = new Lineage([
    shard('a', { parentShardId: 'b' }),
    shard('b', { parentShardId: 'a' }),
    shard('c', { parentShardId: 'c' }),
  ])
  expect(
    lineage
      .inReadingOrder()
      .map(one => one.shardId)
      .toSorted(),
  ).toEqual(['a', 'b', 'c'])
})

describe('after any history', () => {
  test('each shard comes once, after all of its listed parents, also when some have expired', () => {
    fc.assert(
      fc.property(reshardedStream, fc.nat(), ({ shards }, expired) => {
        const listed = shards.filter((one, index) => isOpen(one) || (index + expired) % 3 !== 0)
        const order = new Lineage(listed).inReadingOrder()
        expect(order.toSorted(byId)).toEqual(listed.toSorted(byId))
        const at = new Map(order.map((one, index) => [one.shardId, index]))
        for (const one of order) {
          for (const parentId of parentIdsOf(one))
            expect(at.get(parentId) ?? -1).toBeLessThan(at.get(one.shardId) ?? 0)
        }
      }),
    )
  })

  test('children and parents agree, roots have no listed parent, and every open shard descends from a root', () => {
    fc.assert(
      fc.property(reshardedStream, ({ shards }) => {
        const lineage = new Lineage(shards)
        const reached = new Set<string>()
        const visit = (one: Shard) => {
          reached.add(one.shardId)
          for (const child of lineage.childrenOf(one.shardId)) {
            expect(lineage.listedParentsOf(child)).toContainEqual(one)
            visit(child)
          }
        }
        for (const root of lineage.roots()) visit(root)
        expect(reached.size).toBe(shards.length)
      }),
      { numRuns: 50 },
    )
  })

  test('the owner of a key is the open shard around its hash', () => {
    fc.assert(
      fc.property(reshardedStream, fc.string(), ({ shards }, key) => {
        const owner = new Lineage(shards).openOwnerOf(hashKeyOf(key))
        expect(owner && isOpen(owner) && rangeContains(owner.hashKeyRange, hashKeyOf(key))).toBe(true)
      }),
    )
  })

  test('where all shards are closed nobody owns a key', () => {
    expect(new Lineage([shard('a', { endingSequenceNumber: '2' })]).openOwnerOf(5n)).toBeUndefined()
  })
})

function byId(a: Shard, b: Shard): number {
  return a.shardId < b.shardId ? -1 : 1
}

test('no shard is its own parent, whatever an endpoint says', () => {
  const own = shard('a', { parentShardId: 'a', adjacentParentShardId: 'a' })
  expect(parentIdsOf(own)).toEqual([])
  expect(new Lineage([own]).roots()).toEqual([own])
})

test('a line of 30,000 generations, listed newest first, is read from its oldest on', () => {
  const count = 30_000
  const line = Array.from({ length: count }, (_, age) => {
    const number = count - 1 - age
    return shard(String(number), number === 0 ? {} : { parentShardId: String(number - 1) })
  })
  const order = new Lineage(line).inReadingOrder().map(({ shardId }) => shardId)
  expect(order).toEqual(Array.from({ length: count }, (_, number) => String(number)))
})
