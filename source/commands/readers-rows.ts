import { trendText } from '../domain/readers/deadline.ts'
import type {
  Deadline,
  ReaderLag,
  ReaderShard,
  ReadersSnapshot,
  StreamReader,
} from '../domain/readers/reader.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { Event } from '../state/event.ts'
import type { OutputColumn, OutputRow } from './command.ts'
import { withoutAbsent } from './output-rows.ts'

/** Lines for programs: the stream, one a source, one a reader, one a shard of a reader. */
export function readersRows(event: Event): readonly OutputRow[] {
  if (event.type !== 'stream-readers-found' || event.isPartial) return []
  const { stream, snapshot } = event
  return [
    streamRow(stream, snapshot),
    ...snapshot.sources.map(source =>
      withoutAbsent({
        type: 'source',
        streamName: stream.streamName,
        kind: source.kind,
        action: source.action,
        resource: source.resource === '' ? undefined : source.resource,
        state: source.state,
        readerCount: source.readerCount,
        failure: source.failure?.kind,
        message: source.failure?.message ?? source.note,
      }),
    ),
    ...snapshot.readers.flatMap(reader => [
      readerRow(stream, reader),
      ...reader.shards.map(shard => shardRow(stream, reader, shard)),
    ]),
  ]
}

function streamRow(stream: StreamRef, snapshot: ReadersSnapshot): OutputRow {
  const { fanOutSlots: slots, unexplained } = snapshot
  return withoutAbsent({
    type: 'stream',
    streamName: stream.streamName,
    at: new Date(snapshot.at),
    retentionPeriodHours: snapshot.retentionPeriodHours,
    consumerSlots:
      slots === undefined ? undefined : { used: slots.used, of: slots.of, isCertain: slots.isCertain },
    reads:
      unexplained === undefined
        ? undefined
        : {
            verdict: unexplained.verdict,
            outgoingBytesPerSecond: unexplained.outgoingBytesPerSecond,
            incomingBytesPerSecond: unexplained.incomingBytesPerSecond,
            knownPollers: unexplained.knownPollers,
          },
    costs: snapshot.costs,
  })
}

function readerRow(stream: StreamRef, reader: StreamReader): OutputRow {
  return withoutAbsent({
    type: 'reader',
    streamName: stream.streamName,
    kind: reader.kind,
    name: reader.name,
    arn: reader.arn,
    consumerArn: reader.consumerArn,
    state: reader.state,
    lag: lagRow(reader.lag),
    lagUnknown: reader.lagUnknown,
    unreadExpires: deadlineRow(reader.deadline),
    warnings: reader.warnings,
    facts: reader.facts.map(([name, value]) => ({ name, value })),
  })
}

function shardRow(stream: StreamRef, reader: StreamReader, shard: ReaderShard): OutputRow {
  return withoutAbsent({
    type: 'shard',
    streamName: stream.streamName,
    kind: reader.kind,
    name: reader.name,
    shardId: shard.shardId,
    state: shard.state,
    owner: shard.owner,
    checkpoint: shard.checkpoint,
    lag: lagRow(shard.lag),
    lagUnknown: shard.lagUnknown,
    unreadExpires: deadlineRow(shard.deadline),
    note: shard.note,
  })
}

function lagRow(lag: ReaderLag | undefined): OutputRow | undefined {
  if (lag === undefined) return undefined
  const { lagMillis, source, trend, at } = lag
  return withoutAbsent({ millis: Math.round(lagMillis), source, at: new Date(at), trend })
}

function deadlineRow(deadline: Deadline | undefined): OutputRow | undefined {
  if (deadline === undefined) return undefined
  return deadline.kind === 'in'
    ? { kind: 'in', millis: Math.round(deadline.millis), isAtPresentRate: deadline.isAtPresentRate }
    : { kind: deadline.kind }
}

/** Lines for people: a reader, its shards below, and each service that could not be asked. */
export function readersTextRows(event: Event): readonly OutputRow[] {
  if (event.type !== 'stream-readers-found' || event.isPartial) return []
  const { readers, sources } = event.snapshot
  return [
    ...readers.flatMap(reader => [
      textRow(reader.name, reader.kind, reader, reader.warnings[0] ?? reader.lagUnknown),
      ...reader.shards.map(shard =>
        textRow(
          `  ${shard.shardId}`,
          shard.owner ?? '',
          shard,
          shard.note ?? shard.lagUnknown ?? (shard.checkpoint?.length === 56 ? '' : shard.checkpoint),
        ),
      ),
    ]),
    ...sources
      .filter(({ state }) => state === 'failed')
      .map(({ kind, action, resource, failure }) => ({
        name: '?',
        kind,
        state: failure?.kind ?? 'failed',
        lag: '',
        expires: '',
        trend: '',
        note: `${action}${resource === '' ? '' : ` on ${resource}`}: ${failure?.message ?? ''}`,
      })),
  ]
}

function textRow(
  name: string,
  kind: string,
  told: Pick<StreamReader, 'state' | 'lag' | 'deadline'>,
  note: string | undefined,
): OutputRow {
  return {
    name,
    kind,
    state: told.state,
    lag: lagTextOf(told.lag),
    expires: deadlineText(told.deadline),
    trend: trendText(told.lag?.trend),
    note: note ?? '',
  }
}

export const READER_COLUMNS: readonly OutputColumn[] = [
  { key: 'name', header: 'READER' },
  { key: 'kind', header: 'KIND / OWNER' },
  { key: 'state', header: 'STATE' },
  { key: 'lag', header: 'LAG', align: 'right' },
  { key: 'expires', header: 'UNREAD EXPIRES', align: 'right' },
  { key: 'trend', header: 'TREND' },
  { key: 'note', header: 'NOTE' },
]

/** `at tip`, `3m 12s`, or `-` where it is not known. */
export function lagTextOf(lag: ReaderLag | undefined): string {
  if (lag === undefined) return '-'
  return lag.lagMillis < 1_000 ? 'at tip' : lengthText(lag.lagMillis)
}

/** When unread data leaves the stream: `in 22h 3m`, with `<=` where the reader is taken to stand still. */
export function deadlineText(deadline: Deadline | undefined): string {
  switch (deadline?.kind) {
    case undefined:
      return '-'
    case 'none':
      return 'nothing unread'
    case 'never':
      return 'not at this rate'
    case 'reached':
      return 'NOW'
    case 'in':
      return `in ${lengthText(deadline.millis)}${deadline.isAtPresentRate ? '' : ' if it stops'}`
  }
}

function lengthText(millis: number): string {
  const seconds = Math.floor(millis / 1_000)
  if (seconds < 60) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes}m ${seconds % 60}s`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours}h ${minutes % 60}m` : `${Math.floor(hours / 24)}d ${hours % 24}h`
}
