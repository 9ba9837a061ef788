import type { Model } from '../state/model.ts'
import { topScreen } from '../state/selection.ts'
import { ActRunner } from './act-runner.ts'
import type { Command } from './command.ts'
import { fuzzyFilter } from './fuzzy.ts'
import { isOnScreen } from './keymap.ts'
import { SEARCH_WORDS } from './search-words.ts'

/** The commands of the screen on top: its own first, then those of every screen. */
export function commandsOnScreen(commands: readonly Command[], model: Model): readonly Command[] {
  const { screen } = topScreen(model)
  const here = commands.filter(command => command.where !== 'everywhere' && isOnScreen(command, screen))
  return [...here, ...commands.filter(command => command.where === 'everywhere')]
}

/**
 * What the palette offers for the typed text: by words in any order, of the title or of what people call it, else by letters
 * in order. Moving about is left out: nobody looks for "one row down" by name. What cannot run now stays in, after what can,
 * and then what is done on another screen.
 */
export function paletteMatches(
  commands: readonly Command[],
  model: Model,
  typed: string,
): readonly Command[] {
  const offered = commandsOnScreen(commands, model).filter(command => !command.id.startsWith('move.'))
  const isPossible = (command: Command): boolean => ActRunner.reasonAgainst(command, model) === undefined
  if (typed.trim() === '') return sorted(offered, isPossible)
  const { screen } = topScreen(model)
  const elsewhere = commands.filter(
    command => command.where !== 'everywhere' && command.where.length > 0 && !isOnScreen(command, screen),
  )
  const wanted = wordsOf(typed)
  // Nobody who types a sentence means every word of it: where none has all of them, half of them is enough.
  for (const least of [wanted.length, Math.ceil(wanted.length / 2)]) {
    const here = byWords(offered, wanted, least)
    const there = byWords(elsewhere, wanted, least).filter(command => !command.id.startsWith('move.'))
    if (here.length + there.length > 0) return [...sorted(here, isPossible), ...there]
  }
  return sorted(
    fuzzyFilter(offered, typed, command => `${command.title} ${command.id}`),
    isPossible,
  )
}

/** Why a command of the palette cannot run now: beside its own reasons that it is done on another screen. */
export function paletteReason(command: Command, model: Model): string | undefined {
  if (isOnScreen(command, topScreen(model).screen)) return ActRunner.reasonAgainst(command, model)
  return command.where === 'everywhere' ? undefined : `on the screen ${command.where[0] ?? ''}`
}

function sorted(commands: readonly Command[], isPossible: (command: Command) => boolean): readonly Command[] {
  return [...commands.filter(isPossible), ...commands.filter(command => !isPossible(command))]
}

/** Words that say nothing of what is wanted. */
const STOP_WORDS = new Set(
  'a an and at by do does for from how i in is it me my of on or our see show that the this to want what with'.split(
    ' ',
  ),
)

function wordsOf(text: string): readonly string[] {
  const words = text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean)
  const telling = words.filter(word => !STOP_WORDS.has(word))
  return telling.length === 0 ? words : telling
}

/** Those that have at least so many of the words, the best first; the given order among equals. */
function byWords(commands: readonly Command[], wanted: readonly string[], least: number): readonly Command[] {
  if (wanted.length === 0) return []
  return commands
    .flatMap((command, index) => {
      const scores = wanted.map(word => wordScore(word, command))
      const found = scores.filter(score => score > 0).length
      if (found < Math.max(1, least)) return []
      return [{ command, index, score: scores.reduce((sum, score) => sum + score, 0) }]
    })
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map(({ command }) => command)
}

/** How much of a command a word is: its verb, the first word of its title, a word of the title, what people call it. */
function wordScore(word: string, { id, title }: Command): number {
  const titleWords = wordsOf(title)
  const verb = id.split('.')[1] ?? ''
  let best = 0
  const take = (score: number, isMatch: boolean): void => {
    if (isMatch && score > best) best = score
  }
  take(12, isSame(word, titleWords[0] ?? '') || isSame(word, verb))
  take(10, isBegun(word, titleWords[0] ?? '') || isBegun(word, verb))
  const own = wordsOf(SEARCH_WORDS[id] ?? '')
  take(
    9,
    own.some(each => isSame(word, each)),
  )
  take(
    7,
    [...titleWords, ...wordsOf(id)].some(each => isSame(word, each)),
  )
  take(
    5,
    [...titleWords, ...wordsOf(id), ...own].some(each => isBegun(word, each)),
  )
  return best
}

/** The same word, in the plural or not. */
function isSame(a: string, b: string): boolean {
  return a === b || a === `${b}s` || `${a}s` === b
}

function isBegun(typed: string, word: string): boolean {
  return typed.length >= 2 && word.startsWith(typed)
}
