import { equalRanges } from './hash-ring.ts'
import type { Shard } from './shard.ts'
import { mergeShards, type Stream, splitShard } from './stream.ts'

/** One action of an UpdateShardCount; ids are looked up when it runs, because the shards do not exist before. */
export type ReshardStep = (at: number) => Shard[]

/**
 * Boundaries closer than this count as the same: floor(2^128/3) and 2*floor(2^128/6) differ by one, and a shard one
 * hash key wide could never be split again.
 */
const SAME_BOUNDARY = 1n << 32n

/**
 * The splits and merges that bring a stream to `target` equal ranges, in the order of the ring, as the service does it:
 * a shard that crosses a new boundary is split there, then the pieces within one new range are merged from the left.
 * 4 -> 3 therefore leaves shards 6, 9 and 10 open and eight closed ones behind.
 */
export function uniformSteps(stream: Stream, target: number): ReshardStep[] {
  const steps: ReshardStep[] = []
  // Ranges as they will be at this point of the plan; `now` is known only when a step runs, so plan on plain ends.
  const ends = stream.openShards.map(({ endingHashKey }) => endingHashKey)
  const snapped = equalRanges(target).map(({ endingHashKey }) => snap(ends, endingHashKey))
  let rest = [...ends]
  for (const end of snapped) {
    const covering = rest.filter(pieceEnd => pieceEnd <= end)
    const crossing = rest[covering.length]
    if (covering.at(-1) !== end && crossing !== undefined) {
      steps.push(at => splitShard(stream, shardEndingAt(stream, crossing), end + 1n, at))
      covering.push(end)
      rest = rest.slice(covering.length - 1)
    } else rest = rest.slice(covering.length)
    let [leftEnd] = covering
    for (const pieceEnd of covering.slice(1)) {
      const left = leftEnd
      if (left === undefined) break
      steps.push(at => [
        mergeShards(stream, shardEndingAt(stream, left), shardEndingAt(stream, pieceEnd), at),
      ])
      leftEnd = pieceEnd
    }
  }
  return steps
}

function snap(ends: readonly bigint[], end: bigint): bigint {
  const near = ends.find(existing => (existing > end ? existing - end : end - existing) < SAME_BOUNDARY)
  return near ?? end
}

function shardEndingAt(stream: Stream, end: bigint): Shard {
  const shard = stream.openShards.find(({ endingHashKey }) => endingHashKey === end)
  if (shard === undefined)
    throw new Error(`no open shard of ${stream.name} ends at ${end}: a reshard plan went wrong`)
  return shard
}
