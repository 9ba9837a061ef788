import type { Command } from './commands/command.ts'
import type { KeyPress } from './commands/key-press.ts'
import { moveEvents } from './commands/navigation-commands.ts'
import { MOUSE_OFF, MOUSE_ON, type MouseEvent } from './mouse-input.ts'
import type { Event } from './state/event.ts'
import type { Model } from './state/model.ts'
import { isListScreen, listHeight, selectionOf, topScreen } from './state/selection.ts'
import { keyAt } from './ui/key-line.ts'
import { viewOf } from './ui/view.ts'

/** Rows above the body: status, title, facts, header. */
const LINES_ABOVE = 4
const WHEEL_ROWS = 3

export type MousePointerOptions = {
  readonly model: () => Model
  readonly commands: readonly Command[]
  readonly dispatch: (event: Event) => void
  readonly press: (press: KeyPress) => void
  readonly write: (sequence: string) => void
}

/** The mouse, where the user wants one: the wheel scrolls, a click chooses a row or presses a key of the last line. */
export class MousePointer {
  readonly #options: MousePointerOptions
  #isOn = false

  constructor(options: MousePointerOptions) {
    this.#options = options
  }

  /** Returns whether it is on now. */
  toggle(): boolean {
    this.set(!this.#isOn)
    return this.#isOn
  }

  /** Asks the terminal for the mouse, or gives it back to it; its own selection of text works only without. */
  set(isOn: boolean): void {
    if (isOn === this.#isOn) return
    this.#isOn = isOn
    this.#options.write(isOn ? MOUSE_ON : MOUSE_OFF)
  }

  /** The terminal belongs to something else meanwhile. */
  async awayDuring(work: () => void | Promise<void>): Promise<void> {
    const wasOn = this.#isOn
    this.set(false)
    try {
      await work()
    } finally {
      this.set(wasOn)
    }
  }

  readonly take = (event: MouseEvent): void => {
    const { model, dispatch, press, commands } = this.#options
    const state = model()
    if (!this.#isOn || state.isLeaving) return
    if (event.kind !== 'press') {
      const isUp = event.kind === 'wheel-up'
      if (state.dialog !== undefined) press({ chord: isUp ? 'up' : 'down' })
      else for (const each of moveEvents(state, isUp ? -WHEEL_ROWS : WHEEL_ROWS)) dispatch(each)
      return
    }
    const { rows } = state.viewport
    if (event.row === rows) {
      const chord = keyAt(viewOf(state, commands), event.column - 1)
      if (chord !== undefined) press({ chord, ...([...chord].length === 1 ? { text: chord } : {}) })
      return
    }
    const screen = topScreen(state)
    const line = event.row - 1 - LINES_ABOVE
    if (state.dialog !== undefined || !isListScreen(screen)) return
    if (line < 0 || line >= listHeight(screen, state.viewport)) return
    const { top, index, count } = selectionOf(state, screen)
    const target = top + line
    if (target < count && target !== index)
      for (const each of moveEvents(state, target - index)) dispatch(each)
  }
}
