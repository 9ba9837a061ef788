import type { Check, DoctorReport } from '../domain/doctor/doctor-report.ts'
import { policyFor } from '../domain/doctor/doctor-report.ts'
import { type Failure, FailureError, type FailureKind, failureOf } from '../domain/failure.ts'
import type { Shard } from '../domain/shard.ts'
import type { StreamRef, StreamSummary } from '../domain/stream.ts'
import type { Event } from '../state/event.ts'
import { type Context, defineCommand, type OutputColumn, type OutputRow } from './command.ts'
import {
  actsCheck,
  credentialsCheck,
  monitoringCheck,
  reachChecks,
  sessionChecks,
  terminalChecks,
  within,
} from './doctor-checks.ts'
import {
  accountPermissions,
  judged,
  kmsPermission,
  type Permission,
  streamPermissions,
  tryPermission,
} from './doctor-permissions.ts'
import type { DoctorWorld, Inspected } from './doctor-world.ts'
import { withoutAbsent } from './output-rows.ts'

/** Steps one after another, so that the whole stays below 15 s whatever is silent. */
const CONNECT_MILLIS = 5_000
const LOOK_MILLIS = 3_500
const TRY_MILLIS = 4_000

const COLUMNS: readonly OutputColumn[] = [
  { key: 'verdict', header: 'VERDICT' },
  { key: 'name', header: 'CHECK' },
  { key: 'detail', header: 'FOUND' },
]

export const runDoctor = defineCommand({
  id: 'doctor.run',
  title: 'Check credentials, endpoint, clock, terminal and each permission that the console needs',
  group: 'session',
  // Its own connection with short deadlines: from a shell only.
  keys: [],
  where: [],
  effect: 'read',
  args: {
    stream: { kind: 'stream', title: 'A stream to try the permissions on; name or ARN', positional: true },
  },
  headless: { name: 'doctor', columns: COLUMNS, rows: reportRows, textRows: reportTextRows, isOffline: true },
  async *run({ stream }, context): AsyncGenerator<Event> {
    const { doctor, clock } = context
    if (doctor === undefined) {
      throw new FailureError({
        kind: 'unsupported',
        action: 'doctor',
        message: 'doctor runs from a shell only',
        nextStep: 'Run shardscope doctor in another terminal.',
        retryable: false,
      })
    }
    const examined = await examine(doctor, stream, context)
    const policy = policyFor(examined.checks)
    const report: DoctorReport = { checks: examined.checks, ...(policy === undefined ? {} : { policy }) }
    yield { type: 'doctor-reported', report }
    const missing = examined.checks.filter(({ verdict }) => verdict === 'missing')
    if (missing.length === 0) return
    const say = (text: string): Event => ({
      type: 'noticed',
      notice: { level: 'info', text, at: clock.now() },
    })
    for (const { name, nextStep } of missing) if (nextStep !== undefined) yield say(`${name}: ${nextStep}`)
    if (policy !== undefined) {
      yield say('What an administrator would have to allow:')
      for (const text of JSON.stringify(policy, null, 2).split('\n')) yield say(text)
    }
    throw new FailureError({
      kind: examined.kind ?? 'denied',
      action: 'doctor',
      message: `missing: ${missing.map(({ name }) => name).join(', ')}`,
      retryable: false,
    })
  },
})

type Examined = {
  readonly checks: readonly Check[]
  /** What the first missing thing is, for the exit code. */
  readonly kind?: FailureKind
}

async function examine(
  doctor: DoctorWorld,
  stream: StreamRef | undefined,
  { clock, signal }: Pick<Context, 'clock' | 'signal'>,
): Promise<Examined> {
  const terminal = terminalChecks(doctor.terminal)
  let world: Inspected
  try {
    world = await within(clock, CONNECT_MILLIS, 'Connect', signal, both => doctor.connect(both))
  } catch (error) {
    const failure = failureOf(error, 'Connect')
    const { kind, message, nextStep } = failure
    const name = kind === 'credentials' ? 'credentials' : kind === 'usage' ? 'settings' : 'connection'
    const next = nextStep === undefined ? {} : { nextStep }
    return { checks: [{ name, verdict: 'missing', detail: message, ...next }, ...terminal], kind }
  }
  let foreign: Failure | undefined
  const attempt = (permission: Permission) => {
    const watched = async (both: AbortSignal) => {
      try {
        return await permission.attempt(both)
      } catch (error) {
        const failure = failureOf(error, permission.action)
        // The other services may have endpoints of their own.
        if (failure.kind === 'bad-answer' && permission.action.startsWith('kinesis:')) foreign ??= failure
        throw error
      }
    }
    return tryPermission({ ...permission, attempt: watched }, clock, TRY_MILLIS, signal)
  }
  const [credentials, reach, account, ofStream] = await Promise.all([
    caught(
      'credentials',
      within(clock, LOOK_MILLIS, 'LoadCredentials', signal, both => credentialsCheck(world, clock, both)),
    ),
    within(clock, LOOK_MILLIS, 'Reach', signal, both => reachChecks(world, clock, both)).catch(
      (error: unknown): Check[] => {
        const { message, nextStep } = failureOf(error, 'Reach')
        const next = nextStep === undefined ? {} : { nextStep }
        return [
          { name: 'reachability', verdict: 'missing', detail: message, ...next },
          { name: 'clock', verdict: 'unknown', detail: 'nobody was there to ask' },
        ]
      },
    ),
    Promise.all(accountPermissions(world, clock).map(attempt)),
    stream === undefined ? Promise.resolve([]) : streamChecks(world, stream, clock, signal, attempt),
  ])
  const reached = foreign === undefined ? reach : reach.map(check => withForeigner(check, foreign))
  const checks = [credentials, ...sessionChecks(world), ...reached, ...account, ...ofStream, ...terminal]
  const kind = foreign === undefined ? kindOf(checks) : 'bad-answer'
  return { checks, ...(kind === undefined ? {} : { kind }) }
}

