import { hash } from 'node:crypto'

/** A point of the hash-key space, 0 .. 2^128-1. A bigint, since a JS number would round it. */
export type HashKey = bigint

/** Both ends belong to the range (Kinesis API, HashKeyRange). */
export type HashKeyRange = { readonly startingHashKey: HashKey; readonly endingHashKey: HashKey }

export const MAX_HASH_KEY: HashKey = (1n << 128n) - 1n
export const HASH_SPACE_SIZE = 1n << 128n

/** Where Kinesis puts a partition key: the MD5 of its UTF-8 bytes as an unsigned big-endian number (API PutRecord). */
export function hashKeyOf(partitionKey: string): HashKey {
  return BigInt(`0x${hash('md5', partitionKey, 'hex')}`)
}

/** The hash key that `text` spells in decimal (`0|[1-9]\d{0,38}`, at most 2^128-1), or undefined. */
export function parseHashKey(text: string): HashKey | undefined {
  if (!/^(0|[1-9]\d{0,38})$/.test(text)) return undefined
  const value = BigInt(text)
  return value <= MAX_HASH_KEY ? value : undefined
}

export function rangeContains(range: HashKeyRange, key: HashKey): boolean {
  return range.startingHashKey <= key && key <= range.endingHashKey
}

/** How many hash keys lie in the range, as a bigint. */
export function rangeWidth(range: HashKeyRange): bigint {
  return range.endingHashKey - range.startingHashKey + 1n
}

/** Share of the whole hash-key space, 0..1; exact to about 1e-15. */
export function shareOfSpace(range: HashKeyRange): number {
  return Number((rangeWidth(range) << 64n) / HASH_SPACE_SIZE) / 2 ** 64
}

/** The NewStartingHashKey of an even split: the first key of the upper half. */
export function middleOf(range: HashKeyRange): HashKey {
  return range.startingHashKey + rangeWidth(range) / 2n
}

/** Whether a key may be the NewStartingHashKey of a split: the service wants it above start + 1 and below the end. */
export function isSplittableAt(range: HashKeyRange, newStartingHashKey: HashKey): boolean {
  return newStartingHashKey > range.startingHashKey + 1n && newStartingHashKey < range.endingHashKey
}

/** Two ranges that touch, lower one first or second. */
export function areAdjacent(a: HashKeyRange, b: HashKeyRange): boolean {
  return a.endingHashKey + 1n === b.startingHashKey || b.endingHashKey + 1n === a.startingHashKey
}
