/** Input that is not what it claims to be; caught at the stage that read it. */
export class Malformed extends Error {}

/** Values that one payload may hold, also those that take no bytes: a few bytes can announce billions. */
const MAX_VALUES = 1_000_000

/** Reads forward through bytes and throws Malformed rather than past their end. Views, no copies. */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #values: { left: number }
  #at: number

  constructor(bytes: Uint8Array, at = 0, values = { left: MAX_VALUES }) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#at = at
    this.#values = values
  }

  /** A reader of other bytes of the same payload: values count together. */
  of(bytes: Uint8Array): ByteReader {
    return new ByteReader(bytes, 0, this.#values)
  }

  get at(): number {
    return this.#at
  }

  get leftBytes(): number {
    return this.#bytes.length - this.#at
  }

  get isAtEnd(): boolean {
    return this.leftBytes === 0
  }

  peek(): number | undefined {
    return this.#bytes[this.#at]
  }

  take(byteCount: number): Uint8Array {
    const start = this.#advance(byteCount)
    return this.#bytes.subarray(start, start + byteCount)
  }

  text(byteCount: number): string {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(this.take(byteCount))
    } catch (error) {
      if (error instanceof Malformed) throw error
      throw new Malformed('a string is not UTF-8')
    }
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1))
  }

  int8(): number {
    return this.#view.getInt8(this.#advance(1))
  }

  uint16(littleEndian = false): number {
    return this.#view.getUint16(this.#advance(2), littleEndian)
  }

  int16(): number {
    return this.#view.getInt16(this.#advance(2))
  }

  uint32(littleEndian = false): number {
    return this.#view.getUint32(this.#advance(4), littleEndian)
  }

  int32(): number {
    return this.#view.getInt32(this.#advance(4))
  }

  uint64(littleEndian = false): bigint {
    return this.#view.getBigUint64(this.#advance(8), littleEndian)
  }

  int64(): bigint {
    return this.#view.getBigInt64(this.#advance(8))
  }

  float32(littleEndian = false): number {
    return this.#view.getFloat32(this.#advance(4), littleEndian)
  }

  float64(littleEndian = false): number {
    return this.#view.getFloat64(this.#advance(8), littleEndian)
  }

  /** To be called for every value that is made. */
  countValue(): void {
    this.#values.left -= 1
    if (this.#values.left < 0) throw new Malformed(`holds more than ${MAX_VALUES} values`)
  }

  #advance(byteCount: number): number {
    if (byteCount < 0 || byteCount > this.leftBytes) throw new Malformed('ends too early')
    const start = this.#at
    this.#at += byteCount
    return start
  }
}

/** The reason in a Malformed; anything else is thrown on. */
export function reasonOf(error: unknown): string {
  if (error instanceof Malformed) return error.message
  throw error
}
