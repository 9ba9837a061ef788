/**
 * A kept record keeps at most this much alive beside its own bytes. An array for each small payload would cost four times
 * its decoding, nearly all of it in the garbage collector; Node's own pool of 64 KiB would be kept alive whole.
 */
const SLAB_BYTES = 4_096

/** Decodes the payloads of one page: small ones side by side in arrays of 4 KiB, others in one of their own. */
export class PagePayloads {
  /** Base64 bytes that are still to come, at most: the last array is no larger than what it has to hold. */
  #restBytes = 0
  #slab: Buffer | undefined
  #usedBytes = 0

  constructor(records: readonly unknown[]) {
    for (const record of records) {
      const text = (record as { readonly Data?: unknown } | null | undefined)?.Data
      if (typeof text === 'string') this.#restBytes += decodedBytes(text)
    }
  }

  /** Takes padded, unpadded and URL-safe base64 alike, as Node's reader does. Each payload of the page once. */
  decode(base64: string): Uint8Array {
    const length = decodedBytes(base64)
    if (length === 0) return new Uint8Array()
    const isLarge = length > SLAB_BYTES / 2
    const array = isLarge ? Buffer.allocUnsafeSlow(length) : this.#slabFor(length)
    const begin = isLarge ? 0 : this.#usedBytes
    // Fewer than expected where the text holds line ends or something else that is no base64.
    const written = array.write(base64, begin, length, 'base64')
    if (!isLarge) this.#usedBytes += length
    this.#restBytes -= length
    return new Uint8Array(array.buffer, array.byteOffset + begin, written)
  }

  #slabFor(length: number): Buffer {
    if (this.#slab === undefined || this.#usedBytes + length > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(Math.min(SLAB_BYTES, this.#restBytes))
      this.#usedBytes = 0
    }
    return this.#slab
  }
}

/** What a base64 text holds at most. */
function decodedBytes(base64: string): number {
  let length = base64.length
  if (length > 0 && base64.charCodeAt(length - 1) === 0x3d) length -= 1
  if (length > 0 && base64.charCodeAt(length - 1) === 0x3d) length -= 1
  return (length * 3) >>> 2
}
