import type { ProfileColor } from '../domain/session.ts'
import type { StreamRef } from '../domain/stream.ts'
import { type Model, type ScreenState, type SessionInfo, type Sourced, streamKey } from '../state/model.ts'
import { ofStream } from '../state/select-consumers.ts'
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
  const at = answeredAt(model, screen)
  if (at === undefined) return undefined
  const isOld = model.now - at >= (SELDOM.has(screen.screen) ? SELDOM_MILLIS : OFTEN_MILLIS)
  return span(`data ${ageText(at, model.now)}`, isOld ? 'warning' : 'muted')
}

const OFTEN_MILLIS = 60_000
/** Asked for once a minute: twice missed is old. */
const SELDOM_MILLIS = 150_000
const SELDOM: ReadonlySet<ScreenState['screen']> = new Set(['services', 'service', 'board', 'shard-heat'])

function answeredAt(model: Model, screen: ScreenState): number | undefined {
  const { tail, readers, plan, calls } = model
  switch (screen.screen) {
    case 'streams':
      return model.streams.answeredAt
    case 'shards':
      return model.shards.get(streamKey(screen.stream))?.answeredAt
    case 'tail': {
      const isRunning = tail?.phase === 'tailing' || tail?.phase === 'paused' || tail?.phase === 'starting'
      // What is pushed is no answer to a call.
      return isRunning && !screen.isFanOut ? calls.answeredAt?.get('GetRecords') : undefined
    }
    case 'board':
    case 'shard-heat':
      return calls.answeredAt?.get(screen.source === 'cloudwatch' ? 'GetMetricData' : 'GetRecords')
    case 'keys':
    case 'what-if':
      return calls.answeredAt?.get('GetRecords')
    case 'consumers':
    case 'policy':
    case 'estimate':
      return ofStream<unknown>(model[screen.screen], screen.stream)?.answeredAt
    case 'readers':
    case 'reader':
      return isOf(screen, readers) ? readers?.snapshot?.at : undefined
    case 'services':
    case 'service':
      return oldestToldAt(model)
    case 'plan':
      return isOf(screen, plan) ? plan?.at : undefined
    // A record that was kept, and a log that tells the time of each call.
    case 'record':
    case 'calls':
      return undefined
  }
}

/** What was told longest ago: one service can fail while the others answer. */
function oldestToldAt({ services }: Model): number | undefined {
  const told = (services?.listings ?? []).flatMap(({ toldAt }) => toldAt ?? [])
  return told.length === 0 ? undefined : Math.min(...told)
}

function isOf(
  { stream }: { readonly stream: StreamRef },
  found: { readonly stream: StreamRef } | undefined,
): boolean {
  return found !== undefined && streamKey(found.stream) === streamKey(stream)
}
