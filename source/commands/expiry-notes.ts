import type { TailEvent } from '../domain/tail-event.ts'

type ExpiredEvent = Extract<TailEvent, { type: 'records-expired' }>

/** A reader that stays behind loses a little with each page: it is said at once, and then once a minute. */
const REPEAT_MILLIS = 60_000

/** What of the stream expired before a tail read it, in sentences for people. */
export class ExpiryNotes {
  #saidAtMillis: number | undefined
  readonly #untold: ExpiredEvent[] = []

  /** A sentence where it is time for one. */
  take(event: ExpiredEvent, nowMillis: number): string | undefined {
    this.#untold.push(event)
    if (this.#saidAtMillis !== undefined && nowMillis - this.#saidAtMillis < REPEAT_MILLIS) return undefined
    this.#saidAtMillis = nowMillis
    return this.flush()
  }

  /** What was not said yet. */
  flush(): string | undefined {
    const events = this.#untold.splice(0)
    if (events.length === 0) return undefined
    const shardIds = [...new Set(events.map(({ shardId }) => shardId))]
    const from = Math.min(...events.map(({ fromMillis }) => fromMillis))
    const until = Math.max(...events.map(({ untilMillis }) => untilMillis))
    const whose = shardIds.length === 1 ? shardIds[0] : `${shardIds.length} shards`
    const [first, last] = [from, until].map(millis => new Date(millis).toISOString())
    return `expired: ${spanText(until - from)} of ${whose}: what arrived from ${first} to ${last} left the stream's retention before it was read.`
  }
}

function spanText(millis: number): string {
  if (millis >= 3_600_000) return `${(millis / 3_600_000).toFixed(1)} h`
  if (millis >= 60_000) return `${(millis / 60_000).toFixed(1)} min`
  return `${Math.max(1, Math.round(millis / 1_000))} s`
}
