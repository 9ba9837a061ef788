import type { Event } from '../state/event.ts'
import type { Model } from '../state/model.ts'
import { topScreen } from '../state/selection.ts'
import type { ActRunner } from './act-runner.ts'
import type { Command } from './command.ts'
import { type DialogTools, isEditChord, pasteInDialog, pressInDialog } from './dialog-keys.ts'
import type { KeyPress } from './key-press.ts'
import { chordLabel, commandFor } from './keymap.ts'

/** A notice stays at least this long: a key that was already on its way must not wipe it away unread. */
const NOTICE_MILLIS = 1_500

export type KeyHandlerOptions = {
  readonly commands: readonly Command[]
  readonly runner: ActRunner
  readonly dispatch: (event: Event) => void
  readonly model: () => Model
  readonly now: () => number
}

/** From a pressed key to what it does. Each key sees the state that the one before it left. */
export class KeyHandler {
  readonly #options: KeyHandlerOptions
  readonly #tools: DialogTools

  constructor(options: KeyHandlerOptions) {
    this.#options = options
    this.#tools = options
  }

  press(press: KeyPress): void {
    const { model, runner, commands } = this.#options
    const { dialog, isLeaving } = model()
    if (isLeaving) return
    const late = lateEscape(press)
    if (late !== undefined && !this.#takesAlt(press.chord)) {
      for (const each of late) this.press(each)
      return
    }
    const command = commandFor(commands, press.chord, topScreen(model()).screen)
    if (dialog !== undefined && !isAlways(command, press)) {
      pressInDialog(dialog, press, this.#tools)
      return
    }
    if (command === undefined) {
      this.#sayUnknown(press.chord)
      return
    }
    this.#clearNotice(command)
    runner.start(command)
  }

  /** Said once a key: who holds it, or mistakes the screen for another program, gets no stream of news. */
  #sayUnknown(chord: string): void {
    const { model, dispatch, now, commands } = this.#options
    const { notice } = model()
    if (notice !== undefined && (notice.level === 'error' || now() - notice.at < NOTICE_MILLIS)) return
    const help = commands.find(({ id }) => id === 'view.help')?.keys[0]
    const text = `${labelOf(chord)} does nothing here${help === undefined ? '' : `; ${chordLabel(help)} for help`}.`
    if (notice?.text === text) return
    dispatch({ type: 'noticed', notice: { level: 'info', text, at: now(), isOfScreen: true } })
  }

  #takesAlt(chord: string): boolean {
    const { model, commands } = this.#options
    const { dialog } = model()
    if (dialog !== undefined) return isEditChord(chord)
    return commandFor(commands, chord, topScreen(model()).screen) !== undefined
  }

  paste(text: string): void {
    const { model, dispatch, now } = this.#options
    const { dialog } = model()
    if (dialog !== undefined) {
      pasteInDialog(dialog, text, this.#tools)
      return
    }
    // Pasted letters are no commands: a clipboard must not press keys.
    const notice = { level: 'warning', text: 'Pasted text is ignored: no field is open.', at: now() } as const
    dispatch({ type: 'noticed', notice })
  }

  #clearNotice(command: Command): void {
    const { notice } = this.#options.model()
    if (notice === undefined || command.id === 'view.back') return
    // An error is read while moving about; it goes with the next thing that is done.
    if (notice.level === 'error' && command.id.startsWith('move.')) return
    if (this.#options.now() - notice.at >= NOTICE_MILLIS) this.#options.dispatch({ type: 'notice-cleared' })
  }
}

/** Leaving, stopping and drawing anew must work from anywhere, unless their key would type something. */
function isAlways(command: Command | undefined, press: KeyPress): boolean {
  const { id } = command ?? {}
  const isAllowed = id === 'view.interrupt' || id === 'view.suspend' || id === 'view.redraw'
  return isAllowed && press.chord.startsWith('ctrl+') && !isEditChord(press.chord)
}

/** What was pressed may be no chord that a command could have. */
function labelOf(chord: string): string {
  try {
    return chordLabel(chord)
  } catch {
    return 'That key'
  }
}

/** Esc and a key that came in one packet, as over a slow line, look like the key with Alt. */
function lateEscape(press: KeyPress): readonly KeyPress[] | undefined {
  const character = /^alt\+(.)$/u.exec(press.chord)?.[1]
  if (character === undefined) return undefined
  return [{ chord: 'escape' }, { chord: character, text: character }]
}
