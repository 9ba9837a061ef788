/**
 * A bucket that refills at a constant rate. Kinesis limits per second but tolerates a burst of a second's worth, so a
 * bucket of one second's capacity behaves like the service at both scales.
 */
export type TokenBucket = { capacity: number; perSecond: number; level: number; updatedAt: number }

/** A bucket filled to the brim, as a fresh shard has it. */
export function createTokenBucket(perSecond: number, capacity: number, now: number): TokenBucket {
  return { capacity, perSecond, level: capacity, updatedAt: now }
}

/** What is in the bucket at `now`; negative while a debt is paid back. Looking changes nothing. */
export function levelAt(bucket: TokenBucket, now: number): number {
  const flowedIn = (Math.max(0, now - bucket.updatedAt) / 1000) * bucket.perSecond
  return Math.min(bucket.capacity, bucket.level + flowedIn)
}

/** Takes `amount`, into debt if need be. */
export function take(bucket: TokenBucket, amount: number, now: number): void {
  setLevel(bucket, levelAt(bucket, now) - amount, now)
}

/** Sets what is in the bucket at `now`. */
export function setLevel(bucket: TokenBucket, level: number, now: number): void {
  bucket.level = level
  bucket.updatedAt = Math.max(bucket.updatedAt, now)
}

/** Takes `amount` if it is there; leaves the bucket alone and says false if not. */
export function tryTake(bucket: TokenBucket, amount: number, now: number): boolean {
  // A hair of tolerance: 1 ms steps of a rate that is no whole number a millisecond must still add up to one token.
  if (levelAt(bucket, now) + 1e-6 < amount) return false
  take(bucket, amount, now)
  return true
}
