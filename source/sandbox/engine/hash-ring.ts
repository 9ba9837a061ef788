import { hash } from 'node:crypto'

/** The space of hash keys is 0 ... 2^128 - 1, both ends included. */
export const HASH_SPACE = 1n << 128n
export const LARGEST_HASH_KEY = HASH_SPACE - 1n

export type HashKeyRange = { startingHashKey: bigint; endingHashKey: bigint }

/** Hash key of a partition key: the MD5 of its UTF-8 bytes read as one unsigned big-endian number. */
export function hashKeyOf(partitionKey: string): bigint {
  return BigInt(`0x${hash('md5', partitionKey, 'hex')}`)
}

/**
 * `count` ranges of equal width: range i begins at i * floor(2^128 / count), the last one takes the remainder.
 */
export function equalRanges(count: number): HashKeyRange[] {
  const width = HASH_SPACE / BigInt(count)
  return Array.from({ length: count }, (_, index) => ({
    startingHashKey: width * BigInt(index),
    endingHashKey: index === count - 1 ? LARGEST_HASH_KEY : width * BigInt(index + 1) - 1n,
  }))
}

/** The entry whose range holds `hashKey`, out of entries sorted by start that cover the space without gap or overlap. */
export function entryFor<Entry extends HashKeyRange>(
  sorted: readonly Entry[],
  hashKey: bigint,
): Entry | undefined {
  let low = 0
  let high = sorted.length - 1
  while (low < high) {
    const middle = (low + high + 1) >>> 1
    const entry = sorted[middle]
    if (entry !== undefined && entry.startingHashKey <= hashKey) low = middle
    else high = middle - 1
  }
  return sorted[low]
}
