import type { ControlApi } from '../aws/control-api.ts'
import type { KinesisApi, SubscribeToShard } from '../aws/kinesis-api.ts'
import type { MetricsApi } from '../aws/metrics-api.ts'
import type { ServicesApi } from '../aws/services-api.ts'
import type { ActHistory } from '../domain/audit.ts'
import type { Clock } from '../domain/clock.ts'
import type { HashKey } from '../domain/hash-key.ts'
import type { ObservedLoads } from '../domain/heat/what-if.ts'
import type { PlanStore } from '../domain/plan/journal.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { ActPreview } from '../state/act-preview.ts'
import type { Event } from '../state/event.ts'
import type { Model, ScreenName } from '../state/model.ts'
import type { ArgSpecs, ArgsOf } from './argument.ts'
import type { Decodings } from './decodings.ts'
import type { DoctorWorld } from './doctor-world.ts'

/**
 * What a command may do. `view` changes the screen only, `read` asks the service, `write` changes it and needs arming
 * and a confirmation, `destroy` moreover needs the stream's name typed.
 */
export type Effect = 'view' | 'read' | 'write' | 'destroy'

export type CommandGroup = 'navigate' | 'view' | 'stream' | 'shard' | 'record' | 'session' | 'sandbox'

/** What a write says before it happens; `requiredText` must be typed (`--yes TEXT` headless). */
export type Confirmation = { readonly lines: readonly string[]; readonly requiredText?: string }

/** A switch of the AWS session inside the console; resolves to events that describe the new session. */
export type SessionPort = {
  /** Reconnects with another profile or region and dispatches `session-changed`; rejects with a FailureError. */
  switchTo(target: { readonly profile?: string; readonly region?: string }): Promise<void>
  setArmed(isArmed: boolean): void
  /** Credentials are loaded anew at the next call, e.g. after `aws sso login` in another terminal. */
  reloadCredentials?(): void
  /** Names of the profiles in the shared config files. */
  profiles(): Promise<readonly string[]>
  regions(): readonly string[]
}

/** What a command can ask of the terminal. */
export type TerminalPort = {
  /** Draws everything anew, after something else wrote to the terminal. */
  redraw(): void
  /** Gives the terminal back to the shell until the job is continued. */
  suspend(): void
  /** Hands a control sequence of ours to the terminal between two frames, e.g. one that sets its clipboard. */
  send?(sequence: string): void
  /** Asks for the mouse, or gives it back; returns whether it is on now. Absent where nothing is drawn. */
  toggleMouse?(): boolean
  /** Says all that is on screen; only there where the console is heard and not seen. */
  sayAll?(): void
  /** Runs inside tmux, which hands a sequence on only when it is wrapped. */
  readonly isTmux?: boolean
}

/** Small files of our own that outlive a run, in the user's state folder; each written whole or not at all. */
export type StateFiles = {
  readonly folder: string
  /** Undefined where there is none of that name, e.g. `bookmarks/nightly.json`. */
  read(name: string): Promise<string | undefined>
  write(name: string, text: string): Promise<void>
  remove(name: string): Promise<void>
  /** The names of the files in one folder. */
  list(folder: string): Promise<readonly string[]>
}

/** The world as a command sees it. Everything that touches time, chance, network or files comes in here. */
export type Context = {
  /** Client for listings and acts. */
  readonly api: KinesisApi
  /** Client with a retry budget of its own, for reading records. */
  readonly tailApi: KinesisApi
  /** Client for CloudWatch; absent where nothing is connected. */
  readonly metrics?: MetricsApi
  /** Settings of streams and of the account; absent where nothing is connected. */
  readonly control?: ControlApi
  /** What this user did before on this machine; absent in a world without files. */
  readonly kept?: { readonly plans: PlanStore; readonly history: ActHistory }
  /** The loads of a stream whose heat is on screen, and the seconds that they are told over. */
  readonly observedLoads?: (stream: StreamRef) =>
    | {
        readonly loads: ObservedLoads
        readonly windowSeconds: number
        readonly keyNames: ReadonlyMap<HashKey, string>
      }
    | undefined
  /** The services around a stream; absent where nothing is connected. */
  readonly services?: ServicesApi
  /** Keeps a file that a command made; refuses to overwrite one unless told to. */
  readonly writeOutput?: (path: string, text: string) => Promise<void>
  readonly session: SessionPort
  readonly clock: Clock
  readonly random: () => number
  readonly model: () => Model
  /** Aborted when the command is called off or the program leaves. */
  readonly signal: AbortSignal
  /** Whole content of a file, or of standard input for `-`. */
  readonly readInput: (path: string) => Promise<Uint8Array>
  /** The lines of a file or of standard input (`-`), one at a time, whatever its size. */
  readonly readLines?: (path: string) => AsyncIterable<string>
  /** Size and time of a file, to tell whether it has changed; undefined for what is no file. */
  readonly fileMark?: (path: string) => Promise<string | undefined>
  readonly absolutePath?: (path: string) => string
  readonly stateFiles?: StateFiles
  /** Keeps the places of the tail on screen under a name; resolves to the number of shards that have one. */
  readonly saveBookmark?: (name: string) => Promise<number>
  /** Subscriptions of enhanced fan-out; absent where nothing is connected. */
  readonly subscribe?: SubscribeToShard | undefined
  /** How the records of each stream are read; absent: by what they look like. */
  readonly decodings?: Decodings
  /** This process among those of this machine. */
  readonly self?: { readonly host: string; readonly pid: number; readonly isAlive: (pid: number) => boolean }
  /** Calls off what is running, each at its next safe place; absent in headless runs, which a signal ends. */
  readonly stopActs?: () => void
  /** The screen itself; absent in headless runs. */
  readonly terminal?: TerminalPort
  /** For doctor, which connects by itself; absent where a connection is already there. */
  readonly doctor?: DoctorWorld
  /** Starts an emulator on loopback; rejects with a FailureError where the port is taken. */
  readonly startSandbox: (options: SandboxOptions) => Promise<RunningSandbox>
}

