import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { failureFrom } from '../../source/aws/failures.ts'
import * as sdk from '../../source/aws/sdk.ts'
import { createSdkKinesis } from '../../source/aws/sdk-kinesis.ts'
import { ActRunner, type RunnerContext } from '../../source/commands/act-runner.ts'
import { KeyHandler } from '../../source/commands/key-handler.ts'
import { COMMANDS } from '../../source/commands/registry.ts'
import { ScreenFeed } from '../../source/commands/screen-feed.ts'
import { middleOf } from '../../source/domain/hash-key.ts'
import { compareByRange, isOpen, type Shard } from '../../source/domain/shard.ts'
import { createService } from '../../source/sandbox/engine/service.ts'
import { type Event, isUrgent } from '../../source/state/event.ts'
import { initialModel } from '../../source/state/initial-model.ts'
import type { Model } from '../../source/state/model.ts'
import { Store } from '../../source/state/store.ts'
import { update } from '../../source/state/update.ts'
import { FrameSource } from '../../source/ui/frame-source.ts'
import { themeFor } from '../../source/ui/theme.ts'
import { FastClock } from './fast-clock.ts'
import { SANDBOX } from './models.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

export type SoakPlan = {
  readonly minutes: number
  readonly shardCount: number
  readonly recordsPerSecond: number
  /** Heat and tail at once, as with the board over a tail. */
  readonly isHeated: boolean
}

export type SoakResult = {
  readonly written: number
  readonly read: number
  readonly repeated: number
  readonly reshards: number
  readonly calls: number
  readonly keys: number
  /** Keys that changed nothing on screen though they should have. */
  readonly deafKeys: number
  /** Longest real time from a key to its frame, in milliseconds. */
  readonly slowestKeyMillis: number
  /** Bytes of the heap after a collection, each simulated minute; the engine's own index of shards is in it. */
  readonly memory: readonly number[]
  /** Sizes of what could grow, at the end. */
  readonly held: Readonly<Record<string, number>>
}

/**
 * The console without a terminal against the sandbox's engine, on a clock that runs as fast as the machine can: feeds,
 * store, keys and frames are the real ones, and so is the mapping of answers. Each simulated minute two shards become
 * three or three two, keys are pressed, and the memory is measured.
 */
export async function runSoak(plan: SoakPlan): Promise<SoakResult> {
  const { minutes, shardCount, recordsPerSecond, isHeated } = plan
  const clock = new FastClock(Date.UTC(2026, 10, 30, 12))
  const service = createService({
    clock: { now: () => clock.now(), speed: 1, after: () => () => {} },
    limits: 'off',
    durations: { create: 0, reshard: 0 } as never,
    // Over its limit the sandbox drops whole segments, unread records in them too: nothing may be dropped here.
    memoryLimitBytes: 2 ** 31,
  })
  service.handle('CreateStream', { StreamName: 'orders', ShardCount: shardCount })
  await clock.pass(60_000)
  let calls = 0
  const api = createSdkKinesis({
    send: async ({ operation, command, signal }) => {
      signal?.throwIfAborted()
      calls += 1
      try {
        const answer = service.handle(operation, command(sdk).input)
        await clock.sleep(3)
        return wireAnswer(answer)
      } catch (error) {
        throw failureFrom(error, { operation, endpointUrl: 'http://127.0.0.1' })
      }
    },
    region: 'us-east-1',
    hasCustomEndpoint: true,
    onArn: () => {},
  })

  let read = 0
  let repeated = 0
  const lastOf = new Map<string, bigint>()
  const initial = initialModel(SANDBOX, { viewport: { columns: 120, rows: 40 }, now: clock.now() })
  const store = new Store<Model, Event>({
    initial,
    update,
    isUrgent,
    timer: (callback, millis) => {
      const off = new AbortController()
      void clock.sleep(millis, off.signal).then(() => {
        if (!off.signal.aborted) callback()
      })
      return () => off.abort()
    },
  })
  const dispatch = (event: Event): void => {
    if (event.type === 'rows-arrived') {
      read += event.recordCount
      for (const { record } of event.rows) {
        const number = BigInt(record.sequenceNumber)
        if (number <= (lastOf.get(record.shardId) ?? -1n)) repeated += 1
        lastOf.set(record.shardId, number)
      }
    }
    store.dispatch(event)
  }
  const context = {
    api,
    tailApi: api,
    clock,
    random: () => 0.5,
    model: store.snapshot,
  } as unknown as RunnerContext
  const feed = new ScreenFeed({ context, dispatch, subscribe: store.subscribe })
  const leaving = new AbortController()
  const runner = new ActRunner({ commands: COMMANDS, context, dispatch, signal: leaving.signal })
  const keys = new KeyHandler({
    commands: COMMANDS,
    runner,
    dispatch,
    model: store.snapshot,
    now: () => clock.now(),
  })
  const frames = new FrameSource({
    model: store.snapshot,
    subscribe: store.subscribe,
    commands: COMMANDS,
    theme: themeFor('256'),
  })
  let drawn = 0
  frames.subscribe(() => {
    drawn += 1
  })
  const stream = { streamName: 'orders' }
  dispatch({
    type: 'screen-opened',
    screen: { screen: 'tail', stream, from: 'latest', isFollowing: true, filter: '' },
  })
  if (isHeated) {
    dispatch({
      type: 'screen-opened',
      screen: { screen: 'board', stream, source: 'observed', showClosed: false, filter: '' },
    })
  }
  feed.start()
  await clock.pass(10_000)

  let written = 0
  let owed = 0
  const write = (): void => {
    owed += recordsPerSecond
    const count = Math.floor(owed)
    owed -= count
    for (let from = 0; from < count; from += 500) {
      const Records = Array.from({ length: Math.min(500, count - from) }, (_, index) => ({
        PartitionKey: `customer-${(written + index) % 4_999}`,
        Data: Buffer.from(`{"order":${written + index}}`),
      }))
      service.handle('PutRecords', { StreamName: 'orders', Records })
      written += Records.length
    }
  }
  const memory: number[] = []
  let reshards = 0
  let keyCount = 0
  let deafKeys = 0
  let slowestKeyMillis = 0
  const press = (chord: string): void => {
    const before = store.snapshot()
    const startedAt = performance.now()
    keys.press({ chord })
    frames.snapshot()
    slowestKeyMillis = Math.max(slowestKeyMillis, performance.now() - startedAt)
    keyCount += 1
    if (store.snapshot() === before) deafKeys += 1
  }
  for (let minute = 0; minute < minutes; minute += 1) {
    for (let second = 0; second < 60; second += 1) {
      write()
      await clock.pass(1_000)
    }
    reshards += await reshard(service, minute, shardCount)
    press('?')
    press('escape')
    press(':')
    press('escape')
    collect()
    // Outside of the heap lie the records that the sandbox keeps; each buffer of the console has a head within it.
    memory.push(process.memoryUsage().heapUsed)
  }
  // What was written last is still on its way.
  await clock.pass(30_000)
  const model = store.snapshot()
  feed.stop()
  leaving.abort()
  store.close()
  const held = {
    listedShards: model.shards.get('orders')?.value?.length ?? 0,
    readers: model.tail?.readers.size ?? 0,
    windowRecords: model.tail?.window.recordCount ?? 0,
    recentCalls: model.calls.recent.length,
    boardShards: model.heat?.snapshot?.board.shards.length ?? 0,
    frames: drawn,
  }
  return {
    written,
    read,
    repeated,
    reshards,
    calls,
    keys: keyCount,
    deafKeys,
    slowestKeyMillis,
    memory,
    held,
  }
}

