import type { KinesisApi, PutEntry } from '../../source/aws/kinesis-api.ts'
import type { Context } from '../../source/commands/command.ts'
import { FailureError, type FailureKind } from '../../source/domain/failure.ts'
import { hashKeyOf, rangeContains } from '../../source/domain/hash-key.ts'
import { isOpen, type Shard } from '../../source/domain/shard.ts'
import type { StreamSummary } from '../../source/domain/stream.ts'
import type { Event } from '../../source/state/event.ts'
import { initialModel } from '../../source/state/initial-model.ts'

/** Time that moves only when somebody sleeps; `onSleep` lets the service move with it. */
export class StepClock {
  millis = Date.parse('2026-11-30T12:00:00Z')
  readonly sleeps: number[] = []
  readonly onSleep: (() => void)[] = []

  now = () => this.millis
  sleep = async (millis: number) => {
    this.sleeps.push(millis)
    this.millis += millis
    for (const listener of this.onSleep) listener()
  }
}

export function failing(kind: FailureKind, message = `told to fail: ${kind}`): FailureError {
  const retryable = kind === 'throttled' || kind === 'unreachable' || kind === 'service'
  return new FailureError({ kind, action: 'Fake', message, retryable })
}

type FakeStream = {
  summary: StreamSummary
  shards: Shard[]
  tags: Map<string, string>
}

/** A Kinesis in memory whose every operation can be replaced; acts take effect at once unless a test delays them. */
export class FakeKinesis {
  readonly streams = new Map<string, FakeStream>()
  readonly calls: { operation: string; args: unknown[] }[] = []
  readonly put: PutEntry[] = []

  add(streamName: string, shards: Shard[], summary: Partial<StreamSummary> = {}): FakeStream {
    const stream: FakeStream = {
      summary: {
        streamName,
        streamStatus: 'ACTIVE',
        streamMode: 'PROVISIONED',
        retentionPeriodHours: 24,
        ...summary,
      },
      shards,
      tags: new Map(),
    }
    this.streams.set(streamName, stream)
    return stream
  }

  operations(): string[] {
    return this.calls.map(call => call.operation)
  }

  api(overrides: Partial<KinesisApi> = {}): KinesisApi {
    const find = (name: string): FakeStream => {
      const stream = this.streams.get(name)
      if (stream === undefined) throw failing('not-found', `stream ${name} is not there`)
      return stream
    }
    const open = (name: string) => find(name).shards.filter(isOpen).length
    const base: KinesisApi = {
      listStreams: async function* (this: unknown) {
        yield [...streams.values()].map(({ summary: { streamName } }) => ({ streamName }))
      },
      describeStreamSummary: async ({ streamName }) => ({
        ...find(streamName).summary,
        openShardCount: open(streamName),
      }),
      listShards: async ({ streamName }) => [...find(streamName).shards],
      getShardIterator: async () => 'iterator',
      getRecords: async () => ({ records: [], nextShardIterator: 'iterator' }),
      enableShardMetrics: async ({ streamName }, names) => setMetrics(find(streamName), names, true),
      disableShardMetrics: async ({ streamName }, names) => setMetrics(find(streamName), names, false),
      listTags: async ({ streamName }) => new Map(find(streamName).tags),
      putRecord: async ({ streamName }, entry) => {
        this.put.push(entry)
        const key = entry.explicitHashKey ?? hashKeyOf(entry.partitionKey ?? '')
        const owner = find(streamName).shards.find(
          shard => isOpen(shard) && rangeContains(shard.hashKeyRange, key),
        )
        return { shardId: owner?.shardId ?? 'none', sequenceNumber: '495' }
      },
      putRecords: async () => [],
      createStream: async streamName => {
        this.add(streamName, [])
      },
      deleteStream: async ({ streamName }) => {
        find(streamName)
        this.streams.delete(streamName)
      },
      splitShard: async ({ streamName }, shardId, at) => {
        const { shards } = find(streamName)
        const parent = closed(shards, shardId)
        const { startingHashKey, endingHashKey } = parent.hashKeyRange
        shards.push(
          child(shards, [shardId], startingHashKey, at - 1n),
          child([...shards, parent], [shardId], at, endingHashKey),
        )
      },
      mergeShards: async ({ streamName }, lower, upper) => {
        const { shards } = find(streamName)
        const [a, b] = [closed(shards, lower), closed(shards, upper)]
        shards.push(
          child(shards, [lower, upper], a.hashKeyRange.startingHashKey, b.hashKeyRange.endingHashKey),
        )
      },
      updateShardCount: async () => {},
      setRetentionPeriod: async ({ streamName }, { targetHours }) => {
        const stream = find(streamName)
        stream.summary = { ...stream.summary, retentionPeriodHours: targetHours }
      },
      addTags: async ({ streamName }, tags) => {
        for (const [key, value] of tags) find(streamName).tags.set(key, value)
      },
      removeTags: async ({ streamName }, keys) => {
        for (const key of keys) find(streamName).tags.delete(key)
      },
    }
    const { streams } = this
    const merged = { ...base, ...overrides }
    return Object.fromEntries(
      Object.entries(merged).map(([operation, call]) => [
        operation,
        (...args: unknown[]) => {
          this.calls.push({ operation, args })
          return (call as (...args: unknown[]) => unknown).apply(merged, args)
        },
      ]),
    ) as unknown as KinesisApi
  }
}

