import type { Connection, ConnectOptions } from './aws/connection.ts'
import type { Command, Context } from './commands/command.ts'
import type { Clock } from './domain/clock.ts'
import type { DecoderRule } from './domain/decode/decoder-rule.ts'
import type { Arming } from './domain/session.ts'
import type { ChartGlyphs } from './state/model.ts'
import type { Background, ColorLevel } from './ui/theme.ts'

/** What connecting needs of the console: calls and warnings go to its log, questions to the terminal. */
export type ConnectHooks = Pick<
  ConnectOptions,
  'onCall' | 'onWarning' | 'onUnaudited' | 'onSecrets' | 'askMfaCode'
> & {
  readonly arming: Arming
}

export type ConsoleOptions = {
  /** Resolves with credentials loaded: whatever must be asked on a plain terminal is asked before the screen opens. */
  readonly connect: (hooks: ConnectHooks) => Promise<Connection>
  /** Whether writes are allowed from the start, once it is known where the connection leads. */
  readonly isArmedAt: (connection: Connection) => boolean
  readonly askMfaCode?: ConnectOptions['askMfaCode']
  readonly regions: readonly string[]
  /** Journals and history of this user; absent: plans cannot be carried out. */
  readonly kept?: Context['kept']
  /** How the user wants records read. */
  readonly decoderRules?: readonly DecoderRule[]
  /** To be said once the screen is there. */
  readonly warning?: string
  readonly startSandbox: Context['startSandbox']
  readonly readInput: (path: string, signal: AbortSignal) => Promise<Uint8Array>
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly clock: Clock
  readonly random: () => number
  readonly colorLevel: ColorLevel
  /** Default: dark. */
  readonly background?: Background
  /** What the line to the terminal carries, where it is known to be slow. */
  readonly bytesPerSecond?: number
  /** The terminal is a pane of tmux. */
  readonly isTmux?: boolean
  /** Everything that can be done, with the user's keys; default: with the keys of ours. */
  readonly commands?: readonly Command[]
  /** The mouse is asked for from the start. */
  readonly hasMouse?: boolean
  /** Plain sentences in place of screens. */
  readonly isSpoken?: boolean
  /** Whether the terminal understands the switch of bracketed paste; default: yes. */
  readonly knowsPaste?: boolean
  /** Default: ASCII, which every terminal has. */
  readonly chartGlyphs?: ChartGlyphs
  /** The process that gets signals and fails; its own in a test. */
  readonly host: Host
}

export type Host = {
  on(name: string, listener: (value: unknown) => void): unknown
  off(name: string, listener: (value: unknown) => void): unknown
  /** Stops the job until the shell continues it. */
  stop(): void
}
