import type { Clock } from '../../source/domain/clock.ts'
import type { TailEvent, TailTotals } from '../../source/domain/tail-event.ts'
import { tailStream } from '../../source/tail/stream-tail.ts'
import type { Tail, TailOptions } from '../../source/tail/tail-options.ts'

export type TailRun = {
  readonly tail: Tail
  readonly events: TailEvent[]
  /** Resolves when the tail has finished. */
  readonly finished: Promise<void>
}

/** Starts a tail of the fake and collects its events. `onEvent` may act on the fake (put, split) at that very point. */
export function startTail(
  api: TailOptions['api'],
  clock: Clock,
  options: Partial<TailOptions>,
  onEvent: (event: TailEvent) => void | Promise<void> = () => {},
): TailRun {
  const events: TailEvent[] = []
  const tail = tailStream({
    api,
    clock,
    stream: { streamName: 'orders' },
    from: { type: 'oldest' },
    random: () => 0.5,
    ...options,
  })
  const finished = (async () => {
    for await (const event of tail) {
      events.push(event)
      await onEvent(event)
    }
  })()
  return { tail, events, finished }
}

export function sequencesIn(events: readonly TailEvent[]): string[] {
  return events.flatMap(event =>
    event.type === 'records-arrived' ? event.records.map(record => record.sequenceNumber) : [],
  )
}

export function textsIn(events: readonly TailEvent[]): string[] {
  return events.flatMap(event =>
    event.type === 'records-arrived'
      ? event.records.map(record => new TextDecoder().decode(record.data))
      : [],
  )
}

export function endingOf(events: readonly TailEvent[]): { reason: string; totals: TailTotals } {
  const last = events.at(-1)
  if (last?.type !== 'finished') throw new Error(`the last event is ${last?.type ?? 'missing'}`)
  return { reason: last.reason, totals: last.totals }
}

export function statesOf(events: readonly TailEvent[], shardId: string): string[] {
  return events.flatMap(event =>
    event.type === 'reader-changed' && event.shardId === shardId ? [event.reader.state] : [],
  )
}
