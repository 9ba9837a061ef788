import type { RegisteredConsumer } from '../domain/consumer.ts'
import type { DecodedRecord } from '../domain/decode/decoded-record.ts'
import type { DoctorReport } from '../domain/doctor/doctor-report.ts'
import type { Failure } from '../domain/failure.ts'
import type { HeatBudget } from '../domain/heat/heat-reads.ts'
import type { HeatSource } from '../domain/heat/shard-heat.ts'
import type { ReadersSnapshot } from '../domain/readers/reader.ts'
import type { StreamRecord } from '../domain/record.ts'
import type { ServicesSnapshot } from '../domain/services/service-item.ts'
import type { Shard } from '../domain/shard.ts'
import type { StreamListing, StreamRef, StreamSummary } from '../domain/stream.ts'
import type { FinishReason, TailTotals } from '../domain/tail-event.ts'
import type { ActPreview } from './act-preview.ts'
import type { MadeEstimate } from './estimate-state.ts'
import type { HeatSnapshot, KeyLocation } from './heat-state.ts'
import type {
  CallEntry,
  Dialog,
  Notice,
  ReaderInfo,
  ScreenState,
  SessionInfo,
  Sort,
  Viewport,
} from './model.ts'
import type { PlanView } from './plan-state.ts'
import type { TailRow } from './tail-row.ts'

/** A Kinesis record and the one or more records that a reader of the stream would see in it. */
export type ReadRecord = {
  readonly record: StreamRecord
  readonly decoded: readonly DecodedRecord[]
  /** Those of `decoded` that a filter wants, where there is one: lines for people show only these. */
  readonly matching?: readonly DecodedRecord[]
}

/** Facts that the world told us: batched. `at` is milliseconds since the epoch. */
export type DataEvent =
  | { readonly type: 'streams-requested' }
  | { readonly type: 'streams-listed'; readonly streams: readonly StreamListing[]; readonly at: number }
  | {
      readonly type: 'streams-failed'
      readonly failure: Failure
      readonly at: number
      /** When it is tried again. */
      readonly retryAt?: number
    }
  | { readonly type: 'summary-requested'; readonly stream: StreamRef }
  | {
      readonly type: 'summary-described'
      readonly stream: StreamRef
      readonly summary: StreamSummary
      readonly at: number
    }
  | {
      readonly type: 'summary-failed'
      readonly stream: StreamRef
      /** What the listing already told of the stream, so that a denied summary does not hide it. */
      readonly listing?: StreamListing
      readonly failure: Failure
      readonly at: number
    }
  | { readonly type: 'shards-requested'; readonly stream: StreamRef }
  | {
      readonly type: 'shards-listed'
      readonly stream: StreamRef
      readonly shards: readonly Shard[]
      readonly at: number
    }
  | {
      readonly type: 'shards-failed'
      readonly stream: StreamRef
      readonly failure: Failure
      readonly at: number
      readonly retryAt?: number
    }
  | {
      readonly type: 'tail-started'
      readonly stream: StreamRef
      readonly shardId?: string
      readonly from?: string
      /** See `tailMode`. */
      readonly mode?: string
    }
  | { readonly type: 'tail-progressed'; readonly detail: string }
  | { readonly type: 'tail-ready'; readonly stream: StreamRef }
  | { readonly type: 'reader-changed'; readonly reader: ReaderInfo }
  | { readonly type: 'readers-changed'; readonly readers: readonly ReaderInfo[] }
  /** Their shards were read to the end, or given up, and are listed no more. */
  | { readonly type: 'readers-expired'; readonly shardIds: readonly string[] }
  | { readonly type: 'rows-arrived'; readonly rows: readonly TailRow[]; readonly recordCount: number }
  /** Records with all that could be read out of them: what a headless tail is made of. */
  | { readonly type: 'records-read'; readonly records: readonly ReadRecord[] }
  /** A schema has come: records may read differently now. */
  | { readonly type: 'decoding-changed' }
  | { readonly type: 'tail-failed'; readonly failure: Failure }
  /** Calls of the tail fail and are tried again; absent once that has passed. */
  | { readonly type: 'tail-troubled'; readonly failure?: Failure }
  | { readonly type: 'tail-finished'; readonly reason?: FinishReason; readonly totals?: TailTotals }
  | {
      readonly type: 'act-started'
      readonly actId: string
      readonly commandId: string
      readonly title: string
    }
  /** How far a running act is, as the service reports it, e.g. `UPDATING, 41 of 46 shards open`. */
  | { readonly type: 'act-progressed'; readonly actId: string; readonly detail: string }
  | {
      readonly type: 'act-finished'
      readonly actId: string
      readonly detail: string
      /** What the act made, in API names in camelCase: what headless output prints. */
      readonly rows?: readonly Readonly<Record<string, unknown>>[]
    }
  | { readonly type: 'act-failed'; readonly actId: string; readonly failure: Failure }
  /** What an act would do; nothing was done. */
  | { readonly type: 'act-previewed'; readonly preview: ActPreview }
  | { readonly type: 'plan-made'; readonly view: PlanView }
  /** Facts that were asked for, in API names in camelCase: what headless output prints. */
  | { readonly type: 'rows-told'; readonly rows: readonly Readonly<Record<string, unknown>>[] }
  | { readonly type: 'tags-listed'; readonly stream: StreamRef; readonly tags: ReadonlyMap<string, string> }
  | { readonly type: 'heat-started'; readonly stream: StreamRef; readonly source: HeatSource }
  | { readonly type: 'heat-measured'; readonly stream: StreamRef; readonly heat: HeatSnapshot }
  | { readonly type: 'heat-failed'; readonly stream: StreamRef; readonly failure: Failure }
  | {
      readonly type: 'stream-readers-found'
      readonly stream: StreamRef
      readonly snapshot: ReadersSnapshot
      /** More of the same look is to come. */
      readonly isPartial?: true
    }
  | { readonly type: 'stream-readers-failed'; readonly stream: StreamRef; readonly failure: Failure }
  | {
      readonly type: 'consumers-listed'
      readonly stream: StreamRef
      readonly consumers: readonly RegisteredConsumer[]
      /** How many the stream may have, in words. */
      readonly limitText: string
      readonly at: number
    }
  | { readonly type: 'consumers-failed'; readonly stream: StreamRef; readonly failure: Failure }
  /** `policy` is absent where the stream has none. */
  | {
      readonly type: 'policy-told'
      readonly stream: StreamRef
      readonly policy?: string
      readonly at: number
    }
  | { readonly type: 'policy-failed'; readonly stream: StreamRef; readonly failure: Failure }
  | { readonly type: 'estimate-progressed'; readonly stream: StreamRef; readonly detail: string }
  | {
      readonly type: 'estimate-made'
      readonly stream: StreamRef
      readonly made: MadeEstimate
      readonly at: number
    }
  | { readonly type: 'estimate-failed'; readonly stream: StreamRef; readonly failure: Failure }
  | { readonly type: 'services-found'; readonly snapshot: ServicesSnapshot; readonly isPartial?: true }
  | { readonly type: 'doctor-reported'; readonly report: DoctorReport }
  | { readonly type: 'key-located'; readonly stream: StreamRef; readonly location: KeyLocation }
  | { readonly type: 'sandbox-started'; readonly url: string }
  | { readonly type: 'sandbox-stopped'; readonly url: string }
  | { readonly type: 'call-ended'; readonly call: CallEntry }
  | { readonly type: 'clock-ticked'; readonly at: number }

