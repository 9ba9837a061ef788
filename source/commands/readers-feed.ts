import { failureOf } from '../domain/failure.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { Event } from '../state/event.ts'
import type { Context } from './command.ts'
import { ReadersLook } from './readers-look.ts'

/** Between two looks while the readers are on screen: leases are renewed every three seconds or so. */
const LOOK_MILLIS = 5_000
const FAILED_MILLIS = 15_000
/** Fewer than from a shell: on screen they come round again by themselves. */
const PROBES = 10

/** Looks at the readers of a stream for as long as the signal lets it; heartbeats and trends grow with the looks. */
export async function followReaders(
  context: Context,
  stream: StreamRef,
  feed: {
    readonly dispatch: (event: Event) => void
    readonly pause: (millis: number) => Promise<void>
  },
): Promise<void> {
  const { signal } = context
  // Shown as it comes the first time only: later a half look would make readers come and go.
  let isFirst = true
  const look = new ReadersLook(context, stream, {
    probes: PROBES,
    onChange: snapshot => {
      if (isFirst && !signal.aborted)
        feed.dispatch({ type: 'stream-readers-found', stream, snapshot, isPartial: true })
    },
  })
  while (!signal.aborted) {
    let pauseMillis = LOOK_MILLIS
    try {
      const snapshot = await look.look(signal)
      if (signal.aborted) return
      isFirst = false
      feed.dispatch({ type: 'stream-readers-found', stream, snapshot })
    } catch (error) {
      if (signal.aborted) return
      feed.dispatch({ type: 'stream-readers-failed', stream, failure: failureOf(error, 'readers') })
      pauseMillis = FAILED_MILLIS
    }
    await feed.pause(pauseMillis)
  }
}