/** Somebody answers, and it is not Kinesis: that is the cause of whatever else is not known. */
function withForeigner(check: Check, foreign: Failure | undefined): Check {
  if (check.name !== 'reachability' || foreign === undefined) return check
  const next = foreign.nextStep === undefined ? {} : { nextStep: foreign.nextStep }
  return { ...check, verdict: 'missing', detail: foreign.message, ...next }
}

/** First what the stream is, then, with its shards and ARN, everything else at once. */
async function streamChecks(
  world: Inspected,
  stream: StreamRef,
  clock: Context['clock'],
  signal: AbortSignal,
  attempt: (permission: Permission) => Promise<Check>,
): Promise<Check[]> {
  const { api, session } = world
  const resource = stream.streamArn ?? `arn:*:kinesis:${session.region.value}:*:stream/${stream.streamName}`
  let summary: StreamSummary | undefined
  let shards: readonly Shard[] | undefined
  const first = await Promise.all([
    tryPermission(
      {
        action: 'kinesis:DescribeStreamSummary',
        resource,
        neededFor: 'status, retention and ARN of a stream',
        attempt: async both => {
          summary = await api.describeStreamSummary(stream, { signal: both })
          return `allowed; ${stream.streamName} is ${summary.streamStatus ?? 'in a state that is not told'}`
        },
      },
      clock,
      LOOK_MILLIS,
      signal,
    ),
    tryPermission(
      {
        action: 'kinesis:ListShards',
        resource,
        neededFor: 'shards, tail, heat, acts',
        attempt: async both => {
          shards = await api.listShards(stream, { signal: both })
          return `allowed; ${shards.length} shards`
        },
      },
      clock,
      LOOK_MILLIS,
      signal,
    ),
  ])
  const known = { ...(summary === undefined ? {} : { summary }), ...(shards === undefined ? {} : { shards }) }
  const more = await Promise.all(streamPermissions(world, stream, known).map(attempt))
  const kms: Check[] =
    summary === undefined
      ? [{ name: 'kms', verdict: 'unknown', detail: 'whether the stream is encrypted is not known' }]
      : summary.encryptionType === 'KMS'
        ? [await attempt(kmsPermission(world, stream, summary, shards ?? []))]
        : [
            {
              name: 'kms',
              verdict: summary.encryptionType === undefined ? 'unknown' : 'ok',
              detail:
                summary.encryptionType === undefined
                  ? 'the endpoint does not tell'
                  : 'the stream is not encrypted: no key is needed',
            },
          ]
  return [
    ...first,
    ...more,
    ...kms,
    ...(summary === undefined ? [] : [monitoringCheck(summary)]),
    actsCheck(summary?.streamArn ?? resource),
  ]
}

async function caught(name: string, work: Promise<Check>): Promise<Check> {
  try {
    return await work
  } catch (error) {
    const found = judged(failureOf(error, name))
    return {
      name,
      ...found,
      verdict: failureOf(error, name).kind === 'credentials' ? 'missing' : found.verdict,
    }
  }
}

function kindOf(checks: readonly Check[]): FailureKind | undefined {
  const missing = new Set(checks.filter(({ verdict }) => verdict === 'missing').map(({ name }) => name))
  if (missing.size === 0) return undefined
  if (missing.has('credentials') || missing.has('clock')) return 'credentials'
  if (missing.has('reachability')) return 'unreachable'
  return missing.size === 1 && missing.has('terminal') ? 'usage' : 'denied'
}

function reportRows(event: Event): readonly OutputRow[] {
  if (event.type !== 'doctor-reported') return []
  const { checks, policy } = event.report
  return [
    ...checks.map(check => withoutAbsent({ type: 'check', ...check })),
    ...(policy === undefined ? [] : [{ type: 'policy', policy }]),
  ]
}

function reportTextRows(event: Event): readonly OutputRow[] {
  if (event.type !== 'doctor-reported') return []
  return event.report.checks.map(({ verdict, name, detail, resource }) => ({
    verdict,
    name,
    detail: verdict === 'missing' && resource !== undefined ? `${detail} (on ${resource})` : detail,
  }))
}
