import type { Clock } from '../domain/clock.ts'
import type { Failure } from '../domain/failure.ts'
import type { StreamRef } from '../domain/stream.ts'
import { type Model, streamKey } from '../state/model.ts'
import { streamRows } from '../state/select-streams.ts'
import { bodyHeight, selectionOf, topScreen } from '../state/selection.ts'

/** A summary is asked for again after this long; while a stream changes, after the shorter time. */
const SUMMARY_MILLIS = 60_000
const CHANGING_SUMMARY_MILLIS = 5_000
/** For streams that are listed but not in sight. */
const UNSEEN_SUMMARY_MILLIS = 600_000
/** What was refused is not asked for again for this long. */
export const REFUSED_MILLIS = 300_000
/** So many refusals in a row mean that the operation is refused, not one stream: nobody is asked about for that time. */
const REFUSALS_OF_ALL = 3

/** Which stream's summary is to be asked for next, so that a list of hundreds costs its account next to nothing. */
export class SummarySchedule {
  readonly #clock: Clock
  /** When each summary was last asked for, whatever came of it. */
  readonly #askedAt = new Map<string, number>()
  #refreshedAt = 0
  /** Refused summaries in a row, and when the last of them was. */
  #refusalCount = 0
  #refusedAt = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The user wants fresh data: everything is due. */
  refresh(): void {
    this.#refreshedAt = this.#clock.now()
  }

  /** Another endpoint: what was asked there says nothing. */
  forget(): void {
    this.#askedAt.clear()
    this.#refusalCount = 0
  }

  asked(stream: StreamRef): void {
    this.#askedAt.set(streamKey(stream), this.#clock.now())
  }

  succeeded(): void {
    this.#refusalCount = 0
  }

  failed(failure: Failure): void {
    if (!isRefusal(failure)) return
    this.#refusalCount += 1
    this.#refusedAt = this.#clock.now()
  }

  isDue(model: Model, stream: StreamRef, isInSight = true): boolean {
    const askedAt = this.#askedAt.get(streamKey(stream))
    const fetched = model.summaries.get(streamKey(stream))
    if (askedAt === undefined || fetched === undefined || this.#refreshedAt > askedAt) return true
    const age = this.#clock.now() - askedAt
    if (fetched.failure !== undefined && isRefusal(fetched.failure)) return age >= REFUSED_MILLIS
    if (!isInSight) return age >= UNSEEN_SUMMARY_MILLIS
    const status = fetched.value?.streamStatus
    const isSettled = status === undefined || status === 'ACTIVE'
    return age >= (isSettled ? SUMMARY_MILLIS : CHANGING_SUMMARY_MILLIS)
  }

  /** Of the list of streams: those in sight first. */
  next(model: Model): StreamRef | undefined {
    const screen = topScreen(model)
    if (screen.screen !== 'streams' || this.#isRefusedForAll()) return undefined
    const rows = streamRows(model, screen)
    const { top } = selectionOf(model, screen)
    const bottom = top + bodyHeight(model.viewport)
    const unseen = [...rows.slice(bottom), ...rows.slice(0, top)]
    return (
      rows.slice(top, bottom).find(row => this.isDue(model, row.stream)) ??
      unseen.find(row => this.isDue(model, row.stream, false))
    )?.stream
  }

  #isRefusedForAll(): boolean {
    return (
      this.#refusalCount >= REFUSALS_OF_ALL &&
      this.#refreshedAt <= this.#refusedAt &&
      this.#clock.now() - this.#refusedAt < REFUSED_MILLIS
    )
  }
}

/** What asking again soon would not change. */
export function isRefusal(failure: Failure): boolean {
  return failure.kind === 'denied' || failure.kind === 'unsupported'
}
