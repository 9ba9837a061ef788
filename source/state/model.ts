// Over 300 lines because the whole of what can be on screen is read, and exhaustively switched over, in one place.

import type { RegisteredConsumer } from '../domain/consumer.ts'
import type { Failure } from '../domain/failure.ts'
import type { HeatBudget } from '../domain/heat/heat-reads.ts'
import type { Measure } from '../domain/heat/heavy-keys.ts'
import type { HeatSource } from '../domain/heat/shard-heat.ts'
import type { ServicesSnapshot } from '../domain/services/service-item.ts'
import type { ProfileGuard } from '../domain/session.ts'
import type { Shard } from '../domain/shard.ts'
import type { StreamListing, StreamRef, StreamSummary } from '../domain/stream.ts'
import type { ActPreview } from './act-preview.ts'
import type { MadeEstimate, TypedTraffic } from './estimate-state.ts'
import type { HeatState, PlannedChange } from './heat-state.ts'
import type { PlanView } from './plan-state.ts'
import type { ReadersState } from './readers-state.ts'
import type { RecordWindow } from './record-window.ts'
import type { TailRow } from './tail-row.ts'

/** A value and who set it, e.g. `eu-west-1` from `AWS_REGION`. */
export type Sourced = { readonly value: string; readonly origin: string }

/** Where the console is connected to and what it may do there. */
export type SessionInfo = {
  /** The endpoint in sight: a URL, or the service's own host for the region. */
  readonly endpoint: Sourced
  readonly region: Sourced
  readonly profile?: Sourced
  readonly accountId?: Sourced
  /** Nothing leaves this machine: the embedded sandbox. */
  readonly isSandbox: boolean
  /** Something other than AWS's own endpoint of the region, e.g. an emulator. */
  readonly isCustomEndpoint?: boolean
  /** Writes are refused in the client layer while false. */
  readonly isArmed: boolean
  /** What the user has laid down about the profile. */
  readonly guard?: ProfileGuard
}

/** Data that is fetched: how far it is, how old it is, and the last failure beside what is still shown. */
export type Fetched<Value> = {
  readonly phase: 'idle' | 'loading' | 'loaded'
  readonly value?: Value
  /** Milliseconds since the epoch when `value` was answered. */
  readonly answeredAt?: number
  /** The newest attempt failed; `value` may be older and stays on screen. */
  readonly failure?: Failure
  /** When the attempt began that is still without an answer. */
  readonly askedAt?: number
  /** Attempts in a row that failed. */
  readonly failedCount?: number
  /** When it is tried again by itself. */
  readonly retryAt?: number
}

/** What is asked about one stream at a time, and kept of the stream that was looked at last. */
export type FetchedOf<Value> = Fetched<Value> & {
  readonly stream: StreamRef
  /** How far it is, in words. */
  readonly detail?: string
}

/** The registered consumers of a stream, and how many it may have. */
export type ConsumerList = {
  readonly consumers: readonly RegisteredConsumer[]
  readonly limitText: string
}

/** The JSON text of a resource policy; absent where the stream has none. */
export type ResourcePolicy = { readonly text?: string }

export const NOT_FETCHED: Fetched<never> = { phase: 'idle' }

export type Sort = { readonly column: string; readonly direction: 'ascending' | 'descending' }

/** Selection by id, so that a refresh never moves it to another row. */
export type ListState = {
  readonly selectedId?: string
  /** Where the selected row was in the list when it was selected: the place that counts once the row is gone. */
  readonly selectedIndex?: number
  /** The line of the body on which the selected row is drawn, so that new rows above it do not move it. */
  readonly selectedLine?: number
  readonly filter: string
  readonly sort?: Sort
}

