import type { StreamRef } from '../domain/stream.ts'
import type { Event } from './event.ts'
import { type FetchedOf, type Model, streamKey } from './model.ts'

type FactEvent = Extract<
  Event,
  {
    type:
      | 'consumers-listed'
      | 'consumers-failed'
      | 'policy-told'
      | 'policy-failed'
      | 'estimate-progressed'
      | 'estimate-made'
      | 'estimate-failed'
  }
>

/** What is asked about one stream at a time: its consumers, its resource policy, what it would cost. */
export function updateStreamFacts(model: Model, event: FactEvent): Model {
  const { stream } = event
  switch (event.type) {
    case 'consumers-listed': {
      const { consumers, limitText } = event
      return { ...model, consumers: answered(stream, { consumers, limitText }, event.at) }
    }
    case 'consumers-failed':
      return { ...model, consumers: { ...before(model.consumers, stream), failure: event.failure } }
    case 'policy-told': {
      const value = event.policy === undefined ? {} : { text: event.policy }
      return { ...model, policy: answered(stream, value, event.at) }
    }
    case 'policy-failed':
      return { ...model, policy: { ...before(model.policy, stream), failure: event.failure } }
    case 'estimate-progressed': {
      const { failure: _, ...rest } = before(model.estimate, stream)
      return { ...model, estimate: { ...rest, phase: 'loading', detail: event.detail } }
    }
    case 'estimate-made':
      return { ...model, estimate: answered(stream, event.made, event.at) }
    case 'estimate-failed': {
      const { detail: _, ...rest } = before(model.estimate, stream)
      return { ...model, estimate: { ...rest, phase: 'loaded', failure: event.failure } }
    }
  }
}

function answered<Value>(stream: StreamRef, value: Value, answeredAt: number): FetchedOf<Value> {
  return { stream, phase: 'loaded', value, answeredAt }
}

/** What stands beside a failure: nothing of another stream. */
function before<Value>(fetched: FetchedOf<Value> | undefined, stream: StreamRef): FetchedOf<Value> {
  return fetched !== undefined && streamKey(fetched.stream) === streamKey(stream)
    ? fetched
    : { stream, phase: 'loading' }
}
