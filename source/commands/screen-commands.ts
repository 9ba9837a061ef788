import type { StreamRef } from '../domain/stream.ts'
import { parseStartFrom } from '../domain/time-expression.ts'
import type { Event } from '../state/event.ts'
import { type Model, type ScreenState, streamKey, type TailSearch } from '../state/model.ts'
import { BOARD_SORT_KEYS, KEY_SORT_KEYS } from '../state/select-heat.ts'
import { SHARD_SORT_KEYS, shardRows } from '../state/select-shards.ts'
import { STREAM_SORT_KEYS, streamRows } from '../state/select-streams.ts'
import { isListScreen, selectionOf, topScreen } from '../state/selection.ts'
import { nextSort } from '../state/sorting.ts'
import { tailMode } from '../state/update-tail.ts'
import { type Command, defineCommand } from './command.ts'
import { isBookmark } from './console-bookmark.ts'

/** Going from one screen to the next, and what is done most on each. The line of keys keeps this order. */
export const SCREEN_COMMANDS: readonly Command[] = [
  defineCommand({
    id: 'stream.open',
    title: 'Open the shards of the selected stream',
    hint: 'shards',
    group: 'navigate',
    keys: ['enter', 'l', 'right'],
    where: ['streams'],
    effect: 'view',
    args: {},
    unavailable: model => (selectedStream(model) === undefined ? 'no stream is selected' : undefined),
    run: (_, { model }) => {
      const stream = selectedStream(model())
      return stream === undefined ? [] : [shardsOpened(stream)]
    },
  }),
  defineCommand({
    id: 'shard.tail',
    title: 'Tail the selected shard alone, from its newest record on',
    hint: 'tail it',
    group: 'navigate',
    keys: ['enter', 'l', 'right'],
    where: ['shards'],
    effect: 'view',
    args: {},
    unavailable: model => (selectedShardId(model) === undefined ? 'no shard is selected' : undefined),
    run: (_, { model }) => {
      const [stream, shardId] = [streamInSight(model()), selectedShardId(model())]
      return stream === undefined || shardId === undefined
        ? []
        : tailOpened(model(), stream, { shardId, from: 'latest' })
    },
  }),
  defineCommand({
    id: 'tail.open',
    title: 'Tail the stream: all its shards, from the newest record on',
    hint: 'tail',
    group: 'navigate',
    keys: ['t'],
    where: ['streams', 'shards', 'board', 'shard-heat'],
    effect: 'view',
    args: {},
    unavailable: model => (streamInSight(model) === undefined ? 'no stream is selected' : undefined),
    run: (_, { model }) => {
      const stream = streamInSight(model())
      return stream === undefined ? [] : tailOpened(model(), stream, { from: 'latest' })
    },
  }),
]

/** What is wanted less often: its keys come after those of the service's commands. */
export const MORE_SCREEN_COMMANDS: readonly Command[] = [
  defineCommand({
    id: 'shards.toggle-closed',
    title: 'Show or hide closed shards',
    hint: 'closed',
    group: 'view',
    keys: ['c'],
    where: ['shards', 'board'],
    effect: 'view',
    args: {},
    run: () => [{ type: 'closed-shards-toggled' }],
  }),
  defineCommand({
    id: 'tail.open-from',
    title: 'Tail from a place: latest, oldest, a time such as 15m or 2026-11-30T14:00Z, a sequence number',
    hint: 'tail from',
    group: 'navigate',
    keys: ['T'],
    where: ['streams', 'shards', 'tail'],
    effect: 'view',
    args: {
      stream: { kind: 'stream', title: 'Stream name or ARN', required: true },
      from: {
        kind: 'text',
        title: 'latest, oldest, bookmark (where the last tail stopped), a time or a sequence number',
        required: true,
      },
      shard: { kind: 'shard', title: 'Only this shard and its children; all shards where empty' },
    },
    prefill: model => {
      const stream = streamInSight(model)
      const screen = topScreen(model)
      const shard = screen.screen === 'tail' ? screen.shardId : undefined
      return {
        ...(stream === undefined ? {} : { stream: streamKey(stream) }),
        ...(shard === undefined ? {} : { shard }),
      }
    },
    suggest: async () => ({ from: ['latest', 'oldest', 'bookmark', '5m', '15m', '1h', '24h'] }),
    run: ({ stream, from, shard }, { model, clock }) => {
      // Read here already, so that a place that cannot be read is corrected in the form.
      if (!isBookmark(from)) parseStartFrom(from, clock.now())
      const view = { from: from.trim(), ...(shard === undefined ? {} : { shardId: shard }) }
      return tailOpened(model(), stream, view)
    },
  }),
  defineCommand({
    id: 'list.sort',
    title: 'Sort by the next column, after the last one by none',
    hint: 'sort',
    group: 'view',
    keys: ['o'],
    where: ['streams', 'shards', 'board', 'keys'],
    effect: 'view',
    args: {},
    run: (_, { model }) => {
      const screen = topScreen(model())
      if (screen.screen === 'streams') {
        return [{ type: 'sort-changed', sort: nextSort(STREAM_SORT_KEYS, screen.sort) }]
      }
      if (screen.screen === 'shards') {
        return [{ type: 'sort-changed', sort: nextSort(SHARD_SORT_KEYS, screen.sort) }]
      }
      if (screen.screen === 'board') {
        return [{ type: 'sort-changed', sort: nextSort(BOARD_SORT_KEYS, screen.sort) }]
      }
      if (screen.screen === 'keys') {
        return [{ type: 'sort-changed', sort: nextSort(KEY_SORT_KEYS, screen.sort) }]
      }
      return []
    },
  }),
  defineCommand({
    id: 'list.reverse',
    title: 'Sort the other way round',
    group: 'view',
    keys: ['O'],
    where: ['streams', 'shards', 'board', 'keys'],
    effect: 'view',
    args: {},
    unavailable: model => (sortOf(model) === undefined ? 'no column is sorted by' : undefined),
    run: (_, { model }) => {
      const sort = sortOf(model())
      if (sort === undefined) return []
      const direction = sort.direction === 'ascending' ? 'descending' : 'ascending'
      return [{ type: 'sort-changed', sort: { ...sort, direction } }]
    },
  }),
]

