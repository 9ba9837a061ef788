import type { Shard, UpdateShardCountOutput } from '@aws-sdk/client-kinesis'
import { type Scene, scene } from '../fact.ts'
import type { World } from '../world.ts'

const API = 'API UpdateShardCount'
const REFUSED = ['InvalidArgumentException', 'LimitExceededException', 'ValidationException']
const SPACE = 1n << 128n

const update = (
  world: World,
  StreamName: string,
  TargetShardCount: number,
  ScalingType = 'UNIFORM_SCALING',
) =>
  world.kinesis.updateShardCount({
    StreamName,
    TargetShardCount,
    ScalingType: ScalingType as 'UNIFORM_SCALING',
  })

const isOpen = (shard: Shard) => shard.SequenceNumberRange?.EndingSequenceNumber === undefined
const start = (shard: Shard) => BigInt(shard.HashKeyRange?.StartingHashKey ?? -1)
const end = (shard: Shard) => BigInt(shard.HashKeyRange?.EndingHashKey ?? -1)
const number = (shard: Shard) => Number(shard.ShardId?.split('-')[1])
const byRange = (a: Shard, b: Shard) => (start(a) < start(b) ? -1 : 1)

/** Shares of the space in hundredths of a percent: where exact bounds are not documented, equality is. */
const shares = (shards: readonly Shard[]) =>
  shards
    .filter(isOpen)
    .sort(byRange)
    .map(shard => Number(((end(shard) - start(shard) + 1n) * 10_000n + SPACE / 2n) / SPACE))

const coversSpace = (shards: readonly Shard[]) => {
  const open = shards.filter(isOpen).sort(byRange)
  return (
    open.every((shard, index) => start(shard) === (index === 0 ? 0n : end(open[index - 1] ?? shard) + 1n)) &&
    end(open.at(-1) ?? ({} as Shard)) === SPACE - 1n
  )
}

/** Every shard but the first ones comes of one split or one merge of shards that are closed now. */
const isLineage = (shards: readonly Shard[], firstCount: number) => {
  const byId = new Map(shards.map(shard => [shard.ShardId, shard]))
  return shards.every(shard => {
    const parent = byId.get(shard.ParentShardId ?? '')
    if (parent === undefined) return number(shard) < firstCount && shard.ParentShardId == null
    if (isOpen(parent) || number(parent) >= number(shard)) return false
    const adjacent = byId.get(shard.AdjacentParentShardId ?? '')
    if (adjacent === undefined) return start(shard) === start(parent) || end(shard) === end(parent)
    const [low, high] = [parent, adjacent].sort(byRange)
    return low !== undefined && high !== undefined && start(shard) === start(low) && end(shard) === end(high)
  })
}

type Scaled = { streamName: string; answer: UpdateShardCountOutput; shards: Shard[] }

function countScene(from: number, to: number, ids?: { open: number[]; source: string }): Scene {
  return scene<Scaled>({
    id: `scale-${from}-to-${to}`,
    async setUp(world) {
      const streamName = await world.stream(`scale-${from}-${to}`, from)
      const answer = await update(world, streamName, to)
      await world.untilActive(streamName)
      return { streamName, answer, shards: await world.shards(streamName) }
    },
    facts: [
      {
        id: 'answer',
        source: `${API}: the count before, the count asked for`,
        expected: { current: from, target: to },
        observe: async (_, { answer }) => ({
          current: answer.CurrentShardCount,
          target: answer.TargetShardCount,
        }),
      },
      {
        id: 'equal-shares',
        source: `${API}: uniform scaling makes shards of equal size`,
        expected: Array.from({ length: to }, () => Math.round(10_000 / to)),
        observe: async (_, { shards }) => shares(shards),
      },
      {
        id: 'cover',
        source: 'Guide, resharding: the open shards cover the space, no gap, no overlap',
        expected: true,
        observe: async (_, { shards }) => coversSpace(shards),
      },
      {
        id: 'lineage',
        source: `${API}: works by splits and merges; all that was there before stays listed as closed`,
        expected: { lineage: true, originalsClosed: true },
        observe: async (_, { shards }) => ({
          lineage: isLineage(shards, from),
          originalsClosed: shards.slice(0, from).every(shard => !isOpen(shard)),
        }),
      },
      ...(ids === undefined
        ? []
        : [
            {
              id: 'open-ids',
              source: ids.source,
              expected: ids.open,
              observe: async (_: World, { shards }: Scaled) =>
                shards
                  .filter(isOpen)
                  .map(number)
                  .sort((a, b) => a - b),
            },
          ]),
    ],
  })
}

export const scalingScenes = [
  countScene(4, 8, { open: [4, 5, 6, 7, 8, 9, 10, 11], source: 'doubling splits every shard once' }),
  countScene(4, 2, { open: [4, 5], source: 'halving merges every pair once' }),
  countScene(4, 6),
  countScene(4, 3, { open: [6, 9, 10], source: 'risingwave#9961, shards of a real stream after 4 to 3' }),
  scene({
    id: 'scale-refusals',
    setUp: world => world.stream('scale-refusals', 4),
    facts: [
      ...[
        { id: 'more-than-double', target: 9 },
        { id: 'less-than-half', target: 1 },
      ].map(({ id, target }) => ({
        id,
        source: `${API}: at most double, at least half; which error name it has is reported in three ways`,
        expected: 'refused',
        observe: async (world: World, streamName: string) => {
          const name = await world.refusal(update(world, streamName, target))
          return REFUSED.includes(name) ? 'refused' : name
        },
      })),
      {
        id: 'zero',
        source: 'service model PositiveIntegerObject: at least 1',
        expected: 'ValidationException',
        observe: (world, streamName) => world.refusal(update(world, streamName, 0)),
      },
      {
        id: 'scaling-type',
        source: 'service model ScalingType',
        expected: 'ValidationException',
        observe: (world, streamName) => world.refusal(update(world, streamName, 5, 'BY_LOAD')),
      },
      {
        id: 'unknown-stream',
        source: `${API}: ResourceNotFoundException`,
        expected: 'ResourceNotFoundException',
        observe: world => world.refusal(update(world, world.streamName('nowhere'), 2)),
      },
    ],
  }),
]