export type SandboxOptions = {
  /** 0 takes any free port. */
  readonly port: number
  /** Demo streams that carry live, skewed traffic; of no meaning where a scenario is named. */
  readonly hasTraffic: boolean
  /** A scenario of the library by its name, or a file with one. */
  readonly scenario?: string
  /** The same seed gives the same records. */
  readonly seed?: number
  /** How many times as fast as the wall its clock runs. */
  readonly speed?: number
  /** `false` lifts throughput limits, request rates and quotas. */
  readonly hasLimits?: boolean
  /** Keeps streams and records across restarts. */
  readonly dataDirectory?: string
  /** A file that says what goes wrong on purpose. */
  readonly faultFile?: string
  /** Where to write the certificate that clients with TLS have to trust. */
  readonly certificateFile?: string
}

export type RunningSandbox = { readonly url: string; close(): Promise<void> }

/** What headless output is made of: one row is one table line and one JSON object. */
export type OutputRow = Readonly<Record<string, unknown>>

export type OutputColumn = {
  /** Key of the row. */
  readonly key: string
  readonly header: string
  readonly align?: 'left' | 'right'
  /** Cells kept for it from the first line on, where lines are drawn as they come. */
  readonly reservedCells?: number
  readonly text?: (value: unknown, row: OutputRow) => string
}

/** `isForTerminals`: every byte of it is harmless there. */
export type OutputFormat =
  | 'json'
  | {
      readonly name: string
      readonly isForTerminals: boolean
      readonly write: (event: Event) => string | Uint8Array | undefined
    }

/** How a command is called from a shell, and what of its events becomes output. */
export type Headless = {
  /** First word on the command line, e.g. `streams`. */
  readonly name: string
  readonly columns: readonly OutputColumn[]
  /** Rows of an event, in API names in camelCase; `v` and nothing else is added by the writer. Most events make none. */
  readonly rows: (event: Event) => readonly OutputRow[]
  /** Rows for people where those differ from the JSON ones. */
  readonly textRows?: (event: Event) => readonly OutputRow[]
  /**
   * The output that the arguments ask for where it is neither text for people nor, with `--json`, JSON Lines: `json` for the
   * latter, or what each event becomes.
   * @throws FailureError of kind `usage`, before anything is connected
   */
  readonly format?: (args: Readonly<Record<string, unknown>>) => OutputFormat | undefined
  /** Lines for people in place of a table; events without any give undefined. */
  readonly lines?: (event: Event, columns: number) => readonly string[] | undefined
  /** What a `rows` value is for people: a table drawn at the end, or lines drawn as they come. */
  readonly layout?: 'table' | 'lines'
  /** Some of its forms change something although its effect on a screen is to look. */
  readonly isAct?: boolean
  /** Needs no endpoint: nothing is connected. */
  readonly isOffline?: boolean | ((args: Readonly<Record<string, unknown>>) => boolean)
  /** Runs until it is told to stop, so a signal is its normal end: exit code 0. */
  readonly endsBySignal?: boolean
}

/** One thing that a user can do, declared once: keys, palette, help, forms, flags and `--help` are computed from it. */
export type Command<Specs extends ArgSpecs = ArgSpecs> = {
  /** `noun.verb`, e.g. `shard.split`: configuration, palette, logs and tests all say this. */
  readonly id: string
  /** One sentence without a full stop, for palette, help and `--help`. */
  readonly title: string
  readonly group: CommandGroup
  /** Chords such as `s`, `G`, `ctrl+l`, `enter`, `escape`, `shift+tab`. */
  readonly keys: readonly string[]
  readonly where: readonly ScreenName[] | 'everywhere'
  readonly effect: Effect
  readonly args: Specs
  /** One or two words for the line of keys; the id's verb where absent. */
  readonly hint?: string
  /** Why the command cannot run now; its key stays visible and tells this. */
  readonly unavailable?: (model: Model) => string | undefined
  /** Values that the current selection gives to arguments, as they would be typed. */
  readonly prefill?: (model: Model) => Partial<Record<keyof Specs & string, string>>
  /** Values to choose from in a form, by argument; asked for when the form opens, and missing where it fails. */
  readonly suggest?: (context: Context) => Promise<Partial<Record<keyof Specs & string, readonly string[]>>>
  /** Arguments that the form leaves out now, since they would mean nothing. */
  readonly omits?: (model: Model) => readonly (keyof Specs & string)[]
  /** For `write` and `destroy`: what will happen. */
  confirm?(args: ArgsOf<Specs>, model: Model): Confirmation
  /**
   * What the act would do, looked up and worked out without changing anything: shown with the question, and all that
   * `--dry-run` does. Throws FailureError where the act would be refused.
   */
  preview?(args: ArgsOf<Specs>, context: Context): Promise<ActPreview>
  readonly headless?: Headless
  /** The only part that touches the world. Throws FailureError; yields what happened. */
  run(args: ArgsOf<Specs>, context: Context): AsyncIterable<Event> | Iterable<Event>
}

/** Keeps the argument types of one command while checking it against the shape of all. */
export function defineCommand<const Specs extends ArgSpecs>(command: Command<Specs>): Command<Specs> {
  return command
}
