import type { Clock } from '../engine/clock.ts'
import { createRandom } from '../random.ts'
import type { FaultPlan, FaultRule } from './fault-plan.ts'

/** The plan in force, and what it has done so far. */
export type Faults = {
  plan: FaultPlan
  /** Which rules strike this call, in the order of the plan. */
  strike(operation: string, streamName: string | undefined): FaultRule[]
  /** A number from 0 to 1 for details of a fault (jitter, which entries fail); repeatable like the rest. */
  chance(): number
  /** Puts another plan in force; its minutes count from now. */
  replace(plan: FaultPlan): void
  /** How often each rule has struck. */
  strikes(): number[]
}

export const NO_FAULTS: FaultPlan = { seed: 1, faults: [] }

/** Faults on a clock; without a plan nothing goes wrong. */
export function createFaults(clock: Clock, initial: FaultPlan = NO_FAULTS): Faults {
  let plan = initial
  let since = clock.now()
  let strikes = plan.faults.map(() => 0)
  let randoms = randomsFor(plan)
  let details = createRandom(plan.seed, 'details')
  return {
    get plan() {
      return plan
    },
    strike(operation, streamName) {
      if (plan.faults.length === 0) return []
      const minute = (clock.now() - since) / 60_000
      return plan.faults.filter((rule, index) => {
        const count = strikes[index] ?? 0
        if (
          !concerns(rule, operation, streamName, minute) ||
          count >= (rule.times ?? Number.POSITIVE_INFINITY)
        ) {
          return false
        }
        // Each rule has its own chance, so that one more rule does not change when another strikes.
        const hit = (randoms[index]?.() ?? 1) < (rule.probability ?? 1)
        if (hit) strikes[index] = count + 1
        return hit
      })
    },
    chance: () => details(),
    replace(next) {
      plan = next
      since = clock.now()
      strikes = plan.faults.map(() => 0)
      randoms = randomsFor(plan)
      details = createRandom(plan.seed, 'details')
    },
    strikes: () => [...strikes],
  }
}

const randomsFor = (plan: FaultPlan) => plan.faults.map((_, index) => createRandom(plan.seed, 'fault', index))

function concerns(
  rule: FaultRule,
  operation: string,
  streamName: string | undefined,
  minute: number,
): boolean {
  if (rule.operations !== undefined && !rule.operations.includes(operation)) return false
  if (rule.streams !== undefined && (streamName === undefined || !rule.streams.includes(streamName)))
    return false
  return minute >= (rule.fromMinute ?? 0) && minute < (rule.untilMinute ?? Number.POSITIVE_INFINITY)
}
