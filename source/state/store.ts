/** Calls back after `millis`; returns how to call it off. The store's only tie to time. */
export type Timer = (callback: () => void, millis: number) => () => void

/** Milliseconds between two announcements of data events: 10 Hz, since each announcement costs a whole frame. */
export const DATA_ANNOUNCEMENT_MILLIS = 100

/**
 * The one place where state changes. An `urgent` event (a key) is reduced and announced at once; data events wait in an
 * inbox and are reduced together, at most once every `DATA_ANNOUNCEMENT_MILLIS`. Snapshots keep their identity between
 * announcements, so `useSyncExternalStore` can read them. An idle store holds no timer.
 */
export class Store<Model, Event> {
  #model: Model
  readonly #update: (model: Model, event: Event) => Model
  readonly #timer: Timer
  readonly #isUrgent: (event: Event) => boolean
  readonly #listeners = new Set<() => void>()
  #inbox: Event[] = []
  #cancelTimer: (() => void) | undefined

  constructor(options: {
    readonly initial: Model
    readonly update: (model: Model, event: Event) => Model
    readonly isUrgent: (event: Event) => boolean
    readonly timer: Timer
  }) {
    this.#model = options.initial
    this.#update = options.update
    this.#isUrgent = options.isUrgent
    this.#timer = options.timer
  }

  /** The announced state. Data events still in the inbox are not in it. */
  readonly snapshot = (): Model => this.#model

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly dispatch = (event: Event): void => {
    this.#inbox.push(event)
    if (this.#isUrgent(event)) this.flush()
    else this.#cancelTimer ??= this.#timer(() => this.flush(), DATA_ANNOUNCEMENT_MILLIS)
  }

  /** Reduces all that waits and announces it once; nothing is announced where nothing changed. */
  flush(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    const events = this.#inbox
    this.#inbox = []
    const before = this.#model
    for (const event of events) this.#model = this.#update(this.#model, event)
    if (this.#model !== before) for (const listener of [...this.#listeners]) listener()
  }

  /** Stops the timer; what waits is still reduced by the next flush. */
  close(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }
}
