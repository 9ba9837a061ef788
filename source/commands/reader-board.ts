import { explainReaderState, type TailEvent } from '../domain/tail-event.ts'
import type { Event } from '../state/event.ts'
import type { ReaderInfo } from '../state/model.ts'
import type { RunnerContext } from './act-runner.ts'

/** Readers change in crowds; the state hears of them together. */
const READERS_MILLIS = 100

/** Reads are counted over spans of this length. */
const USE_MILLIS = 10_000

type Use = { sinceMillis: number; readCount: number; byteCount: number }

/** What each shard's reader does, announced in batches: a tail of thousands of shards changes many at once. */
export class ReaderBoard {
  readonly #context: RunnerContext
  readonly #dispatch: (event: Event) => void
  readonly #readers = new Map<string, ReaderInfo>()
  readonly #changed = new Set<string>()
  readonly #uses = new Map<string, Use>()
  readonly #isPushed: boolean
  #isWaiting = false

  constructor(context: RunnerContext, dispatch: (event: Event) => void, isPushed = false) {
    this.#isPushed = isPushed
    this.#context = context
    this.#dispatch = dispatch
  }

  changed(shardId: string, reader: Extract<TailEvent, { type: 'reader-changed' }>['reader']): void {
    const before = this.#readers.get(shardId)
    const behind = 'millisBehindLatest' in reader ? reader.millisBehindLatest : before?.millisBehindLatest
    const note = explainReaderState(reader)
    this.#set({
      shardId,
      state: reader.state,
      recordCount: before?.recordCount ?? 0,
      ...(behind === undefined ? {} : { millisBehindLatest: behind }),
      ...('failure' in reader ? { failure: reader.failure } : {}),
      ...('parentShardIds' in reader ? { parentShardIds: reader.parentShardIds } : {}),
      ...(before?.reads === undefined || reader.state === 'ended' ? {} : { reads: before.reads }),
      ...(note === '' ? {} : { note }),
    })
  }

  /** One answer was read, with or without records. */
  read(shardId: string): void {
    const now = this.#context.clock.now()
    const use = this.#spanOf(shardId, now)
    use.readCount += 1
    const seconds = (now - use.sinceMillis) / 1_000
    const before = this.#readers.get(shardId)
    if (now - use.sinceMillis < USE_MILLIS || before === undefined) return
    const reads = {
      ...(this.#isPushed ? {} : { readsPerSecond: use.readCount / seconds }),
      bytesPerSecond: use.byteCount / seconds,
    }
    this.#uses.set(shardId, { sinceMillis: now, readCount: 0, byteCount: 0 })
    this.#set({ ...before, reads })
  }

  received(shardId: string, count: number, bytes: number, millisBehindLatest: number | undefined): void {
    this.#spanOf(shardId, this.#context.clock.now()).byteCount += bytes
    const before = this.#readers.get(shardId)
    this.#set({
      ...(before ?? { shardId, state: 'reading' }),
      recordCount: (before?.recordCount ?? 0) + count,
      ...(millisBehindLatest === undefined ? {} : { millisBehindLatest }),
    })
  }

  /** Lets go of the readers of expired shards that have ended; returns those that go on, since they are behind. */
  forget(expiredShardIds: readonly string[]): readonly string[] {
    const isOver = (shardId: string): boolean => {
      const state = this.#readers.get(shardId)?.state
      return state === undefined || state === 'ended' || state === 'failed'
    }
    const over = expiredShardIds.filter(shardId => isOver(shardId) && this.#readers.has(shardId))
    if (over.length > 0) {
      this.flush()
      for (const shardId of over) {
        this.#readers.delete(shardId)
        this.#uses.delete(shardId)
      }
      this.#dispatch({ type: 'readers-expired', shardIds: over })
    }
    return expiredShardIds.filter(shardId => !isOver(shardId))
  }

  flush(): void {
    this.#isWaiting = false
    if (this.#changed.size === 0) return
    const readers = [...this.#changed].flatMap(shardId => this.#readers.get(shardId) ?? [])
    this.#changed.clear()
    this.#dispatch({ type: 'readers-changed', readers })
  }

  #spanOf(shardId: string, sinceMillis: number): Use {
    const known = this.#uses.get(shardId)
    if (known !== undefined) return known
    const use = { sinceMillis, readCount: 0, byteCount: 0 }
    this.#uses.set(shardId, use)
    return use
  }

  #set(reader: ReaderInfo): void {
    this.#readers.set(reader.shardId, reader)
    this.#changed.add(reader.shardId)
    if (this.#isWaiting) return
    this.#isWaiting = true
    void this.#context.clock.sleep(READERS_MILLIS).then(() => this.flush())
  }
}
