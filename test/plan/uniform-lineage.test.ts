import { describe, expect, it } from 'vitest'
import { type HashKeyRange, rangeContains } from '../../source/domain/hash-key.ts'
import { uniformRanges } from '../../source/domain/heat/forecast.ts'
import { countSteps } from '../../source/domain/plan/shard-plan.ts'
import { isSameRange } from '../../source/domain/plan/steps.ts'
import { uniformSteps } from '../../source/domain/plan/uniform-scaling.ts'
import { createSteppedClock } from '../../source/sandbox/engine/clock.ts'
import { createSandbox } from '../../source/sandbox/sandbox.ts'
import { type ListedShard, lineageRows, UNIFORM_CASES } from '../support/uniform-lineage.ts'

type Listed = {
  ShardId: string
  ParentShardId?: string
  AdjacentParentShardId?: string
  HashKeyRange: { StartingHashKey: string; EndingHashKey: string }
  SequenceNumberRange: { EndingSequenceNumber?: string }
}

const numberOf = (id: string): number => Number(id.slice('shardId-'.length))

/** The sandbox has its own way to UpdateShardCount, and the plan foretells it in another: neither is believed here. */
describe.each(UNIFORM_CASES)('UpdateShardCount $before -> $target, as worked out by hand', testCase => {
  const { before, target, of, rows } = testCase

  it('is what the sandbox leaves', async () => {
    const clock = createSteppedClock(Date.UTC(2026, 0, 1))
    const sandbox = createSandbox({ clock })
    sandbox.service.handle('CreateStream', { StreamName: 'orders', ShardCount: before })
    clock.advance(600_000)
    sandbox.service.handle('UpdateShardCount', {
      StreamName: 'orders',
      TargetShardCount: target,
      ScalingType: 'UNIFORM_SCALING',
    })
    clock.advance(600_000)
    const { Shards } = sandbox.service.handle('ListShards', { StreamName: 'orders' }) as { Shards: Listed[] }
    await sandbox.stop()
    const listed = Shards.map(shard => ({
      id: numberOf(shard.ShardId),
      parents: [shard.ParentShardId, shard.AdjacentParentShardId].flatMap(id => (id ? [numberOf(id)] : [])),
      startingHashKey: BigInt(shard.HashKeyRange.StartingHashKey),
      endingHashKey: BigInt(shard.HashKeyRange.EndingHashKey),
      isOpen: shard.SequenceNumberRange.EndingSequenceNumber === undefined,
    }))
    expect(lineageRows(listed, of)).toEqual(rows)
  })

  it('is what a preview foretells', () => {
    const ranges = uniformRanges(before)
    const steps = uniformSteps(ranges, target)
    expect(lineageRows(numbered(ranges, steps), of)).toEqual(rows)
    const gone = rows.filter(({ isOpen }) => !isOpen)
    expect(countSteps(before, steps)).toMatchObject({
      closedShards: gone.length,
      shortLivedShards: gone.filter(({ parents }) => parents.length > 0).length,
    })
  })
})

it('the tables themselves keep the rules: every child inside its parents, the open shards the whole space', () => {
  for (const { target, of, rows } of UNIFORM_CASES) {
    const stillOpen = rows.filter(({ isOpen }) => isOpen).sort((a, b) => a.from - b.from)
    expect(stillOpen.map(({ from, to }) => [from, to])).toEqual(
      Array.from({ length: target }, (_, index) => [(index * of) / target, ((index + 1) * of) / target]),
    )
    for (const { from, to, parents } of rows) {
      const above = parents.map(id => rows.find(row => row.id === id))
      if (above.length === 0) continue
      expect(Math.min(...above.map(parent => parent?.from ?? 99))).toBeLessThanOrEqual(from)
      expect(Math.max(...above.map(parent => parent?.to ?? 0))).toBeGreaterThanOrEqual(to)
    }
  }
})

/** Steps by ranges as shards with numbers, given as the service gives them. */
function numbered(ranges: readonly HashKeyRange[], steps: ReturnType<typeof uniformSteps>): ListedShard[] {
  const shards: { id: number; parents: number[]; range: HashKeyRange; isOpen: boolean }[] = ranges.map(
    (range, id) => ({ id, parents: [], range, isOpen: true }),
  )
  const close = (range: HashKeyRange): number => {
    const shard = shards.find(candidate => candidate.isOpen && isSameRange(candidate.range, range))
    if (shard === undefined) throw new Error(`no open shard ${range.startingHashKey}..${range.endingHashKey}`)
    shard.isOpen = false
    return shard.id
  }
  const make = (startingHashKey: bigint, endingHashKey: bigint, parents: number[]): void => {
    shards.push({ id: shards.length, parents, range: { startingHashKey, endingHashKey }, isOpen: true })
  }
  for (const step of steps) {
    if (step.kind === 'split') {
      const { range, newStartingHashKey } = step
      expect(rangeContains(range, newStartingHashKey)).toBe(true)
      const parents = [close(range)]
      make(range.startingHashKey, newStartingHashKey - 1n, parents)
      make(newStartingHashKey, range.endingHashKey, parents)
    } else {
      const parents = [close(step.lower), close(step.upper)]
      make(step.lower.startingHashKey, step.upper.endingHashKey, parents)
    }
  }
  return shards.map(({ range, ...rest }) => ({ ...rest, ...range }))
}
