import type { ServiceErrorName } from '../engine/errors.ts'

/**
 * What goes wrong on purpose. A plan is plain data, kept as a JSON file or sent to the admin endpoint:
 *
 *     { "seed": 1, "faults": [
 *       { "fault": "throttle", "operations": ["GetRecords"], "probability": 0.2 },
 *       { "fault": "latency", "milliseconds": 800, "fromMinute": 1, "untilMinute": 3 } ] }
 *
 * The same plan, seed and calls give the same faults.
 */
export type FaultPlan = { seed: number; faults: FaultRule[] }

/** When a rule applies: to which calls, how often, how many times, and between which minutes after the plan was set. */
export type FaultRule = Fault & {
  operations?: string[]
  streams?: string[]
  probability?: number
  times?: number
  fromMinute?: number
  untilMinute?: number
}

export type Fault =
  /** The throttling error that fits the operation: throughput for data, LimitExceeded for control. */
  | { fault: 'throttle' }
  /** Any error the service knows. */
  | { fault: 'error'; name: ServiceErrorName; statusCode?: number; message?: string }
  /** Part of a PutRecords fails, entry by entry, with this probability each. */
  | { fault: 'failed-records'; share: number; code?: string }
  /** The answer comes late. */
  | { fault: 'latency'; milliseconds: number; jitterMilliseconds?: number }
  /** The connection breaks instead of an answer. */
  | { fault: 'reset' }
  /** The connection stays open and nothing comes. */
  | { fault: 'silence' }
  /** An event stream breaks off, or falls silent, so long after it began. */
  | { fault: 'cut-stream'; afterMilliseconds: number }
  | { fault: 'stall-stream'; afterMilliseconds: number }
  /** The service's clock is so much ahead: signatures that look too old are refused, Date says why. */
  | { fault: 'clock-skew'; milliseconds: number }
  | { fault: 'expired-credentials' }
  | { fault: 'access-denied' }
  /** GetRecords gives an empty page and the same place again, as it does on the way through a sparse shard. */
  | { fault: 'empty-pages' }
  /** An HTML page of a gateway instead of an answer. */
  | { fault: 'gateway-page'; statusCode?: number }

type Check = 'number' | 'share' | 'text' | 'texts'

/** Members of each fault beside the common ones; `!` marks what must be given. */
const MEMBERS: Record<Fault['fault'], Record<string, Check | `${Check}!`>> = {
  throttle: {},
  error: { name: 'text!', statusCode: 'number', message: 'text' },
  'failed-records': { share: 'share!', code: 'text' },
  latency: { milliseconds: 'number!', jitterMilliseconds: 'number' },
  reset: {},
  silence: {},
  'cut-stream': { afterMilliseconds: 'number!' },
  'stall-stream': { afterMilliseconds: 'number!' },
  'clock-skew': { milliseconds: 'number!' },
  'expired-credentials': {},
  'access-denied': {},
  'empty-pages': {},
  'gateway-page': { statusCode: 'number' },
}

const COMMON: Record<string, Check> = {
  operations: 'texts',
  streams: 'texts',
  probability: 'share',
  times: 'number',
  fromMinute: 'number',
  untilMinute: 'number',
}

/** Reads a plan from parsed JSON. Errors: TypeError that names the place, the rule and what would be right. */
export function parseFaultPlan(value: unknown): FaultPlan {
  if (!isObject(value)) throw new TypeError('a fault plan is an object: { "seed": 1, "faults": [...] }')
  const { seed = 1, faults = [], ...rest } = value
  refuseOthers('the fault plan', rest, ['seed', 'faults'])
  if (typeof seed !== 'number') throw new TypeError(`seed is ${JSON.stringify(seed)}; it must be a number`)
  if (!Array.isArray(faults)) throw new TypeError('faults must be a list of { "fault": ... } objects')
  return { seed, faults: faults.map(parseRule) }
}

function parseRule(value: unknown, index: number): FaultRule {
  const place = `faults[${index}]`
  if (!isObject(value)) throw new TypeError(`${place} must be an object like { "fault": "throttle" }`)
  const kind = value.fault
  const members =
    typeof kind === 'string' && Object.hasOwn(MEMBERS, kind) ? MEMBERS[kind as Fault['fault']] : undefined
  if (members === undefined) {
    throw new TypeError(
      `${place}.fault is ${JSON.stringify(kind)}; it must be one of ${Object.keys(MEMBERS).join(', ')}`,
    )
  }
  const allowed: Record<string, string> = { ...COMMON, ...members }
  const { fault: _, ...rest } = value
  refuseOthers(place, rest, Object.keys(allowed))
  for (const [name, check] of Object.entries(allowed)) {
    const given = value[name]
    if (given === undefined) {
      if (check.endsWith('!')) throw new TypeError(`${place} is a ${kind} fault and needs ${name}`)
    } else checkMember(`${place}.${name}`, given, check.replace('!', '') as Check)
  }
  return value as FaultRule
}

function refuseOthers(place: string, given: object, allowed: readonly string[]): void {
  for (const name of Object.keys(given)) {
    if (!allowed.includes(name)) {
      throw new TypeError(`${place} has an unknown member ${name}; known: ${allowed.join(', ')}`)
    }
  }
}

function checkMember(place: string, value: unknown, check: Check): void {
  const fits = {
    number: typeof value === 'number' && Number.isFinite(value),
    share: typeof value === 'number' && value >= 0 && value <= 1,
    text: typeof value === 'string',
    texts: Array.isArray(value) && value.every(item => typeof item === 'string'),
  }[check]
  const wanted = {
    number: 'a number',
    share: 'a number from 0 to 1',
    text: 'a text',
    texts: 'a list of texts',
  }[check]
  if (!fits) throw new TypeError(`${place} is ${JSON.stringify(value)}; it must be ${wanted}`)
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
