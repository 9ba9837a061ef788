import type { KinesisApi } from './aws/kinesis-api.ts'
import { askMfaCode } from './cli/ask-mfa-code.ts'
import type { HeadlessCommand } from './cli/flags.ts'
import type { Invocation } from './cli/parse.ts'
import { readInput } from './cli/read-input.ts'
import type { Sink } from './cli/sink.ts'
import type { Context, RunningSandbox, SessionPort } from './commands/command.ts'
import { sessionInfoOf } from './commands/session-info.ts'
import { readConfig, readDotenv } from './config.ts'
import { FailureError } from './domain/failure.ts'
import type { Session } from './domain/session.ts'
import { visibleText } from './domain/visible-text.ts'
import { startLoopbackSandbox } from './loopback-sandbox.ts'
import { initialModel } from './state/initial-model.ts'
import { SYSTEM_CLOCK } from './system-clock.ts'

/** The world of one headless run: opened once its arguments are known to be right, closed at its end. */
export class HeadlessSession {
  readonly #invocation: Extract<Invocation, { kind: 'command' }>
  readonly #signal: AbortSignal
  readonly #stderr: Sink
  readonly #closers: (() => Promise<void> | void)[] = []

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
    if (command.headless.isOffline) return this.#context(NO_ENDPOINT, NOWHERE)
    const { api, session } = await this.#connect()
    const isWriting = command.effect === 'write' || command.effect === 'destroy'
    if (isWriting || process.stderr.isTTY) await this.#stderr.write(endpointLine(session))
    return this.#context(api, sessionInfoOf(session, this.#invocation.flags.sandbox))
  }

  /** Ends connections and an embedded sandbox; what fails at that is of no interest any more. */
  async close(): Promise<void> {
    for (const closer of this.#closers.reverse()) await Promise.resolve(closer()).catch(() => {})
  }

  async #connect(): Promise<{ api: KinesisApi; session: Session }> {
    const { flags, typed } = this.#invocation
    const { aws } = readConfig({ flags, environment: process.env, dotenv: readDotenv(process.cwd()) })
    const [{ connect }, { isLoopback }, { sandboxSettings, settingsForStream }] = await Promise.all([
      import('./aws/connect.ts'),
      import('./aws/endpoint.ts'),
      import('./aws/settings.ts'),
    ])
    const settings = flags.sandbox
      ? sandboxSettings(await this.#embeddedSandbox())
      : settingsForStream(aws, typed.stream ?? '')
    // Read-only until the endpoint is known: what runs on this machine is nobody's production.
    const arming = { armed: flags.write }
    const connection = await connect({
      settings,
      arming,
      signal: this.#signal,
      onWarning: text => void this.#stderr.write(`${visibleText(`warning: ${text}`)}\n`).catch(() => {}),
      ...(process.stdin.isTTY
        ? {
            askMfaCode: (serial: string, signal: AbortSignal) =>
              askMfaCode({ input: process.stdin, output: process.stderr }, serial, signal),
          }
        : {}),
    })
    this.#closers.push(() => connection.close())
    if (isLoopback(connection.session().endpointUrl.value)) arming.armed = true
    return { api: connection.api, session: connection.session() }
  }

  async #embeddedSandbox(): Promise<string> {
    const sandbox = await startLoopbackSandbox({ port: 0, hasTraffic: true })
    this.#closers.push(() => sandbox.close())
    return sandbox.url
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
      startSandbox: (options): Promise<RunningSandbox> => startLoopbackSandbox(options),
    }
  }
}

/** Where requests go, said before anything is changed. */
function endpointLine(session: Session): string {
  const profile = session.profile === undefined ? '' : `, profile ${session.profile.value}`
  const state = session.armed ? 'writes allowed' : 'read-only'
  return `${visibleText(`${session.endpointUrl.value} (${session.region.value}${profile}; ${state})`)}\n`
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
