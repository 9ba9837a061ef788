import type { Service } from '../engine/service.ts'
import { parseFaultPlan } from '../faults/fault-plan.ts'
import { type Faults, NO_FAULTS } from '../faults/faults.ts'
import type { WireRequest, WireResponse } from './exchange.ts'

const PREFIX = '/_sandbox/'

/** Whether a request is for the sandbox itself instead of the service it plays. */
export const isAdmin = (request: WireRequest) => request.path.startsWith(PREFIX)

/**
 * The sandbox's own controls, in plain JSON:
 *   GET /_sandbox/state           streams, shards and records held, and the time it is here
 *   GET|PUT|DELETE /_sandbox/faults   the fault plan in force with its strikes; set; lift
 *   POST /_sandbox/clock          { "advanceMilliseconds": n }, where the clock can be stepped
 */
export function answerAdmin(service: Service, faults: Faults, request: WireRequest): WireResponse {
  const resource = request.path.slice(PREFIX.length).replace(/\?.*$/, '')
  const action = ACTIONS[`${request.method} ${resource}`]
  if (action === undefined) {
    return reply(404, {
      error: `no ${request.method} ${request.path}; known: ${Object.keys(ACTIONS).join(', ')}`,
    })
  }
  try {
    return reply(200, action(service, faults, bodyOf(request)))
  } catch (error) {
    return reply(400, { error: error instanceof Error ? error.message : String(error) })
  }
}

function bodyOf(request: WireRequest): unknown {
  if (request.body.length === 0) return undefined
  return JSON.parse(Buffer.from(request.body).toString('utf8'))
}

const faultState = (faults: Faults) => ({ ...faults.plan, strikes: faults.strikes() })

const ACTIONS: Record<string, (service: Service, faults: Faults, body: unknown) => object> = {
  'GET state': stateOf,
  'GET faults': (_, faults) => faultState(faults),
  'PUT faults'(_, faults, body) {
    faults.replace(parseFaultPlan(body))
    return faultState(faults)
  },
  'DELETE faults'(_, faults) {
    faults.replace(NO_FAULTS)
    return faultState(faults)
  },
  'POST clock': advanceClock,
}

function stateOf({ account, clock, settle }: Service): object {
  settle()
  return {
    now: new Date(clock.now()).toISOString(),
    speed: clock.speed,
    limits: account.limits,
    accountId: account.accountId,
    region: account.region,
    streams: [...account.streams.values()].map(stream => ({
      streamName: stream.name,
      streamStatus: stream.status,
      shards: [...stream.shards.values()].map(({ id, log, closedAt }) => ({
        shardId: id,
        open: closedAt === undefined,
        records: log.nextOrdinal - log.firstOrdinal,
        bytes: log.storedBytes,
      })),
    })),
  }
}

function advanceClock(service: Service, _: Faults, body: unknown): object {
  const amount = (body as { advanceMilliseconds?: unknown } | undefined)?.advanceMilliseconds
  if (typeof amount !== 'number' || !(amount >= 0))
    throw new TypeError('send { "advanceMilliseconds": a number }')
  const { clock } = service
  if (!('advance' in clock) || typeof clock.advance !== 'function') {
    throw new TypeError(
      'this clock runs by itself; start the sandbox with a stepped clock to move it by hand',
    )
  }
  clock.advance(amount)
  return { now: new Date(clock.now()).toISOString() }
}

const reply = (statusCode: number, body: object): WireResponse => ({
  statusCode,
  headers: { 'content-type': 'application/json' },
  body: `${JSON.stringify(body)}\n`,
})
