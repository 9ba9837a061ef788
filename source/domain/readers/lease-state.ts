import type { Shard } from '../shard.ts'
import { isOpen } from '../shard.ts'
import type { Lease } from './lease.ts'
import type { LeaseWatch } from './lease-watch.ts'

/** What is known of one shard and one KCL application. */
export type LeaseState =
  /** Its worker moves the counter. */
  | 'alive'
  /** Owned, and the counter was seen once only. */
  | 'owned'
  /** Owned, the counter is 0 or 1 and stands still: a fresh application may own its leases 50 s before it reads. */
  | 'starting'
  /** Owned, and the counter has stood still for longer than the KCL's default fail-over time. */
  | 'silent'
  | 'unowned'
  /** `leaseOwner` will read; `checkpointOwner` still does. */
  | 'handing-over'
  /** SHARD_END: all of the shard was read. */
  | 'finished'
  /** No lease yet, because a parent is not read to its end. */
  | 'waiting-for-parent'
  /** Listed, no lease, and no parent to wait for: the application does not know the shard (yet). */
  | 'no-lease'
  /** The shard has left the stream and was not read to its end: what was unread is lost. */
  | 'expired'

export type ShardLease = {
  readonly shardId: string
  readonly state: LeaseState
  readonly lease?: Lease
  /** How long the counter has stood still, where it was seen to. */
  readonly stillMillis?: number
  /** Parents that are not finished, for `waiting-for-parent`. */
  readonly waitsFor?: readonly string[]
}

/**
 * One line a shard: those that have a lease, and those listed that wait for one. Lineage comes from the listing, since
 * some libraries leave the parents out of their rows.
 */
export function shardLeases(
  leases: readonly Lease[],
  shards: readonly Shard[],
  watch: LeaseWatch,
  at: number,
): readonly ShardLease[] {
  const byShard = new Map(leases.map(lease => [lease.shardId, lease]))
  const listed = new Map(shards.map(shard => [shard.shardId, shard]))
  const found: ShardLease[] = leases.map(lease => withLease(lease, listed.has(lease.shardId), watch, at))
  for (const shard of shards) {
    if (byShard.has(shard.shardId)) continue
    const waitsFor = unfinishedAncestors(shard, byShard, listed)
    if (waitsFor.length > 0) found.push({ shardId: shard.shardId, state: 'waiting-for-parent', waitsFor })
    // Leases of finished parents are deleted in time: a closed shard without one says nothing.
    else if (isOpen(shard)) found.push({ shardId: shard.shardId, state: 'no-lease' })
  }
  return found.sort((a, b) => (a.shardId < b.shardId ? -1 : a.shardId > b.shardId ? 1 : 0))
}

function withLease(lease: Lease, isListed: boolean, watch: LeaseWatch, at: number): ShardLease {
  const { shardId, leaseOwner, checkpointOwner, leaseCounter } = lease
  const of = (state: LeaseState, stillMillis?: number): ShardLease => ({
    shardId,
    state,
    lease,
    ...(stillMillis === undefined ? {} : { stillMillis }),
  })
  if (lease.checkpoint.kind === 'SHARD_END') return of('finished')
  if (!isListed) return of('expired')
  if (leaseOwner === undefined) return of('unowned')
  const heartbeat = watch.heartbeat(lease.leaseKey, at)
  const stillMillis = heartbeat.kind === 'still' ? heartbeat.stillMillis : undefined
  if (checkpointOwner !== undefined && checkpointOwner !== leaseOwner) return of('handing-over', stillMillis)
  if (heartbeat.kind === 'one-look') return of('owned')
  if (heartbeat.kind === 'moving') return of('alive')
  // The counter of a lease that was never renewed: it may be a fresh start as well as a dead worker.
  const isNeverRenewed = leaseCounter === '0' || leaseCounter === '1'
  if (isNeverRenewed && heartbeat.stillMillis < STARTING_MILLIS) return of('starting', heartbeat.stillMillis)
  return of(heartbeat.stillMillis >= SILENT_AFTER_MILLIS ? 'silent' : 'owned', heartbeat.stillMillis)
}

/** Default fail-over time of the KCL: after it, other workers may take the lease. */
export const SILENT_AFTER_MILLIS = 10_000
/** KCL 3.5.1 on one machine owns fresh leases for some 50 s before it renews them; twice that is no start any more. */
export const STARTING_MILLIS = 120_000

/** The nearest ancestors that have a lease which is not at its end, through shards that have none. */
function unfinishedAncestors(
  shard: Shard,
  leases: ReadonlyMap<string, Lease>,
  listed: ReadonlyMap<string, Shard>,
): readonly string[] {
  const waitsFor = new Set<string>()
  const seen = new Set<string>([shard.shardId])
  const next = [shard]
  for (let current = next.pop(); current !== undefined; current = next.pop()) {
    for (const parentId of [current.parentShardId, current.adjacentParentShardId]) {
      if (parentId === undefined || seen.has(parentId)) continue
      seen.add(parentId)
      const lease = leases.get(parentId)
      const parent = listed.get(parentId)
      if (lease !== undefined) {
        if (lease.checkpoint.kind !== 'SHARD_END') waitsFor.add(parentId)
      } else if (parent !== undefined) next.push(parent)
    }
  }
  return [...waitsFor].sort()
}
