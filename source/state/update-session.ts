import { type Model, NOT_FETCHED, type SessionInfo } from './model.ts'

/**
 * Another endpoint, region or profile is another world: nothing that was fetched, opened or typed there may be shown
 * or acted on here. Arming alone changes nothing else.
 */
export function updateSession(model: Model, session: SessionInfo): Model {
  if (isSameConnection(model.session, session)) return { ...model, session }
  const {
    tail: _tail,
    dialog: _dialog,
    plan: _plan,
    readers: _readers,
    consumers: _consumers,
    policy: _policy,
    estimate: _estimate,
    services: _services,
    heat: _heat,
    loads: _loads,
    ...rest
  } = model
  return {
    ...rest,
    session,
    screens: [{ screen: 'streams', filter: '' }],
    streams: NOT_FETCHED,
    summaries: new Map(),
    shards: new Map(),
    drafts: new Map(),
    connectionCount: model.connectionCount + 1,
    calls: callsOfNow(model),
  }
}

/** The log goes on; when something was answered elsewhere says nothing here. */
function callsOfNow({ calls: { answeredAt: _, ...calls } }: Model): Model['calls'] {
  return calls
}

function isSameConnection(a: SessionInfo, b: SessionInfo): boolean {
  return (
    a.endpoint.value === b.endpoint.value &&
    a.region.value === b.region.value &&
    a.profile?.value === b.profile?.value &&
    // The account is often learnt later; only a different one is another world.
    (a.accountId === undefined || b.accountId === undefined || a.accountId.value === b.accountId.value)
  )
}
