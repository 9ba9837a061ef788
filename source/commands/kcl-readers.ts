import type { KinesisApi } from '../aws/kinesis-api.ts'
import type { ServicesApi } from '../aws/services-api.ts'
import type { Clock } from '../domain/clock.ts'
import { failureOf } from '../domain/failure.ts'
import type { Lease } from '../domain/readers/lease.ts'
import { isLeaseTable, sideTables } from '../domain/readers/lease-rows.ts'
import { type ShardLease, shardLeases } from '../domain/readers/lease-state.ts'
import {
  type LeaseTable,
  leasesOf,
  type MatchedStream,
  readLeaseTable,
} from '../domain/readers/lease-table.ts'
import { LeaseWatch } from '../domain/readers/lease-watch.ts'
import type { StreamReader } from '../domain/readers/reader.ts'
import type { StreamRef } from '../domain/stream.ts'
import { probeLag } from './checkpoint-probe.ts'
import { inTurns } from './in-turns.ts'
import { isProbed, type KnownApplication, readerOf } from './kcl-reader-values.ts'

/** Tables whose key is looked at; DescribeTable is free, but an account may have thousands. */
const MOST_TABLES = 200
const MOST_APPLICATIONS = 25
const AT_ONCE = 4
const SAMPLES = 20

export type KclWorld = {
  readonly services: Pick<ServicesApi, 'listTables' | 'tableKeySchema' | 'scanTable'>
  readonly tailApi: Pick<KinesisApi, 'getShardIterator' | 'getRecords'>
  readonly clock: Clock
}

export type KclOptions = {
  /** Tables to look at, instead of all that there are. */
  readonly applications?: readonly string[]
  /** Shards whose lag is probed in one look; 0 for none. */
  readonly probes: number
}

export type KclLook = {
  readonly readers: readonly StreamReader[]
  /** Sentences on what was left out, and what it cost. */
  readonly notes: readonly string[]
  readonly costs: readonly string[]
}

/** The KCL applications of one stream, looked at again and again: heartbeats and trends show between two looks. */
export class KclReaders {
  readonly #world: KclWorld
  readonly #stream: StreamRef
  readonly #options: KclOptions
  readonly #known = new Map<string, KnownApplication>()
  readonly #foreign = new Set<string>()
  #tables:
    | { readonly names: readonly string[]; readonly all: ReadonlySet<string>; readonly note?: string }
    | undefined
  #turn = 0

  constructor(world: KclWorld, stream: StreamRef, options: KclOptions) {
    this.#world = world
    this.#stream = stream
    this.#options = options
  }

