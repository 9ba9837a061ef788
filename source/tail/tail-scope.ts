import type { StartingPosition } from '../aws/kinesis-api.ts'
import { FailureError } from '../domain/failure.ts'
import { type HashKey, rangeContains } from '../domain/hash-key.ts'
import { type Lineage, parentIdsOf } from '../domain/lineage.ts'
import { isOpen, type Shard } from '../domain/shard.ts'
import type { ShardPlace, StartFrom } from '../domain/start-from.ts'
import type { ReadTo } from './expiry-watch.ts'

/** A shard that a tail reads, or will read once its parents are read. */
export type Member = {
  readonly shardId: string
  /** Every parent, also those that are not read. */
  readonly parentShardIds: readonly string[]
  /** Known since the first listing, not made by a later reshard. */
  readonly isInitial: boolean
  readonly wasOpenAtStart: boolean
  phase: 'waiting' | 'reading' | 'ended' | 'failed' | 'complete'
  /** Its children may start: it is read to the end, or cannot be read. */
  isReleased: boolean
  /** Records of it that were read up to the asked end, delivered or not. */
  readCount: number
  /** It did not exist yet; absent for those of the first listing. */
  unseenAtMillis?: number
  /** Absent until its reading begins. */
  readTo: ReadTo | undefined
  /** One of its children is or was read too. */
  hasChild: boolean
  /** Since when listings lack it; absent while they have it. */
  unlistedSinceMillis?: number
  readonly stop: AbortController
}

export function newMember(
  shard: Pick<Shard, 'shardId' | 'parentShardId' | 'adjacentParentShardId' | 'endingSequenceNumber'>,
  isInitial: boolean,
): Member {
  return memberOf(shard.shardId, parentIdsOf(shard), isInitial, shard.endingSequenceNumber === undefined)
}

export function memberOf(
  shardId: string,
  parentShardIds: readonly string[],
  isInitial: boolean,
  wasOpenAtStart: boolean,
): Member {
  return {
    shardId,
    parentShardIds,
    isInitial,
    wasOpenAtStart,
    phase: 'waiting',
    isReleased: false,
    readCount: 0,
    readTo: undefined,
    hasChild: false,
    stop: new AbortController(),
  }
}

/**
 * The shards that a tail reads, parents first. `latest`: those that are open. Otherwise all in retention.
 * With `shardIds`: only those and their descendants; throws a usage failure that names an id which is not listed.
 * With `hashKey`: only those around it.
 */
export function shardsInScope(
  lineage: Lineage,
  from: StartFrom,
  only: { readonly shardIds?: readonly string[] | undefined; readonly hashKey?: HashKey | undefined },
): Shard[] {
  const { shardIds, hashKey } = only
  const ordered = lineage.inReadingOrder()
  const isPlaced = from.type === 'places' ? placedShards(ordered, from.places) : undefined
  const wanted = shardIds === undefined ? undefined : withDescendants(lineage, shardIds)
  return ordered.filter(
    shard =>
      (wanted === undefined || wanted.has(shard.shardId)) &&
      (hashKey === undefined || rangeContains(shard.hashKeyRange, hashKey)) &&
      (isPlaced === undefined || isPlaced.has(shard.shardId)) &&
      (from.type !== 'latest' || isOpen(shard)),
  )
}

/** Those that were left unread, and whatever came out of any of the places since; `ordered` has parents first. */
function placedShards(ordered: readonly Shard[], places: ReadonlyMap<string, ShardPlace>): Set<string> {
  const known = new Set(places.keys())
  const wanted = new Set<string>()
  for (const shard of ordered) {
    const place = places.get(shard.shardId)
    if (place === undefined && !parentIdsOf(shard).some(id => known.has(id))) continue
    known.add(shard.shardId)
    if (place?.type !== 'ended') wanted.add(shard.shardId)
  }
  return wanted
}

function withDescendants(lineage: Lineage, shardIds: readonly string[]): Set<string> {
  const wanted = new Set<string>()
  for (const shardId of shardIds) {
    if (lineage.get(shardId) === undefined) {
      throw new FailureError({
        kind: 'not-found',
        action: 'tail',
        message: `The stream has no shard "${shardId}" within its retention.`,
        nextStep: 'List the shards with their ids first.',
        retryable: false,
      })
    }
    wanted.add(shardId)
  }
  // Grows while it is walked: a line of thousands of generations is no depth of calls.
  for (const shardId of wanted) for (const child of lineage.childrenOf(shardId)) wanted.add(child.shardId)
  return wanted
}

/**
 * Where a member starts. A child of a shard that was read starts at its beginning, whatever the tail started from:
 * LATEST would lose what was written between the reshard and its discovery. Only where nothing shows that a parent
 * reached past the asked moment does a child keep to the timestamp.
 */
export function startOf(member: Member, from: StartFrom, parents: readonly Member[]): StartingPosition {
  const isRoot = parents.length === 0
  switch (from.type) {
    case 'oldest':
      return { type: 'TRIM_HORIZON' }
    case 'latest':
      return isRoot && member.isInitial ? { type: 'LATEST' } : { type: 'TRIM_HORIZON' }
    case 'sequence-number':
      return isRoot && member.isInitial
        ? { type: 'AT_SEQUENCE_NUMBER', sequenceNumber: from.sequenceNumber }
        : { type: 'TRIM_HORIZON' }
    case 'places': {
      const place = from.places.get(member.shardId)
      if (place?.type === 'after')
        return { type: 'AFTER_SEQUENCE_NUMBER', sequenceNumber: place.sequenceNumber }
      // The horizon itself: not every emulator takes the beginning of all time for it.
      return place?.type === 'at' && place.timestamp.getTime() > 0
        ? { type: 'AT_TIMESTAMP', timestamp: place.timestamp }
        : { type: 'TRIM_HORIZON' }
    }
    case 'timestamp': {
      const isPastTimestamp = parents.some(
        parent => parent.readCount > 0 || parent.wasOpenAtStart || !parent.isInitial,
      )
      return isPastTimestamp ? { type: 'TRIM_HORIZON' } : { type: 'AT_TIMESTAMP', timestamp: from.timestamp }
    }
  }
}
