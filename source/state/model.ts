import type { Failure } from '../domain/failure.ts'
import type { Shard } from '../domain/shard.ts'
import type { StreamListing, StreamRef, StreamSummary } from '../domain/stream.ts'
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
  /** Writes are refused in the client layer while false. */
  readonly isArmed: boolean
}

/** Data that is fetched: how far it is, how old it is, and the last failure beside what is still shown. */
export type Fetched<Value> = {
  readonly phase: 'idle' | 'loading' | 'loaded'
  readonly value?: Value
  /** Milliseconds since the epoch when `value` was answered. */
  readonly answeredAt?: number
  /** The newest attempt failed; `value` may be older and stays on screen. */
  readonly failure?: Failure
}

export const NOT_FETCHED: Fetched<never> = { phase: 'idle' }

export type Sort = { readonly column: string; readonly direction: 'ascending' | 'descending' }

/** Selection by id, so that a refresh never moves it to another row. */
export type ListState = {
  readonly selectedId?: string
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
    } & ListState)
  | {
      readonly screen: 'record'
      readonly row: TailRow
      readonly view: 'decoded' | 'hex'
      /** First line shown. */
      readonly scroll: number
    }
  | { readonly screen: 'calls' }

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
}

export type TailState = {
  readonly stream: StreamRef
  readonly phase: 'starting' | 'tailing' | 'paused' | 'finished' | 'failed'
  readonly window: RecordWindow<TailRow>
  readonly readers: ReadonlyMap<string, ReaderInfo>
  readonly receivedCount: number
  /** Records that came while the screen was paused. */
  readonly arrivedWhilePaused: number
  readonly failure?: Failure
}

/** A short word to the user; the newest is shown until the next key or a later notice. */
export type Notice = {
  readonly level: 'info' | 'success' | 'warning' | 'error'
  readonly text: string
  readonly at: number
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

/** At most one dialog is open; a dialog takes all keys. */
export type Dialog =
  | { readonly dialog: 'palette'; readonly text: string; readonly cursor: number }
  | { readonly dialog: 'help'; readonly scroll: number }
  | { readonly dialog: 'filter'; readonly text: string }
  /** The arguments of one command, typed field by field. */
  | {
      readonly dialog: 'form'
      readonly commandId: string
      readonly fields: Readonly<Record<string, string>>
      readonly focusedField: string
      readonly failure?: Failure
    }
  /** Last step before a write: what will happen, and for destructive ones the name to type. */
  | {
      readonly dialog: 'confirm'
      readonly commandId: string
      readonly fields: Readonly<Record<string, string>>
      readonly lines: readonly string[]
      readonly requiredText?: string
      readonly text: string
    }

export type CallStats = {
  readonly totalCount: number
  readonly throttledCount: number
  readonly failedCount: number
  /** Newest last, bounded. */
  readonly recent: readonly CallEntry[]
}

export type CallEntry = {
  readonly operation: string
  readonly at: number
  readonly durationMillis: number
  readonly outcome: 'ok' | 'throttled' | 'failed'
  readonly detail?: string
}

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
  readonly dialog?: Dialog
  readonly notice?: Notice
  readonly acts: readonly ActState[]
  readonly calls: CallStats
  /** Set once the user asked to leave; the shell unmounts. */
  readonly isLeaving: boolean
}

/** The key under which what is known of a stream is kept: two accounts may share a name, so the ARN wins. */
export function streamKey(stream: StreamRef): string {
  return stream.streamArn ?? stream.streamName
}
