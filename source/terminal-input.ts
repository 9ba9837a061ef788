import { Readable } from 'node:stream'
import { KeyAssembler, PASTE_START } from './key-assembler.ts'
import { type MouseEvent, withoutMouse } from './mouse-input.ts'
import type { Timer } from './state/store.ts'

/** What is needed of a terminal's input: process.stdin in earnest. */
type Source = NodeJS.ReadStream

/**
 * The terminal as the screen reads it: whole keys and pastes only. It reads its source while raw mode is on and not
 * longer, so that a question on the plain terminal gets its answer.
 */
export class TerminalInput extends Readable {
  readonly isTTY = true
  readonly #source: Source
  readonly #assembler: KeyAssembler
  #isReading = false

  constructor(source: Source, timer: Timer, onMouse: (event: MouseEvent) => void = () => {}) {
    super({ encoding: 'utf8', read() {} })
    this.#source = source
    this.#assembler = new KeyAssembler(text => {
      // A paste may hold whatever it wants: it is no report.
      const { keys, events } = text.startsWith(PASTE_START) ? { keys: text, events: [] } : withoutMouse(text)
      if (keys !== '') this.push(keys)
      for (const event of events) onMouse(event)
    }, timer)
  }

  setRawMode(isRaw: boolean): this {
    this.#source.setRawMode(isRaw)
    if (isRaw) this.#start()
    else this.#stop()
    return this
  }

  ref(): this {
    this.#source.ref()
    return this
  }

  unref(): this {
    this.#source.unref()
    return this
  }

  #start(): void {
    if (this.#isReading) return
    this.#isReading = true
    this.#source.setEncoding('utf8')
    this.#source.on('readable', this.#take)
  }

  #stop(): void {
    this.#isReading = false
    this.#source.off('readable', this.#take)
    this.#assembler.reset()
  }

  readonly #take = (): void => {
    for (;;) {
      const chunk: unknown = this.#source.read()
      if (chunk === null) return
      this.#assembler.push(String(chunk))
    }
  }
}
