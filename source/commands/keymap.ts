import type { ScreenName } from '../state/model.ts'
import type { Command } from './command.ts'

/** One key as it was pressed. `key` is a character or a name such as `enter`, `up`, `f5`. */
export type Chord = {
  readonly key: string
  readonly ctrl: boolean
  readonly alt: boolean
  readonly shift: boolean
}

const NAMED_KEYS = [
  'enter',
  'escape',
  'tab',
  'space',
  'backspace',
  'delete',
  'up',
  'down',
  'left',
  'right',
  'home',
  'end',
  'pageup',
  'pagedown',
] as const

const LABELS: Readonly<Record<string, string>> = {
  escape: 'esc',
  backspace: 'bksp',
  delete: 'del',
  pageup: 'pgup',
  pagedown: 'pgdn',
}

/**
 * Reads a chord such as `s`, `G`, `ctrl+l`, `enter`, `shift+tab`.
 * @throws Error for anything else: chords are written by programmers, or checked when a configuration is read.
 */
export function parseChord(text: string): Chord {
  const parts =
    text === '+' || text.endsWith('++')
      ? [...text.slice(0, -1).split('+').filter(Boolean), '+']
      : text.split('+')
  const key = parts.at(-1) ?? ''
  const modifiers = parts.slice(0, -1)
  const isNamed = (NAMED_KEYS as readonly string[]).includes(key)
  const isCharacter = [...key].length === 1 && key !== ' ' && !/\p{C}/u.test(key)
  if (!isNamed && !isCharacter) throw new Error(`"${text}" is no chord: "${key}" is no key`)
  for (const modifier of modifiers) {
    if (modifier !== 'ctrl' && modifier !== 'alt' && modifier !== 'shift') {
      throw new Error(`"${text}" is no chord: "${modifier}" is no modifier (ctrl, alt, shift)`)
    }
  }
  const shift = modifiers.includes('shift')
  if (shift && !isNamed) throw new Error(`"${text}" is no chord: write the shifted character itself`)
  return { key, ctrl: modifiers.includes('ctrl'), alt: modifiers.includes('alt'), shift }
}

/** The text that parseChord reads back as the same chord. */
export function chordText(chord: Chord): string {
  return `${chord.ctrl ? 'ctrl+' : ''}${chord.alt ? 'alt+' : ''}${chord.shift ? 'shift+' : ''}${chord.key}`
}

/** A chord for people, short: `ctrl-l`, `esc`. */
export function chordLabel(text: string): string {
  const { key, ctrl, alt, shift } = parseChord(text)
  return `${ctrl ? 'ctrl-' : ''}${alt ? 'alt-' : ''}${shift ? 'shift-' : ''}${LABELS[key] ?? key}`
}

export function isOnScreen(command: Pick<Command, 'where'>, screen: ScreenName): boolean {
  return command.where === 'everywhere' || command.where.includes(screen)
}

/** The command that a chord means on a screen; what is declared for that screen wins over what holds everywhere. */
export function commandFor(
  commands: readonly Command[],
  chord: string,
  screen: ScreenName,
): Command | undefined {
  const candidates = commands.filter(command => command.keys.includes(chord) && isOnScreen(command, screen))
  return candidates.find(command => command.where !== 'everywhere') ?? candidates[0]
}

export type ChordConflict = {
  readonly chord: string
  readonly screen: ScreenName
  readonly commandIds: readonly string[]
}

/** Every chord that two commands claim on one screen. */
export function chordConflicts(
  commands: readonly Command[],
  screens: readonly ScreenName[],
): readonly ChordConflict[] {
  return screens.flatMap(screen => {
    const owners = new Map<string, string[]>()
    for (const command of commands) {
      if (!isOnScreen(command, screen)) continue
      for (const chord of command.keys) owners.set(chord, [...(owners.get(chord) ?? []), command.id])
    }
    return [...owners]
      .filter(([, commandIds]) => commandIds.length > 1)
      .map(([chord, commandIds]) => ({ chord, screen, commandIds }))
  })
}
