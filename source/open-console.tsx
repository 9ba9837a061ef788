// Over 300 lines: everything that is made for one console is put together, and taken apart again, in this one place.
import { resolve } from 'node:path'
import { type Instance, render } from 'ink'
import { exitCodeOf } from './cli/exit-codes.ts'
import { fileMark, readLines } from './cli/read-lines.ts'
import { writeOutput } from './cli/write-output.ts'
import { ActRunner, type RunnerContext } from './commands/act-runner.ts'
import type { TerminalPort } from './commands/command.ts'
import { Decodings } from './commands/decodings.ts'
import { KeyHandler } from './commands/key-handler.ts'
import { COMMANDS } from './commands/registry.ts'
import { ScreenFeed } from './commands/screen-feed.ts'
import type { ConsoleOptions } from './console-options.ts'
import { ConsoleSession } from './console-session.ts'
import { secretsOf, withoutSecrets } from './domain/hidden-secrets.ts'
import type { Arming } from './domain/session.ts'
import { visibleLines } from './domain/visible-text.ts'
import { MousePointer } from './mouse-pointer.ts'
import { OutputGuard } from './output-guard.ts'
import { PacedFrames, withoutBlocking } from './paced-frames.ts'
import { SpokenScreen, silentTerminal } from './spoken-screen.ts'
import { type Event, isUrgent } from './state/event.ts'
import { initialModel } from './state/initial-model.ts'
import type { Model } from './state/model.ts'
import { Store, type Timer } from './state/store.ts'
import { update } from './state/update.ts'
import { stateFilesOf } from './state-files.ts'
import { TerminalInput } from './terminal-input.ts'
import { thisProcess } from './this-process.ts'
import { App } from './ui/app.tsx'
import { FrameSource } from './ui/frame-source.ts'
import { SPOKEN_VIEWPORT } from './ui/spoken.ts'
import { themeFor } from './ui/theme.ts'

const SIGNAL_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
/** A terminal that is gone takes no last words: leaving does not wait for it longer than this. */
const LEAVE_MILLIS = 1_000
/** Cursor hidden and at home, nothing on the screen, pastes marked: as the screen needs it, whoever wrote over it. */
const CLEAN_SCREEN = '\x1b[?25l\x1b[?2004h\x1b[m\x1b[H\x1b[J'
/** The screen of before, as it was; what Ink would draw and erase before it gets there is lost on a slow line. */
const GIVE_BACK = '\x1b[m\x1b[?2004l\x1b[?1049l\x1b[?25h'

const TIMER: Timer = (callback, millis) => {
  const timer = setTimeout(callback, millis)
  return () => clearTimeout(timer)
}

/**
 * Connects, shows the console until it is left, and gives the terminal back as it was. Resolves with the exit code.
 * @throws FailureError where connecting fails, before the screen opens
 */
