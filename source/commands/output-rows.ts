import { shareOfSpace } from '../domain/hash-key.ts'
import { Lineage } from '../domain/lineage.ts'
import { compareByRange, isOpen, type Shard } from '../domain/shard.ts'
import type { StreamListing, StreamRef, StreamSummary } from '../domain/stream.ts'
import type { Event } from '../state/event.ts'
import type { OutputColumn, OutputRow } from './command.ts'

/** Row without the members whose value is undefined: absent stays absent in every output. */
export function withoutAbsent(row: OutputRow): OutputRow {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined))
}

/** A stream as DescribeStreamSummary names it, in camelCase and without nesting where the API nests for one member. */
export function streamRow(stream: StreamListing | StreamSummary): OutputRow {
  const { warmThroughputMiBps, ...rest } = stream as StreamSummary
  return withoutAbsent({
    ...rest,
    warmThroughput:
      warmThroughputMiBps === undefined
        ? undefined
        : withoutAbsent({
            targetMiBps: warmThroughputMiBps.target,
            currentMiBps: warmThroughputMiBps.current,
          }),
  })
}

export const STREAM_COLUMNS: readonly OutputColumn[] = [
  { key: 'streamName', header: 'STREAM' },
  { key: 'streamStatus', header: 'STATUS' },
  { key: 'streamMode', header: 'MODE' },
  { key: 'openShardCount', header: 'OPEN SHARDS', align: 'right' },
  {
    key: 'retentionPeriodHours',
    header: 'RETENTION',
    align: 'right',
    text: value => (value === undefined ? '-' : `${value} h`),
  },
  { key: 'consumerCount', header: 'CONSUMERS', align: 'right' },
  { key: 'encryptionType', header: 'ENCRYPTION' },
]

/** Shards along the hash-key space, with what follows from the whole listing: state, share and children. */
export function shardRows(stream: StreamRef, shards: readonly Shard[]): OutputRow[] {
  const lineage = new Lineage(shards)
  return [...shards].sort(compareByRange).map(shard => shardRow(stream, shard, lineage))
}

export function shardRow(stream: StreamRef, shard: Shard, lineage: Lineage): OutputRow {
  return withoutAbsent({
    streamName: stream.streamName,
    shardId: shard.shardId,
    state: isOpen(shard) ? 'open' : 'closed',
    hashKeyRange: {
      startingHashKey: shard.hashKeyRange.startingHashKey,
      endingHashKey: shard.hashKeyRange.endingHashKey,
    },
    shareOfHashSpace: shareOfSpace(shard.hashKeyRange),
    parentShardId: shard.parentShardId,
    adjacentParentShardId: shard.adjacentParentShardId,
    childShardIds: lineage.childrenOf(shard.shardId).map(child => child.shardId),
    sequenceNumberRange: withoutAbsent({
      startingSequenceNumber: shard.startingSequenceNumber,
      endingSequenceNumber: shard.endingSequenceNumber,
    }),
  })
}

export const SHARD_COLUMNS: readonly OutputColumn[] = [
  { key: 'shardId', header: 'SHARD' },
  { key: 'state', header: 'STATE' },
  { key: 'shareOfHashSpace', header: 'SHARE', align: 'right', text: value => shareText(value as number) },
  {
    key: 'startingHashKey',
    header: 'RANGE START',
    align: 'right',
    text: (_, row) => rangeOf(row).startingHashKey.toString(),
  },
  {
    key: 'endingHashKey',
    header: 'RANGE END',
    align: 'right',
    text: (_, row) => rangeOf(row).endingHashKey.toString(),
  },
  {
    key: 'parentShardId',
    header: 'PARENTS',
    text: (_, row) => listText([row.parentShardId, row.adjacentParentShardId]),
  },
  { key: 'childShardIds', header: 'CHILDREN', text: value => listText(value as readonly unknown[]) },
]

/** A share of the hash-key space in percent; what is not nothing never reads as zero. */
export function shareText(share: number): string {
  const percent = share * 100
  if (percent > 0 && percent < 0.01) return '<0.01%'
  return `${percent.toFixed(percent < 10 ? 2 : 1)}%`
}

function rangeOf(row: OutputRow): Shard['hashKeyRange'] {
  return row.hashKeyRange as Shard['hashKeyRange']
}

function listText(values: readonly unknown[]): string {
  const present = values.filter(value => value !== undefined)
  return present.length === 0 ? '-' : present.join(' ')
}

/** The rows of an act that was done. */
export function actRows(event: Event): readonly OutputRow[] {
  return event.type === 'act-finished' ? (event.rows ?? []) : []
}
