import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { basisText, unreachableOf, waysOutOf } from '../../source/commands/plan-making.ts'
import { COMMANDS } from '../../source/commands/registry.ts'
import { HASH_SPACE_SIZE } from '../../source/domain/hash-key.ts'
import { uniformRanges } from '../../source/domain/heat/forecast.ts'
import type { ObservedLoads } from '../../source/domain/heat/what-if.ts'
import { shardsWithoutPeak } from '../../source/domain/plan/load-basis.ts'
import { obstaclesOf } from '../../source/domain/plan/reachable.ts'
import { hottestOf, planShards } from '../../source/domain/plan/shard-plan.ts'
import { uniformScaling } from '../../source/domain/plan/uniform-scaling.ts'
import type { PlanView } from '../../source/state/plan-state.ts'
import { frameOf } from '../../source/ui/frame.ts'
import { themeFor } from '../../source/ui/theme.ts'
import { modelAfter, NOW, STREAMS_LISTED } from '../support/models.ts'

const MIB = 1_048_576
const stream = { streamName: 'orders' }
const ranges = uniformRanges(2)
const shards = ranges.map((hashKeyRange, index) => ({
  shardId: `shardId-00000000000${index}`,
  hashKeyRange,
  startingSequenceNumber: '1',
}))
type Points = readonly (readonly [hashKey: bigint, share: number])[]
const loadsOf = (points: Points) => ({
  bytes: points.map(([hashKey, share]) => ({ hashKey, load: share * MIB })),
  records: [],
})
const planOf = (points: Points, mostOpenShards?: number) =>
  planShards({
    ranges,
    loads: loadsOf(points),
    targetUtilisation: 0.7,
    ...(mostOpenShards === undefined ? {} : { mostOpenShards }),
  })
const reasoned = (points: Points, mostOpenShards?: number) => ({
  plan: planOf(points, mostOpenShards),
  keyNames: new Map<bigint, string>(),
  shards,
})
const UPPER = HASH_SPACE_SIZE / 2n
/** Four keys of half a shard each, far apart: at 70 % each wants a shard for itself. */
const FOUR: Points = [1n, 2n, 5n, 6n].map(eighth => [(HASH_SPACE_SIZE * eighth) / 8n + 9n, 0.5] as const)

describe('a target that cannot be reached', () => {
  it('names the key that is too hot, and its shard', () => {
    const view = { ...reasoned([[UPPER + 9n, 1.5]]), keyNames: new Map([[UPPER + 9n, 'tenant-7']]) }
    expect(unreachableOf(view)).toBe(
      'The target of 70.0 % cannot be reached: key "tenant-7" alone takes 150.0 % of a shard in shardId-000000000001, and no split divides a key. The best that splits and merges achieve is 150.0 % on the hottest shard.',
    )
    expect(waysOutOf(view)).toContain('Spread the key')
  })

  it('names the shard quota where that is short, and plans the best that it leaves room for', () => {
    expect(unreachableOf(reasoned(FOUR))).toBeUndefined()
    expect(planOf(FOUR).after).toHaveLength(4)
    // 60, 40, 60 and 60 %: of three shards the coolest are 100, 60 and 60 %.
    const uneven: Points = FOUR.map(([hashKey], index) => [hashKey, index === 1 ? 0.4 : 0.6] as const)
    const short = reasoned(uneven, 3)
    expect(short.plan.after).toHaveLength(3)
    expect(hottestOf(short.plan.after)).toBeCloseTo(1, 4)
    expect(short.plan.counts.mostOpenShards).toBeLessThanOrEqual(3)
    const text = unreachableOf({ ...short, limits: { openShardCount: 19_999, shardLimit: 20_000 } })
    expect(text).toContain('it needs 4 open shards, and the shard quota of the account leaves this stream 3')
    expect(text).toContain('(19999 of 20000 are open in it)')
    expect(text).not.toContain('key')
    expect(waysOutOf(short)).toContain('Service Quotas')
    // Without room for any more, the boundaries may still move: two keys a shard is what is there already.
    expect(planOf(FOUR, 2).steps).toEqual([])
    expect(unreachableOf(reasoned(FOUR, 4))).toBeUndefined()
  })

  it('names keys that lie too close together for a split, with their shard', () => {
    // Three neighbours of half a shard each: a range has two hash keys at least, so two of them share one.
    const view = reasoned([0n, 1n, 2n].map(key => [UPPER + 100n + key, 0.5] as const))
    expect(view.plan.hotKeys).toEqual([])
    const [obstacle] = obstaclesOf(view.plan)
    expect(obstacle).toMatchObject({ kind: 'crowded-keys', utilisation: 1 })
    expect(unreachableOf(view)).toMatch(
      /the hash keys \d+\.\.\d+ of shardId-000000000001 take 100\.0 % of a shard together and lie too close for a split/,
    )
    expect(waysOutOf(view)).toBe('Take')
  })

  it('is not claimed for the rounding of a load that fits', () => {
    // 0.7 of a shard in sevenths: the sum of the parts is a hair above the target.
    const points = Array.from({ length: 7 }, (_, index) => [BigInt(index * 1_000), 0.1] as const)
    expect(unreachableOf(reasoned([...points, [UPPER, 0.7]]))).toBeUndefined()
  })

  it('says a burst where the key is over the target in its busiest second alone', () => {
    const averageKeyUse = new Map([[UPPER + 9n, 0.4]])
    const view = { ...reasoned([[UPPER + 9n, 1.5]]), basis: 'peak', averageKeyUse } as const
    expect(unreachableOf(view)).toContain(
      'a burst: in the busiest second of shardId-000000000001 hash key 170141183460469231731687303715884105737 alone takes an estimated 150.0 % of a shard',
    )
    expect(unreachableOf(view)).toContain('in the mean of the window it takes 40.0 %')
    const always = { ...view, averageKeyUse: new Map([[UPPER + 9n, 0.9]]) }
    expect(unreachableOf(always)).not.toContain('burst')
  })
})

