import { PassThrough } from 'node:stream'
import { render } from 'ink'
import { withCallLog } from '../../source/aws/call-log.ts'
import type { Connection } from '../../source/aws/connection.ts'
import type { KinesisApi } from '../../source/aws/kinesis-api.ts'
import type { MetricsApi } from '../../source/aws/metrics-api.ts'
import type { ServicesApi } from '../../source/aws/services-api.ts'
import { COMMANDS } from '../../source/commands/registry.ts'
import type { Clock } from '../../source/domain/clock.ts'
import type { Session } from '../../source/domain/session.ts'
import { openConsole } from '../../source/open-console.tsx'
import type { Model } from '../../source/state/model.ts'
import { SYSTEM_CLOCK } from '../../source/system-clock.ts'
import { App } from '../../source/ui/app.tsx'
import { FrameSource } from '../../source/ui/frame-source.ts'
import { type ColorLevel, themeFor } from '../../source/ui/theme.ts'
import { ScreenTerminal } from './terminal.ts'

/** Streams that look like a terminal to Ink, drawn into a terminal in memory. */
class FakeTty {
  readonly terminal: ScreenTerminal
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  isRaw = false

  constructor(columns: number, rows: number) {
    this.terminal = new ScreenTerminal(columns, rows)
    const self = this
    this.stdin = Object.assign(new PassThrough(), {
      isTTY: true,
      setRawMode(isRaw: boolean) {
        self.isRaw = isRaw
        return this
      },
      ref() {
        return this
      },
      unref() {
        return this
      },
    }) as unknown as NodeJS.ReadStream
    this.stdout = this.#output({ columns, rows })
    this.stderr = this.#output({})
  }

  /** A bare line feed is a new line to programs, since the line discipline of a tty adds the return. */
  #output(size: object): NodeJS.WriteStream {
    const stream = new PassThrough()
    stream.on('data', (chunk: Buffer) => this.terminal.write(chunk.toString().replace(/\r?\n/g, '\r\n')))
    return Object.assign(stream, { isTTY: true, ...size }) as unknown as NodeJS.WriteStream
  }

  resize(columns: number, rows: number): void {
    this.terminal.resize(columns, rows)
    Object.assign(this.stdout, { columns, rows })
    this.stdout.emit('resize')
  }
}

export type Size = readonly [columns: number, rows: number]
export const SIZES: readonly Size[] = [
  [60, 20],
  [80, 24],
  [140, 40],
]

/** One state on the screen, drawn by Ink as the console draws it. */
export async function renderModel(model: Model, colorLevel: ColorLevel = 'none') {
  const { columns, rows } = model.viewport
  const tty = new FakeTty(columns, rows)
  const frames = new FrameSource({
    model: () => model,
    subscribe: () => () => {},
    commands: COMMANDS,
    theme: themeFor(colorLevel),
  })
  const ink = render(
    <App frames={frames} onKey={() => {}} onPaste={() => {}} onResize={() => {}} onReady={() => {}} />,
    {
      stdin: tty.stdin,
      stdout: tty.stdout,
      stderr: tty.stderr,
      alternateScreen: true,
      incrementalRendering: true,
      interactive: true,
      exitOnCtrlC: false,
      patchConsole: false,
    },
  )
  await ink.waitUntilRenderFlush()
  const lines = await tty.terminal.lines()
  const { raw } = tty.terminal
  ink.unmount()
  await ink.waitUntilExit()
  return { lines, text: lines.join('\n'), raw }
}

/** A session as a connection tells it. */
export function sessionOf(overrides: Partial<Session> = {}): Session {
  return {
    endpointUrl: { value: 'http://127.0.0.1:4567', origin: { kind: 'sandbox' } },
    isCustomEndpoint: true,
    region: { value: 'us-east-1', origin: { kind: 'sandbox' } },
    credentials: { value: 'dummy keys', origin: { kind: 'sandbox' } },
    armed: true,
    ...overrides,
  }
}

