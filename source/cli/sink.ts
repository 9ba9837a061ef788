import { usageFailure } from '../domain/failure.ts'

/** What a sink needs of a stream: process.stdout in earnest, a fake in tests. */
export type Writable = {
  write(text: string | Uint8Array, done: (error?: Error | null) => void): boolean
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

/**
 * An output that slows its writer down to the reader's pace, and ends quietly when the reader has gone (`| head -1`).
 */
export class Sink {
  readonly #stream: Writable
  readonly #onClosed: () => void
  readonly #isSecondary: boolean
  #failure: Error | undefined
  #isClosed = false

  /**
   * `onClosed` is called once, as soon as the reader has gone: stop making output. What is said in a `secondary` output
   * accompanies the work: where it cannot be written it is dropped, since an act must not stop half-way for it.
   */
  constructor(stream: Writable, onClosed: () => void = () => {}, importance: 'data' | 'secondary' = 'data') {
    this.#stream = stream
    this.#onClosed = onClosed
    this.#isSecondary = importance === 'secondary'
    stream.on('error', error => this.#end(error))
  }

  /** The reader has gone; what is written is dropped. */
  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Cells of a line on a terminal; undefined where the output is no terminal, which must never be cut. */
  get columns(): number | undefined {
    return this.#stream.isTTY === true && this.#stream.columns ? this.#stream.columns : undefined
  }

  /** Whether what is written is obeyed by a terminal. */
  get isTerminal(): boolean {
    return this.#stream.isTTY === true
  }

  /**
   * Resolves once the text was handed over, so an awaiting writer is as slow as the reader.
   * @throws the error of a full disk and the like; a reader that has gone is no error.
   */
  write(text: string | Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) reject(this.#failure)
      else if (this.#isClosed || text.length === 0) resolve()
      else {
        this.#stream.write(text, error => {
          if (error) this.#end(error)
          if (this.#failure === undefined) resolve()
          else reject(this.#failure)
        })
      }
    })
  }

  #end(error: NodeJS.ErrnoException): void {
    const hasReaderGone =
      error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED' || error.code === 'EOF'
    if (!hasReaderGone && !this.#isSecondary) {
      const nextStep = 'Make room there, or write somewhere else.'
      this.#failure ??= usageFailure('write output', error.message, nextStep)
    }
    if (this.#isClosed) return
    this.#isClosed = true
    this.#onClosed()
  }
}
