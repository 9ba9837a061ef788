import { type HashKey, rangeContains } from './hash-key.ts'
import { isOpen, type Shard } from './shard.ts'

/** Family of the listed shards: who came from whom. A parent that expired is named by its child but not listed. */
export class Lineage {
  readonly #shards = new Map<string, Shard>()
  readonly #children = new Map<string, Shard[]>()

  constructor(shards: Iterable<Shard>) {
    for (const shard of shards) this.#shards.set(shard.shardId, shard)
    for (const shard of this.#shards.values()) {
      for (const parentId of parentIdsOf(shard)) {
        const children = this.#children.get(parentId)
        if (children === undefined) this.#children.set(parentId, [shard])
        else children.push(shard)
      }
    }
  }

  get(shardId: string): Shard | undefined {
    return this.#shards.get(shardId)
  }

  /** Shards made from this one: two after a split, one after a merge, none while it is open. */
  childrenOf(shardId: string): readonly Shard[] {
    return this.#children.get(shardId) ?? []
  }

  /** Parents that are still listed: those whose data can still be read. */
  listedParentsOf(shard: Shard): Shard[] {
    return parentIdsOf(shard).flatMap(id => this.#shards.get(id) ?? [])
  }

  /** The shards that a reader from the oldest data starts with: those without a listed parent. */
  roots(): Shard[] {
    return [...this.#shards.values()].filter(shard => this.listedParentsOf(shard).length === 0)
  }

  /** Every listed shard after all of its listed parents; ties keep the order in which they were listed. */
  inReadingOrder(): Shard[] {
    const ordered: Shard[] = []
    const seen = new Set<string>()
    // By hand and not by calls of itself: a stream that is resharded all day has a line of thousands.
    const path: Shard[] = []
    const onPath = new Set<string>()
    for (const shard of this.#shards.values()) {
      path.push(shard)
      for (let next = path.at(-1); next !== undefined; next = path.at(-1)) {
        onPath.add(next.shardId)
        // A lying endpoint could answer with a cycle; each shard is still visited once.
        const awaited = this.listedParentsOf(next).find(
          ({ shardId }) => !seen.has(shardId) && !onPath.has(shardId),
        )
        if (awaited !== undefined && !seen.has(next.shardId)) {
          path.push(awaited)
          continue
        }
        path.pop()
        onPath.delete(next.shardId)
        if (seen.has(next.shardId)) continue
        seen.add(next.shardId)
        ordered.push(next)
      }
    }
    return ordered
  }

  /** The open shard that takes writes for a hash key now. */
  openOwnerOf(key: HashKey): Shard | undefined {
    for (const shard of this.#shards.values()) {
      if (isOpen(shard) && rangeContains(shard.hashKeyRange, key)) return shard
    }
    return undefined
  }
}

/** Parent and adjacent parent, without repeats; nobody is a parent of its own, whatever an endpoint says. */
export function parentIdsOf(
  shard: Pick<Shard, 'shardId' | 'parentShardId' | 'adjacentParentShardId'>,
): string[] {
  const ids = new Set<string>()
  if (shard.parentShardId !== undefined) ids.add(shard.parentShardId)
  if (shard.adjacentParentShardId !== undefined) ids.add(shard.adjacentParentShardId)
  ids.delete(shard.shardId)
  return [...ids]
}