export type ScreenState =
  | ({ readonly screen: 'streams' } & ListState)
  | ({ readonly screen: 'shards'; readonly stream: StreamRef; readonly showClosed: boolean } & ListState)
  | ({
      readonly screen: 'tail'
      readonly stream: StreamRef
      /** One shard, or all. */
      readonly shardId?: string
      /** As typed: `latest`, `oldest`, a time or a sequence number. */
      readonly from: string
      /** The newest record stays selected as it comes. */
      readonly isFollowing: boolean
      /** The records are pushed to a consumer of its own. */
      readonly isFanOut?: true
      /** A search of the past in place of a tail; `from` is its beginning. */
      readonly search?: TailSearch
      /** The filter only marks what it matches; the other records stay in sight. */
      readonly showsOthers?: boolean
      /** Rows that are meant for an export, by id; kept though they leave the window. */
      readonly marked?: ReadonlyMap<string, TailRow>
    } & ListState)
  | {
      readonly screen: 'record'
      readonly row: TailRow
      readonly view: 'decoded' | 'hex'
      /** First line shown. */
      readonly scroll: number
    }
  | ({
      readonly screen: 'board'
      readonly stream: StreamRef
      readonly source: HeatSource
      readonly showClosed: boolean
    } & ListState)
  | ({
      readonly screen: 'keys'
      readonly stream: StreamRef
      readonly measure: Measure
      /** One shard, or all. */
      readonly shardId?: string
      /** A key that was looked up, and the time that was asked about, as typed. */
      readonly lookUp?: { readonly partitionKey: string; readonly at?: string }
    } & ListState)
  | {
      readonly screen: 'shard-heat'
      readonly stream: StreamRef
      readonly source: HeatSource
      readonly shardId: string
      readonly scroll: number
    }
  | {
      readonly screen: 'what-if'
      readonly stream: StreamRef
      readonly change: PlannedChange
      readonly scroll: number
    }
  | {
      readonly screen: 'plan'
      readonly stream: StreamRef
      /** First line shown. */
      readonly scroll: number
    }
  | ({ readonly screen: 'readers'; readonly stream: StreamRef } & ListState)
  | {
      readonly screen: 'reader'
      readonly stream: StreamRef
      readonly readerId: string
      readonly scroll: number
    }
  | ({ readonly screen: 'consumers'; readonly stream: StreamRef } & ListState)
  | { readonly screen: 'policy'; readonly stream: StreamRef; readonly scroll: number }
  | {
      readonly screen: 'estimate'
      readonly stream: StreamRef
      readonly typed: TypedTraffic
      readonly scroll: number
    }
  | ({ readonly screen: 'services' } & ListState)
  | { readonly screen: 'service'; readonly itemId: string; readonly scroll: number }
  | {
      readonly screen: 'calls'
      /** First line shown, newest call first. */
      readonly scroll: number
    }

export type ScreenName = ScreenState['screen']

export type ReaderState =
  | 'starting'
  | 'reading'
  | 'caught-up'
  | 'throttled'
  | 'waiting-for-parent'
  | 'ended'
  | 'failed'
  | 'stalled'

/** One shard of the running tail. */
export type ReaderInfo = {
  readonly shardId: string
  readonly state: ReaderState
  /** As the service reported it with the newest page; absent before that. */
  readonly millisBehindLatest?: number
  readonly recordCount: number
  readonly failure?: Failure
  /** One sentence on what it waits for; empty or absent where nothing needs saying. */
  readonly note?: string
  /** Those that a waiting child waits for. */
  readonly parentShardIds?: readonly string[]
  /** What it took of its shard's read budget over the last seconds. */
  readonly reads?: ReadUse
}

/** Of the 5 reads/s and 2 MiB/s that all polling readers of a shard share, or of the 2 MiB/s of a consumer of one's own. */
export type ReadUse = {
  /** Absent where records are pushed. */
  readonly readsPerSecond?: number
  readonly bytesPerSecond: number
}

/** What was received up to a moment: two of these make a rate. */
export type RateSample = { readonly at: number; readonly recordCount: number; readonly byteCount: number }

/** What a search looks for, as typed. */
export type TailSearch = {
  readonly key?: string
  readonly filter?: string
  readonly to?: string
  readonly maxCalls: number
}

export type TailState = {
  /** What sets it apart from a plain tail, see `tailMode`. */
  readonly mode?: string
  /** How far it is, or what it is registered as, in words. */
  readonly progress?: string
  /** The user called the search off; what was found stays. */
  readonly isCalledOff?: true
  readonly stream: StreamRef
  readonly shardId?: string
  /** As typed, see ScreenState. */
  readonly from?: string
  readonly phase: 'starting' | 'tailing' | 'paused' | 'finished' | 'failed'
  readonly window: RecordWindow<TailRow>
  readonly readers: ReadonlyMap<string, ReaderInfo>
  /** Readers of shards that have expired since, by the state in which they were let go. */
  readonly expiredReaders?: ReadonlyMap<ReaderInfo['state'], number>
  readonly receivedCount: number
  /** Payload and partition key bytes of the received records. */
  readonly receivedBytes: number
  /** Oldest first, the last ten seconds or so. */
  readonly rateSamples: readonly RateSample[]
  /** What the paused screen shows; absent while it is not paused. New rows go to `window` meanwhile. */
  readonly pausedWindow?: RecordWindow<TailRow>
  /** Records that came while the screen was paused. */
  readonly arrivedWhilePaused: number
  /** A failure of calls that are tried again. */
  readonly retriedFailure?: Failure
  readonly failure?: Failure
}

/** A short word to the user; the newest is shown until the next key or a later notice. */
export type Notice = {
  readonly level: 'info' | 'success' | 'warning' | 'error'
  readonly text: string
  readonly at: number
  /** It goes by itself once fresh data is there. */
  readonly isUntilAnswer?: true
  /** Said of a key on one screen: gone with that screen. */
  readonly isOfScreen?: true
}

/** An act in progress or done, e.g. a split: shown until it has ended. */
export type ActState = {
  readonly actId: string
  readonly commandId: string
  readonly title: string
  readonly state: 'running' | 'done' | 'failed'
  readonly detail?: string
  readonly failure?: Failure
}

