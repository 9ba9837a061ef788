// The wire format of Protocol Buffers (protobuf.dev, Encoding), as far as it can be read without a schema.

export type WireField = { readonly fieldNumber: number } & (
  | { readonly wireType: 'varint'; readonly value: bigint }
  | { readonly wireType: 'fixed64'; readonly bytes: Uint8Array }
  | { readonly wireType: 'length-delimited'; readonly bytes: Uint8Array }
  | { readonly wireType: 'fixed32'; readonly bytes: Uint8Array }
)

const MAX_VARINT_BYTES = 10
const MAX_FIELD_NUMBER = (1 << 29) - 1

/**
 * All fields of a message in the order in which they were written, or undefined where the bytes are not one message to
 * their very end. Groups, long gone from the language, are refused. Views into `bytes`, no copies.
 */
export function readWireFields(bytes: Uint8Array, maxFields = 1_000_000): WireField[] | undefined {
  const fields: WireField[] = []
  let at = 0
  while (at < bytes.length) {
    if (fields.length >= maxFields) return undefined
    const tag = readVarint(bytes, at)
    if (tag === undefined || tag.value > 0xffffffffn) return undefined
    at = tag.end
    const fieldNumber = Number(tag.value >> 3n)
    if (fieldNumber < 1 || fieldNumber > MAX_FIELD_NUMBER) return undefined
    switch (Number(tag.value & 7n)) {
      case 0: {
        const varint = readVarint(bytes, at)
        if (varint === undefined) return undefined
        fields.push({ fieldNumber, wireType: 'varint', value: varint.value })
        at = varint.end
        break
      }
      case 1:
        if (at + 8 > bytes.length) return undefined
        fields.push({ fieldNumber, wireType: 'fixed64', bytes: bytes.subarray(at, at + 8) })
        at += 8
        break
      case 2: {
        const length = readVarint(bytes, at)
        if (length === undefined || length.value > BigInt(bytes.length - length.end)) return undefined
        const end = length.end + Number(length.value)
        fields.push({ fieldNumber, wireType: 'length-delimited', bytes: bytes.subarray(length.end, end) })
        at = end
        break
      }
      case 5:
        if (at + 4 > bytes.length) return undefined
        fields.push({ fieldNumber, wireType: 'fixed32', bytes: bytes.subarray(at, at + 4) })
        at += 4
        break
      default:
        return undefined
    }
  }
  return fields
}

/** The base-128 number at `at` (unsigned, at most 64 bits) and where it ends. */
export function readVarint(bytes: Uint8Array, at: number): { value: bigint; end: number } | undefined {
  let low = 0
  // Most numbers are small: no bigints until they are needed.
  for (let index = 0; index < 4; index += 1) {
    const byte = bytes[at + index]
    if (byte === undefined) return undefined
    low |= (byte & 0x7f) << (7 * index)
    if (byte < 0x80) return { value: BigInt(low), end: at + index + 1 }
  }
  let value = BigInt(low)
  for (let index = 4; index < MAX_VARINT_BYTES; index += 1) {
    const byte = bytes[at + index]
    if (byte === undefined) return undefined
    value |= BigInt(byte & 0x7f) << BigInt(7 * index)
    if (byte < 0x80) return value >> 64n === 0n ? { value, end: at + index + 1 } : undefined
  }
  return undefined
}
