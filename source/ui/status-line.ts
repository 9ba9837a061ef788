import type { ProfileColor } from '../domain/session.ts'
import { type Model, type SessionInfo, type Sourced, streamKey } from '../state/model.ts'
import { topScreen } from '../state/selection.ts'
import { ageText } from './format.ts'
import { type Line, type Span, span, widthOf } from './line.ts'
import type { Tone } from './theme.ts'
import type { View } from './view.ts'

//  SANDBOX  ARMED  us-east-1  http://127.0.0.1:41234  account 000000000000            data <10s
//  AWS  read-only  eu-west-1 (AWS_REGION)  profile prod (--profile)  account 123456789012     data 40s

/** Where the console is connected to and what it may do there: what must never be mistaken at 3 am. */
export function statusLine(view: View): Line {
  const { session } = view.model
  const age = ageSpan(view.model)
  const room = view.width - (age === undefined ? 0 : widthOf([age]) + 2)
  const left: Span[] = [...badges(session)]
  let used = widthOf(left)
  // In the order of what is missed first on a narrow screen.
  const details = detailsOf(session, view.width >= 120)
  const kept = new Set<Span>()
  for (const { detail } of [...details].sort((a, b) => a.priority - b.priority)) {
    const cost = widthOf([detail]) + 2
    if (used + cost > room) continue
    kept.add(detail)
    used += cost
  }
  for (const { detail } of details) if (kept.has(detail)) left.push(span('  '), detail)
  if (age === undefined) return left
  return [...left, span(' '.repeat(Math.max(2, view.width - widthOf(left) - widthOf([age])))), age]
}

function badges(session: SessionInfo): readonly Span[] {
  const place = session.isSandbox ? 'SANDBOX' : session.isCustomEndpoint ? 'CUSTOM ENDPOINT' : 'AWS'
  // What can change a real account must be the loudest thing on the screen.
  const isDangerous = session.isArmed && !session.isSandbox
  const arming = session.isArmed
    ? span(isDangerous ? ' ARMED ' : 'ARMED', isDangerous ? 'danger' : 'warning')
    : span(session.guard?.lockReason === undefined ? 'read-only' : 'READ-ONLY', 'good')
  return [span(place, session.isSandbox ? 'accent' : 'title'), span('  '), arming]
}

function detailsOf(
  session: SessionInfo,
  hasOrigins: boolean,
): readonly { readonly detail: Span; readonly priority: number }[] {
  const told = (label: string, value: Sourced | undefined, priority: number, tone?: Tone) => {
    if (value === undefined) return []
    const origin = hasOrigins && !session.isSandbox ? ` (${value.origin})` : ''
    return [{ detail: span(`${label}${value.value}${origin}`, tone), priority }]
  }
  // AWS's own endpoint follows from the region; any other one must be seen.
  const isOwn = !session.isSandbox && !session.isCustomEndpoint
  return [
    ...told('', session.region, 1),
    ...told('', session.endpoint, isOwn ? 5 : 2),
    ...told('profile ', session.profile, 3, toneOf(session)),
    ...told('account ', session.accountId, 4),
  ]
}

/** The colour that the user has given to the profile. */
function toneOf({ guard }: SessionInfo): Tone | undefined {
  return guard?.color === undefined ? undefined : COLOR_TONES[guard.color]
}

const COLOR_TONES: Readonly<Record<ProfileColor, Tone>> = {
  red: 'danger',
  yellow: 'warning',
  green: 'good',
  blue: 'accent',
}

/** How old the data on screen is; nothing where the screen shows what was kept, not what was fetched. */
function ageSpan(model: Model): Span | undefined {
  const screen = topScreen(model)
  const fetched =
    screen.screen === 'streams'
      ? model.streams
      : screen.screen === 'shards'
        ? model.shards.get(streamKey(screen.stream))
        : undefined
  if (fetched?.answeredAt === undefined) return undefined
  const isOld = model.now - fetched.answeredAt >= 60_000
  return span(`data ${ageText(fetched.answeredAt, model.now)}`, isOld ? 'warning' : 'muted')
}
