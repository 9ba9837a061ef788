import type { Event } from '../state/event.ts'
import type { Model, ScreenName } from '../state/model.ts'
import { bodyHeight, isListScreen, moved, type Selection, topScreen } from '../state/selection.ts'
import { type Command, defineCommand } from './command.ts'

const WITH_ROWS: readonly ScreenName[] = [
  'streams',
  'shards',
  'board',
  'keys',
  'shard-heat',
  'what-if',
  'plan',
  'readers',
  'reader',
  'consumers',
  'policy',
  'estimate',
  'services',
  'service',
  'tail',
  'record',
  'calls',
]

/** Further than any list is long. */
const ALL_THE_WAY = Number.MAX_SAFE_INTEGER

/** Moving within a screen: rows where there are rows, lines where there is text. */
export const NAVIGATION_COMMANDS: readonly Command[] = [
  mover('down', 'One row down', ['j', 'down'], () => 1),
  mover('up', 'One row up', ['k', 'up'], () => -1),
  mover('page-down', 'One page down', ['pagedown', 'ctrl+f', 'ctrl+d'], height => Math.max(1, height - 1)),
  mover('page-up', 'One page up', ['pageup', 'ctrl+b', 'ctrl+u'], height => -Math.max(1, height - 1)),
  mover('top', 'To the first row', ['g', 'home'], () => -ALL_THE_WAY),
  mover('bottom', 'To the last row; in a tail, follow it again', ['G', 'end'], () => ALL_THE_WAY),
]

function mover(
  name: string,
  title: string,
  keys: readonly string[],
  distance: (height: number) => number,
): Command {
  return defineCommand({
    id: `move.${name}`,
    title,
    group: 'navigate',
    keys,
    where: WITH_ROWS,
    effect: 'view',
    args: {},
    run: (_, { model }) => moveEvents(model(), distance(bodyHeight(model().viewport))),
  })
}

/** What moving by so many rows or lines does on the screen that is on top. */
export function moveEvents(model: Model, by: number): readonly Event[] {
  const screen = topScreen(model)
  if (!isListScreen(screen)) {
    return [{ type: 'scrolled', scroll: Math.min(Math.max(screen.scroll + by, 0), Number.MAX_SAFE_INTEGER) }]
  }
  const next = moved(model, screen, by)
  const events: Event[] = [selectedEvent(next)]
  if (screen.screen === 'tail') {
    // Going up means looking at something: the tail must not run away from under it.
    const isFollowing = by === ALL_THE_WAY || (screen.isFollowing && by > 0)
    if (isFollowing !== screen.isFollowing) events.push({ type: 'follow-changed', isFollowing })
  }
  return events
}

/** The event that makes a selection the state. */
export function selectedEvent(selection: Selection): Event {
  return {
    type: 'row-selected',
    id: selection.id,
    ...(selection.index < 0 ? {} : { index: selection.index, line: selection.index - selection.top }),
  }
}

export function isOnList(model: Model): boolean {
  return isListScreen(topScreen(model))
}
