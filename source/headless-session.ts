import { resolve } from 'node:path'
import type { Connection } from './aws/connection.ts'
import type { KinesisApi } from './aws/kinesis-api.ts'
import { askMfaCode } from './cli/ask-mfa-code.ts'
import type { HeadlessCommand } from './cli/flags.ts'
import type { Invocation } from './cli/parse.ts'
import { readInput } from './cli/read-input.ts'
import { fileMark, readLines } from './cli/read-lines.ts'
import type { Sink } from './cli/sink.ts'
import { writeOutput } from './cli/write-output.ts'
import type { Context, RunningSandbox, SessionPort } from './commands/command.ts'
import { Decodings } from './commands/decodings.ts'
import type { DoctorWorld } from './commands/doctor-world.ts'
import { sessionInfoOf } from './commands/session-info.ts'
import { FailureError } from './domain/failure.ts'
import { endpointText, type Session } from './domain/session.ts'
import { visibleText } from './domain/visible-text.ts'
import { keptFiles } from './kept-files.ts'
import { startLoopbackSandbox } from './loopback-sandbox.ts'
import { isArmedAt, type Opened, openConnection } from './open-connection.ts'
import { initialModel } from './state/initial-model.ts'
import { stateFilesOf } from './state-files.ts'
import { SYSTEM_CLOCK } from './system-clock.ts'
import { terminalFacts } from './terminal-facts.ts'
import { thisProcess } from './this-process.ts'
import { readUserConfig } from './user-config/user-config.ts'

const DOCTOR_DEADLINES = {
  connectMillis: 2_500,
  answerMillis: 3_000,
  idleMillis: 3_000,
  callMillis: 3_500,
  credentialsMillis: 4_500,
} as const

/** The world of one headless run: opened once its arguments are known to be right, closed at its end. */
export class HeadlessSession {
  readonly #invocation: Extract<Invocation, { kind: 'command' }>
  readonly #signal: AbortSignal
  readonly #stderr: Sink
  #opened: Opened | undefined

  constructor(world: {
    readonly invocation: Extract<Invocation, { kind: 'command' }>
    readonly signal: AbortSignal
    readonly stderr: Sink
  }) {
    this.#invocation = world.invocation
    this.#signal = world.signal
    this.#stderr = world.stderr
  }

