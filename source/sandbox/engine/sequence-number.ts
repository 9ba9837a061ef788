/**
 * Sequence numbers of 56 digits in the layout that today's service uses (reverse engineered, see kinesalite and
 * kinesis-mock): 47 hex digits
 *   `2` | 9 shard-creation seconds | 1 low nibble of the shard index | 16 counter | 2 unknown | 9 arrival seconds |
 *   8 shard index | `2`
 * A child's creation seconds are later than its parents', which is what makes its numbers larger than theirs.
 */
export type SequenceParts = {
  shardCreatedSeconds: number
  shardIndex: number
  /** Position in the shard: 0 is the shard's own starting number, 1 its first record. */
  counter: number
  arrivalSeconds: number
}

const ARRIVAL_SHIFT = 36n
const COUNTER_SHIFT = ARRIVAL_SHIFT + 36n + 8n
const NIBBLE_SHIFT = COUNTER_SHIFT + 64n
const CREATED_SHIFT = NIBBLE_SHIFT + 4n
const VERSION_SHIFT = CREATED_SHIFT + 36n
const VERSION = 2n << VERSION_SHIFT
const TAIL_MASK = (1n << 36n) - 1n
const COUNTER_MASK = (1n << 64n) - 1n

/** Counter of a closed shard's ending number: above every record the shard can have held. */
export const ENDING_COUNTER = 0x7fffffffffffffffn

/** The constant part of a shard's numbers, so that one record costs two shifts and one conversion to text. */
export function shardBase(shardCreatedSeconds: number, shardIndex: number): bigint {
  return (
    VERSION |
    (BigInt(shardCreatedSeconds) << CREATED_SHIFT) |
    (BigInt(shardIndex & 0xf) << NIBBLE_SHIFT) |
    (BigInt(shardIndex) << 4n) |
    2n
  )
}

/** The number of the record at `counter` that arrived in `arrivalSeconds`, as decimal text. */
export function sequenceNumber(base: bigint, counter: number | bigint, arrivalSeconds: number): string {
  return (base | (BigInt(counter) << COUNTER_SHIFT) | (BigInt(arrivalSeconds) << ARRIVAL_SHIFT)).toString()
}

/** Reads the parts back, or nothing when the text is no number of this layout (another stream's, another service's). */
export function parseSequenceNumber(text: string): SequenceParts | undefined {
  if (!/^[1-9]\d{0,128}$/.test(text)) return undefined
  const value = BigInt(text)
  if (value >> VERSION_SHIFT !== 2n || (value & 0xfn) !== 2n) return undefined
  const shardIndex = Number((value & TAIL_MASK) >> 4n)
  if (((value >> NIBBLE_SHIFT) & 0xfn) !== BigInt(shardIndex & 0xf)) return undefined
  return {
    shardCreatedSeconds: Number((value >> CREATED_SHIFT) & TAIL_MASK),
    shardIndex,
    counter: Number((value >> COUNTER_SHIFT) & COUNTER_MASK),
    arrivalSeconds: Number((value >> ARRIVAL_SHIFT) & TAIL_MASK),
  }
}
