import { endpointText, originText, type Session, type Sourced } from '../domain/session.ts'
import type { SessionInfo, Sourced as SourcedText } from '../state/model.ts'

/** A connection's session as the console shows it. */
export function sessionInfoOf(session: Session, isSandbox: boolean): SessionInfo {
  return {
    endpoint: { ...told(session.endpointUrl), value: endpointText(session.endpointUrl.value) },
    region: told(session.region),
    ...(session.profile === undefined ? {} : { profile: told(session.profile) }),
    ...(session.accountId === undefined ? {} : { accountId: told(session.accountId) }),
    isSandbox,
    isCustomEndpoint: session.isCustomEndpoint,
    isArmed: session.armed,
    ...(session.guard === undefined ? {} : { guard: session.guard }),
  }
}

function told({ value, origin }: Sourced<string>): SourcedText {
  return { value, origin: originText(origin) }
}