/** What the user did to the view: reduced and announced at once. */
export type ViewEvent =
  | { readonly type: 'session-changed'; readonly session: SessionInfo }
  | { readonly type: 'screen-opened'; readonly screen: ScreenState }
  | { readonly type: 'screen-replaced'; readonly screen: ScreenState }
  | { readonly type: 'screen-closed' }
  /** `index` and `line` are its place in the list and on the screen, see ListState. */
  | {
      readonly type: 'row-selected'
      readonly id: string | undefined
      readonly index?: number
      readonly line?: number
    }
  | { readonly type: 'filter-changed'; readonly filter: string }
  | { readonly type: 'sort-changed'; readonly sort: Sort | undefined }
  | { readonly type: 'closed-shards-toggled' }
  | { readonly type: 'follow-changed'; readonly isFollowing: boolean }
  | { readonly type: 'pause-changed'; readonly isPaused: boolean }
  | { readonly type: 'search-called-off' }
  | { readonly type: 'scrolled'; readonly scroll: number }
  | { readonly type: 'record-view-changed'; readonly view: 'decoded' | 'hex' }
  | { readonly type: 'dialog-opened'; readonly dialog: Dialog }
  | { readonly type: 'dialog-changed'; readonly dialog: Dialog }
  | { readonly type: 'dialog-closed' }
  | { readonly type: 'noticed'; readonly notice: Notice }
  | { readonly type: 'notice-cleared' }
  | { readonly type: 'viewport-changed'; readonly viewport: Viewport }
  | { readonly type: 'chart-glyphs-toggled' }
  | { readonly type: 'heat-budget-changed'; readonly budget: Partial<HeatBudget> }
  | { readonly type: 'refresh-requested' }
  | {
      readonly type: 'draft-kept'
      readonly commandId: string
      /** Absent: the draft is no longer needed. */
      readonly fields?: Readonly<Record<string, string>>
    }
  | { readonly type: 'leave-requested'; readonly exitCode?: number }

export type Event = DataEvent | ViewEvent

const DATA_EVENTS: Readonly<Record<DataEvent['type'], true>> = {
  'streams-requested': true,
  'streams-listed': true,
  'streams-failed': true,
  'summary-requested': true,
  'summary-described': true,
  'summary-failed': true,
  'shards-requested': true,
  'shards-listed': true,
  'shards-failed': true,
  'tail-started': true,
  'tail-ready': true,
  'tail-progressed': true,
  'reader-changed': true,
  'readers-changed': true,
  'readers-expired': true,
  'rows-arrived': true,
  'records-read': true,
  'decoding-changed': true,
  'tail-failed': true,
  'tail-troubled': true,
  'tail-finished': true,
  'act-started': true,
  'act-progressed': true,
  'act-finished': true,
  'act-failed': true,
  'act-previewed': true,
  'plan-made': true,
  'rows-told': true,
  'tags-listed': true,
  'heat-started': true,
  'heat-measured': true,
  'heat-failed': true,
  'stream-readers-found': true,
  'stream-readers-failed': true,
  'consumers-listed': true,
  'consumers-failed': true,
  'policy-told': true,
  'policy-failed': true,
  'estimate-progressed': true,
  'estimate-made': true,
  'estimate-failed': true,
  'services-found': true,
  'doctor-reported': true,
  'key-located': true,
  'sandbox-started': true,
  'sandbox-stopped': true,
  'call-ended': true,
  'clock-ticked': true,
}

/** View events answer a key and must not wait for the next data announcement. */
export function isUrgent(event: Event): boolean {
  return !(event.type in DATA_EVENTS)
}
