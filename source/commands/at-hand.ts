import { countedBytes } from '../domain/record.ts'
import type { TailEvent } from '../domain/tail-event.ts'

/** More is not held back to be put in order: memory and the reader of a pipe come first. */
const MOST_BYTES = 4 * 1_048_576
const MOST_EVENTS = 256
/** Turns of the queue of promises in which an event that is at hand arrives; generators take several each. */
const TURNS = 16

/**
 * A tail's events in the groups in which they are at hand: nothing waits for what has not come yet.
 * @param stop ends the tail; called when the groups are left, since one event is always being asked for
 */
export async function* atHand(
  events: AsyncIterable<TailEvent>,
  stop: () => void,
): AsyncGenerator<readonly TailEvent[]> {
  const iterator = events[Symbol.asyncIterator]()
  let next = iterator.next()
  try {
    for (;;) {
      const first = await next
      if (first.done) return
      const group = [first.value]
      let byteCount = bytesOf(first.value)
      next = iterator.next()
      while (isOrderable(group.at(-1)) && group.length < MOST_EVENTS && byteCount < MOST_BYTES) {
        const more = await soon(next)
        if (more === undefined || more.done) break
        group.push(more.value)
        byteCount += bytesOf(more.value)
        next = iterator.next()
      }
      yield group
    }
  } finally {
    next.catch(() => {})
    stop()
    await iterator.return?.()
  }
}

/** A shard's end, a listing or the end of all must not be passed by records that came after it. */
function isOrderable(event: TailEvent | undefined): boolean {
  return (
    event?.type === 'records-arrived' || event?.type === 'place-reached' || event?.type === 'reader-changed'
  )
}

async function soon<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  let isThere = false
  promise.then(
    () => {
      isThere = true
    },
    () => {
      isThere = true
    },
  )
  for (let turn = 0; turn < TURNS; turn += 1) {
    await undefined
    if (isThere) return await promise
  }
  return undefined
}

function bytesOf(event: TailEvent): number {
  if (event.type !== 'records-arrived') return 0
  return event.records.reduce((sum, record) => sum + countedBytes(record), 0)
}
