import type { Clock } from '../domain/clock.ts'
import type { Check } from '../domain/doctor/doctor-report.ts'
import { FailureError } from '../domain/failure.ts'
import { endpointText, originText, type Sourced } from '../domain/session.ts'
import type { StreamSummary } from '../domain/stream.ts'
import type { Inspected, TerminalFacts } from './doctor-world.ts'

/** A request whose time is further off than this is refused by AWS. */
const REFUSED_SKEW_MILLIS = 300_000
const WORTH_TELLING_SKEW_MILLIS = 30_000

/** Work with a limit, after which it is given up. @throws FailureError `unreachable` at the limit */
export async function within<Value>(
  clock: Clock,
  millis: number,
  action: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const over = new AbortController()
  const both = AbortSignal.any([signal, over.signal])
  const waiting = new AbortController()
  const late = clock.sleep(millis, AbortSignal.any([both, waiting.signal])).then((): never => {
    throw new FailureError({
      kind: 'unreachable',
      action,
      message: `no answer within ${millis / 1_000} s`,
      retryable: true,
    })
  })
  const running = work(both)
  running.catch(() => {})
  late.catch(() => {})
  try {
    return await Promise.race([running, late])
  } finally {
    waiting.abort()
    over.abort()
  }
}

export function terminalChecks(terminal: TerminalFacts): Check[] {
  const { isInputTerminal, isOutputTerminal, term, columns, rows, colorDepth, isUtf8 } = terminal
  const colors = terminal.hasColorSwitchedOff
    ? 'colours switched off by NO_COLOR'
    : colorDepth === undefined
      ? undefined
      : colorDepth >= 8
        ? '256 colours'
        : colorDepth >= 4
          ? '16 colours'
          : 'no colours'
  const isTooSmall = columns !== undefined && rows !== undefined && (columns < 40 || rows < 10)
  const found = [
    isInputTerminal && isOutputTerminal ? 'a terminal' : 'no terminal here (the console needs one)',
    term === undefined ? 'TERM is not set' : `TERM ${term}`,
    columns === undefined ? undefined : `${columns}x${rows}`,
    colors,
    isUtf8 ? 'UTF-8' : 'no UTF-8: charts in ASCII',
  ].filter(part => part !== undefined)
  const isUnfit = term === 'dumb' || isTooSmall
  return [
    {
      name: 'terminal',
      verdict: isInputTerminal && isOutputTerminal ? (isUnfit ? 'missing' : 'ok') : 'unknown',
      detail: found.join(', '),
      ...(isUnfit
        ? { nextStep: 'The console needs a terminal of at least 40x10 that can move its cursor.' }
        : {}),
    },
    { name: 'node', verdict: 'ok', detail: `Node ${terminal.nodeVersion}` },
  ]
}

export function sessionChecks({ session }: Inspected): Check[] {
  const { endpointUrl, region, profile, accountId, proxyUrl, isCustomEndpoint } = session
  const told = (setting: Sourced<string>) => `${setting.value} (${originText(setting.origin)})`
  return [
    {
      name: 'endpoint',
      verdict: 'ok',
      detail: `${told({ ...endpointUrl, value: endpointText(endpointUrl.value) })}${isCustomEndpoint ? '' : ", AWS's own"}${proxyUrl === undefined ? '' : `, by the proxy ${proxyUrl.value}`}`,
    },
    { name: 'region', verdict: 'ok', detail: told(region) },
    ...(profile === undefined ? [] : [{ name: 'profile', verdict: 'ok', detail: told(profile) } as const]),
    ...(accountId === undefined
      ? []
      : [{ name: 'account', verdict: 'ok', detail: told(accountId) } as const]),
    {
      name: 'session',
      verdict: 'ok',
      detail: session.armed
        ? 'acts are allowed'
        : 'read-only (--write, or arming in the console, allows acts)',
    },
  ]
}

export async function credentialsCheck(world: Inspected, clock: Clock, signal: AbortSignal): Promise<Check> {
  const { credentials } = world.session
  const source = `${credentials.value} (${originText(credentials.origin)})`
  const expiresAt = await world.checks.credentialsExpireAt({ signal })
  if (expiresAt === undefined)
    return { name: 'credentials', verdict: 'ok', detail: `${source}; they do not expire by themselves` }
  const left = expiresAt.getTime() - clock.now()
  if (left <= 0) {
    return {
      name: 'credentials',
      verdict: 'missing',
      detail: `${source}; expired at ${expiresAt.toISOString()}`,
      nextStep: 'Renew them, for SSO with aws sso login.',
    }
  }
  const detail = `${source}; valid for ${Math.floor(left / 60_000)} min, until ${expiresAt.toISOString()}`
  return { name: 'credentials', verdict: 'ok', detail }
}

/** Whether anybody answers, and what time it is there. */
export async function reachChecks(world: Inspected, clock: Clock, signal: AbortSignal): Promise<Check[]> {
  const url = endpointText(world.session.endpointUrl.value)
  const told = await world.checks.reach({ signal })
  const reachable: Check = {
    name: 'reachability',
    verdict: 'ok',
    detail: `${url} answers in ${Math.round(told.millis)} ms`,
  }
  if (told.date === undefined)
    return [reachable, { name: 'clock', verdict: 'unknown', detail: 'the endpoint does not tell its time' }]
  // A Date header has whole seconds, cut off.
  const skew = clock.now() - told.date.getTime() - 500
  const seconds = Math.round(Math.abs(skew) / 1_000)
  const side = skew > 0 ? 'ahead of' : 'behind'
  if (Math.abs(skew) < WORTH_TELLING_SKEW_MILLIS)
    return [
      reachable,
      { name: 'clock', verdict: 'ok', detail: `within ${Math.max(1, seconds)} s of the endpoint's` },
    ]
  const isRefused = Math.abs(skew) >= REFUSED_SKEW_MILLIS
  return [
    reachable,
    {
      name: 'clock',
      verdict: isRefused ? 'missing' : 'ok',
      detail: `${seconds} s ${side} the endpoint's${isRefused ? ': requests are refused from 300 s on' : ''}; lags and ages are off by as much`,
      nextStep: 'Set the clock of this machine.',
    },
  ]
}

export function monitoringCheck(summary: StreamSummary): Check {
  const { shardLevelMetrics: on } = summary
  if (on === undefined)
    return {
      name: 'shard-level metrics',
      verdict: 'unknown',
      detail: 'the endpoint does not tell which are on',
    }
  return {
    name: 'shard-level metrics',
    verdict: 'ok',
    detail:
      on.length === 0
        ? 'off: heat is observed by reading, CloudWatch knows the stream only (switched on with shardscope monitoring; billed)'
        : `on: ${on.join(', ')}`,
  }
}

/** What would change something cannot be tried; the names are told, so that they can be asked for. */
export function actsCheck(resource: string): Check {
  return {
    name: 'acts',
    verdict: 'unknown',
    detail:
      'not tried, since they change something: kinesis:SplitShard, MergeShards, UpdateShardCount, IncreaseStreamRetentionPeriod, DecreaseStreamRetentionPeriod, EnableEnhancedMonitoring, AddTagsToStream',
    resource,
    neededFor: 'split, merge, reshard, retention, monitoring, tags',
  }
}
