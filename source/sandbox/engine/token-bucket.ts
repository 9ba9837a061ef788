/**
 * A bucket that refills at a constant rate. Kinesis limits per second but tolerates a burst of a second's worth, so a
 * bucket of one second's capacity behaves like the service at both scales.
 */
export type TokenBucket = { capacity: number; perSecond: number; level: number; updatedAt: number }

/** A bucket filled to the brim, as a fresh shard has it. */
export function createTokenBucket(perSecond: number, capacity: number, now: number): TokenBucket {
  return { capacity, perSecond, level: capacity, updatedAt: now }
}

/** Adds what has flowed in since the last look and returns the level, which is negative while a debt is paid back. */
export function levelAt(bucket: TokenBucket, now: number): number {
  if (now > bucket.updatedAt) {
    bucket.level = Math.min(
      bucket.capacity,
      bucket.level + ((now - bucket.updatedAt) / 1000) * bucket.perSecond,
    )
    bucket.updatedAt = now
  }
  return bucket.level
}

/** Takes `amount` if it is there; leaves the bucket alone and says false if not. */
export function tryTake(bucket: TokenBucket, amount: number, now: number): boolean {
  // A hair of tolerance: 1 ms steps of a rate that is no whole number a millisecond must still add up to one token.
  if (levelAt(bucket, now) + 1e-6 < amount) return false
  bucket.level -= amount
  return true
}
