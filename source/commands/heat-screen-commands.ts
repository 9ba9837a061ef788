import { usageFailure } from '../domain/failure.ts'
import { isOpen, mergeNeighbours, type Shard } from '../domain/shard.ts'
import type { StreamRef } from '../domain/stream.ts'
import type { Event } from '../state/event.ts'
import type { PlannedChange } from '../state/heat-state.ts'
import type { ScreenState } from '../state/model.ts'
import { topScreen } from '../state/selection.ts'
import { type Command, defineCommand } from './command.ts'
import { budgetOf } from './heat-arguments.ts'
import { knownShards, selectedShard } from './on-screen.ts'
import { streamInSight } from './screen-commands.ts'

type ScreenOf<Name extends ScreenState['screen']> = Extract<ScreenState, { screen: Name }>

/** The screens of the heat: the board of all shards, one shard, keys, and changes that are only thought of. */
export const HEAT_SCREEN_COMMANDS: readonly Command[] = [
  defineCommand({
    id: 'heat.open',
    title: 'Open the heat of the stream: what each shard takes, and what is wrong',
    hint: 'heat',
    group: 'navigate',
    keys: ['H'],
    where: ['streams', 'shards', 'tail', 'record'],
    effect: 'view',
    args: {},
    unavailable: model => (streamInSight(model) === undefined ? 'no stream is selected' : undefined),
    run: (_, { model }) => {
      const stream = streamInSight(model())
      return stream === undefined ? [] : [boardOpened(stream, 'observed')]
    },
  }),
  defineCommand({
    id: 'heat.open-shard',
    title: 'Look at the selected shard from near: its seconds, keys and where to split it',
    hint: 'shard',
    group: 'navigate',
    keys: ['enter', 'l', 'right'],
    where: ['board'],
    effect: 'view',
    args: {},
    unavailable: model => (selectedShard(model) === undefined ? 'no shard is selected' : undefined),
    run: (_, { model }) => {
      const [screen, shard] = [topScreen(model()), selectedShard(model())]
      if (screen.screen !== 'board' || shard === undefined) return []
      const { stream, source } = screen
      return [
        {
          type: 'screen-opened',
          screen: { screen: 'shard-heat', stream, source, shardId: shard.shardId, scroll: 0 },
        },
      ]
    },
  }),
  defineCommand({
    id: 'heat.open-keys',
    title: 'Show the heaviest partition keys of the stream, or of the shard on screen',
    hint: 'keys',
    group: 'navigate',
    keys: ['K'],
    where: ['streams', 'shards', 'board', 'shard-heat'],
    effect: 'view',
    args: {},
    unavailable: model => (streamInSight(model) === undefined ? 'no stream is selected' : undefined),
    run: (_, { model }) => {
      const [screen, stream] = [topScreen(model()), streamInSight(model())]
      if (stream === undefined) return []
      const shard = screen.screen === 'shard-heat' ? { shardId: screen.shardId } : {}
      return [
        { type: 'screen-opened', screen: { screen: 'keys', stream, measure: 'bytes', filter: '', ...shard } },
      ]
    },
  }),
  defineCommand({
    id: 'heat.look-up-key',
    title: 'Look a partition key up: its hash, its shard now and at a past time, its share',
    hint: 'look up key',
    group: 'shard',
    keys: ['f'],
    where: ['streams', 'shards', 'keys', 'board', 'shard-heat'],
    effect: 'view',
    args: {
      key: { kind: 'text', title: 'Partition key', required: true },
      at: { kind: 'text', title: 'A past time, such as 2h or 2026-11-30T14:00Z; only now where empty' },
    },
    unavailable: model => (streamInSight(model) === undefined ? 'no stream is selected' : undefined),
    run: ({ key, at }, { model }): readonly Event[] => {
      const [screen, stream] = [topScreen(model()), streamInSight(model())]
      if (stream === undefined) return []
      const lookUp = { partitionKey: key, ...(at === undefined || at === '' ? {} : { at }) }
      if (screen.screen === 'keys') return [{ type: 'screen-replaced', screen: { ...screen, lookUp } }]
      const opened = { screen: 'keys', stream, measure: 'bytes', filter: '', lookUp } as const
      return [{ type: 'screen-opened', screen: opened }]
    },
  }),
  defineCommand({
    id: 'heat.toggle-measure',
    title: 'Weigh keys by bytes or by records',
    hint: 'bytes/records',
    group: 'view',
    keys: ['b'],
    where: ['keys'],
    effect: 'view',
    args: {},
    run: (_, { model }) => {
      const screen = topScreen(model())
      if (screen.screen !== 'keys') return []
      const measure = screen.measure === 'bytes' ? 'records' : 'bytes'
      return [{ type: 'screen-replaced', screen: { ...screen, measure } }]
    },
  }),
  defineCommand({
    id: 'heat.toggle-source',
    title: 'Take figures from records that are read, or from CloudWatch (billed a metric)',
    hint: 'source',
    group: 'view',
    keys: ['v'],
    where: ['board'],
    effect: 'view',
    args: {},
    run: (_, { model }) => {
      const screen = topScreen(model())
      if (screen.screen !== 'board') return []
      const source = screen.source === 'observed' ? 'cloudwatch' : 'observed'
      return [{ type: 'screen-replaced', screen: { ...screen, source } }]
    },
  }),
  defineCommand({
    id: 'heat.set-budget',
    title: 'Set how much of the read limits of each shard the heat may use',
    hint: 'budget',
    group: 'view',
    keys: ['B'],
    where: ['board', 'shard-heat', 'keys', 'what-if'],
    effect: 'view',
    args: {
      reads: { kind: 'text', title: 'Reads a second of each shard, 0.05 to 5', required: true },
      readShare: { kind: 'text', title: 'Part of the 2 MiB/s of each shard, 1% to 100%', required: true },
    },
    // Both are asked for anew each time: a budget that was typed wrong would hurt other readers.
    suggest: async () => ({ reads: ['1', '0.5', '0.2', '2'], readShare: ['25%', '10%', '5%', '50%'] }),
    run: typed => [{ type: 'heat-budget-changed', budget: budgetOf('budget', typed) }],
  }),
  defineCommand({
    id: 'view.toggle-charts',
    title: 'Draw charts with blocks, or in ASCII',
    group: 'view',
    keys: ['A'],
    where: ['board', 'shard-heat', 'what-if'],
    effect: 'view',
    args: {},
    run: () => [{ type: 'chart-glyphs-toggled' }],
  }),
  defineCommand({
    id: 'heat.what-if',
    title: 'Forecast the load after a change: a split, a merge, an even reshard, on-demand',
    hint: 'what if',
    group: 'shard',
    keys: ['w'],
    where: ['board', 'shard-heat', 'what-if'],
    effect: 'view',
    args: {
      change: {
        kind: 'choice',
        title: 'What would be changed',
        choices: ['split', 'merge', 'uniform', 'on-demand'],
        required: true,
      },
      shard: { kind: 'shard', title: 'For a split or merge: the shard' },
      at: {
        kind: 'hashKey',
        title: 'For a split: first hash key of the upper half; where the load says if empty',
      },
      adjacentShard: { kind: 'shard', title: 'For a merge: the neighbour' },
      count: { kind: 'count', title: 'For uniform: how many shards', min: 1, max: 10_000 },
    },
    prefill: model => {
      const shard = selectedShard(model)
      if (shard === undefined) return {}
      const neighbour = mergeNeighbours(shard, knownShards(model)).at(-1)
      return {
        shard: shard.shardId,
        ...(neighbour === undefined ? {} : { adjacentShard: neighbour.shardId }),
      }
    },
    run: (args, { model }): readonly Event[] => {
      const stream = streamInSight(model())
      if (stream === undefined) return []
      const change = changeOf(args, knownShards(model()))
      const screen = { screen: 'what-if', stream, change, scroll: 0 } as const
      const isOnTop = topScreen(model()).screen === 'what-if'
      return [{ type: isOnTop ? 'screen-replaced' : 'screen-opened', screen }]
    },
  }),
]

