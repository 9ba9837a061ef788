import { describe, expect, test } from 'vitest'
import { commandFor } from '../../source/commands/keymap.ts'
import { SCREEN_NAMES } from '../../source/commands/rebinding.ts'
import { COMMANDS } from '../../source/commands/registry.ts'
import type { ScreenName } from '../../source/state/model.ts'

const idOf = (chord: string, screen: ScreenName): string | undefined =>
  commandFor(COMMANDS, chord, screen)?.id

/** Keys that must mean the same wherever one is, by the habits of vi, less and readline. */
const EVERYWHERE: Readonly<Record<string, string>> = {
  '?': 'view.help',
  ':': 'view.palette',
  escape: 'view.back',
  q: 'view.quit',
  'ctrl+c': 'view.interrupt',
  'ctrl+z': 'view.suspend',
  'ctrl+l': 'view.redraw',
  j: 'move.down',
  down: 'move.down',
  k: 'move.up',
  up: 'move.up',
  g: 'move.top',
  home: 'move.top',
  G: 'move.bottom',
  end: 'move.bottom',
  'ctrl+d': 'move.page-down',
  'ctrl+f': 'move.page-down',
  pagedown: 'move.page-down',
  'ctrl+u': 'move.page-up',
  'ctrl+b': 'move.page-up',
  pageup: 'move.page-up',
}
/** Screens that are a list, whose rows a filter can narrow. */
const LISTS: readonly ScreenName[] = [
  'streams',
  'shards',
  'board',
  'keys',
  'readers',
  'consumers',
  'services',
  'tail',
]

describe.each(SCREEN_NAMES)('on the screen %s', screen => {
  test.each(Object.entries(EVERYWHERE))('%s is %s', (chord, id) => expect(idOf(chord, screen)).toBe(id))

  test('h goes back where it is not a way within', () => {
    expect(['view.back', 'record.previous', undefined]).toContain(idOf('h', screen))
  })
})

test.each(LISTS)('/ filters the rows of %s', screen => expect(idOf('/', screen)).toBe('view.filter'))
