import type { Event } from './event.ts'
import type { ActState, CallEntry, CallStats, Model } from './model.ts'

/** Calls that the log keeps. */
export const CALL_LOG_LENGTH = 500
/** Ended acts that are remembered. */
const ENDED_ACTS_KEPT = 20

type ActEvent = Extract<Event, { type: 'act-started' | 'act-progressed' | 'act-finished' | 'act-failed' }>

export function updateAct(model: Model, event: ActEvent): Model {
  switch (event.type) {
    case 'act-started': {
      const { actId, commandId, title } = event
      const others = model.acts.filter(act => act.actId !== actId)
      return { ...model, acts: bounded([...others, { actId, commandId, title, state: 'running' }]) }
    }
    case 'act-progressed':
      return changed(model, event.actId, act => ({ ...act, detail: event.detail }))
    // What an act changed must be seen soon: ended acts ask for fresh data.
    case 'act-finished':
      return refreshed(changed(model, event.actId, act => ({ ...act, state: 'done', detail: event.detail })))
    case 'act-failed':
      return refreshed(
        changed(model, event.actId, act => ({ ...act, state: 'failed', failure: event.failure })),
      )
  }
}

export function updateCalls(model: Model, call: CallEntry): Model {
  const { calls } = model
  const recent = [...calls.recent.slice(-(CALL_LOG_LENGTH - 1)), call]
  const isCall = call.outcome !== 'note'
  return {
    ...model,
    calls: {
      totalCount: calls.totalCount + (isCall ? 1 : 0),
      throttledCount: calls.throttledCount + (call.outcome === 'throttled' ? 1 : 0),
      failedCount: calls.failedCount + (call.outcome === 'failed' ? 1 : 0),
      recent,
      ...withAnswer(calls, call),
    },
  }
}

/** To the second: a tail that reads a thousand times a second must not make a map for each answer. */
function withAnswer({ answeredAt }: CallStats, call: CallEntry): Pick<CallStats, 'answeredAt'> {
  const at = call.at + call.durationMillis
  const isNews = call.outcome === 'ok' && at - (answeredAt?.get(call.operation) ?? 0) >= 1_000
  if (isNews) return { answeredAt: new Map(answeredAt).set(call.operation, at) }
  return answeredAt === undefined ? {} : { answeredAt }
}

/** What is begun now has not been answered yet, whatever was answered before. */
export function withoutAnswers(model: Model, operations: readonly string[]): Model {
  const { answeredAt } = model.calls
  if (answeredAt === undefined || !operations.some(operation => answeredAt.has(operation))) return model
  const left = new Map([...answeredAt].filter(([operation]) => !operations.includes(operation)))
  return { ...model, calls: { ...model.calls, answeredAt: left } }
}

function changed(model: Model, actId: string, change: (act: ActState) => ActState): Model {
  if (!model.acts.some(act => act.actId === actId)) return model
  return { ...model, acts: model.acts.map(act => (act.actId === actId ? change(act) : act)) }
}

function refreshed(model: Model): Model {
  return { ...model, refreshCount: model.refreshCount + 1 }
}

function bounded(acts: readonly ActState[]): readonly ActState[] {
  const ended = acts.filter(act => act.state !== 'running').length
  let surplus = ended - ENDED_ACTS_KEPT
  if (surplus <= 0) return acts
  return acts.filter(act => {
    if (act.state === 'running' || surplus <= 0) return true
    surplus -= 1
    return false
  })
}