/** Opens a board; used by whatever leads to it. */
export function boardOpened(stream: StreamRef, source: ScreenOf<'board'>['source']): Event {
  const sort = { column: 'use', direction: 'descending' } as const
  return {
    type: 'screen-opened',
    screen: { screen: 'board', stream, source, showClosed: false, filter: '', sort },
  }
}

/** @throws FailureError `usage` where the change lacks what it is about */
function changeOf(
  typed: {
    readonly change: string
    readonly shard: string | undefined
    readonly at: bigint | undefined
    readonly adjacentShard: string | undefined
    readonly count: number | undefined
  },
  shards: readonly Shard[],
): PlannedChange {
  const { change, shard, at, adjacentShard, count } = typed
  const lacks = (what: string) => usageFailure('what if', `a ${change} needs ${what}`, 'Fill that field in.')
  switch (change) {
    case 'split':
      if (shard === undefined) throw lacks('a shard')
      return { kind: 'split', shardId: shard, ...(at === undefined ? {} : { newStartingHashKey: at }) }
    case 'merge':
      if (shard === undefined || adjacentShard === undefined) throw lacks('two shards')
      return { kind: 'merge', shardIds: [shard, adjacentShard] }
    case 'uniform':
      return { kind: 'uniform', shardCount: count ?? 2 * Math.max(1, shards.filter(isOpen).length) }
    default:
      return { kind: 'on-demand' }
  }
}
