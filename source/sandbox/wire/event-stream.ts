import { EventStreamCodec } from '@smithy/core/event-streams'
import { fromUtf8, toUtf8 } from '@smithy/core/serde'
import type { ServiceError } from '../engine/errors.ts'
import type { Service } from '../engine/service.ts'
import { endSubscription, type Subscription } from '../engine/subscription.ts'
import type { Protocol } from './protocol.ts'

/**
 * The event stream of a subscription: an initial response at once (a client's call is pending until the first message),
 * then events as they come. It ends normally after five minutes or at the end of the shard, with an exception message
 * when another call took over, and silently when the caller has gone.
 */
export async function* subscriptionMessages(
  service: Service,
  subscription: Subscription,
  protocol: Protocol,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const codec = new EventStreamCodec(toUtf8, fromUtf8)
  const message = (headers: Record<string, string>, body: object) =>
    codec.encode({
      headers: Object.fromEntries(
        Object.entries({ ...headers, ':content-type': protocol.contentType }).map(([name, value]) => [
          name,
          { type: 'string' as const, value },
        ]),
      ),
      body: bytesOf(protocol.print(body)),
    })
  const waiter = createWaiter(service, subscription, signal)
  try {
    yield message({ ':message-type': 'event', ':event-type': 'initial-response' }, {})
    while (!signal.aborted) {
      const push = service.push(subscription)
      if (push.kind === 'wait') {
        await waiter.wait(push.milliseconds)
        continue
      }
      if (push.kind === 'end') {
        if (push.error !== undefined) yield exceptionMessage(message, push.error)
        return
      }
      yield message({ ':message-type': 'event', ':event-type': 'SubscribeToShardEvent' }, push.event)
      if (push.last) return
    }
  } finally {
    waiter.stop()
    endSubscription(subscription)
  }
}

type Print = (headers: Record<string, string>, body: object) => Uint8Array

const exceptionMessage = (message: Print, error: ServiceError) =>
  message({ ':message-type': 'exception', ':exception-type': error.name }, { message: error.message })

const bytesOf = (text: string | Uint8Array) => (typeof text === 'string' ? Buffer.from(text) : text)

/** Waits until something happens in the shard, the time is over or the caller is gone, whichever is first. */
function createWaiter(service: Service, { shard }: Subscription, signal: AbortSignal) {
  let happened = false
  let wake = () => {}
  const note = () => {
    happened = true
    wake()
  }
  const listener = (_: unknown, changed: { id: string }) => {
    if (changed === shard) note()
  }
  service.account.shardListeners.add(listener)
  signal.addEventListener('abort', note, { once: true })
  return {
    async wait(milliseconds: number) {
      if (!happened) {
        let cancel = () => {}
        await new Promise<void>(resolve => {
          wake = resolve
          cancel = service.clock.after(milliseconds, resolve)
        })
        cancel()
      }
      happened = false
      wake = () => {}
    },
    stop() {
      service.account.shardListeners.delete(listener)
      signal.removeEventListener('abort', note)
    },
  }
}
