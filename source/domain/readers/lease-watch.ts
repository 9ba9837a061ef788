import type { Lease } from './lease.ts'

/** How long a lease's counter has stood still, as far as it was looked at. */
export type Heartbeat =
  /** It was read once, or is new: one look tells nothing. */
  | { readonly kind: 'one-look' }
  /** The counter moved, at the latest at `seenAt`. */
  | { readonly kind: 'moving'; readonly seenAt: number }
  /** The same counter and owner for `stillMillis`. */
  | { readonly kind: 'still'; readonly stillMillis: number }

type Seen = {
  readonly leaseOwner: string | undefined
  readonly leaseCounter: string | undefined
  /** When this counter was first seen. */
  readonly since: number
  readonly movedAt: number | undefined
}

/** Remembers the counters of one application between looks: a lease holds no time, so its life shows in movement only. */
export class LeaseWatch {
  readonly #seen = new Map<string, Seen>()
  #looks = 0

  get looks(): number {
    return this.#looks
  }

  /** Takes what was read at `at` (milliseconds since the epoch). */
  look(leases: readonly Lease[], at: number): void {
    this.#looks += 1
    const gone = new Set(this.#seen.keys())
    for (const { leaseKey, leaseOwner, leaseCounter } of leases) {
      gone.delete(leaseKey)
      const before = this.#seen.get(leaseKey)
      if (before === undefined) {
        this.#seen.set(leaseKey, { leaseOwner, leaseCounter, since: at, movedAt: undefined })
      } else if (before.leaseCounter !== leaseCounter || before.leaseOwner !== leaseOwner) {
        // A new owner starts anew: that the lease was taken is itself a sign of life of the taker.
        this.#seen.set(leaseKey, { leaseOwner, leaseCounter, since: at, movedAt: at })
      }
    }
    for (const leaseKey of gone) this.#seen.delete(leaseKey)
  }

  heartbeat(leaseKey: string, at: number): Heartbeat {
    const seen = this.#seen.get(leaseKey)
    if (seen === undefined || (at <= seen.since && seen.movedAt === undefined)) return { kind: 'one-look' }
    const stillMillis = at - seen.since
    if (seen.movedAt !== undefined && stillMillis < STILL_AFTER_MILLIS)
      return { kind: 'moving', seenAt: seen.movedAt }
    return { kind: 'still', stillMillis }
  }
}

/**
 * A counter that has not moved for this long is worth a word. The KCL renews every third of its fail-over time, 10 s by
 * default, so three seconds and a third; applications may set it longer.
 */
export const STILL_AFTER_MILLIS = 10_000