  readonly openContext = async (command: HeadlessCommand): Promise<Context> => {
    const { isOffline } = command.headless
    if (typeof isOffline === 'function' ? isOffline(this.#invocation.typed) : isOffline) {
      return { ...this.#context(NO_ENDPOINT, NOWHERE), doctor: this.#doctor() }
    }
    const { connection, session } = await this.#connect()
    const { api, control, metrics, services } = connection
    const { decoders } = readUserConfig(process.env)
    const isWriting = command.effect === 'write' || command.effect === 'destroy'
    const isOpened = this.#invocation.flags.sandboxPort !== undefined
    if (isWriting || isOpened || process.stderr.isTTY) await this.#stderr.write(endpointLine(session))
    const info = sessionInfoOf(session, session.endpointUrl.origin.kind === 'sandbox')
    const decodings = new Decodings({
      rules: decoders,
      readInput: path => readInput(path, process.stdin, this.#signal),
      clock: SYSTEM_CLOCK,
      session: () => info,
      services: () => services,
    })
    return { ...this.#context(api, info), control, metrics, services, decodings, ...this.#pushPorts() }
  }

  /** Ends connections and an embedded sandbox; what fails at that is of no interest any more. */
  async close(): Promise<void> {
    await this.#opened?.close().catch(() => {})
  }

  /** Connects with short deadlines and asks nobody anything: doctor must end in time. */
  #doctor(): DoctorWorld {
    const { flags, typed } = this.#invocation
    return {
      terminal: terminalFacts(),
      connect: async signal => {
        const arming = { armed: false }
        this.#opened = await openConnection(
          {
            flags,
            withoutEndpoint: 'aws',
            ...(typed.stream === undefined ? {} : { streamNameOrArn: typed.stream }),
          },
          {
            arming,
            signal,
            deadlines: DOCTOR_DEADLINES,
            onWarning: text =>
              void this.#stderr.write(`${visibleText(`warning: ${text}`)}\n`).catch(() => {}),
          },
        )
        const { connection } = this.#opened
        const session = connection.session()
        arming.armed = isArmedAt(session, flags)
        return { ...connection, session: { ...session, armed: arming.armed } }
      },
    }
  }

  async #connect(): Promise<{ connection: Connection; session: Session }> {
    const { flags, typed } = this.#invocation
    // Read-only until the endpoint is known.
    const arming = { armed: false }
    this.#opened = await openConnection(
      {
        flags,
        withoutEndpoint: 'aws',
        ...(typed.stream === undefined ? {} : { streamNameOrArn: typed.stream }),
      },
      {
        arming,
        signal: this.#signal,
        onWarning: text => void this.#stderr.write(`${visibleText(`warning: ${text}`)}\n`).catch(() => {}),
        ...(process.stdin.isTTY
          ? {
              askMfaCode: (serial: string, signal: AbortSignal) =>
                askMfaCode({ input: process.stdin, output: process.stderr }, serial, signal),
            }
          : {}),
      },
    )
    const { connection } = this.#opened
    // Who only wants to know what would happen must not be able to make it happen.
    arming.armed = this.#invocation.isDryRun !== true && isArmedAt(connection.session(), flags)
    return { connection, session: connection.session() }
  }

  /** What enhanced fan-out needs of the connection. */
  #pushPorts(): Pick<Context, 'control' | 'subscribe' | 'self'> {
    const connection = this.#opened?.connection
    if (connection === undefined) return {}
    const { control, subscribe } = connection
    return { control, ...(subscribe === undefined ? {} : { subscribe }), self: thisProcess() }
  }

  #context(api: KinesisApi, session: Parameters<typeof initialModel>[0]): Context {
    const model = initialModel(session)
    return {
      api,
      tailApi: api,
      session: NO_SESSIONS,
      clock: SYSTEM_CLOCK,
      random: Math.random,
      model: () => model,
      signal: this.#signal,
      readInput: path => readInput(path, process.stdin, this.#signal),
      writeOutput,
      readLines: path => readLines(path, process.stdin, this.#signal),
      fileMark,
      absolutePath: path => resolve(path),
      stateFiles: stateFilesOf(process.env),
      kept: keptFiles(process.env).kept,
      startSandbox: (options): Promise<RunningSandbox> => startLoopbackSandbox(options),
    }
  }
}

/** Where requests go, said before anything is changed. */
function endpointLine(session: Session): string {
  const profile = session.profile === undefined ? '' : `, profile ${session.profile.value}`
  const state = session.armed ? 'writes allowed' : 'read-only'
  return `${visibleText(`${endpointText(session.endpointUrl.value)} (${session.region.value}${profile}; ${state})`)}\n`
}

const NOWHERE = {
  endpoint: { value: '', origin: 'none' },
  region: { value: '', origin: 'none' },
  isSandbox: false,
  isArmed: false,
} as const

/** For commands that need no endpoint: calling one of these would be our own bug. */
const NO_ENDPOINT = new Proxy({} as KinesisApi, {
  get: (_, operation) => {
    throw new Error(`${String(operation)} was called by a command that is declared to need no endpoint`)
  },
})

const NO_SESSIONS: SessionPort = {
  switchTo: () =>
    Promise.reject(
      new FailureError({
        kind: 'unsupported',
        action: 'SwitchSession',
        message: 'a session can be switched in the console only',
        retryable: false,
      }),
    ),
  setArmed: () => {},
  profiles: async () => [],
  regions: () => [],
}
