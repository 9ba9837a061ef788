/**
 * The sandbox's time. The engine never reads the machine's clock: it is handed `now`, so that a rule of five minutes
 * or 24 hours can be tested in milliseconds, and a demonstration can run sixty times faster than the wall.
 */
export type Clock = {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number
  /** How many of its milliseconds pass in one of the machine's; 1 where that has no meaning. */
  speed: number
  /** Runs `task` once, `milliseconds` of this clock later; the returned function cancels it. Never keeps a process alive. */
  after(milliseconds: number, task: () => void): () => void
}

/** Longest delay Node's timers take; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** A clock running `speed` times as fast as the machine's, beginning at `startMs` (default: the machine's own time). */
export function createWallClock(speed = 1, startMs?: number): Clock {
  if (!(speed > 0) || !Number.isFinite(speed)) {
    throw new RangeError(
      `clock speed ${speed} is not a positive number; use 1 for real time, 60 for a minute a second`,
    )
  }
  const epoch = startMs ?? Date.now()
  // Monotonic, so that a machine whose time is set neither jumps nor stalls a clock of another speed.
  const wallStart = performance.now()
  return {
    speed,
    now: () =>
      speed === 1 && startMs === undefined
        ? Date.now()
        : Math.floor(epoch + (performance.now() - wallStart) * speed),
    after(milliseconds, task) {
      // A microsecond more keeps the rounding of the two clocks from showing a time just before the one that was asked.
      const due = performance.now() + milliseconds / speed + 0.001
      let timer: NodeJS.Timeout
      const arm = (): void => {
        const left = Math.ceil(due - performance.now())
        timer = setTimeout(fire, Math.min(LONGEST_TIMER_MS, Math.max(0, left))).unref()
      }
      // Node's timers can be a millisecond early, and cannot be as long as a retention.
      const fire = (): void => (performance.now() < due ? arm() : task())
      arm()
      return () => clearTimeout(timer)
    },
  }
}

/** A clock that stands still until it is advanced; tasks run inside `advance`, in the order they are due. */
export type SteppedClock = Clock & {
  /** Moves time on, running every task that falls due on the way at its own moment. */
  advance(milliseconds: number): void
}

/** A clock for tests: `createSteppedClock(Date.UTC(2026, 0, 1))`, then `advance(300_000)`. */
export function createSteppedClock(startMs: number): SteppedClock {
  let current = startMs
  let order = 0
  const tasks = new Map<number, { due: number; task: () => void }>()
  const earliestBefore = (limit: number) => {
    let found: { id: number; due: number } | undefined
    for (const [id, { due }] of tasks) {
      if (due <= limit && (found === undefined || due < found.due)) found = { id, due }
    }
    return found
  }
  return {
    speed: 1,
    now: () => current,
    after(milliseconds, task) {
      const id = order++
      tasks.set(id, { due: current + Math.max(0, milliseconds), task })
      return () => tasks.delete(id)
    },
    advance(milliseconds) {
      const end = current + milliseconds
      for (let next = earliestBefore(end); next !== undefined; next = earliestBefore(end)) {
        const task = tasks.get(next.id)?.task
        tasks.delete(next.id)
        current = Math.max(current, next.due)
        task?.()
      }
      current = end
    },
  }
}
