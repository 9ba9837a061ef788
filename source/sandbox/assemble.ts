import { createCloudWatch } from './cloudwatch/cloudwatch.ts'
import type { Durations } from './engine/account.ts'
import { type Clock, createWallClock } from './engine/clock.ts'
import { createService, LIFE, type Service } from './engine/service.ts'
import type { FaultPlan } from './faults/fault-plan.ts'
import { createFaults, type Faults } from './faults/faults.ts'
import { type DataDirectory, openDataDirectory, restore } from './storage/data-directory.ts'
import { demoScenario } from './traffic/demo-scenario.ts'
import { planTraffic, type Traffic } from './traffic/runner.ts'
import type { Scenario } from './traffic/scenario.ts'
import { createAnswer } from './wire/answer.ts'
import type { Answer } from './wire/exchange.ts'
import { createInProcessHandler, type InProcessHandler } from './wire/in-process.ts'

export type EmbeddedOptions = {
  /** Twelve digits; default 000000000000. */
  accountId?: string
  region?: string
  clock?: Clock
  /** `off` lifts throughput limits, request rates and quotas, for load runs. */
  limits?: 'on' | 'off'
  /** How long CREATING, UPDATING and the like last, in milliseconds of the clock. */
  durations?: Partial<Durations>
  memoryLimitBytes?: number
  /** How long after a minute its metrics are published, in milliseconds of the clock; default one minute. */
  metricsDelayMs?: number
  /** Streams with live records: the demonstration, none (default), or a scenario of one's own. */
  traffic?: 'demo' | 'none' | Scenario
  /** Keeps streams and records in this directory across restarts; default: in memory. */
  dataDirectory?: string
  /** How many times as fast as the wall the clock runs, when no clock is given; default 1. */
  speed?: number
  /** What goes wrong on purpose from the start; `faults` of the sandbox changes it later. */
  faults?: FaultPlan
  /** Chance of the traffic; the same seed gives the same records. */
  seed?: number
  /**
   * Hears what fails in the sandbox's own time, as a traffic that cannot go on or a snapshot that cannot be written;
   * that work ends, everything else goes on. Absent: such a failure is an uncaught exception.
   */
  onFailure?: (error: unknown) => void
}

/** A Kinesis without a socket. */
export type EmbeddedSandbox = {
  clock: Clock
  service: Service
  /** What goes wrong on purpose. */
  faults: Faults
  /** For AWS SDK clients in this process: `new KinesisClient({ requestHandler, endpoint: 'http://127.0.0.1' })`. */
  requestHandler: InProcessHandler
  /** Acts of the scenario that the service refused; empty when all is well. */
  refusals: readonly string[]
  stop(): Promise<void>
}

export type Assembled = { sandbox: EmbeddedSandbox; answer: Answer }

/** Payloads that the demonstration keeps: some minutes of its busiest stream, however long it is left open. */
const DEMO_MEMORY_BYTES = 48 << 20

/** The longest that filling in the history keeps the thread to itself: less than a frame at 60 a second. */
const SLICE_MS = 8

/** All parts of a sandbox put together, with its history. */
export function assemble(options: EmbeddedOptions): Assembled {
  const { fill, finish } = prepare(options)
  for (const _ of fill());
  return finish()
}

/** The same, giving way to other work of the thread every few milliseconds. */
export async function assembleInSlices(options: EmbeddedOptions): Promise<Assembled> {
  const { fill, finish } = prepare(options)
  let sliceEnd = performance.now() + SLICE_MS
  for (const _ of fill()) {
    if (performance.now() < sliceEnd) continue
    await new Promise<void>(resolve => setImmediate(resolve))
    sliceEnd = performance.now() + SLICE_MS
  }
  return finish()
}

function prepare(options: EmbeddedOptions): { fill(): Iterable<void>; finish(): Assembled } {
  const data = options.dataDirectory === undefined ? undefined : openDataDirectory(options.dataDirectory)
  try {
    const clock = containing(
      options.clock ?? clockFrom(data?.lastTime ?? 0, options.speed),
      options.onFailure,
    )
    const service = createService({
      ...(options.traffic === 'demo' ? { memoryLimitBytes: DEMO_MEMORY_BYTES } : {}),
      ...options,
      clock,
      ...(data === undefined ? {} : { onChange: data.record }),
    })
    if (data !== undefined) bringBack(service, data)
    const scenario = scenarioOf(options.traffic)
    const planned =
      scenario === undefined ? undefined : planTraffic(service, clock, scenario, options.seed ?? 1)
    return {
      fill: () => planned?.history() ?? [],
      finish: () => assembled(options, { clock, service, data, traffic: planned?.begin() }),
    }
  } catch (error) {
    data?.close()
    throw error
  }
}

function assembled(
  options: EmbeddedOptions,
  parts: {
    clock: Clock
    service: Service
    data: DataDirectory | undefined
    traffic: Traffic | undefined
  },
): Assembled {
  const { clock, service, data, traffic } = parts
  const stopFolding = data === undefined ? () => {} : foldNowAndThen(service, data, options.onFailure)
  const faults = createFaults(clock, options.faults)
  const answer = createAnswer(service, faults, createCloudWatch(service, options.metricsDelayMs))
  const sandbox: EmbeddedSandbox = {
    clock,
    service,
    faults,
    requestHandler: createInProcessHandler(answer),
    refusals: traffic?.refusals ?? [],
    async stop() {
      traffic?.stop()
      stopFolding()
      data?.fold(service, true)
      data?.close()
    },
  }
  return { sandbox, answer }
}

/** A clock whose tasks fail by themselves alone. */
function containing(clock: Clock, onFailure: EmbeddedOptions['onFailure']): Clock {
  if (onFailure === undefined) return clock
  return {
    ...clock,
    after: (milliseconds, task) => clock.after(milliseconds, () => contain(task, onFailure)),
  }
}

function contain(task: () => void, onFailure: EmbeddedOptions['onFailure']): void {
  try {
    task()
  } catch (error) {
    if (onFailure === undefined) throw error
    onFailure(error)
  }
}

/** A clock that begins no earlier than the data it finds, which an earlier run may have brought into the future. */
const clockFrom = (lastTime: number, speed?: number) =>
  createWallClock(speed, lastTime > Date.now() ? lastTime : undefined)

function bringBack(service: Service, data: DataDirectory): void {
  const { account, clock } = service
  const { durations, limits } = account
  if (data.snapshot !== undefined) restore(account, data.snapshot)
  for (const entry of data.entries.splice(0)) service.replay(entry)
  const life = { operation: LIFE, input: { durations, limits }, now: clock.now() }
  service.replay(life)
  data.record(life)
}

const FOLD_INTERVAL_MS = 10_000

function foldNowAndThen(
  service: Service,
  data: DataDirectory,
  onFailure: EmbeddedOptions['onFailure'],
): () => void {
  const timer = setInterval(() => contain(() => data.fold(service), onFailure), FOLD_INTERVAL_MS)
  timer.unref()
  return () => clearInterval(timer)
}

function scenarioOf(traffic: EmbeddedOptions['traffic']): Scenario | undefined {
  if (traffic === undefined || traffic === 'none') return undefined
  return traffic === 'demo' ? demoScenario : traffic
}
