import { createCloudWatch } from './cloudwatch/cloudwatch.ts'
import type { Durations } from './engine/account.ts'
import { type Clock, createWallClock } from './engine/clock.ts'
import { createService, LIFE, type Service } from './engine/service.ts'
import type { FaultPlan } from './faults/fault-plan.ts'
import { createFaults, type Faults } from './faults/faults.ts'
import { type DataDirectory, openDataDirectory, restore } from './storage/data-directory.ts'
import { demoScenario } from './traffic/demo-scenario.ts'
import { startTraffic } from './traffic/runner.ts'
import type { Scenario } from './traffic/scenario.ts'
import { createAnswer } from './wire/answer.ts'
import { type Certificate, selfSignedCertificate } from './wire/certificate.ts'
import type { Answer } from './wire/exchange.ts'
import { createInProcessHandler, type InProcessHandler } from './wire/in-process.ts'
import { startServer } from './wire/server.ts'

export type SandboxOptions = {
  /** Port on 127.0.0.1; 0 (default) takes a free one. */
  port?: number
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
  /** Certificate and key (PEM) for clients that speak TLS; default: self-signed, made when first needed. */
  tls?: Certificate
  /** How many times as fast as the wall the clock runs, when no clock is given; default 1. */
  speed?: number
  /** What goes wrong on purpose from the start; `faults` of the sandbox changes it later. */
  faults?: FaultPlan
  /** Chance of the traffic; the same seed gives the same records. */
  seed?: number
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

/** The same, listening as well. */
export type Sandbox = EmbeddedSandbox & {
  url: string
  port: number
  /** The certificate its port shows to clients that speak TLS, as PEM; self-signed unless one was given. */
  certificate(): string
}

/** Makes a Kinesis that lives in this process alone. `port` is of no use here. */
export function createSandbox(options: SandboxOptions = {}): EmbeddedSandbox {
  return assemble(options).sandbox
}

/** Starts a Kinesis on loopback. Ready when the promise resolves; nothing is left behind after `stop`. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { sandbox, answer } = assemble(options)
  let made: Certificate | undefined
  const certificate = () => {
    made ??= options.tls ?? selfSignedCertificate(Date.now())
    return made
  }
  try {
    const server = await startServer(answer, options.port ?? 0, certificate)
    return {
      ...sandbox,
      url: `http://127.0.0.1:${server.port}`,
      port: server.port,
      certificate: () => certificate().cert,
      async stop() {
        await server.stop()
        await sandbox.stop()
      },
    }
  } catch (error) {
    await sandbox.stop()
    throw error
  }
}

function assemble(options: SandboxOptions): { sandbox: EmbeddedSandbox; answer: Answer } {
  const data = options.dataDirectory === undefined ? undefined : openDataDirectory(options.dataDirectory)
  const clock = options.clock ?? clockFrom(data?.lastTime ?? 0, options.speed)
  const service = createService({
    ...options,
    clock,
    ...(data === undefined ? {} : { onChange: data.record }),
  })
  try {
    if (data !== undefined) bringBack(service, data)
  } catch (error) {
    data?.close()
    throw error
  }
  const scenario = scenarioOf(options.traffic)
  const traffic =
    scenario === undefined ? undefined : startTraffic(service, clock, scenario, options.seed ?? 1)
  const stopFolding = data === undefined ? () => {} : foldNowAndThen(service, data)
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

function foldNowAndThen(service: Service, data: DataDirectory): () => void {
  const timer = setInterval(() => data.fold(service), FOLD_INTERVAL_MS)
  timer.unref()
  return () => clearInterval(timer)
}

function scenarioOf(traffic: SandboxOptions['traffic']): Scenario | undefined {
  if (traffic === undefined || traffic === 'none') return undefined
  return traffic === 'demo' ? demoScenario : traffic
}
