import type { Event } from '../state/event.ts'
import type { Model, ScreenState } from '../state/model.ts'
import { nextMatch, tailFilter, tailRows } from '../state/select-tail.ts'
import { moved, selectionOf, topScreen } from '../state/selection.ts'
import { type Command, defineCommand } from './command.ts'
import { selectedEvent } from './navigation-commands.ts'

/** More would be a window of their own; what is marked is kept although it leaves the window of the tail. */
const MAX_MARKED = 10_000

type TailScreen = Extract<ScreenState, { screen: 'tail' }>

/** Going from match to match in a tail, and marking rows of it. */
export const MATCH_COMMANDS: readonly Command[] = [
  defineCommand({
    id: 'match.next',
    title: 'The next newer record that the filter matches',
    hint: 'match',
    group: 'navigate',
    keys: ['n'],
    where: ['tail'],
    effect: 'view',
    args: {},
    unavailable: withoutFilter,
    run: (_, { model }) => matchEvents(model(), 1),
  }),
  defineCommand({
    id: 'match.previous',
    title: 'The next older record that the filter matches',
    hint: 'older',
    group: 'navigate',
    keys: ['N'],
    where: ['tail'],
    effect: 'view',
    args: {},
    unavailable: withoutFilter,
    run: (_, { model }) => matchEvents(model(), -1),
  }),
  defineCommand({
    id: 'match.toggle-others',
    title: 'Show the records around the matches too, or the matches alone',
    hint: 'around',
    group: 'view',
    keys: ['a'],
    where: ['tail'],
    effect: 'view',
    args: {},
    unavailable: withoutFilter,
    run: (_, { model }): readonly Event[] => {
      const screen = tailScreen(model())
      if (screen === undefined) return []
      // The selected row is a match or beside one: it stays where it is.
      const { id, index, top } = selectionOf(model(), screen)
      const place =
        id === undefined ? {} : { selectedId: id, selectedIndex: index, selectedLine: index - top }
      const next = { ...screen, ...place, isFollowing: false, showsOthers: screen.showsOthers !== true }
      return [{ type: 'screen-replaced', screen: next }]
    },
  }),
  defineCommand({
    id: 'record.mark',
    title: 'Mark the selected record for an export, or take the mark away',
    hint: 'mark',
    group: 'record',
    keys: ['m'],
    where: ['tail'],
    effect: 'view',
    args: {},
    unavailable: model => (selectedRow(model) === undefined ? 'no record is selected' : undefined),
    run: (_, { model }): readonly Event[] => {
      const screen = tailScreen(model())
      const row = selectedRow(model())
      if (screen === undefined || row === undefined) return []
      const marked = new Map(screen.marked)
      if (!marked.delete(row.id)) {
        if (marked.size >= MAX_MARKED) {
          const text = `No more than ${MAX_MARKED} records can be marked: export these first.`
          return [{ type: 'noticed', notice: { level: 'warning', text, at: model().now } }]
        }
        marked.set(row.id, row)
      }
      return [
        { type: 'screen-replaced', screen: { ...screen, marked, isFollowing: false } },
        selectedEvent(
          moved(model(), { ...screen, isFollowing: false, ...selectedPlace(model(), screen) }, 1),
        ),
      ]
    },
  }),
  defineCommand({
    id: 'record.unmark-all',
    title: 'Take all marks away',
    group: 'record',
    keys: ['U'],
    where: ['tail'],
    effect: 'view',
    args: {},
    unavailable: model => ((tailScreen(model)?.marked?.size ?? 0) === 0 ? 'no record is marked' : undefined),
    run: (_, { model }): readonly Event[] => {
      const screen = tailScreen(model())
      if (screen === undefined) return []
      const { marked: _marked, ...rest } = screen
      return [{ type: 'screen-replaced', screen: rest }]
    },
  }),
]

function matchEvents(model: Model, step: 1 | -1): readonly Event[] {
  const screen = tailScreen(model)
  if (screen === undefined) return []
  const { index } = selectionOf(model, screen)
  const place = nextMatch(model, screen, index, step)
  if (place < 0) {
    const text = `There is no ${step > 0 ? 'newer' : 'older'} match among the records that are kept.`
    return [{ type: 'noticed', notice: { level: 'info', text, at: model.now } }]
  }
  return [selectedEvent(moved(model, screen, place - index)), { type: 'follow-changed', isFollowing: false }]
}

function selectedPlace(model: Model, screen: TailScreen) {
  const { id, index, top } = selectionOf(model, screen)
  return id === undefined ? {} : { selectedId: id, selectedIndex: index, selectedLine: index - top }
}

function withoutFilter(model: Model): string | undefined {
  const screen = tailScreen(model)
  return screen === undefined || tailFilter(screen.filter).filter === undefined
    ? 'there is no filter'
    : undefined
}

function tailScreen(model: Model): TailScreen | undefined {
  const screen = topScreen(model)
  return screen.screen === 'tail' ? screen : undefined
}

function selectedRow(model: Model) {
  const screen = tailScreen(model)
  return screen === undefined ? undefined : tailRows(model, screen).at(selectionOf(model, screen).index)
}
