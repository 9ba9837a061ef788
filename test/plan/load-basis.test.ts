import { expect, it } from 'vitest'
import { HASH_SPACE_SIZE } from '../../source/domain/hash-key.ts'
import { uniformRanges } from '../../source/domain/heat/forecast.ts'
import type { ObservedLoads } from '../../source/domain/heat/what-if.ts'
import { peakLoads } from '../../source/domain/plan/load-basis.ts'
import { bestAboveTarget, unreachableText } from '../../source/domain/plan/reachable.ts'
import { planShards } from '../../source/domain/plan/shard-plan.ts'

const spread = (load: number) => ({ loadPerSecond: load, loads: [{ hashKey: 5n, load }] })

it('a peak raises the loads of its shard alone, never below the average', () => {
  const observed = {
    bytes: new Map([
      ['a', spread(100)],
      ['b', spread(100)],
    ]),
    records: new Map([['a', spread(10)]]),
  } as unknown as ObservedLoads
  const raised = peakLoads(observed, new Map([['a', { bytes: 300, records: 4 }]]))
  expect(raised.bytes.get('a')).toMatchObject({ loadPerSecond: 300, loads: [{ hashKey: 5n, load: 300 }] })
  expect(raised.bytes.get('b')).toMatchObject({ loadPerSecond: 100 })
  expect(raised.records.get('a')).toMatchObject({ loadPerSecond: 10 })
})

it('a key above the target makes it unreachable, with the best that is left; a light load does not', () => {
  const planOf = (share: number) =>
    planShards({
      ranges: uniformRanges(2),
      loads: { bytes: [{ hashKey: HASH_SPACE_SIZE / 3n, load: share * 1_048_576 }], records: [] },
      targetUtilisation: 0.7,
    })
  expect(bestAboveTarget(planOf(0.6))).toBeUndefined()
  expect(bestAboveTarget(planOf(1.5))).toBeCloseTo(1.5, 3)
  expect(unreachableText(planOf(1.5), 'why.')).toMatch(/cannot be reached: why\. The best .* 150/)
})
