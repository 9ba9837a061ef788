import type { IPty } from '@lydell/node-pty'

/** A line between a pseudo terminal and the person at it. */
export type LineOptions = {
  /** What it carries towards the person; 960 is 9,600 baud. */
  readonly bytesPerSecond: number
  /** One way, in each direction. */
  readonly delayMillis: number
  /** What may be on its way before the program feels it: little on a serial line, megabytes in an SSH window. */
  readonly bufferBytes: number
}

/** Hands on what a pty says as a slow line would, and types as late. */
export class SlowLine {
  readonly #pty: IPty
  readonly #options: LineOptions
  readonly #onData: (data: string) => void
  #queue: Buffer[] = []
  #queued = 0
  #isPaused = false
  #last = performance.now()
  #credit = 0
  readonly #tick: NodeJS.Timeout
  /** What the program has said, whether it has arrived or not. */
  saidBytes = 0

  constructor(pty: IPty, options: LineOptions, onData: (data: string) => void) {
    this.#pty = pty
    this.#options = options
    this.#onData = onData
    pty.onData(data => {
      const bytes = Buffer.from(data)
      this.saidBytes += bytes.length
      this.#queue.push(bytes)
      this.#queued += bytes.length
      if (this.#queued > options.bufferBytes && !this.#isPaused) {
        this.#isPaused = true
        pty.pause()
      }
    })
    this.#tick = setInterval(() => this.#carry(), 10)
  }

  press(keys: string): void {
    setTimeout(() => this.#pty.write(keys), this.#options.delayMillis)
  }

  close(): void {
    clearInterval(this.#tick)
  }

  #carry(): void {
    const now = performance.now()
    this.#credit += ((now - this.#last) * this.#options.bytesPerSecond) / 1_000
    this.#last = now
    // A line that had nothing to carry does not carry more later.
    if (this.#queued === 0) this.#credit = Math.min(this.#credit, this.#options.bytesPerSecond / 100)
    const count = Math.min(this.#queued, Math.floor(this.#credit))
    if (count === 0) return
    this.#credit -= count
    const all = Buffer.concat(this.#queue)
    const rest = all.subarray(count)
    this.#queue = rest.length === 0 ? [] : [rest]
    this.#queued = rest.length
    // Bytes, not characters: what is torn is put together again at the far end.
    setTimeout(() => this.#onData(all.subarray(0, count).toString('latin1')), this.#options.delayMillis)
    if (this.#isPaused && this.#queued <= this.#options.bufferBytes / 2) {
      this.#isPaused = false
      this.#pty.resume()
    }
  }
}
