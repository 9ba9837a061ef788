import type { AttributeValue, Checkpoint, Lease, LeaseTableEntry, TableRow, WorkerMetrics } from './lease.ts'

// Attribute names: the KCL's DynamoDBLeaseSerializer, DynamoDBMultiStreamLeaseSerializer, WorkerMetricStats and
// EntityType at 3.5.1; `parentShardIds` and `hashKeyRangeStart`/`End` are the spelling of native-aws-kcl-py 0.1.1.

/** Whether a table's key is that of a KCL lease table: exactly `leaseKey`, HASH. */
export function isLeaseTable(
  keySchema: readonly { readonly name: string; readonly type: string }[],
): boolean {
  const [key] = keySchema
  return keySchema.length === 1 && key?.name === 'leaseKey' && key.type === 'HASH'
}

/** The side tables of KCL 3.0 to 3.4 by the name of their lease table; 3.5 keeps all in one. */
export function sideTables(applicationName: string): { workerMetrics: string; coordinatorState: string } {
  return {
    workerMetrics: `${applicationName}-WorkerMetricStats`,
    coordinatorState: `${applicationName}-CoordinatorState`,
  }
}

/** What a row is about. Rows without `entityType` are older than KCL 3.5; such a one is a lease where it has a `leaseKey`. */
export function readRow(row: TableRow): LeaseTableEntry {
  const entityType = text(row.entityType)
  const leaseKey = text(row.leaseKey)
  const name = leaseKey ?? text(row.key) ?? text(row.wid) ?? ''
  switch (entityType) {
    case undefined:
      break
    case 'LEASE':
      return leaseKey === undefined ? { kind: 'other', name } : leaseEntry(leaseKey, row)
    case 'WORKER_METRIC_STATS':
      return { kind: 'worker-metrics', metrics: workerMetrics(name, row) }
    case 'LEADER':
      return leaderEntry(row)
    default:
      return { kind: 'other', name }
  }
  if (row.wid !== undefined) return { kind: 'worker-metrics', metrics: workerMetrics(name, row) }
  if (name === 'Leader') return leaderEntry(row)
  // A row that has neither a checkpoint nor a counter is something else that shares the table.
  const isLease = leaseKey !== undefined && (row.checkpoint !== undefined || row.leaseCounter !== undefined)
  return isLease ? leaseEntry(leaseKey, row) : { kind: 'other', name }
}

/** `sequence number` digits, one of the four words, or what it is instead. */
export function readCheckpoint(value: string | undefined, subSequenceNumber?: number): Checkpoint {
  if (value === undefined) return { kind: 'unknown', text: '' }
  switch (value) {
    case 'TRIM_HORIZON':
    case 'LATEST':
    case 'AT_TIMESTAMP':
    case 'SHARD_END':
      return { kind: value }
    default:
  }
  if (!/^(0|[1-9]\d{0,128})$/.test(value)) return { kind: 'unknown', text: value }
  return {
    kind: 'sequence-number',
    sequenceNumber: value,
    ...(subSequenceNumber === undefined ? {} : { subSequenceNumber }),
  }
}

function leaseEntry(leaseKey: string, row: TableRow): LeaseTableEntry {
  const named = streamOf(leaseKey, row)
  const pending = text(row.pendingCheckpoint)
  const parents = row.parentShardId ?? row.parentShardIds
  const start = hashKey(row.startingHashKey ?? row.hashKeyRangeStart)
  const end = hashKey(row.endingHashKey ?? row.hashKeyRangeEnd)
  const lease: Lease = {
    leaseKey,
    shardId: named.shardId,
    ...(named.stream === undefined ? {} : { stream: named.stream }),
    ...present('leaseOwner', text(row.leaseOwner)),
    ...present('checkpointOwner', text(row.checkpointOwner)),
    ...present('leaseCounter', row.leaseCounter?.N),
    checkpoint: readCheckpoint(text(row.checkpoint), number(row.checkpointSubSequenceNumber)),
    ...(pending === undefined
      ? {}
      : { pendingCheckpoint: readCheckpoint(pending, number(row.pendingCheckpointSubSequenceNumber)) }),
    ...present('ownerSwitchesSinceCheckpoint', number(row.ownerSwitchesSinceCheckpoint)),
    parentShardIds: parents?.SS ?? (parents?.S === undefined ? [] : [parents.S]),
    ...(start === undefined || end === undefined
      ? {}
      : { hashKeyRange: { startingHashKey: start, endingHashKey: end } }),
    ...present('throughputKBps', number(row.throughputKBps)),
  }
  return { kind: 'lease', lease }
}

const MULTI_STREAM_KEY = /^(\d{12}):([a-zA-Z0-9_.-]{1,128}):(\d+):([a-zA-Z0-9_.-]{1,128})$/

function streamOf(
  leaseKey: string,
  row: TableRow,
): { shardId: string; stream?: NonNullable<Lease['stream']> } {
  const [, accountId, keyStream, creationEpochSeconds, keyShard] = MULTI_STREAM_KEY.exec(leaseKey) ?? []
  if (accountId !== undefined && keyStream !== undefined && keyShard !== undefined) {
    return {
      shardId: text(row.shardId) ?? keyShard,
      stream: { streamName: keyStream, accountId, ...present('creationEpochSeconds', creationEpochSeconds) },
    }
  }
  // The attribute holds the stream's name, or all of `account:stream:epoch`.
  const attribute = text(row.streamName)
  const streamName = attribute?.includes(':') ? attribute.split(':')[1] : attribute
  const shardId = text(row.shardId) ?? leaseKey
  return streamName === undefined ? { shardId } : { shardId, stream: { streamName } }
}

function leaderEntry(row: TableRow): LeaseTableEntry {
  // The lock client writes ownerName; KCL 2 kept no leader in a table.
  return { kind: 'leader', ...present('ownerName', text(row.ownerName) ?? text(row.leaseOwner)) }
}

function workerMetrics(name: string, row: TableRow): WorkerMetrics {
  const seconds = number(row.lut)
  const values = new Map<string, readonly number[]>()
  for (const [metric, list] of Object.entries(row.sts?.M ?? {})) {
    values.set(
      metric,
      (list.L ?? []).flatMap(item => number(item) ?? []),
    )
  }
  return {
    workerId: text(row.wid) ?? name,
    ...(seconds === undefined ? {} : { updatedAt: new Date(seconds * 1_000) }),
    values,
  }
}

function text(value: AttributeValue | undefined): string | undefined {
  return value?.S === undefined || value.S === '' ? undefined : value.S
}

function number(value: AttributeValue | undefined): number | undefined {
  const parsed = value?.N === undefined ? Number.NaN : Number(value.N)
  return Number.isFinite(parsed) ? parsed : undefined
}

function hashKey(value: AttributeValue | undefined): bigint | undefined {
  const digits = value?.S ?? value?.N
  return digits !== undefined && /^\d{1,39}$/.test(digits) ? BigInt(digits) : undefined
}

function present<Name extends string, Value>(name: Name, value: Value | undefined): { [K in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { [K in Name]?: Value }
}
