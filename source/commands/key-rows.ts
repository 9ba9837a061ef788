import { amountText } from '../domain/heat/heat-text.ts'
import { shareText, UNKNOWN } from '../domain/quantity-text.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { Event } from '../state/event.ts'
import type { KeyLocation } from '../state/heat-state.ts'
import type { OutputColumn, OutputRow } from './command.ts'
import { keyRow } from './heat-rows.ts'
import { withoutAbsent } from './output-rows.ts'

export const KEY_COLUMNS: readonly OutputColumn[] = [
  { key: 'partitionKey', header: 'KEY' },
  { key: 'shardId', header: 'SHARD' },
  {
    key: 'shareOfBytes',
    header: 'OF BYTES',
    align: 'right',
    text: value => shareText(value as number | undefined),
  },
  {
    key: 'shareOfBytesAtMost',
    header: 'AT MOST',
    align: 'right',
    text: value => shareText(value as number | undefined),
  },
  {
    key: 'bytesPerSecond',
    header: 'BYTES',
    align: 'right',
    text: value => amountText(value as number | undefined, 'bytes'),
  },
  {
    key: 'shareOfRecords',
    header: 'OF RECORDS',
    align: 'right',
    text: value => shareText(value as number | undefined),
  },
  {
    key: 'recordsPerSecond',
    header: 'RECORDS',
    align: 'right',
    text: value => amountText(value as number | undefined, 'records'),
  },
]

export function keyTableRows(event: Event): readonly OutputRow[] {
  if (event.type !== 'heat-measured' || event.heat.keys === undefined) return []
  const { stream, heat } = event
  return event.heat.keys.keys.map(key => keyRow(stream, heat.board, key))
}

/** Where a key belongs: its hash, its owner now, and at the asked time. */
export function locationRow(stream: StreamRef, location: KeyLocation): OutputRow {
  const { owner, ownerThen } = location
  return withoutAbsent({
    streamName: stream.streamName,
    partitionKey: location.partitionKey,
    hashKey: location.hashKey,
    shardId: owner?.shardId,
    hashKeyRange: owner?.hashKeyRange,
    at: location.at,
    shardIdAtTime: ownerThen?.shardId,
    hashKeyRangeAtTime: ownerThen?.hashKeyRange,
    basis: location.basis,
  })
}

export const LOCATION_COLUMNS: readonly OutputColumn[] = [
  { key: 'partitionKey', header: 'KEY' },
  { key: 'hashKey', header: 'HASH KEY', align: 'right' },
  { key: 'shardId', header: 'SHARD NOW' },
  { key: 'shardIdAtTime', header: 'SHARD AT TIME' },
  {
    key: 'at',
    header: 'TIME',
    text: value => (value instanceof Date ? value.toISOString() : UNKNOWN),
  },
  { key: 'basis', header: 'KNOWN FROM' },
]
