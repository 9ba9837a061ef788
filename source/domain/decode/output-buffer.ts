import { Malformed } from './byte-reader.ts'
import { tooLarge } from './inflate.ts'
import type { InflateBudget } from './stage.ts'

/** Bytes that an unpacker writes, growing as needed within the budget; may be read back, as such formats do. */
export class OutputBuffer {
  readonly #budget: InflateBudget
  #bytes = new Uint8Array(4_096)
  #length = 0

  constructor(budget: InflateBudget) {
    this.#budget = budget
  }

  get length(): number {
    return this.#length
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** Repeats what was written `distance` bytes ago; source and target may overlap. `from` is the first byte that may be read. */
  repeat(distance: number, byteCount: number, from = 0): void {
    if (distance <= 0 || distance > this.#length - from)
      throw new Malformed('refers to bytes before its start')
    this.#reserve(byteCount)
    const start = this.#length - distance
    if (distance >= byteCount) {
      this.#bytes.copyWithin(this.#length, start, start + byteCount)
    } else {
      for (let index = 0; index < byteCount; index += 1) {
        this.#bytes[this.#length + index] = this.#bytes[start + index] ?? 0
      }
    }
    this.#length += byteCount
  }

  /** A view of what was written from `from` on; valid until the next write. */
  view(from = 0): Uint8Array {
    return this.#bytes.subarray(from, this.#length)
  }

  #reserve(byteCount: number): void {
    if (byteCount > this.#budget.remainingBytes) {
      this.#budget.remainingBytes = 0
      throw new Malformed(tooLarge(this.#budget))
    }
    this.#budget.remainingBytes -= byteCount
    const needed = this.#length + byteCount
    if (needed <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
    grown.set(this.view())
    this.#bytes = grown
  }
}
