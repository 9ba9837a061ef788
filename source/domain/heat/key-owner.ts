import { type HashKey, rangeContains } from '../hash-key.ts'
import { isOpen, type Shard } from '../shard.ts'

/** The shard that took writes for a hash key at a moment, and how that is known. */
export type KeyOwner = {
  readonly shard: Shard
  /**
   * `listing`: only one shard of the service's listing for that moment holds the key. `sequence-numbers`: chosen among
   * several by the times that their sequence numbers seem to carry, which is nowhere promised.
   */
  readonly basis: 'listing' | 'sequence-numbers'
}

/**
 * The owner of a key among the shards that the service lists for a moment. Endpoints that ignore the moment list the
 * ancestors as well; then the times in the sequence numbers decide. Undefined where nothing does.
 */
export function ownerAt(shards: readonly Shard[], hashKey: HashKey, atMillis: number): KeyOwner | undefined {
  const candidates = shards.filter(shard => rangeContains(shard.hashKeyRange, hashKey))
  const [only] = candidates
  if (only === undefined) return undefined
  const second = Math.floor(atMillis / 1000)
  if (candidates.length === 1) {
    // For a moment before anything that it still has, the service lists the oldest shards.
    const isTooYoung = (createdSecondOf(only) ?? 0) > second + CREATION_SLACK_SECONDS
    return isTooYoung ? undefined : { shard: only, basis: 'listing' }
  }
  const alive = candidates.filter(shard => {
    const created = createdSecondOf(shard)
    const closed = closedSecondOf(shard)
    return created !== undefined && created <= second && (isOpen(shard) || (closed ?? 0) > second)
  })
  const [chosen] = alive
  return chosen !== undefined && alive.length === 1 ? { shard: chosen, basis: 'sequence-numbers' } : undefined
}

/** Digits of the layout that the service uses today: version 2 in the 187th bit, seconds of creation below it. */
const VERSION_SHIFT = 184n
const CREATED_SHIFT = 148n
const ARRIVAL_SHIFT = 36n
const SECONDS_MASK = (1n << 36n) - 1n
/** The times in sequence numbers are no promise; only a clear contradiction counts. */
const CREATION_SLACK_SECONDS = 60
const EARLIEST_SECOND = 1_380_000_000
const LATEST_SECOND = 4_100_000_000

/** When a shard was made, as its starting sequence number seems to say; undefined for numbers of another layout. */
export function createdSecondOf(shard: Pick<Shard, 'startingSequenceNumber'>): number | undefined {
  return secondsIn(shard.startingSequenceNumber, CREATED_SHIFT)
}

function closedSecondOf({ endingSequenceNumber }: Shard): number | undefined {
  return endingSequenceNumber === undefined ? undefined : secondsIn(endingSequenceNumber, ARRIVAL_SHIFT)
}

function secondsIn(sequenceNumber: string, shift: bigint): number | undefined {
  if (!/^[1-9]\d{0,128}$/.test(sequenceNumber)) return undefined
  const value = BigInt(sequenceNumber)
  if (value >> VERSION_SHIFT !== 2n) return undefined
  const seconds = Number((value >> shift) & SECONDS_MASK)
  return seconds >= EARLIEST_SECOND && seconds <= LATEST_SECOND ? seconds : undefined
}
