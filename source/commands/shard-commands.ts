import { failureOf } from '../domain/failure.ts'
import { hashKeyOf, isSplittableAt, middleOf } from '../domain/hash-key.ts'
import { compareByRange, isOpen, mergeNeighbours, type Shard } from '../domain/shard.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { Event } from '../state/event.ts'
import type { Model } from '../state/model.ts'
import { snapshotOf } from '../state/select-heat.ts'
import { shortShardId } from '../state/select-shards.ts'
import { type ActSteps, runAct } from './act.ts'
import { waitForChildren } from './children-wait.ts'
import { defineCommand, type OutputRow } from './command.ts'
import { refuseOnDemand, shardNamed, summaryIfTold } from './look-up.ts'
import { knownShards, selectedShard, selectedShardId, streamOn, streamOnScreen } from './on-screen.ts'
import { actRows, SHARD_COLUMNS, shardRows } from './output-rows.ts'
import { closedText, rangeText, refuseUnmergeable, splitPoint } from './shard-checks.ts'
import { loadsSeen, previewMerge, previewSplit, refuseTwoWishes, wishedPoint } from './shard-previews.ts'

const DEFAULT_WAIT_SECONDS = '300'

export const listShards = defineCommand({
  id: 'shard.list',
  title: 'List the shards of a stream with their ranges and lineage',
  group: 'shard',
  // The console keeps its lists fresh by itself.
  keys: [],
  where: [],
  effect: 'read',
  args: {
    stream: { kind: 'stream', title: 'Stream name or ARN', required: true, positional: true },
  },
  headless: {
    name: 'shards',
    columns: SHARD_COLUMNS,
    rows: event => (event.type === 'shards-listed' ? shardRows(event.stream, event.shards) : []),
  },
  async *run({ stream }, { api, clock, signal }): AsyncGenerator<Event> {
    yield { type: 'shards-requested', stream }
    try {
      const shards = await api.listShards(stream, { signal })
      yield { type: 'shards-listed', stream, shards, at: clock.now() }
    } catch (error) {
      yield { type: 'shards-failed', stream, failure: failureOf(error, 'ListShards'), at: clock.now() }
    }
  },
})

export const splitShard = defineCommand({
  id: 'shard.split',
  title: 'Split an open shard into two',
  group: 'shard',
  keys: ['s'],
  where: ['shards', 'board', 'shard-heat'],
  effect: 'write',
  args: {
    stream: { kind: 'stream', title: 'Stream name or ARN', required: true, positional: true },
    shard: { kind: 'shard', title: 'Shard id, or its number', required: true, positional: true },
    at: { kind: 'hashKey', title: 'First hash key of the upper half; the middle of the range if absent' },
    atKey: { kind: 'text', title: 'A partition key that is to begin the upper half' },
    atLoad: { kind: 'flag', title: 'Where the observed load is halved' },
    atMiddle: { kind: 'flag', title: 'In the middle of the range' },
    for: {
      kind: 'text',
      title: 'With --at-load: how long to look first; 30s where absent',
      only: 'headless',
    },
    timeout: {
      kind: 'count',
      title: 'Seconds to wait for the effect',
      defaultText: DEFAULT_WAIT_SECONDS,
      min: 1,
      only: 'headless',
    },
  },
  prefill: model => ({ ...streamOnScreen(model), ...selectedShardId(model), ...proposedSplit(model) }),
  unavailable: model => {
    const shard = selectedShard(model)
    return shard === undefined ? undefined : refusalOf(() => splitPoint(shard, undefined, knownShards(model)))
  },
  confirm: ({ stream, shard: shardId, at, atKey, atLoad }, model) => {
    const shard = knownShards(model).find(candidate => candidate.shardId === shardId)
    const named = at ?? (atKey === undefined ? undefined : hashKeyOf(atKey))
    const point = named ?? (shard === undefined || atLoad ? undefined : middleOf(shard.hashKeyRange))
    return {
      lines: [
        `Split ${shardId} of ${stream.streamName} ${point !== undefined ? `at hash key ${point}` : atLoad ? 'where its load is halved' : 'in the middle'}.`,
        ...(shard === undefined || point === undefined || !isSplittableAt(shard.hashKeyRange, point)
          ? []
          : halvesOf(shard, point).map(half => `  new open shard ${rangeText(half)}`)),
        ...pointlessSplit(model, stream, shardId),
        `${shardId} closes: it stays readable until its data expires. The stream has one open shard more, which is billed.`,
      ],
    }
  },
  headless: { name: 'split', columns: SHARD_COLUMNS, rows: actRows },
  preview: ({ stream, shard, ...wish }, context) => previewSplit(context, stream, shard, wish),
  run: ({ stream, shard: shardId, timeout, ...wish }, context) =>
    runAct(
      context,
      { commandId: 'shard.split', title: `Split ${shardId} of ${stream.streamName}`, action: 'SplitShard' },
      async function* (): ActSteps {
        const { api, signal } = context
        const shards = await api.listShards(stream, { signal })
        const shard = shardNamed(shards, shardId, stream, 'SplitShard')
        refuseTwoWishes(wish)
        if (wish.atLoad) yield 'looking where the load lies'
        const seen = wish.atLoad ? await loadsSeen(context, stream, wish.for ?? '30s') : undefined
        const newStartingHashKey = wishedPoint(shard, shards, wish, seen)
        refuseOnDemand(await summaryIfTold(api, stream, signal), 'SplitShard')
        await api.splitShard(stream, shardId, newStartingHashKey, { signal })
        const children = yield* waitForChildren(context, stream, [shard], 2, 'SplitShard', timeout)
        return {
          detail: `${stream.streamName}: shard ${shortShardId(shardId)} is split into ${childText(children)}`,
          rows: children,
        }
      },
    ),
})

