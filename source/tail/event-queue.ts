import type { TailEvent } from '../domain/tail-event.ts'

type Entry = { readonly event: TailEvent; readonly bytes: number }
type Waiter = { readonly bytes: number; readonly resolve: () => void }

/**
 * Events between the readers and the one consumer, bounded by record bytes: a reader sets room aside before it reads and
 * gets it only when queued and expected bytes leave some. Events without records always fit.
 */
export class EventQueue {
  readonly #capacityBytes: number
  #entries: (Entry | undefined)[] = []
  #head = 0
  #queuedBytes = 0
  #reservedBytes = 0
  #waiters: Waiter[] = []
  #isClosed = false
  #wakeConsumer: (() => void) | undefined

  constructor(capacityBytes: number) {
    this.#capacityBytes = capacityBytes
  }

  /** Bytes that are queued or in the consumer's hands. */
  get queuedBytes(): number {
    return this.#queuedBytes
  }

  push(event: TailEvent, bytes = 0): void {
    if (this.#isClosed) return
    this.#entries.push({ event, bytes })
    this.#queuedBytes += bytes
    this.#wakeConsumer?.()
  }

  /** Resolves when `bytes` more are welcome, first come first served; give them back with `release`. */
  async reserve(bytes: number): Promise<void> {
    if (this.#isClosed || (this.#waiters.length === 0 && this.#hasRoomFor(bytes))) {
      this.#reservedBytes += bytes
      return
    }
    await new Promise<void>(resolve => this.#waiters.push({ bytes, resolve }))
  }

  release(bytes: number): void {
    this.#reservedBytes -= bytes
    this.#admit()
  }

  /** No more events: the consumer gets what is queued, waiting readers go on and find out. */
  close(): void {
    this.#isClosed = true
    this.#admit()
    this.#wakeConsumer?.()
  }

  /** Hands out the events one by one; the bytes of one count as queued until the next is asked for. */
  async *drain(): AsyncGenerator<TailEvent, void, void> {
    for (;;) {
      const entry = this.#entries[this.#head]
      if (entry !== undefined) {
        this.#advance()
        yield entry.event
        this.#queuedBytes -= entry.bytes
        this.#admit()
      } else if (this.#isClosed) {
        return
      } else {
        await new Promise<void>(resolve => {
          this.#wakeConsumer = resolve
        })
        this.#wakeConsumer = undefined
      }
    }
  }

  #advance(): void {
    // At once, not with the next clean-up: an entry can hold megabytes of records.
    this.#entries[this.#head] = undefined
    this.#head += 1
    if (this.#head < 256 || this.#head * 2 < this.#entries.length) return
    this.#entries = this.#entries.slice(this.#head)
    this.#head = 0
  }

  #hasRoomFor(bytes: number): boolean {
    const taken = this.#queuedBytes + this.#reservedBytes
    return taken === 0 || taken + bytes <= this.#capacityBytes
  }

  #admit(): void {
    let admitted = 0
    for (const waiter of this.#waiters) {
      if (!this.#isClosed && !this.#hasRoomFor(waiter.bytes)) break
      this.#reservedBytes += waiter.bytes
      admitted += 1
      waiter.resolve()
    }
    if (admitted > 0) this.#waiters = this.#waiters.slice(admitted)
  }
}