export async function openConsole(options: ConsoleOptions): Promise<number> {
  const { clock, host, commands = COMMANDS } = options
  const early: Event[] = []
  let dispatch = (event: Event): void => void early.push(event)
  let session: ConsoleSession | undefined
  let handOver: ((meanwhile: () => void | Promise<void>) => Promise<void>) | undefined
  const arming: Arming = { armed: false }
  const log = (said: unknown): void => {
    const text = said instanceof Error ? said.message : String(said)
    const call = { operation: 'message', at: clock.now(), durationMillis: 0, outcome: 'note' } as const
    for (const detail of text.split('\n')) {
      if (detail.trim() !== '') dispatch({ type: 'call-ended', call: { ...call, detail } })
    }
  }
  const secrets = new Set(secretsOf(process.env))
  let unaudited: string | undefined
  const ask = options.askMfaCode
  const connection = await options.connect({
    arming,
    onCall: call => session?.callEnded(call),
    onWarning: log,
    onUnaudited: text => {
      unaudited = text
      log(text)
    },
    onSecrets: values => {
      for (const value of values) secrets.add(value)
    },
    ...(ask === undefined
      ? {}
      : {
          askMfaCode: async (serial, signal) => {
            if (handOver === undefined) return ask(serial, signal)
            let code = ''
            await handOver(async () => {
              code = await ask(serial, signal)
            })
            return code
          },
        }),
  })
  arming.armed = options.isArmedAt(connection)
  const consoleSession = new ConsoleSession({
    connection,
    arming,
    regions: options.regions,
    dispatch: event => dispatch(event),
  })
  session = consoleSession

  const { columns, rows } = options.stdout
  const isSpoken = options.isSpoken === true
  const viewport = isSpoken ? SPOKEN_VIEWPORT : { columns: columns || 80, rows: rows || 24 }
  const initial = initialModel(consoleSession.info(), {
    viewport,
    now: clock.now(),
    ...(options.chartGlyphs === undefined ? {} : { chartGlyphs: options.chartGlyphs }),
  })
  const store = new Store<Model, Event>({ initial, update, isUrgent, timer: TIMER })
  dispatch = store.dispatch
  for (const event of early) dispatch(event)
  if (options.warning !== undefined) {
    dispatch({ type: 'noticed', notice: { level: 'warning', text: options.warning, at: clock.now() } })
  }

  const leaving = new AbortController()
  // One after another: drawing anew must not swallow a wish to stop that comes while it is at it.
  let away: Promise<void> = Promise.resolve()
  const giveAway = (meanwhile: () => void | Promise<void>): void => {
    away = away.then(() => (leaving.signal.aborted ? undefined : handOver?.(meanwhile))).catch(log)
  }
  const terminal: TerminalPort = {
    redraw: () => redraw(),
    suspend: () => giveAway(() => host.stop()),
    send: sequence => options.stdout.write(sequence),
    isTmux: options.isTmux === true,
    ...(isSpoken ? { sayAll: () => spoken?.sayAll() } : { toggleMouse: () => mouse.toggle() }),
  }
  let feed: ScreenFeed | undefined
  let spoken: SpokenScreen | undefined
  const decodings = new Decodings({
    rules: options.decoderRules ?? [],
    readInput: path => options.readInput(path, leaving.signal),
    clock,
    session: () => store.snapshot().session,
    services: () => consoleSession.services,
    onChange: () => store.dispatch({ type: 'decoding-changed' }),
  })
  const context: RunnerContext = {
    get api() {
      return consoleSession.api
    },
    get tailApi() {
      return consoleSession.api
    },
    get services() {
      return consoleSession.services
    },
    get control() {
      return consoleSession.control
    },
    get metrics() {
      return consoleSession.metrics
    },
    get subscribe() {
      return consoleSession.subscribe
    },
    self: thisProcess(),
    decodings,
    session: consoleSession,
    clock,
    random: options.random,
    model: store.snapshot,
    readInput: path => options.readInput(path, leaving.signal),
    startSandbox: options.startSandbox,
    writeOutput,
    readLines: path => readLines(path, options.stdin, leaving.signal),
    fileMark,
    absolutePath: path => resolve(path),
    stateFiles: stateFilesOf(process.env),
    ...(options.kept === undefined ? {} : { kept: options.kept }),
    takeUnaudited: () => {
      const text = unaudited
      unaudited = undefined
      return text
    },
    observedLoads: stream => feed?.observedLoads(stream),
    saveBookmark: async name => (await feed?.saveBookmark(name)) ?? 0,
    terminal,
  }
  const runner = new ActRunner({
    commands,
    context,
    dispatch: store.dispatch,
    signal: leaving.signal,
  })
  const keys = new KeyHandler({
    commands,
    runner,
    dispatch: store.dispatch,
    model: store.snapshot,
    now: () => clock.now(),
  })
  const pace = new PacedFrames({
    output: options.stdout,
    now: () => performance.now(),
    timer: TIMER,
    ...(options.bytesPerSecond === undefined ? {} : { bytesPerSecond: options.bytesPerSecond }),
  })
  let blockAgain = withoutBlocking(options.stdout)
  /** Who comes next must find a terminal that has everything of ours, and that writes as it is used to. */
  const asPlainTerminal = async (meanwhile: () => void | Promise<void>): Promise<void> => {
    await pace.drained(LEAVE_MILLIS)
    blockAgain()
    try {
      await meanwhile()
    } finally {
      blockAgain = withoutBlocking(options.stdout)
    }
  }
  const frames = new FrameSource({
    model: store.snapshot,
    subscribe: store.subscribe,
    commands,
    theme: themeFor(options.colorLevel, options.background),
    pace: pace.request,
  })
  if (isSpoken) {
    spoken = new SpokenScreen({
      model: store.snapshot,
      commands,
      now: () => clock.now(),
      timer: TIMER,
      write: text => options.stdout.write(text),
    })
    store.subscribe(spoken.look)
  }
  const screenFeed = new ScreenFeed({ context, dispatch: store.dispatch, subscribe: store.subscribe })
  feed = screenFeed
  consoleSession.beforeSwitch = () => screenFeed.release()

  const mouse = new MousePointer({
    model: store.snapshot,
    commands,
    dispatch: store.dispatch,
    press: press => {
      pace.hurry()
      keys.press(press)
    },
    write: sequence => options.stdout.write(sequence),
  })

  const guard = new OutputGuard(options.stderr, log)
  let crash: { readonly error: unknown } | undefined
  const leave = (exitCode: number): void => {
    if (!store.snapshot().isLeaving) store.dispatch({ type: 'leave-requested', exitCode })
  }
  const fail = (error: unknown): void => {
    crash ??= { error }
    try {
      leave(exitCodeOf('internal'))
    } catch {
      // Drawing is what is broken, and leaving draws: the first error is the one that is told.
    }
  }
  const listeners: readonly (readonly [string, (value: unknown) => void])[] = [
    ...Object.entries(SIGNAL_CODES).map(([name, code]) => [name, () => leave(code)] as const),
    // However it ends: a shell with the mouse on types its reports.
    ['exit', () => mouse.set(false)],
    ['uncaughtException', fail],
    ['unhandledRejection', fail],
    // Continued after a stop from outside: the shell has taken raw mode away.
    ['SIGCONT', () => giveAway(() => {})],
  ]
  for (const [name, listener] of listeners) host.on(name, listener)

  let ink: Instance | undefined
  const app = (
    <App
      frames={frames}
      onKey={press => {
        pace.hurry()
        spoken?.pressed()
        keys.press(press)
      }}
      onPaste={text => keys.paste(text)}
      onResize={next => store.dispatch({ type: 'viewport-changed', viewport: next })}
      onReady={suspend => {
        handOver = meanwhile => suspend(() => mouse.awayDuring(() => asPlainTerminal(meanwhile)))
      }}
    />
  )
  // In raw mode all the while: keys that are on their way must not be echoed.
  const redraw = (): void => {
    if (ink === undefined || isSpoken || leaving.signal.aborted) return
    const screen = ink
    void mouse.awayDuring(() => {
      options.stdout.write(CLEAN_SCREEN)
      screen.clear()
      screen.rerender(app)
    })
  }
  let patience: NodeJS.Timeout | undefined
  // Subscribed before anything that draws, so that a fault in drawing cannot keep it from hearing of the end.
  const left = new Promise<void>(resolve => {
    store.subscribe(() => {
      if (!store.snapshot().isLeaving) return
      patience ??= setTimeout(resolve, LEAVE_MILLIS)
      try {
        if (ink !== undefined && !isSpoken) {
          mouse.set(false)
          pace.finish(GIVE_BACK)
        }
        ink?.unmount()
      } catch (error) {
        crash ??= { error }
      }
    })
  })
  try {
    ink = render(app, {
      stdin: new TerminalInput(options.stdin, TIMER, mouse.take) as unknown as NodeJS.ReadStream,
      stdout: isSpoken ? silentTerminal(options.stdout, options.knowsPaste !== false) : options.stdout,
      stderr: guard.stderr,
      alternateScreen: true,
      incrementalRendering: true,
      maxFps: 60,
      exitOnCtrlC: false,
      // Ink would take any CI variable, even an empty one, for a reason to draw nothing.
      interactive: true,
      patchConsole: false,
    })
    spoken?.look()
    if (options.hasMouse === true && !isSpoken) mouse.set(true)
    feed.start()
    await Promise.race([ink.waitUntilExit(), left])
  } catch (error) {
    crash ??= { error }
  } finally {
    clearTimeout(patience)
    leaving.abort()
    mouse.set(false)
    await feed?.stop()
    spoken?.stop()
    store.close()
    decodings.close()
    consoleSession.close()
    pace.restore()
    blockAgain()
    guard.restore()
    for (const [name, listener] of listeners) host.off(name, listener)
  }
  const { exitCode, isLeaving } = store.snapshot()
  if (crash === undefined) return exitCode
  // A terminal that went away while it was given back is the end that was asked for; one that just went away hung up.
  if (isGoneTerminal(crash.error)) {
    return isLeaving && exitCode !== exitCodeOf('internal') ? exitCode : SIGNAL_CODES.SIGHUP
  }
  const { error } = crash
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error)
  options.stderr.write(`shardscope: ${visibleLines(withoutSecrets(told, secrets)).join('\n')}\n`)
  return exitCodeOf('internal')
}

function isGoneTerminal(error: unknown): boolean {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
  return code === 'EIO' || code === 'EPIPE'
}
