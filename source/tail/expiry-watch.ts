import { RETENTION_MIN_HOURS } from '../domain/limits.ts'
import type { StreamRef, StreamSummary } from '../domain/stream.ts'
import type { TailEvent } from '../domain/tail-event.ts'
import type { ReadPageEvent } from './reader-event.ts'
import type { TailOptions } from './tail-options.ts'

const HOUR_MILLIS = 3_600_000
/** The stream is asked for its retention no more often: who is days behind needs it with each page. */
const RETENTION_KEPT_MILLIS = 60_000
/** `oldest` means what is left when it is read; the horizon moves while a tail starts. */
const START_MILLIS = 60_000

/** How far a shard was read, in time. */
export type ReadTo = {
  /** Everything that arrived earlier was read or not asked for; absent: whatever the stream had when the tail began. */
  readonly millis?: number
  /** When the tail that owes the shard's records began. */
  readonly beganAtMillis: number
}

type Told = { readonly retentionMillis: number; readonly createdAtMillis?: number }
type ExpiredEvent = Extract<TailEvent, { type: 'records-expired' }>

/**
 * Finds out that the retention overtook a reader. The service says nothing then: its next answer simply begins later. So
 * each answer is compared with the time up to which its shard was read, once that lies further back than the shortest
 * retention there is. Without an answer on the retention nothing is told.
 */
export class ExpiryWatch {
  readonly #options: Pick<TailOptions, 'api' | 'clock'> & { readonly stream: StreamRef }
  readonly #signal: AbortSignal
  #known: { readonly told: Promise<Told | undefined>; readonly atMillis: number } | undefined

  constructor(options: Pick<TailOptions, 'api' | 'clock' | 'stream'>, signal: AbortSignal) {
    this.#options = options
    this.#signal = signal
  }

  /** Whether something can have expired between the place and an answer of `atMillis`. */
  isDue({ millis, beganAtMillis }: ReadTo, atMillis: number): boolean {
    return millis === undefined
      ? atMillis - beganAtMillis > START_MILLIS
      : atMillis - millis > RETENTION_MIN_HOURS * HOUR_MILLIS
  }

  /** What expired unread before this page. */
  async beforePage(shardId: string, readTo: ReadTo, page: ReadPageEvent): Promise<ExpiredEvent | undefined> {
    const first = page.records[0]?.approximateArrivalTimestamp?.getTime()
    return await this.#expired(shardId, readTo, page.answeredAtMillis, first)
  }

  /** What expired unread of a shard that is not there any more. */
  async ofGone(shardId: string, readTo: ReadTo): Promise<ExpiredEvent | undefined> {
    return await this.#expired(shardId, readTo, this.#options.clock.now(), undefined)
  }

  async #expired(
    shardId: string,
    { millis, beganAtMillis }: ReadTo,
    atMillis: number,
    firstArrivalMillis: number | undefined,
  ): Promise<ExpiredEvent | undefined> {
    const told = await this.#ask()
    if (told === undefined) return undefined
    const { retentionMillis, createdAtMillis } = told
    const horizon = atMillis - retentionMillis
    const oldestMillis = beganAtMillis - retentionMillis
    const fromMillis = Math.max(millis ?? oldestMillis, oldestMillis, createdAtMillis ?? oldestMillis)
    // Data can outlive its retention by a little: what is still handed out did not expire.
    const untilMillis = Math.min(horizon, firstArrivalMillis ?? horizon)
    const leastMillis = fromMillis === oldestMillis ? START_MILLIS : 0
    if (untilMillis - fromMillis <= leastMillis) return undefined
    return { type: 'records-expired', shardId, fromMillis, untilMillis }
  }

  async #ask(): Promise<Told | undefined> {
    const { api, clock, stream } = this.#options
    const now = clock.now()
    if (this.#known === undefined || now - this.#known.atMillis >= RETENTION_KEPT_MILLIS) {
      const asked = api.describeStreamSummary?.(stream, { signal: this.#signal })
      const told = Promise.resolve(asked).then(toldBy, () => undefined)
      this.#known = { told, atMillis: now }
    }
    return await this.#known.told
  }
}

function toldBy(summary: StreamSummary | undefined): Told | undefined {
  if (summary?.retentionPeriodHours === undefined) return undefined
  const createdAtMillis = summary.streamCreationTimestamp?.getTime()
  return {
    retentionMillis: summary.retentionPeriodHours * HOUR_MILLIS,
    ...(createdAtMillis === undefined ? {} : { createdAtMillis }),
  }
}

/** How far the shard is read once this page is taken. */
export function readToAfter(before: ReadTo, page: ReadPageEvent, isClosed: boolean): ReadTo {
  const last = page.records.at(-1)?.approximateArrivalTimestamp?.getTime()
  // The distance in a closed shard counts from anything, and its children begin before it is read on; a page cut by its
  // size says how far it went by itself.
  const hasDistance = !isClosed && page.isLast !== true && !page.isFull
  const reached = hasDistance ? page.requestedAtMillis - (page.millisBehindLatest ?? 0) : undefined
  const known = [before.millis, last, reached].filter(millis => millis !== undefined)
  return known.length === 0 ? before : { ...before, millis: Math.max(...known) }
}

/** A child's records are owed from where its parents were read to, however late it is found. */
export function readToOfChild(parents: readonly ReadTo[], otherwise: ReadTo): ReadTo {
  if (parents.length === 0) return otherwise
  const millis = parents.map(parent => parent.millis)
  const known = millis.filter(value => value !== undefined)
  return {
    ...(known.length < millis.length ? {} : { millis: Math.min(...known) }),
    beganAtMillis: Math.min(...parents.map(parent => parent.beganAtMillis)),
  }
}
