import type { Timer } from './state/store.ts'

/** What a screen that changes all the time may cost at most: below what a slow line takes. */
export const DEFAULT_BYTES_PER_SECOND = 16_000

/** What is needed of the terminal's output. */
type Output = Pick<NodeJS.WriteStream, 'write' | 'writableLength'>

/**
 * Decides when the next frame may be drawn. While the terminal has not taken the one before, or the bytes of the last
 * second are spent, frames are skipped and not queued: the next one to be drawn is the newest. After a key only the
 * terminal itself is waited for.
 */
export class PacedFrames {
  readonly #output: Output
  readonly #write: Output['write']
  readonly #bytesPerSecond: number
  readonly #now: () => number
  readonly #timer: Timer
  /** When a line of that speed would have taken everything written so far. */
  #takenAt = 0
  #isUrgent = false
  #isDraining = false
  #isFinished = false
  #waiting: (() => void) | undefined
  #callOff: (() => void) | undefined

  /** Counts what is written to `output` from now on, until `restore`. */
  constructor(options: {
    readonly output: Output
    readonly now: () => number
    readonly timer: Timer
    readonly bytesPerSecond?: number
  }) {
    const { output, now, timer, bytesPerSecond = DEFAULT_BYTES_PER_SECOND } = options
    this.#output = output
    this.#bytesPerSecond = bytesPerSecond
    this.#now = now
    this.#timer = timer
    this.#write = output.write
    const write = this.#write.bind(output) as (...args: unknown[]) => boolean
    output.write = (chunk: Uint8Array | string, ...rest: unknown[]): boolean => {
      // Whoever waits for it to be taken is still told.
      if (this.#isFinished) return write('', ...rest)
      const bytes = typeof chunk === 'string' ? Buffer.byteLength(chunk) : chunk.byteLength
      this.#takenAt = Math.max(this.#takenAt, this.#now()) + (bytes * 1_000) / this.#bytesPerSecond
      return write(chunk, ...rest)
    }
  }

  /** The next frame answers a key. */
  readonly hurry = (): void => {
    this.#isUrgent = true
    if (this.#waiting !== undefined) this.#go()
  }

  /** Calls `draw` now or as soon as a frame may be drawn. One wish at a time: a later one takes its place. */
  readonly request = (draw: () => void): void => {
    this.#waiting = draw
    this.#go()
  }

  /** Resolves when the terminal has taken everything, or after `millis`: it may never do. */
  drained(millis: number): Promise<void> {
    return new Promise(resolve => {
      if (this.#output.writableLength === 0) return resolve()
      const callOff = this.#timer(resolve, millis)
      this.#whenTaken(() => {
        callOff()
        resolve()
      })
    })
  }

  /** Writes what gives the terminal back, and lets nothing of the screen follow it until `restore`. */
  finish(lastWords: string): void {
    if (this.#isFinished) return
    this.#output.write(lastWords)
    this.#isFinished = true
  }

  restore(): void {
    this.#callOff?.()
    this.#waiting = undefined
    this.#output.write = this.#write
  }

  #whenTaken(then: () => void): void {
    const write = this.#write.bind(this.#output) as (chunk: string, done: () => void) => boolean
    // An empty write is done when everything before it is.
    write('', then)
  }

  #go(): void {
    if (this.#isDraining || this.#waiting === undefined) return
    if (this.#output.writableLength > 0) {
      this.#isDraining = true
      this.#whenTaken(() => {
        this.#isDraining = false
        this.#go()
      })
      return
    }
    this.#callOff?.()
    this.#callOff = undefined
    const wait = this.#takenAt - this.#now()
    if (wait > 0 && !this.#isUrgent) {
      this.#callOff = this.#timer(() => this.#go(), Math.ceil(wait))
      return
    }
    const draw = this.#waiting
    this.#waiting = undefined
    this.#isUrgent = false
    draw()
  }
}

/**
 * Node writes to a terminal with the whole program standing still until it is taken. A line that stalls must not stall
 * the reading of keys and streams: the kernel is asked to take what it can. Returns how to undo that: a shell shares
 * the terminal with us and expects its own way. Where Node has no such switch, nothing changes.
 */
export function withoutBlocking(output: NodeJS.WriteStream): () => void {
  const { _handle: handle } = output as unknown as {
    readonly _handle?: { setBlocking?(isBlocking: boolean): number }
  }
  if (output.isTTY !== true || typeof handle?.setBlocking !== 'function') return () => {}
  handle.setBlocking(false)
  return () => void handle.setBlocking?.(true)
}
