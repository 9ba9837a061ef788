import { scene } from '../fact.ts'
import type { World } from '../world.ts'

const RANGES = "step floor(2^128 / n), the ranges in the tests of AWS's amazon-kinesis-producer"
const SPACE = 1n << 128n

/** The ranges of n fresh shards by hand: equal steps, the last one up to the end of the space. */
function equalRanges(count: number): string[] {
  const step = SPACE / BigInt(count)
  return Array.from({ length: count }, (_, index) => {
    const end = index === count - 1 ? SPACE - 1n : step * BigInt(index + 1) - 1n
    return `${step * BigInt(index)}..${end}`
  })
}

async function rangesOf(world: World, streamName: string): Promise<string[]> {
  const shards = await world.shards(streamName)
  return shards.map(({ HashKeyRange: range }) => `${range?.StartingHashKey}..${range?.EndingHashKey}`)
}

export const shardScenes = [1, 2, 3, 4, 5, 7].map(count =>
  scene({
    id: `fresh-${count}`,
    setUp: world => world.stream(`fresh-${count}`, count),
    facts: [
      {
        id: 'hash-ranges',
        source: RANGES,
        expected: equalRanges(count),
        observe: rangesOf,
      },
      {
        id: 'identity',
        source:
          'API Shard: ids count from 0, no parents, no end while open; 56-digit numbers in AWS sample events',
        expected: Array.from({ length: count }, (_, index) => ({
          id: `shardId-${String(index).padStart(12, '0')}`,
          parents: [],
          open: true,
          startDigits: 56,
        })),
        observe: async (world, streamName) =>
          (await world.shards(streamName)).map(shard => ({
            id: shard.ShardId,
            parents: [shard.ParentShardId, shard.AdjacentParentShardId].filter(id => id != null),
            open: shard.SequenceNumberRange?.EndingSequenceNumber === undefined,
            startDigits: shard.SequenceNumberRange?.StartingSequenceNumber?.length,
          })),
      },
    ],
  }),
)

/** The three starts of domain knowledge written out, so that the formula above is not its own witness. */
export const thirdsScene = scene({
  id: 'thirds',
  setUp: world => world.stream('thirds', 3),
  facts: [
    {
      id: 'starts',
      source: 'hand calculation of 2^128 / 3',
      expected: ['0', '113427455640312821154458202477256070485', '226854911280625642308916404954512140970'],
      observe: async (world, streamName) =>
        (await world.shards(streamName)).map(shard => shard.HashKeyRange?.StartingHashKey),
    },
    {
      id: 'last-end',
      source: 'API HashKeyRange: 0 to 2^128-1',
      expected: '340282366920938463463374607431768211455',
      observe: async (world, streamName) =>
        (await world.shards(streamName)).at(-1)?.HashKeyRange?.EndingHashKey,
    },
  ],
})
