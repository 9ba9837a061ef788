import { nearestOf } from '../domain/nearest.ts'
import type { ScreenName } from '../state/model.ts'
import type { Command } from './command.ts'
import { chordConflicts, chordText, parseChord } from './keymap.ts'

/** Keys of the user's choice by command id, in place of the command's own; none: it is found in the palette alone. */
export type KeyBindings = ReadonlyMap<string, readonly string[]>

export type BindingProblem = { readonly commandId: string; readonly reason: string }

/** Every screen that there is; the compiler tells when one is missing. */
export const SCREEN_NAMES = Object.keys({
  streams: true,
  shards: true,
  tail: true,
  record: true,
  board: true,
  'shard-heat': true,
  keys: true,
  'what-if': true,
  plan: true,
  readers: true,
  reader: true,
  consumers: true,
  policy: true,
  estimate: true,
  services: true,
  service: true,
  calls: true,
} satisfies Record<ScreenName, true>) as readonly ScreenName[]

/** What gets one out of everything must stay where the documentation says that it is. */
const KEPT: Readonly<Record<string, string>> = {
  'view.back': 'escape',
  'view.interrupt': 'ctrl+c',
}
/** These may move to another key, yet not go. */
const NEEDED = ['view.quit', 'view.help', 'view.palette', ...Object.keys(KEPT)]

/** Chords that reach no program under this name: a terminal sends the byte of another key. */
const SAME_BYTE: Readonly<Record<string, string>> = {
  'ctrl+i': 'tab',
  'ctrl+m': 'enter',
  'ctrl+j': 'enter',
  'ctrl+h': 'backspace',
  'ctrl+[': 'escape',
}

/** The commands with the user's keys. What is computed from them (keys, help, palette, manual page) then tells those. */
export function reboundCommands(commands: readonly Command[], bindings: KeyBindings): readonly Command[] {
  if (bindings.size === 0) return commands
  return commands.map(command => {
    const keys = bindings.get(command.id)
    return keys === undefined ? command : { ...command, keys }
  })
}

/** Why a name is no command whose keys can be set; undefined where it is one. */
export function commandProblem(commands: readonly Command[], commandId: string): string | undefined {
  const command = commands.find(({ id }) => id === commandId)
  const ids = commands.filter(isOnKeyboard).map(({ id }) => id)
  if (command === undefined) {
    const nearest = nearestOf(commandId, ids)
    const names = ids.filter(id => id.startsWith(`${commandId.split('.')[0]}.`))
    const hint =
      nearest !== undefined
        ? `; did you mean "${nearest}"?`
        : `; ${names.length > 0 ? `there are ${names.join(', ')}` : 'the help of every screen (?) shows them'}`
    return `is no command${hint}`
  }
  return isOnKeyboard(command) ? undefined : 'is a command for the shell alone, without a key'
}

/** A key as the configuration may write it, or why it is none. */
export function keyProblem(text: string): string | undefined {
  try {
    const chord = parseChord(text)
    if (chordText(chord) !== text) return `"${text}" is written ${chordText(chord)}`
    if (chord.ctrl && /^[A-Z]$/.test(chord.key)) {
      return `"${text}" is for a terminal the same as ctrl+${chord.key.toLowerCase()}: write that`
    }
    const same = SAME_BYTE[text]
    return same === undefined ? undefined : `"${text}" cannot be told from ${same} by a terminal: write that`
  } catch (error) {
    return `${(error as Error).message}; a key is one character, or ctrl+x, alt+x, or one of ${KEY_NAMES}`
  }
}

/** What is wrong with all bindings together: keys with two meanings on one screen, and ways out that are gone. */
export function bindingProblem(
  commands: readonly Command[],
  bindings: KeyBindings,
): BindingProblem | undefined {
  for (const [commandId, keys] of bindings) {
    if (NEEDED.includes(commandId) && keys.length === 0) {
      return { commandId, reason: 'must keep a key: without it nobody finds the way out' }
    }
    const kept = KEPT[commandId]
    if (kept !== undefined && !keys.includes(kept)) {
      return {
        commandId,
        reason: `must keep the key ${kept}, beside others: without it nobody finds the way out`,
      }
    }
  }
  for (const { chord, screen, commandIds } of chordConflicts(
    reboundCommands(commands, bindings),
    SCREEN_NAMES,
  )) {
    // The last one that the user wrote down is the one to correct.
    const commandId = commandIds.findLast(id => bindings.has(id))
    if (commandId === undefined) continue
    const other = commandIds.find(id => id !== commandId) ?? commandId
    return {
      commandId,
      reason: `"${chord}" is the key of ${other} too, on the screen ${screen}: give ${other} another key in this section, or null`,
    }
  }
  return undefined
}

function isOnKeyboard({ where }: Command): boolean {
  return where === 'everywhere' || where.length > 0
}

const KEY_NAMES =
  'enter, escape, tab, shift+tab, space, backspace, delete, up, down, left, right, home, end, pageup, pagedown'
