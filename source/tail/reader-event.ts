import type { ChildShard } from '../aws/kinesis-api.ts'
import type { Failure } from '../domain/failure.ts'
import type { StreamRecord } from '../domain/record.ts'
import type { ReaderState } from '../domain/tail-event.ts'

/** What a shard reader tells the tail that it reads for. */
export type ReaderEvent =
  | { readonly type: 'state'; readonly reader: ReaderState }
  /** The first iterator is held. */
  | { readonly type: 'ready' }
  | ReadPageEvent
  /** Listed as closed and empty for a while: its children can start, though the endpoint does not end it. */
  | { readonly type: 'drained' }
  /** Read to the end. */
  | { readonly type: 'ended'; readonly childShards: readonly ChildShard[] }
  | { readonly type: 'gave-up'; readonly failure: Failure }
  /** One more call was refused for throughput. */
  | { readonly type: 'refused' }
  | { readonly type: 'retrying'; readonly failure: Failure; readonly attempt: number }

export type ReadPageEvent = {
  readonly type: 'page'
  readonly records: readonly StreamRecord[]
  readonly byteCount: number
  readonly millisBehindLatest?: number
  readonly requestedAtMillis: number
  readonly receivedAtMillis: number
  /** The endpoint made the answer no later than this. */
  readonly answeredAtMillis: number
  /** The shard ends with it. */
  readonly isLast?: true
  /** Cut by the limit or by its size: more is waiting, whatever the endpoint says about its distance. */
  readonly isFull: boolean
}