/** The way in that always works: by name. */
export const OPEN_NAMED: Command = defineCommand({
  id: 'stream.open-named',
  title: 'Open a stream by its name or ARN, also where listing is denied',
  hint: 'open by name',
  group: 'navigate',
  keys: ['@'],
  where: 'everywhere',
  effect: 'view',
  args: { stream: { kind: 'stream', title: 'Stream name or ARN', required: true } },
  run: ({ stream }) => [shardsOpened(stream)],
})

export function shardsOpened(stream: StreamRef): Event {
  return { type: 'screen-opened', screen: { screen: 'shards', stream, showClosed: false, filter: '' } }
}

/** Opens a tail, or goes back to the same one where it already lies below. */
export function tailOpened(
  model: Model,
  stream: StreamRef,
  view: {
    readonly shardId?: string
    readonly from: string
    readonly isFanOut?: true
    readonly search?: TailSearch
  },
): readonly Event[] {
  const depth = model.screens.findLastIndex(
    screen =>
      screen.screen === 'tail' &&
      streamKey(screen.stream) === streamKey(stream) &&
      screen.shardId === view.shardId &&
      screen.from === view.from &&
      tailMode(screen) === tailMode(view),
  )
  if (depth >= 0) return model.screens.slice(depth + 1).map(() => ({ type: 'screen-closed' }))
  return [
    { type: 'screen-opened', screen: { screen: 'tail', stream, ...view, isFollowing: true, filter: '' } },
  ]
}

function sortOf(model: Model) {
  const screen = topScreen(model)
  return isListScreen(screen) ? screen.sort : undefined
}

/** The stream that the top screen is about: the selected one in the list of streams. */
export function streamInSight(model: Model): StreamRef | undefined {
  const screen = topScreen(model)
  switch (screen.screen) {
    case 'streams':
      return selectedStream(model)
    case 'shards':
    case 'tail':
    case 'board':
    case 'keys':
    case 'shard-heat':
    case 'what-if':
    case 'plan':
    case 'readers':
    case 'reader':
    case 'consumers':
    case 'policy':
    case 'estimate':
      return screen.stream
    case 'record':
    case 'services':
    case 'service':
    case 'calls':
      return model.screens.findLast(
        (below): below is Extract<ScreenState, { stream: StreamRef }> => 'stream' in below,
      )?.stream
  }
}

function selectedStream(model: Model): StreamRef | undefined {
  const screen = topScreen(model)
  if (screen.screen !== 'streams') return undefined
  return streamRows(model, screen)[selectionOf(model, screen).index]?.stream
}

function selectedShardId(model: Model): string | undefined {
  const screen = topScreen(model)
  if (screen.screen !== 'shards') return undefined
  return shardRows(model, screen)[selectionOf(model, screen).index]?.id
}
