import type { Event } from '../state/event.ts'
import type { Model } from '../state/model.ts'
import { tailRows } from '../state/select-tail.ts'
import { isListScreen, moved, selectionOf, topScreen } from '../state/selection.ts'
import type { TailRow } from '../state/tail-row.ts'
import { type Command, defineCommand } from './command.ts'
import { selectedEvent } from './navigation-commands.ts'
import { shardsOpened, streamInSight } from './screen-commands.ts'

/** What is done in a tail and in a record of it. */
export const TAIL_SCREEN_COMMANDS: readonly Command[] = [
  defineCommand({
    id: 'record.open',
    title: 'Show the selected record whole: every field, decoded value, bytes',
    hint: 'record',
    group: 'record',
    keys: ['enter', 'l', 'right'],
    where: ['tail'],
    effect: 'view',
    args: {},
    unavailable: model => (selectedRow(model) === undefined ? 'no record is selected' : undefined),
    run: (_, { model }): readonly Event[] => {
      const screen = topScreen(model())
      const row = selectedRow(model())
      if (row === undefined || !isListScreen(screen)) return []
      return [
        // The record stays selected beneath, so that the next and previous one mean its neighbours.
        selectedEvent(selectionOf(model(), screen)),
        { type: 'follow-changed', isFollowing: false },
        { type: 'screen-opened', screen: { screen: 'record', row, view: 'decoded', scroll: 0 } },
      ]
    },
  }),
  defineCommand({
    id: 'tail.pause',
    title: 'Freeze the screen, or let it go on; records are still read and counted',
    hint: 'pause',
    group: 'view',
    keys: ['space'],
    where: ['tail'],
    effect: 'view',
    args: {},
    run: (_, { model }) => [{ type: 'pause-changed', isPaused: model().tail?.pausedWindow === undefined }],
  }),
  defineCommand({
    id: 'tail.follow',
    title: 'Follow the newest record, or stay where you are',
    hint: 'follow',
    group: 'view',
    keys: ['f'],
    where: ['tail'],
    effect: 'view',
    args: {},
    run: (_, { model }): readonly Event[] => {
      const screen = topScreen(model())
      if (screen.screen !== 'tail') return []
      return [
        selectedEvent(selectionOf(model(), screen)),
        { type: 'follow-changed', isFollowing: !screen.isFollowing },
      ]
    },
  }),
  defineCommand({
    id: 'shards.open',
    title: 'Open the shards of the tailed stream, with the lag of each reader',
    hint: 'shards',
    group: 'navigate',
    keys: ['s'],
    where: ['tail'],
    effect: 'view',
    args: {},
    run: (_, { model }) => {
      const stream = streamInSight(model())
      return stream === undefined ? [] : [shardsOpened(stream)]
    },
  }),
  defineCommand({
    id: 'record.toggle-hex',
    title: 'Switch between the decoded value and the bytes as read',
    hint: 'value/bytes',
    group: 'record',
    keys: ['x'],
    where: ['record'],
    effect: 'view',
    args: {},
    run: (_, { model }) => {
      const screen = topScreen(model())
      if (screen.screen !== 'record') return []
      return [{ type: 'record-view-changed', view: screen.view === 'hex' ? 'decoded' : 'hex' }]
    },
  }),
  defineCommand({
    id: 'record.next',
    title: 'The next newer record of the tail',
    hint: 'newer',
    group: 'record',
    keys: ['n', 'right'],
    where: ['record'],
    effect: 'view',
    args: {},
    run: (_, { model }) => neighbourEvents(model(), 1),
  }),
  defineCommand({
    id: 'record.previous',
    title: 'The next older record of the tail',
    hint: 'older',
    group: 'record',
    keys: ['b', 'left'],
    where: ['record'],
    effect: 'view',
    args: {},
    run: (_, { model }) => neighbourEvents(model(), -1),
  }),
  defineCommand({
    id: 'view.filter',
    title: 'Show only rows that contain a text',
    hint: 'filter',
    group: 'view',
    keys: ['/'],
    where: ['streams', 'shards', 'board', 'keys', 'readers', 'consumers', 'services', 'tail'],
    effect: 'view',
    args: {},
    run: (_, { model }) => {
      const screen = topScreen(model())
      if (!isListScreen(screen)) return []
      const { filter } = screen
      const dialog = { dialog: 'filter', text: filter, cursor: filter.length, before: filter } as const
      return [{ type: 'dialog-opened', dialog }]
    },
  }),
]

function neighbourEvents(model: Model, by: number): readonly Event[] {
  const below = model.screens.at(-2)
  const top = topScreen(model)
  if (below?.screen !== 'tail' || top.screen !== 'record') return []
  const next = moved(model, below, by)
  const row = tailRows(model, below).at(next.index)
  if (row === undefined || row.id === top.row.id) {
    const isPart = below.filter !== '' || model.tail?.pausedWindow !== undefined
    const text = `This is the ${by > 0 ? 'last' : 'first'} record ${isPart ? 'in the list as it is filtered or paused' : 'that the tail keeps'}.`
    return [{ type: 'noticed', notice: { level: 'info', text, at: model.now } }]
  }
  return [selectedEvent(next), { type: 'screen-replaced', screen: { ...top, row, scroll: 0 } }]
}

function selectedRow(model: Model): TailRow | undefined {
  const screen = topScreen(model)
  if (screen.screen !== 'tail') return undefined
  return tailRows(model, screen).at(selectionOf(model, screen).index)
}