/** Closes a shard in its list and returns it. */
function closed(shards: Shard[], shardId: string): Shard {
  const index = shards.findIndex(shard => shard.shardId === shardId)
  const shard = shards[index]
  if (shard === undefined) throw failing('not-found', shardId)
  shards[index] = { ...shard, endingSequenceNumber: '9' }
  return shard
}

function child(shards: readonly Shard[], parents: readonly string[], start: bigint, end: bigint): Shard {
  return {
    ...shard(shards.length, start, end),
    ...(parents[0] === undefined ? {} : { parentShardId: parents[0] }),
    ...(parents[1] === undefined ? {} : { adjacentParentShardId: parents[1] }),
  }
}

export function shard(index: number, startingHashKey: bigint, endingHashKey: bigint): Shard {
  return {
    shardId: `shardId-${String(index).padStart(12, '0')}`,
    hashKeyRange: { startingHashKey, endingHashKey },
    startingSequenceNumber: '1',
  }
}

export function contextOf(api: KinesisApi, clock: StepClock, changes: Partial<Context> = {}): Context {
  const model = initialModel({
    endpoint: { value: 'https://kinesis.eu-west-1.amazonaws.com', origin: 'test' },
    region: { value: 'eu-west-1', origin: 'test' },
    isSandbox: false,
    isArmed: true,
  })
  return {
    api,
    tailApi: api,
    session: {
      switchTo: () => Promise.reject(failing('unsupported')),
      setArmed: () => {},
      profiles: async () => [],
      regions: () => [],
    },
    clock,
    random: () => 0.5,
    model: () => model,
    signal: new AbortController().signal,
    readInput: async () => new Uint8Array(),
    startSandbox: () => Promise.reject(failing('unsupported')),
    ...changes,
  }
}

export async function eventsOf(events: AsyncIterable<Event> | Iterable<Event>): Promise<Event[]> {
  const collected: Event[] = []
  for await (const event of events) collected.push(event)
  return collected
}

/** The event of a type, which must be there. */
export function the<Type extends Event['type']>(
  events: readonly Event[],
  type: Type,
): Extract<Event, { type: Type }> {
  const found = events.find(event => event.type === type)
  if (found === undefined) throw new Error(`no ${type} among ${events.map(event => event.type).join(', ')}`)
  return found as Extract<Event, { type: Type }>
}

function setMetrics(stream: FakeStream, names: readonly string[], isOn: boolean): readonly string[] {
  const all = ['IncomingBytes', 'IncomingRecords', 'WriteProvisionedThroughputExceeded']
  const named = names.includes('ALL') ? all : names
  const before = stream.summary.shardLevelMetrics ?? []
  const rest = before.filter(name => !named.includes(name))
  stream.summary = { ...stream.summary, shardLevelMetrics: isOn ? [...rest, ...named] : rest }
  return stream.summary.shardLevelMetrics ?? []
}