/** At most one dialog is open; a dialog takes all keys. `cursor` is a position in the focused text, 0 = before it. */
export type Dialog =
  | {
      readonly dialog: 'palette'
      readonly text: string
      readonly cursor: number
      /** Place in the list of matches. */
      readonly selected: number
    }
  | { readonly dialog: 'help'; readonly scroll: number }
  /** `before` comes back when the filter is given up. */
  | { readonly dialog: 'filter'; readonly text: string; readonly cursor: number; readonly before: string }
  | FormDialog
  | ConfirmDialog

/** The arguments of one command, typed field by field. */
export type FormDialog = {
  readonly dialog: 'form'
  readonly commandId: string
  readonly fields: Readonly<Record<string, string>>
  readonly focusedField: string
  readonly cursor: number
  /** Values to choose from, by field. */
  readonly suggestions: Readonly<Record<string, readonly string[]>>
  /** The command runs with what was typed; the form closes when it has worked. */
  readonly isRunning: boolean
  readonly failure?: Failure
}

/** Last step before a write: what will happen, and for destructive ones the text to type. */
export type ConfirmDialog = {
  readonly dialog: 'confirm'
  readonly commandId: string
  readonly fields: Readonly<Record<string, string>>
  readonly lines: readonly string[]
  readonly requiredText?: string
  readonly text: string
  readonly cursor: number
  /** What was typed and entered although it is not the text wanted. */
  readonly refusedText?: string
  /** What the act would do; absent while it is worked out, and for acts that have none. */
  readonly preview?: ActPreview
  /** First line shown of what does not fit. */
  readonly scroll?: number
  /** The form to go back to, where there was one. */
  readonly form?: FormDialog
}

export type CallStats = {
  readonly totalCount: number
  readonly throttledCount: number
  readonly failedCount: number
  /** Newest last, bounded. */
  readonly recent: readonly CallEntry[]
  /** When each operation was answered last, to the second, since what is on screen was begun. */
  readonly answeredAt?: ReadonlyMap<string, number>
}

export type CallEntry = {
  readonly operation: string
  readonly at: number
  readonly durationMillis: number
  /** `note`: no call, but a warning of a library or a message that was on screen. */
  readonly outcome: 'ok' | 'throttled' | 'failed' | 'note'
  readonly detail?: string
}

/** What a stream took, per second, as its heat told it. */
export type StreamLoad = {
  readonly bytesPerSecond: number
  readonly recordsPerSecond: number
  /** When it was told, in milliseconds since the epoch. */
  readonly at: number
  readonly source: HeatSource
}

export type ChartGlyphs = 'blocks' | 'ascii'

export type Viewport = { readonly columns: number; readonly rows: number }

/** Everything that the console shows. Immutable; `update` makes the next one. */
export type Model = {
  readonly session: SessionInfo
  /** The last one is on screen; Esc goes back to the one before. Never empty. */
  readonly screens: readonly ScreenState[]
  readonly streams: Fetched<readonly StreamListing[]>
  /** By stream name or ARN as in `streamKey`. */
  readonly summaries: ReadonlyMap<string, Fetched<StreamSummary>>
  readonly shards: ReadonlyMap<string, Fetched<readonly Shard[]>>
  readonly tail?: TailState
  readonly heat?: HeatState
  /** What each stream took when its heat was looked at last, by its name; a stream that was not looked at is not here. */
  readonly loads?: ReadonlyMap<string, StreamLoad>
  /** The plan that was made last. */
  readonly plan?: PlanView
  /** Who reads the stream whose readers were looked at last. */
  readonly readers?: ReadersState
  readonly consumers?: FetchedOf<ConsumerList>
  readonly policy?: FetchedOf<ResourcePolicy>
  readonly estimate?: FetchedOf<MadeEstimate>
  readonly services?: ServicesSnapshot
  /** What the heat may read of each shard, where the user chose it. */
  readonly heatBudget?: Partial<HeatBudget>
  readonly dialog?: Dialog
  readonly notice?: Notice
  readonly acts: readonly ActState[]
  readonly calls: CallStats
  /** What charts are drawn with: eighth blocks, or ASCII where the terminal or its font lacks them. */
  readonly chartGlyphs: ChartGlyphs
  /** Size of the terminal in cells. */
  readonly viewport: Viewport
  /** Milliseconds since the epoch, in steps: ages are told against it, so that a quiet screen stays still. */
  readonly now: number
  /** Counts the schemas that came: what records read as is drawn anew. */
  readonly decodingCount?: number
  /** Counts the wishes for fresh data: whoever fetches starts over when it grows. */
  readonly refreshCount: number
  /** Counts the changes of endpoint, region or profile: answers to an older one are not wanted. */
  readonly connectionCount: number
  /** What was typed into forms that did not work, by command: nothing that was typed is lost. */
  readonly drafts: ReadonlyMap<string, Readonly<Record<string, string>>>
  /** Status that the program ends with once it is left. */
  readonly exitCode: number
  /** Set once the user asked to leave; the shell unmounts. */
  readonly isLeaving: boolean
}

/** The key under which what is known of a stream is kept: two accounts may share a name, so the ARN wins. */
export function streamKey(stream: StreamRef): string {
  return stream.streamArn ?? stream.streamName
}