export const mergeShards = defineCommand({
  id: 'shard.merge',
  title: 'Merge two open shards whose ranges touch',
  group: 'shard',
  keys: ['m'],
  where: ['shards', 'board', 'shard-heat'],
  effect: 'write',
  args: {
    stream: { kind: 'stream', title: 'Stream name or ARN', required: true, positional: true },
    shard: { kind: 'shard', title: 'Shard id, or its number', required: true, positional: true },
    adjacentShard: {
      kind: 'shard',
      title: 'The other shard, above or below it by range',
      required: true,
      positional: true,
    },
    timeout: {
      kind: 'count',
      title: 'Seconds to wait for the effect',
      defaultText: DEFAULT_WAIT_SECONDS,
      min: 1,
      only: 'headless',
    },
  },
  prefill: model => {
    const shard = selectedShard(model)
    const neighbour = shard === undefined ? undefined : mergeNeighbours(shard, knownShards(model)).at(-1)
    return {
      ...streamOnScreen(model),
      ...selectedShardId(model),
      ...(neighbour === undefined ? {} : { adjacentShard: neighbour.shardId }),
    }
  },
  unavailable: model => {
    const shard = selectedShard(model)
    if (shard === undefined) return undefined
    if (!isOpen(shard)) return closedText(shard, knownShards(model))
    return mergeNeighbours(shard, knownShards(model)).length > 0
      ? undefined
      : `${shard.shardId} has no open neighbour by range`
  },
  confirm: ({ stream, shard, adjacentShard }, model) => ({
    lines: [
      `Merge ${shard} and ${adjacentShard} of ${stream.streamName} into one shard.`,
      ...knownShards(model)
        .filter(({ shardId }) => shardId === shard || shardId === adjacentShard)
        .map(candidate => `  ${candidate.shardId}: ${rangeText(candidate)}`),
      'Both close: they stay readable until their data expires. The one new shard takes all their writes.',
    ],
  }),
  headless: { name: 'merge', columns: SHARD_COLUMNS, rows: actRows },
  preview: ({ stream, shard, adjacentShard }, context) => previewMerge(context, stream, shard, adjacentShard),
  run: ({ stream, shard: oneId, adjacentShard: otherId, timeout }, context) =>
    runAct(
      context,
      {
        commandId: 'shard.merge',
        title: `Merge ${oneId} and ${otherId} of ${stream.streamName}`,
        action: 'MergeShards',
      },
      async function* (): ActSteps {
        const { api, signal } = context
        const shards = await api.listShards(stream, { signal })
        const one = shardNamed(shards, oneId, stream, 'MergeShards')
        const other = shardNamed(shards, otherId, stream, 'MergeShards')
        refuseUnmergeable(one, other, shards)
        refuseOnDemand(await summaryIfTold(api, stream, signal), 'MergeShards')
        // Some endpoints take the pair in this order only; the service takes both.
        const [lower, upper] = compareByRange(one, other) < 0 ? [one, other] : [other, one]
        await api.mergeShards(stream, lower.shardId, upper.shardId, { signal })
        const children = yield* waitForChildren(context, stream, [lower, upper], 1, 'MergeShards', timeout)
        return {
          detail: `${stream.streamName}: shards ${shortShardId(lower.shardId)} and ${shortShardId(upper.shardId)} are merged into ${childText(children)}`,
          rows: children,
        }
      },
    ),
})

function childText(children: readonly OutputRow[]): string {
  return children.map(({ shardId }) => shortShardId(String(shardId))).join(' and ')
}

/** Both sides of a cut, as ranges of shards that do not exist yet. */
function halvesOf(shard: Shard, point: bigint): Shard[] {
  const { startingHashKey, endingHashKey } = shard.hashKeyRange
  return [
    { ...shard, hashKeyRange: { startingHashKey, endingHashKey: point - 1n } },
    { ...shard, hashKeyRange: { startingHashKey: point, endingHashKey } },
  ]
}

function refusalOf(check: () => unknown): string | undefined {
  try {
    check()
    return undefined
  } catch (error) {
    return failureOf(error, 'SplitShard').message
  }
}

/** Where the heat says that no split helps, the question says it too. */
function pointlessSplit(model: Model, stream: StreamRef, shardId: string): string[] {
  const advice = snapshotOf(model, stream)?.advice.get(shardId)
  return advice?.kind === 'no-split-helps'
    ? [
        `WARNING: no split helps here: key "${advice.partitionKey}" takes most of the load, and a key is never divided. Spread it over ${advice.saltedKeyCount} keys.`,
      ]
    : []
}

/** Where the observed load says to split the selected shard, as far as its heat is known. */
function proposedSplit(model: Model): { at?: string } {
  const [stream, shard] = [streamOn(model), selectedShard(model)]
  if (stream === undefined || shard === undefined) return {}
  const snapshot = snapshotOf(model, stream)
  const near = snapshot?.shard?.shardId === shard.shardId ? snapshot.shard.advice : undefined
  const advice = near ?? snapshot?.advice.get(shard.shardId)
  return advice?.kind === 'split' ? { at: advice.best.newStartingHashKey.toString() } : {}
}