/** One split, and in the next minute the merge that takes it back; where the space is cut moves on. */
async function reshard(
  service: ReturnType<typeof createService>,
  minute: number,
  shardCount: number,
): Promise<number> {
  const answer = service.handle('ListShards', { StreamName: 'orders', ShardFilter: { Type: 'AT_LATEST' } })
  const open = (answer as { Shards: RawShard[] }).Shards.map(shardOf).filter(isOpen).sort(compareByRange)
  const index = Math.floor(minute / 2) % shardCount
  const [shard, next] = [open[index], open[index + 1]]
  if (shard === undefined) return 0
  if (open.length <= shardCount) {
    const NewStartingHashKey = String(middleOf(shard.hashKeyRange))
    service.handle('SplitShard', { StreamName: 'orders', ShardToSplit: shard.shardId, NewStartingHashKey })
  } else {
    if (next === undefined) return 0
    service.handle('MergeShards', {
      StreamName: 'orders',
      ShardToMerge: shard.shardId,
      AdjacentShardToMerge: next.shardId,
    })
  }
  return 1
}

type RawShard = {
  readonly ShardId: string
  readonly HashKeyRange: { readonly StartingHashKey: string; readonly EndingHashKey: string }
  readonly SequenceNumberRange: {
    readonly StartingSequenceNumber: string
    readonly EndingSequenceNumber?: string
  }
}

function shardOf({ ShardId, HashKeyRange, SequenceNumberRange }: RawShard): Shard {
  const { EndingSequenceNumber } = SequenceNumberRange
  return {
    shardId: ShardId,
    hashKeyRange: {
      startingHashKey: BigInt(HashKeyRange.StartingHashKey),
      endingHashKey: BigInt(HashKeyRange.EndingHashKey),
    },
    startingSequenceNumber: SequenceNumberRange.StartingSequenceNumber,
    ...(EndingSequenceNumber === undefined ? {} : { endingSequenceNumber: EndingSequenceNumber }),
  }
}

/** The engine hands out bytes and dates; the mapping reads parsed JSON: base64 text and epoch seconds. */
function wireAnswer(answer: object): Readonly<Record<string, unknown>> {
  const { Records, ...rest } = answer as {
    Records?: { readonly Data?: Uint8Array; readonly ApproximateArrivalTimestamp?: Date }[]
  }
  if (Records === undefined) return rest
  return {
    ...rest,
    Records: Records.map(({ Data, ApproximateArrivalTimestamp, ...record }) => ({
      ...record,
      Data: Buffer.from(Data ?? []).toString('base64'),
      ApproximateArrivalTimestamp: (ApproximateArrivalTimestamp?.getTime() ?? 0) / 1_000,
    })),
  }
}
