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
    const visit = (shard: Shard, path: Set<string>): void => {
      // A lying endpoint could answer with a cycle; each shard is still visited once.
      if (seen.has(shard.shardId) || path.has(shard.shardId)) return
      path.add(shard.shardId)
      for (const parent of this.listedParentsOf(shard)) visit(parent, path)
      path.delete(shard.shardId)
      if (seen.has(shard.shardId)) return
      seen.add(shard.shardId)
      ordered.push(shard)
    }
    for (const shard of this.#shards.values()) visit(shard, new Set())
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

/** Parent and adjacent parent, without repeats. */
export function parentIdsOf(shard: Pick<Shard, 'parentShardId' | 'adjacentParentShardId'>): string[] {
  const ids = new Set<string>()
  if (shard.parentShardId !== undefined) ids.add(shard.parentShardId)
  if (shard.adjacentParentShardId !== undefined) ids.add(shard.adjacentParentShardId)
  return [...ids]
}
