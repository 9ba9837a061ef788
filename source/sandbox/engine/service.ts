import { type Account, DEFAULT_DURATIONS, type Durations } from './account.ts'
import { accountOperations } from './account-operations.ts'
import { channelOperations } from './channel-operations.ts'
import type { Clock } from './clock.ts'
import { consumerOperations } from './consumer-operations.ts'
import { encryptionOperations } from './encryption-operations.ts'
import { ServiceError } from './errors.ts'
import { parseShapes, plainValues, readInput, type ValueCodec } from './input.ts'
import { createMetrics } from './metrics.ts'
import type { OperationTable } from './operation.ts'
import { policyOperations } from './policy-operations.ts'
import { readOperations } from './read-operations.ts'
import { countRequest } from './request-rates.ts'
import { settle } from './settle.ts'
import { shardOperations } from './shard-operations.ts'
import { streamModeOperations } from './stream-mode-operations.ts'
import { streamOperations } from './stream-operations.ts'
import { streamSettingsOperations } from './stream-settings-operations.ts'
import { nextPush, type Push, type Subscription, subscribe } from './subscription.ts'
import { tagOperations } from './tag-operations.ts'
import { writeOperations } from './write-operations.ts'

export type ServiceOptions = {
  clock: Clock
  accountId?: string
  region?: string
  limits?: 'on' | 'off'
  durations?: Partial<Durations>
  memoryLimitBytes?: number
  /** Told of every change before its caller is, with the input as checked; replaying all of them gives the same state. */
  onChange?: (change: Change) => void
}

export type Change = { operation: string; input: object; now: number }

/** A change that is no operation: the durations and limits from here on. */
export const LIFE = '(life)'

/** Operations that change nothing that lasts. */
const READING = /^(Describe|List|Get|SubscribeToShard)/

export type Service = {
  account: Account
  clock: Clock
  /** Whether there is an operation of this name. */
  knows(operation: string): boolean
  /**
   * Does one operation at `now` (default: the clock's time). The input is checked against the service's model first;
   * `codec` says how its bytes and times are written; `arrivedAt` (default: `now`) is when a request came that had to
   * wait. Errors: ServiceError.
   */
  handle(
    operation: string,
    input: unknown,
    options?: { codec?: ValueCodec; now?: number; arrivedAt?: number },
  ): object
  /** Does a change of an earlier life again, at its own time. */
  replay(change: Change): void
  /** Lets everything take effect that is due by now; `handle` does so by itself. */
  settle(now?: number): void
  /** What comes next for a subscription, which is what `handle` gives for SubscribeToShard. */
  push(subscription: Subscription, now?: number): Push
}

/** The engine: every operation over one account's state. It never waits, reads no clock but the one given, opens nothing. */
export function createService(options: ServiceOptions): Service {
  const { clock, onChange } = options
  const account: Account = {
    accountId: options.accountId ?? '000000000000',
    region: options.region ?? 'us-east-1',
    partition: partitionOf(options.region ?? 'us-east-1'),
    durations: { ...DEFAULT_DURATIONS, ...options.durations },
    limits: options.limits ?? 'on',
    memoryLimitBytes: options.memoryLimitBytes ?? 512 << 20,
    streams: new Map(),
    policies: new Map(),
    channels: new Map(),
    channelLimit: 50,
    requestBuckets: new Map(),
    metrics: createMetrics(),
    shardListeners: new Set(),
    nextHousekeepingAt: 0,
    unsettledBytes: 0,
    throttledWrites: 0,
  }
  const shapes = parseShapes()
  const operations: OperationTable = {
    ...streamOperations,
    ...streamSettingsOperations,
    ...tagOperations,
    ...shardOperations,
    ...writeOperations,
    ...readOperations,
    ...consumerOperations,
    ...streamModeOperations,
    ...encryptionOperations,
    ...accountOperations,
    ...policyOperations,
    ...channelOperations,
    SubscribeToShard: subscribe,
  }
  return {
    account,
    clock,
    knows: operation => Object.hasOwn(operations, operation),
    handle(operation, input, { codec = plainValues, now = clock.now(), arrivedAt = now } = {}) {
      const run = Object.hasOwn(operations, operation) ? operations[operation] : undefined
      if (run === undefined) throw new ServiceError('UnknownOperationException', '')
      const checked = readInput(shapes, `${operation}Input`, input, codec)
      settle(account, now)
      countRequest(account, operation, checked, now)
      const output = run({ account, now, arrivedAt }, checked as never)
      if (onChange !== undefined && !READING.test(operation)) onChange({ operation, input: checked, now })
      if (account.shardListeners.size > 0) settleWhenDue(account, clock, now)
      return output
    },
    replay({ operation, input, now }) {
      settle(account, now)
      // Each life has its own durations and limits, and what it did must come out as it did then.
      if (operation === LIFE) Object.assign(account, input)
      else operations[operation]?.({ account, now }, input as never)
    },
    settle: (now = clock.now()) => settle(account, now),
    push(subscription, now = clock.now()) {
      settle(account, now)
      return nextPush({ account, now }, subscription)
    },
  }
}

/** Pushed readers wait for shards to end, which must then happen on time and not at somebody's next request. */
function settleWhenDue(account: Account, clock: Clock, now: number): void {
  const due = Math.min(...[...account.streams.values()].flatMap(({ pending }) => pending[0]?.due ?? []))
  if (due < Number.POSITIVE_INFINITY) clock.after(due - now, () => settle(account, clock.now()))
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn'
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}
