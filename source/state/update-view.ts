import type { Event } from './event.ts'
import type { ListState, Model, ScreenState } from './model.ts'
import { isListScreen } from './selection.ts'

type EventOf<Type extends Event['type']> = Extract<Event, { type: Type }>

type ScreenEvent = EventOf<
  | 'screen-opened'
  | 'screen-replaced'
  | 'screen-closed'
  | 'row-selected'
  | 'filter-changed'
  | 'sort-changed'
  | 'closed-shards-toggled'
  | 'follow-changed'
  | 'scrolled'
  | 'record-view-changed'
>

/** Screens that lie on each other at most; opening one more lets the second oldest go. */
export const MAX_SCREENS = 12

export function updateScreen(model: Model, event: ScreenEvent): Model {
  switch (event.type) {
    case 'screen-opened':
      return onScreens(model, stacked(model.screens, event.screen))
    case 'screen-replaced':
      return onScreens(model, [...model.screens.slice(0, -1), event.screen])
    case 'screen-closed':
      return model.screens.length < 2 ? model : onScreens(model, model.screens.slice(0, -1))
    case 'row-selected':
      return onList(model, list => selected(list, event))
    case 'filter-changed':
      return onList(model, list => ({ ...list, filter: event.filter }))
    case 'sort-changed':
      return onList(model, list => {
        const { sort: _, ...rest } = list
        return event.sort === undefined ? rest : { ...rest, sort: event.sort }
      })
    case 'closed-shards-toggled':
      return onTop(model, screen =>
        screen.screen === 'shards' || screen.screen === 'board'
          ? { ...screen, showClosed: !screen.showClosed }
          : screen,
      )
    case 'follow-changed':
      return {
        ...model,
        screens: model.screens.map((screen, index) =>
          screen.screen === 'tail' && index === lastTail(model)
            ? { ...screen, isFollowing: event.isFollowing }
            : screen,
        ),
      }
    case 'scrolled':
      return onTop(model, screen =>
        'scroll' in screen ? { ...screen, scroll: Math.max(0, event.scroll) } : screen,
      )
    case 'record-view-changed':
      return onTop(model, screen =>
        screen.screen === 'record' ? { ...screen, view: event.view, scroll: 0 } : screen,
      )
  }
}

/** Other screens; what was said of the one on top goes with it. */
function onScreens(model: Model, screens: Model['screens']): Model {
  if (model.notice?.isOfScreen !== true) return { ...model, screens }
  const { notice: _, ...rest } = model
  return { ...rest, screens }
}

export function updateDialog(
  model: Model,
  event: EventOf<'dialog-opened' | 'dialog-changed' | 'dialog-closed' | 'draft-kept'>,
): Model {
  switch (event.type) {
    case 'dialog-opened':
      return { ...model, dialog: event.dialog }
    // A late change of a dialog that was closed meanwhile must not bring it back.
    case 'dialog-changed':
      return model.dialog === undefined ? model : { ...model, dialog: event.dialog }
    case 'dialog-closed': {
      if (model.dialog === undefined) return model
      const { dialog: _, ...rest } = model
      return rest
    }
    case 'draft-kept': {
      const drafts = new Map(model.drafts)
      if (event.fields === undefined) drafts.delete(event.commandId)
      else drafts.set(event.commandId, event.fields)
      return { ...model, drafts }
    }
  }
}

function stacked(screens: readonly ScreenState[], screen: ScreenState): readonly ScreenState[] {
  const next = [...screens, screen]
  return next.length > MAX_SCREENS ? [...next.slice(0, 1), ...next.slice(2)] : next
}

function selected(list: ListState, event: EventOf<'row-selected'>): ListState {
  const { selectedId: _id, selectedIndex: _index, selectedLine: _line, ...rest } = list
  return {
    ...rest,
    ...(event.id === undefined ? {} : { selectedId: event.id }),
    ...(event.index === undefined ? {} : { selectedIndex: event.index }),
    ...(event.line === undefined ? {} : { selectedLine: event.line }),
  }
}

/** Changes the uppermost list: that of the screen itself, or the one that an opened record came from. */
function onList(model: Model, change: (list: ListState) => ListState): Model {
  const place = model.screens.findLastIndex(isListScreen)
  return {
    ...model,
    screens: model.screens.map((screen, index) => {
      if (index !== place || !isListScreen(screen)) return screen
      const { selectedId: _a, selectedIndex: _b, selectedLine: _c, sort: _d, ...rest } = screen
      return { ...rest, ...change(screen) } as ScreenState
    }),
  }
}

function onTop(model: Model, change: (screen: ScreenState) => ScreenState): Model {
  const top = model.screens.at(-1)
  if (top === undefined) return model
  const next = change(top)
  return next === top ? model : { ...model, screens: [...model.screens.slice(0, -1), next] }
}

function lastTail(model: Model): number {
  return model.screens.findLastIndex(screen => screen.screen === 'tail')
}
