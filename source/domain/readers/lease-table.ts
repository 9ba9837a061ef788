import type { Shard } from '../shard.ts'
import { compareSequenceNumbers } from '../shard.ts'
import type { Lease, TableRow, WorkerMetrics } from './lease.ts'
import { readRow } from './lease-rows.ts'

/** All that the tables of one KCL application say at one moment. */
export type LeaseTable = {
  /** The application's name is its table's. */
  readonly applicationName: string
  readonly leases: readonly Lease[]
  readonly workers: readonly WorkerMetrics[]
  readonly leader?: string
  /** Rows that are no leases and are told apart by nothing that is shown. */
  readonly skippedRows: number
  /** Which form the table has: that of KCL 3.5, of 3.0 to 3.4 (side tables), or an older one. */
  readonly form: 'single-table' | 'side-tables' | 'leases-only'
}

/** Reads the rows of the lease table, and of the side tables where there are any. */
export function readLeaseTable(
  applicationName: string,
  rows: readonly TableRow[],
  sideRows: readonly TableRow[] = [],
): LeaseTable {
  const leases: Lease[] = []
  const workers: WorkerMetrics[] = []
  let leader: string | undefined
  let skippedRows = 0
  for (const row of [...rows, ...sideRows]) {
    const entry = readRow(row)
    if (entry.kind === 'lease') leases.push(entry.lease)
    else if (entry.kind === 'worker-metrics') workers.push(entry.metrics)
    else if (entry.kind === 'leader') leader = entry.ownerName ?? leader
    else skippedRows += 1
  }
  const isSingle = rows.some(row => row.entityType !== undefined)
  return {
    applicationName,
    leases,
    workers,
    ...(leader === undefined ? {} : { leader }),
    skippedRows,
    form: isSingle ? 'single-table' : sideRows.length > 0 ? 'side-tables' : 'leases-only',
  }
}

/**
 * Whether an application reads a stream. `certain`: its rows name the stream, or a checkpoint lies within a shard of it.
 * `possible`: shard ids fit, and those are alike in every stream. `no`: the rows contradict the stream.
 */
export type StreamMatch = 'certain' | 'possible' | 'no'

export type MatchedStream = {
  readonly streamName: string
  readonly creationEpochSeconds?: number
  readonly shards: readonly Shard[]
}

/** The leases of a table that are about one stream, and how sure that is. */
export function leasesOf(
  table: Pick<LeaseTable, 'leases'>,
  stream: MatchedStream,
): { readonly match: StreamMatch; readonly leases: readonly Lease[] } {
  const named = table.leases.filter(lease => lease.stream !== undefined)
  if (named.length > 0) {
    const own = named.filter(lease => isNamed(lease, stream))
    return { match: own.length > 0 ? 'certain' : 'no', leases: own }
  }
  const shards = new Map(stream.shards.map(shard => [shard.shardId, shard]))
  let match: StreamMatch = 'no'
  for (const lease of table.leases) {
    const shard = shards.get(lease.shardId)
    if (shard === undefined) continue
    const judged = matchOf(lease, shard)
    // One row that cannot be of this stream tells of all: a table without names serves one stream.
    if (judged === 'no') return { match: 'no', leases: [] }
    if (match !== 'certain') match = judged
  }
  return { match, leases: match === 'no' ? [] : table.leases }
}

function isNamed({ stream }: Lease, wanted: MatchedStream): boolean {
  if (stream?.streamName !== wanted.streamName) return false
  const epoch = stream.creationEpochSeconds
  // An earlier stream of the same name is another stream.
  return (
    epoch === undefined ||
    wanted.creationEpochSeconds === undefined ||
    Number(epoch) === wanted.creationEpochSeconds
  )
}

function matchOf(lease: Lease, shard: Shard): StreamMatch {
  const range = lease.hashKeyRange
  if (
    range !== undefined &&
    (range.startingHashKey !== shard.hashKeyRange.startingHashKey ||
      range.endingHashKey !== shard.hashKeyRange.endingHashKey)
  )
    return 'no'
  if (lease.checkpoint.kind !== 'sequence-number') return 'possible'
  const { sequenceNumber } = lease.checkpoint
  if (compareSequenceNumbers(sequenceNumber, shard.startingSequenceNumber) < 0) return 'no'
  const end = shard.endingSequenceNumber
  if (end === undefined)
    return bornTogether(sequenceNumber, shard.startingSequenceNumber) ? 'certain' : 'possible'
  return compareSequenceNumbers(sequenceNumber, end) > 0 ? 'no' : 'certain'
}

/** Bits of a sequence number below its version, the second in which its shard was made and four bits of the shard's number. */
const BITS_WITHIN_A_SHARD = 140n

/**
 * Whether two sequence numbers begin as those of one shard do. The layout (47 hex digits) is known by observation only, so
 * a difference proves nothing.
 */
function bornTogether(a: string, b: string): boolean {
  const [first, second] = [BigInt(a), BigInt(b)]
  const isKnownLayout = [first, second].every(number => number.toString(16).length === 47)
  return isKnownLayout && first >> BITS_WITHIN_A_SHARD === second >> BITS_WITHIN_A_SHARD
}