  /** @throws FailureError where tables cannot be listed, or no named one can be read */
  async look(
    stream: MatchedStream & { readonly retentionPeriodHours?: number },
    signal: AbortSignal,
  ): Promise<KclLook> {
    const tables = await this.#leaseTables(signal)
    const notes: string[] = tables.note === undefined ? [] : [tables.note]
    const readers: StreamReader[] = []
    const jobs: ProbeJob[] = []
    const found: {
      table: LeaseTable
      match: string
      shards: readonly ShardLease[]
      known: KnownApplication
    }[] = []
    for (const name of tables.names) {
      try {
        const table = await this.#read(name, tables.all, notes, signal)
        const { match, leases } = leasesOf(table, stream)
        if (match === 'no' || this.#foreign.has(name)) continue
        const known = this.#knownOf(name)
        const at = this.#world.clock.now()
        known.watch.look(leases, at)
        const shards = shardLeases(leases, stream.shards, known.watch, at)
        found.push({ table, match, shards, known })
        for (const shard of shards) {
          if (shard.lease !== undefined && isProbed(shard.state))
            jobs.push({ name, lease: shard.lease, known })
        }
      } catch (error) {
        if (signal.aborted) throw error
        const { action, message } = failureOf(error, 'dynamodb:Scan')
        notes.push(`${name} could not be read (${action}): ${message}`)
      }
    }
    const unknown = await this.#probe(jobs, signal)
    const at = this.#world.clock.now()
    for (const { table, match, shards, known } of found) {
      if (this.#foreign.has(table.applicationName)) continue
      readers.push(readerOf(table, match, shards, known, unknown, stream.retentionPeriodHours, at))
    }
    const probed = Math.min(jobs.length, this.#options.probes)
    return {
      readers,
      notes,
      costs:
        probed === 0
          ? []
          : [
              `${probed} of ${jobs.length} checkpoints were probed: each takes one of the shard's 5 reads a second, and shows in its iterator age.`,
            ],
    }
  }

  async #leaseTables(signal: AbortSignal) {
    if (this.#tables !== undefined) return this.#tables
    const { services } = this.#world
    const { applications } = this.#options
    const listed =
      applications === undefined
        ? await services.listTables({ signal })
        : { items: applications, isComplete: true }
    const all = new Set(listed.items)
    const candidates = listed.items.filter(name => !/-(WorkerMetricStats|CoordinatorState)$/.test(name))
    const names: string[] = []
    let trouble: unknown
    await inTurns(candidates.slice(0, MOST_TABLES), AT_ONCE, async name => {
      try {
        if (isLeaseTable(await services.tableKeySchema(name, { signal }))) names.push(name)
      } catch (error) {
        trouble = error
      }
    })
    if (trouble !== undefined && names.length === 0 && candidates.length > 0) throw trouble
    const left = Math.max(0, candidates.length - MOST_TABLES) + Math.max(0, names.length - MOST_APPLICATIONS)
    const isCut = left > 0 || !listed.isComplete
    const result = {
      names: names.sort().slice(0, MOST_APPLICATIONS),
      all,
      ...(isCut
        ? {
            note: `Not all tables were looked at (${MOST_TABLES} tables, ${MOST_APPLICATIONS} applications at most): name others with --application.`,
          }
        : {}),
    }
    // A table that could not be described may be readable at the next look.
    if (trouble === undefined) this.#tables = result
    return result
  }

  async #read(
    name: string,
    all: ReadonlySet<string>,
    notes: string[],
    signal: AbortSignal,
  ): Promise<LeaseTable> {
    const { services } = this.#world
    const rows = await services.scanTable(name, { signal })
    if (!rows.isComplete) notes.push(`${name} has more rows than are read; its last shards are missing.`)
    const side: (typeof rows.items)[number][] = []
    const { workerMetrics, coordinatorState } = sideTables(name)
    for (const table of [workerMetrics, coordinatorState]) {
      if (!all.has(table)) continue
      const more = await services.scanTable(table, { signal })
      side.push(...more.items)
    }
    return readLeaseTable(name, rows.items, side)
  }

  #knownOf(name: string): KnownApplication {
    const known = this.#known.get(name) ?? { watch: new LeaseWatch(), lags: new Map() }
    this.#known.set(name, known)
    return known
  }

  /** Probes as many checkpoints as a look may, going round over all of them; why a lag is unknown comes back by lease. */
  async #probe(jobs: readonly ProbeJob[], signal: AbortSignal): Promise<Map<string, string>> {
    const unknown = new Map<string, string>()
    const { probes } = this.#options
    const start = jobs.length === 0 ? 0 : this.#turn % jobs.length
    const turn = [...jobs.slice(start), ...jobs.slice(0, start)].slice(0, probes)
    if (turn.length < jobs.length) this.#turn = start + turn.length
    const { tailApi, clock } = this.#world
    await inTurns(turn, AT_ONCE, async ({ name, lease, known }) => {
      const told = await probeLag(
        { api: tailApi, clock },
        this.#stream,
        lease.shardId,
        lease.checkpoint,
        signal,
      )
      if (told.kind === 'foreign') this.#foreign.add(name)
      else if (told.kind === 'unknown') unknown.set(`${name} ${lease.leaseKey}`, told.reason)
      else {
        const samples = known.lags.get(lease.leaseKey) ?? []
        known.lags.set(
          lease.leaseKey,
          [...samples, { at: clock.now(), lagMillis: told.lagMillis }].slice(-SAMPLES),
        )
      }
    })
    return unknown
  }
}

type ProbeJob = { readonly name: string; readonly lease: Lease; readonly known: KnownApplication }
