import type { Clock } from '../../source/domain/clock.ts'

type Sleeper = {
  readonly atMillis: number
  readonly order: number
  readonly wake: () => void
  isDone: boolean
}

/** As StepClock, for millions of sleeps: a heap of sleepers, and all that are due at one moment wake together. */
export class FastClock implements Clock {
  #nowMillis: number
  #order = 0
  readonly #heap: Sleeper[] = []

  constructor(nowMillis: number) {
    this.#nowMillis = nowMillis
  }

  now(): number {
    return this.#nowMillis
  }

  sleep(millis: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.resolve()
    return new Promise(resolve => {
      const sleeper: Sleeper = {
        atMillis: this.#nowMillis + Math.max(0, Math.ceil(millis)),
        order: this.#order,
        isDone: false,
        wake: () => {
          if (sleeper.isDone) return
          sleeper.isDone = true
          signal?.removeEventListener('abort', sleeper.wake)
          resolve()
        },
      }
      this.#order += 1
      signal?.addEventListener('abort', sleeper.wake, { once: true })
      this.#push(sleeper)
    })
  }

  /** Lets so much time pass, from one moment at which somebody wakes to the next. */
  async pass(millis: number): Promise<void> {
    const until = this.#nowMillis + millis
    await settled()
    for (let first = this.#heap[0]; first !== undefined && first.atMillis <= until; first = this.#heap[0]) {
      this.#nowMillis = Math.max(this.#nowMillis, first.atMillis)
      while (this.#heap[0] !== undefined && this.#heap[0].atMillis <= this.#nowMillis) this.#pop()?.wake()
      await settled()
    }
    this.#nowMillis = until
  }

  #push(sleeper: Sleeper): void {
    const heap = this.#heap
    let at = heap.length
    heap.push(sleeper)
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = heap[parent]
      if (above === undefined || !isBefore(sleeper, above)) break
      heap[at] = above
      at = parent
    }
    heap[at] = sleeper
  }

  #pop(): Sleeper | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined || heap.length === 0) return first
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      const [left, right] = [heap[child], heap[child + 1]]
      if (left === undefined) break
      if (right !== undefined && isBefore(right, left)) child += 1
      const below = heap[child]
      if (below === undefined || !isBefore(below, last)) break
      heap[at] = below
      at = child
    }
    heap[at] = last
    return first
  }
}

function isBefore(a: Sleeper, b: Sleeper): boolean {
  return a.atMillis < b.atMillis || (a.atMillis === b.atMillis && a.order < b.order)
}

/** Promise jobs run out before the next turn of the event loop. */
function settled(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}