export type TestConsoleOptions = {
  readonly api: KinesisApi
  readonly metrics?: MetricsApi
  readonly services?: ServicesApi
  readonly size?: Size
  readonly session?: Partial<Session>
  readonly isArmed?: boolean
  readonly clock?: Clock
  readonly profiles?: readonly string[]
  /** Connections by profile name, for switching. */
  readonly other?: {
    readonly api: KinesisApi
    readonly session: Partial<Session>
    /** Switching to it asks for a code. */
    readonly mfaSerial?: string
  }
  /** What a person answers on the plain terminal. */
  readonly answer?: (serial: string, terminal: ScreenTerminal) => Promise<string>
}

const NO_METRICS: MetricsApi = {
  series: () => Promise.reject(new Error('no CloudWatch in this test')),
}

/** A port that no test of this kind calls. */
function notIn<Port extends object>(name: string): Port {
  return new Proxy({} as Port, {
    get: () => () => Promise.reject(new Error(`no ${name} in this test`)),
  })
}

/** The whole console on a terminal in memory, over any implementation of the port. */
export function startConsole(options: TestConsoleOptions) {
  const [columns, rows] = options.size ?? [80, 24]
  const tty = new FakeTty(columns, rows)
  const signals = new Map<string, ((value: unknown) => void)[]>()
  let stops = 0
  const clock = options.clock ?? SYSTEM_CLOCK
  const exitCode = openConsole({
    connect: async ({ arming, onCall, askMfaCode }) => {
      const connect = (api: KinesisApi, session: Partial<Session>): Connection => ({
        api: onCall === undefined ? api : withCallLog(api, onCall, clock),
        metrics: options.metrics ?? NO_METRICS,
        services: options.services ?? notIn('services'),
        checks: notIn('checks'),
        control: notIn('control'),
        session: () => ({ ...sessionOf(session), armed: arming.armed }),
        listProfiles: async () =>
          (options.profiles ?? []).map(profileName => ({ profileName, method: 'static keys' })),
        switchTo: async () => {
          if (options.other === undefined) throw new Error('no other connection in this test')
          const { mfaSerial } = options.other
          if (mfaSerial !== undefined) await askMfaCode?.(mfaSerial, new AbortController().signal)
          return connect(options.other.api, options.other.session)
        },
        reloadCredentials: () => {},
        close: () => {},
      })
      return connect(options.api, options.session ?? {})
    },
    askMfaCode: async serial => (await options.answer?.(serial, tty.terminal)) ?? '',
    isArmedAt: () => options.isArmed ?? true,
    regions: ['eu-west-1', 'us-east-1'],
    startSandbox: () => Promise.reject(new Error('no sandbox in this test')),
    readInput: () => Promise.reject(new Error('no files in this test')),
    stdin: tty.stdin,
    stdout: tty.stdout,
    stderr: tty.stderr,
    clock,
    random: () => 0.5,
    colorLevel: 'none',
    host: {
      on: (name, listener) => signals.set(name, [...(signals.get(name) ?? []), listener]),
      off: (name, listener) =>
        signals.set(
          name,
          (signals.get(name) ?? []).filter(other => other !== listener),
        ),
      stop: () => {
        stops += 1
      },
    },
  })
  const { terminal } = tty
  return {
    terminal,
    exitCode,
    waitFor: (what: Parameters<ScreenTerminal['waitFor']>[0]) => terminal.waitFor(what),
    /** One chunk of input, as a terminal would send it. */
    press: (chunk: string) => void tty.stdin.push(Buffer.from(chunk)),
    resize: (size: Size) => tty.resize(...size),
    signal: (name: string, value?: unknown) => {
      for (const listener of signals.get(name) ?? []) listener(value)
    },
    get isRaw() {
      return tty.isRaw
    },
    get stopCount() {
      return stops
    },
    listenersLeft: () => [...signals.values()].flat().length,
  }
}

export const KEYS = {
  enter: '\r',
  escape: '\x1b',
  up: '\x1b[A',
  down: '\x1b[B',
  tab: '\t',
  shiftTab: '\x1b[Z',
  home: '\x1b[H',
  end: '\x1b[F',
  pageDown: '\x1b[6~',
  delete: '\x1b[3~',
  backspace: '\x7f',
  ctrl: (letter: string) => String.fromCharCode(letter.toUpperCase().charCodeAt(0) - 64),
  paste: (text: string) => `\x1b[200~${text}\x1b[201~`,
} as const
