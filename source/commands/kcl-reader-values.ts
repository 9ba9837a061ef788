import { deadlineOf, trendOf } from '../domain/readers/deadline.ts'
import type { LeaseState, ShardLease } from '../domain/readers/lease-state.ts'
import type { LeaseTable } from '../domain/readers/lease-table.ts'
import type { LeaseWatch } from '../domain/readers/lease-watch.ts'
import type { ReaderLag, ReaderShard, StreamReader } from '../domain/readers/reader.ts'
import { textOf } from './checkpoint-probe.ts'

/** What is remembered of an application between two looks: its heartbeats, and lags by lease, oldest first. */
export type KnownApplication = {
  readonly watch: LeaseWatch
  readonly lags: Map<string, { at: number; lagMillis: number }[]>
}

export function isProbed(state: LeaseState): boolean {
  return state !== 'finished' && state !== 'expired'
}

export function readerOf(
  table: LeaseTable,
  match: string,
  shards: readonly ShardLease[],
  known: KnownApplication,
  unknown: ReadonlyMap<string, string>,
  retentionPeriodHours: number | undefined,
  at: number,
): StreamReader {
  const name = table.applicationName
  const rows = shards.map(shard =>
    shardRow(shard, known, unknown.get(`${name} ${shard.lease?.leaseKey}`), retentionPeriodHours, at),
  )
  const counts = new Map<string, number>()
  for (const { state } of rows) counts.set(state, (counts.get(state) ?? 0) + 1)
  const count = (state: LeaseState) => counts.get(state) ?? 0
  const worst = rows.flatMap(({ lag }) => lag ?? []).sort((a, b) => b.lagMillis - a.lagMillis)[0]
  const owners = new Set(rows.flatMap(({ owner }) => owner ?? []))
  return {
    id: `kcl ${name}`,
    kind: 'kcl',
    name,
    state: [...counts].map(([state, number]) => `${number} ${state}`).join(', '),
    facts: [
      ['Lease table', formText(table.form)],
      ['Workers with leases', [...owners].sort().join(' ') || 'none'],
      ...(table.leader === undefined ? [] : [['Leader', table.leader] as const]),
      ...table.workers.map(worker => ['Worker metrics', workerText(worker, at)] as const),
      ['Other rows in its tables', String(table.skippedRows)],
    ],
    warnings: [
      ...(match === 'possible'
        ? ['Its table does not name the stream: shard ids fit, but they are alike in every stream.']
        : []),
      ...sentence(count('silent'), 'owned by a worker that shows no heartbeat'),
      ...sentence(count('unowned'), 'owned by nobody'),
      ...sentence(
        count('expired'),
        'gone from the stream before it was read to its end: unread records are lost',
      ),
      ...sentence(count('no-lease'), 'open and without a lease'),
    ],
    ...(worst === undefined ? { lagUnknown: 'no checkpoint was probed with success' } : { lag: worst }),
    ...(worst === undefined || retentionPeriodHours === undefined
      ? {}
      : { deadline: deadlineOf(worst, retentionPeriodHours) }),
    shards: rows,
  }
}

function shardRow(
  shard: ShardLease,
  known: KnownApplication,
  unknown: string | undefined,
  retentionPeriodHours: number | undefined,
  at: number,
): ReaderShard {
  const { lease, state } = shard
  const samples = lease === undefined || !isProbed(state) ? [] : (known.lags.get(lease.leaseKey) ?? [])
  const newest = samples.at(-1)
  const trend = trendOf(samples)
  const lag: ReaderLag | undefined =
    newest === undefined || unknown !== undefined
      ? undefined
      : { ...newest, source: 'probe', ...(trend === undefined ? {} : { trend }) }
  const note = noteOf(shard)
  const owner = lease?.leaseOwner
  return {
    shardId: shard.shardId,
    state,
    ...(owner === undefined ? {} : { owner }),
    ...(lease === undefined ? {} : { checkpoint: textOf(lease.checkpoint) }),
    ...(lag === undefined ? {} : { lag }),
    ...(lag === undefined && isProbed(state) && lease !== undefined
      ? { lagUnknown: unknown ?? 'not probed in this look' }
      : {}),
    ...(lag === undefined || retentionPeriodHours === undefined
      ? {}
      : {
          deadline: deadlineOf({ ...lag, lagMillis: lag.lagMillis + driftOf(lag, at) }, retentionPeriodHours),
        }),
    ...(note === undefined ? {} : { note }),
  }
}

/** What an older sample has grown by since, at its own trend; 0 where the lag is 0 or the trend is not known. */
function driftOf(lag: ReaderLag, at: number): number {
  return lag.trend === undefined || lag.lagMillis === 0
    ? 0
    : Math.max(-lag.lagMillis, lag.trend * (at - lag.at))
}

function noteOf({ state, lease, stillMillis, waitsFor }: ShardLease): string | undefined {
  const still = stillMillis === undefined ? '' : ` for ${Math.round(stillMillis / 1_000)} s`
  switch (state) {
    case 'silent':
      return `no heartbeat${still}`
    case 'starting':
      return `owned, no heartbeat seen yet${still}: a fresh application may take a minute`
    case 'handing-over':
      return `${lease?.checkpointOwner} still reads it, ${lease?.leaseOwner} takes over`
    case 'waiting-for-parent':
      return `waits for ${waitsFor?.join(' and ')}`
    case 'expired':
      return 'left the stream before it was read to its end: unread records are lost'
    case 'owned':
      return stillMillis === undefined ? 'seen once: whether its worker lives is not known' : undefined
    default:
      return undefined
  }
}

function sentence(count: number, what: string): string[] {
  return count === 0 ? [] : [`${count} shard${count === 1 ? ' is' : 's are'} ${what}.`]
}

function formText(form: LeaseTable['form']): string {
  switch (form) {
    case 'single-table':
      return 'KCL 3.5 or newer (one table)'
    case 'side-tables':
      return 'KCL 3.0 to 3.4 (side tables)'
    case 'leases-only':
      return 'KCL 1, 2, or another library with its leases'
  }
}

function workerText({ workerId, updatedAt, values }: LeaseTable['workers'][number], at: number): string {
  const metrics = [...values].map(([metric, list]) => `${metric} ${list.at(-1) ?? '-'}`).join(', ')
  const age =
    updatedAt === undefined ? '' : `, ${Math.max(0, Math.round((at - updatedAt.getTime()) / 1_000))} s ago`
  return `${workerId}: ${metrics || 'none'}${age}`
}
