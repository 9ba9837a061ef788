import { Writable } from 'node:stream'
import type { Command } from './commands/command.ts'
import { visibleText } from './domain/visible-text.ts'
import type { Model } from './state/model.ts'
import type { Timer } from './state/store.ts'
import { Announcer } from './ui/announcer.ts'
import { SPOKEN_VIEWPORT, spokenKeys, spokenOf } from './ui/spoken.ts'

/** Switches of bracketed paste: nothing is seen or heard of them, and without them pasted letters would be commands. */
const PASTE_SWITCH = /\x1b\[\?2004[hl]/g

export type SpokenScreenOptions = {
  readonly model: () => Model
  readonly commands: readonly Command[]
  readonly now: () => number
  readonly timer: Timer
  readonly write: (text: string) => void
}

/** The console as plain sentences, each new one on a line of its own: for screen readers, and for paper. */
export class SpokenScreen {
  readonly #options: SpokenScreenOptions
  readonly #announcer = new Announcer()
  #callOff = (): void => {}

  constructor(options: SpokenScreenOptions) {
    this.#options = options
  }

  readonly look = (): void => {
    this.#callOff()
    this.#callOff = () => {}
    const { model, commands, now, timer } = this.#options
    const state = model()
    if (state.isLeaving) return
    const { lines, nextAt } = this.#announcer.look(spokenOf(state, commands), now())
    this.#say(lines)
    if (nextAt !== undefined) this.#callOff = timer(this.look, Math.max(1, nextAt - now()))
  }

  readonly pressed = (): void => this.#announcer.pressed(this.#options.now())

  /** Everything that is on screen, asked for by key. */
  readonly sayAll = (): void => {
    const { model, commands, now } = this.#options
    const whole = this.#announcer.whole(spokenOf(model(), commands), now())
    this.#say([...whole, spokenKeys(model(), commands)])
  }

  stop(): void {
    this.#callOff()
  }

  #say(lines: readonly string[]): void {
    // The last place before the terminal: whatever a sentence is made of, nothing in it is obeyed.
    if (lines.length > 0) this.#options.write(lines.map(line => `${visibleText(line)}\n`).join(''))
  }
}

/**
 * A terminal that shows nothing, for the library that draws: it still reads the keys. Only the switches of bracketed paste
 * go on to the real one, where it knows them.
 */
export function silentTerminal(stdout: NodeJS.WriteStream, knowsPaste: boolean): NodeJS.WriteStream {
  const silent = new Writable({
    write(chunk: Buffer, _, done) {
      const switches = knowsPaste ? (chunk.toString().match(PASTE_SWITCH) ?? []) : []
      if (switches.length > 0) stdout.write(switches.join(''))
      done()
    },
  })
  return Object.assign(silent, { isTTY: true, ...SPOKEN_VIEWPORT }) as unknown as NodeJS.WriteStream
}