describe('a plan for peaks', () => {
  it('marks loaded shards of which no busiest second is known', () => {
    const spread = (loadPerSecond: number) => ({ loadPerSecond, loads: [], outsideShare: 0, keylessShare: 0 })
    const observed: ObservedLoads = {
      bytes: new Map([
        ['a', spread(10)],
        ['b', spread(20)],
        ['idle', spread(0)],
      ]),
      records: new Map(),
    }
    const unknown = shardsWithoutPeak(observed, new Map([['a', { bytes: 30, records: 1 }]]))
    expect(unknown).toEqual(['b'])
    const told = { windowSeconds: 60, recordCount: 5, basis: 'peak' } as const
    expect(basisText({ ...told, shardsWithoutPeak: unknown })).toContain('NOT KNOWN for b, whose average')
    expect(basisText({ ...told, shardsWithoutPeak: [] })).not.toContain('NOT KNOWN')
    expect(basisText({ ...told, basis: 'average', shardsWithoutPeak: unknown })).not.toContain('NOT KNOWN')
  })
})

describe('in the console', () => {
  const viewOf = (points: Points): PlanView => {
    const plan = planOf(points)
    return {
      stream,
      at: NOW,
      windowSeconds: 60,
      plan,
      shards,
      keyNames: new Map(),
      uniformSame: uniformScaling(ranges, plan.after.length, loadsOf(points)),
      preview: { title: 'Plan', sections: [], awsCli: [] },
    }
  }
  const shown = (points: Points) =>
    modelAfter(
      [
        ...STREAMS_LISTED,
        { type: 'screen-opened', screen: { screen: 'plan', stream, scroll: 0 } },
        { type: 'plan-made', view: viewOf(points) },
      ],
      [140, 40],
    )
  const run = COMMANDS.find(({ id }) => id === 'plan.run')

  it('such a plan wants "best possible" typed; one that keeps its target wants a yes', () => {
    const unreachable = run?.confirm?.({} as never, shown([[UPPER + 9n, 1.5]]))
    expect(unreachable?.requiredText).toBe('best possible')
    expect(unreachable?.lines[0]).toContain('WARNING: The target of 70.0 % cannot be reached')
    expect(run?.confirm?.({} as never, shown(FOUR)).requiredText).toBeUndefined()
  })

  it('the screen says why', () => {
    const lines = frameOf(shown([[UPPER + 9n, 1.5]]), COMMANDS, themeFor('none'))
    const text = lines.map(stripVTControlCharacters).join(' ').replace(/\s+/g, ' ')
    expect(text).toContain('alone takes 150.0 % of a shard in shardId-000000000001')
  })
})
