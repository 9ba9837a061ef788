import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BoundaryQuestion, bestStarts, type LayoutScore } from '../../source/domain/plan/boundaries.ts'
import { isSameLayout, layoutsAlong, orderedSteps, rangesOf } from '../../source/domain/plan/steps.ts'

/** The score of one layout, straight from the rules; undefined where SplitShard could not make it. */
function scoreOf(
  { space, starts, points, limit }: BoundaryQuestion,
  after: readonly bigint[],
): LayoutScore | undefined {
  const today = new Set(
    rangesOf(starts, space).map(range => `${range.startingHashKey}-${range.endingHashKey}`),
  )
  let excess = 0
  for (const range of rangesOf(after, space)) {
    const { startingHashKey, endingHashKey } = range
    if (endingHashKey - startingHashKey < 1n && !today.has(`${startingHashKey}-${endingHashKey}`))
      return undefined
    const inside = points.filter(({ hashKey }) => hashKey >= startingHashKey && hashKey <= endingHashKey)
    for (const measure of ['bytes', 'records'] as const) {
      excess += Math.max(0, inside.reduce((sum, point) => sum + point[measure], 0) - limit)
    }
  }
  const made = after.filter(start => !starts.includes(start)).length
  const gone = starts.filter(start => !after.includes(start)).length
  return { excess, shardCount: after.length, stepCount: made + gone }
}

const compare = (a: LayoutScore, b: LayoutScore): number =>
  a.excess - b.excess || a.shardCount - b.shardCount || a.stepCount - b.stepCount

/** All layouts of a small space, one after another. */
function bruteForce(question: BoundaryQuestion): LayoutScore {
  const inner = Number(question.space) - 1
  let best: LayoutScore | undefined
  for (let mask = 0; mask < 1 << inner; mask += 1) {
    const after = [0n]
    for (let bit = 0; bit < inner; bit += 1) if (mask & (1 << bit)) after.push(BigInt(bit + 1))
    const score = scoreOf(question, after)
    if (score !== undefined && (best === undefined || compare(score, best) < 0)) best = score
  }
  if (best === undefined) throw new Error('today is always a layout')
  return best
}

const smallQuestion = fc
  .record({
    space: fc.integer({ min: 2, max: 11 }),
    starts: fc.uniqueArray(fc.integer({ min: 1, max: 10 }), { maxLength: 6 }),
    points: fc.array(
      fc.record({
        hashKey: fc.integer({ min: 0, max: 10 }),
        bytes: fc.integer({ min: 0, max: 9 }),
        records: fc.integer({ min: 0, max: 9 }),
      }),
      { maxLength: 9 },
    ),
    limit: fc.integer({ min: 1, max: 14 }),
  })
  .map(({ space, starts, points, limit }): BoundaryQuestion => {
    const byKey = new Map(
      points.filter(({ hashKey }) => hashKey < space).map(point => [point.hashKey, point]),
    )
    return {
      space: BigInt(space),
      starts: [
        0n,
        ...starts
          .filter(start => start < space)
          .sort((a, b) => a - b)
          .map(BigInt),
      ],
      points: [...byKey.values()]
        .sort((a, b) => a.hashKey - b.hashKey)
        .map(point => ({ ...point, hashKey: BigInt(point.hashKey) })),
      limit,
    }
  })

/** The same, stretched so that gaps between keys are wide and the places in them are chosen, not enumerated. */
const stretched = (question: BoundaryQuestion): BoundaryQuestion => ({
  ...question,
  space: question.space * 1_000n,
  starts: question.starts.map(start => start * 1_000n),
  points: question.points.map(point => ({ ...point, hashKey: point.hashKey * 1_000n + 500n })),
})

describe('the best layout', () => {
  it('is what trying all layouts finds', () => {
    fc.assert(
      fc.property(smallQuestion, question => {
        const { starts, score } = bestStarts(question)
        expect(score).toEqual(bruteForce(question))
        expect(scoreOf(question, starts)).toEqual(score)
      }),
      { numRuns: 1_500 },
    )
  })

  it('is no worse where there is room between the keys', () => {
    fc.assert(
      fc.property(smallQuestion, question => {
        const wide = stretched(question)
        const { starts, score } = bestStarts(wide)
        expect(scoreOf(wide, starts)).toEqual(score)
        expect(compare(score, bruteForce(question))).toBeLessThanOrEqual(0)
      }),
      { numRuns: 500 },
    )
  })

  it('is reached in as many steps as it says, and SplitShard takes each of them', () => {
    fc.assert(
      fc.property(smallQuestion, fc.integer({ min: 1, max: 12 }), (question, room) => {
        const { starts: after, score } = bestStarts(question)
        const { space, starts: today, points } = question
        const steps = orderedSteps({
          space,
          today,
          after,
          mostOpenShards: Math.max(today.length, after.length, room),
          loadOf: ({ startingHashKey, endingHashKey }) =>
            points
              .filter(({ hashKey }) => hashKey >= startingHashKey && hashKey <= endingHashKey)
              .reduce((sum, { bytes }) => sum + bytes, 0),
        })
        expect(steps).toHaveLength(score.stepCount)
        const layouts = layoutsAlong(rangesOf(today, space), steps)
        expect(isSameLayout(layouts.at(-1) ?? [], rangesOf(after, space))).toBe(true)
        steps.forEach((step, index) => {
          const open = layouts[index] ?? []
          const has = (range: { startingHashKey: bigint; endingHashKey: bigint }) =>
            open.some(held => isSameLayout([held], [range]))
          if (step.kind === 'merge') {
            expect(has(step.lower) && has(step.upper)).toBe(true)
            expect(step.lower.endingHashKey + 1n).toBe(step.upper.startingHashKey)
          } else {
            // The service's words: greater than start + 1 and less than the end.
            expect(has(step.range)).toBe(true)
            expect(step.newStartingHashKey > step.range.startingHashKey + 1n).toBe(true)
            expect(step.newStartingHashKey < step.range.endingHashKey).toBe(true)
          }
        })
      }),
      { numRuns: 500 },
    )
  })

  it('of equal layouts is the more even one', () => {
    // Ten keys of 1 and a limit of 8: two shards, and five keys each rather than eight and two.
    const points = Array.from({ length: 10 }, (_, index) => ({
      hashKey: BigInt(index * 100 + 50),
      bytes: 1,
      records: 0,
    }))
    const { starts, score } = bestStarts({ space: 1_000n, starts: [0n], points, limit: 8 })
    expect(score).toEqual({ excess: 0, shardCount: 2, stepCount: 1 })
    expect(starts).toEqual([0n, 500n])
  })
})
