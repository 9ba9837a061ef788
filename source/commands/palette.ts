import type { Model } from '../state/model.ts'
import { topScreen } from '../state/selection.ts'
import { ActRunner } from './act-runner.ts'
import type { Command } from './command.ts'
import { fuzzyFilter } from './fuzzy.ts'
import { isOnScreen } from './keymap.ts'

/** The commands of the screen on top: its own first, then those of every screen. */
export function commandsOnScreen(commands: readonly Command[], model: Model): readonly Command[] {
  const { screen } = topScreen(model)
  const here = commands.filter(command => command.where !== 'everywhere' && isOnScreen(command, screen))
  return [...here, ...commands.filter(command => command.where === 'everywhere')]
}

/**
 * What the palette offers for the typed text. Moving about is left out: nobody looks for "one row down" by name.
 * What cannot run now stays in, after what can.
 */
export function paletteMatches(
  commands: readonly Command[],
  model: Model,
  typed: string,
): readonly Command[] {
  const offered = commandsOnScreen(commands, model).filter(command => !command.id.startsWith('move.'))
  const matches = fuzzyFilter(offered, typed, command => `${command.title} ${command.id}`)
  const isPossible = (command: Command): boolean => ActRunner.reasonAgainst(command, model) === undefined
  return [...matches.filter(isPossible), ...matches.filter(command => !isPossible(command))]
}
