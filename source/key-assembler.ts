import type { Timer } from './state/store.ts'

const ESCAPE = '\x1b'
export const PASTE_START = '\x1b[200~'
const PASTE_END = '\x1b[201~'
const CTRL_C = '\x03'

/** An Esc of a person comes alone; that of an arrow is followed by the rest, if the line lets it. */
const ESCAPE_MILLIS = 30
/** So much later the rest of a key may still come: a slow line delivers it in pieces. */
const SEQUENCE_MILLIS = 1_000
/** Silence after which a paste without an end counts as ended. */
const PASTE_MILLIS = 2_000
/** More than any record may have, so that what was cut is refused and never sent. */
const PASTE_MAX_CHARACTERS = 16 * 1_048_576

/** One or two Escs, and the beginning of a control sequence that lacks its final letter. */
const UNFINISHED = /\x1b{1,2}(?:\[M[\s\S]{0,2}|\[\[?[0-?]*[ -/]*|O[0-9;]*)?$/
/** Shifted keys of rxvt end in what is elsewhere the middle of a sequence. */
const RXVT_SHIFTED = /\x1b\[[235678]\$$/
/** What is left of a sequence whose Esc was taken for the key. */
const LATE_REST = /^(?:\[\[?[0-?]*[ -/]*(?:[@-~]|$)|O[A-Z]$)/

/**
 * Puts the bytes of a terminal together to whole keys and whole pastes. A line that is slow or lossy tears them apart,
 * and the second half of an arrow would then be letters, which are commands. What lacks its other half is kept back for
 * a while and then dropped; a paste that never ends counts as ended once it is silent, so that it holds no key for ever.
 */
export class KeyAssembler {
  readonly #emit: (text: string) => void
  readonly #timer: Timer
  #callOff = (): void => {}
  #unfinished = ''
  #paste: { readonly chunks: string[]; length: number; tail: string } | undefined
  /** A moment ago an Esc went on alone. */
  #isAfterEscape = false
  /** A paste was given up: its rest may still come. */
  #isAfterPaste = false

  /** `emit` is given whole keys and pastes (with their marks), in order. */
  constructor(emit: (text: string) => void, timer: Timer) {
    this.#emit = emit
    this.#timer = timer
  }

  push(chunk: string): void {
    if (chunk === '') return
    this.#callOff()
    if (this.#paste !== undefined) this.#inPaste(chunk)
    else if (this.#isAfterPaste && this.#isRestOfPaste(chunk)) return
    else if (this.#isAfterEscape && LATE_REST.test(chunk)) this.#keys(`${ESCAPE}${chunk}`)
    else this.#keys(`${this.#unfinished}${chunk}`)
  }

  /** Forgets what is unfinished: the terminal was given away. */
  reset(): void {
    this.#callOff()
    this.#unfinished = ''
    this.#paste = undefined
    this.#isAfterEscape = false
    this.#isAfterPaste = false
  }

  #keys(text: string): void {
    this.#isAfterEscape = false
    this.#unfinished = ''
    const start = text.indexOf(PASTE_START)
    if (start >= 0) {
      this.#send(text.slice(0, start))
      this.#paste = { chunks: [], length: 0, tail: '' }
      this.#inPaste(text.slice(start + PASTE_START.length))
      return
    }
    const at = RXVT_SHIFTED.test(text) ? -1 : text.search(UNFINISHED)
    this.#send(at < 0 ? text : text.slice(0, at))
    if (at < 0) return
    this.#unfinished = text.slice(at)
    const isEscape = this.#unfinished.replaceAll(ESCAPE, '') === ''
    this.#wait(isEscape ? ESCAPE_MILLIS : SEQUENCE_MILLIS, () => {
      const escapes = isEscape ? this.#unfinished : ''
      this.#unfinished = ''
      this.#send(escapes)
      if (!isEscape) return
      this.#isAfterEscape = true
      this.#wait(SEQUENCE_MILLIS, () => {
        this.#isAfterEscape = false
      })
    })
  }

  #inPaste(chunk: string): void {
    const paste = this.#paste
    if (paste === undefined) return
    // A person cannot type into a paste: this is the wish to get out of it.
    if (chunk === CTRL_C) {
      this.#paste = undefined
      this.#isAfterPaste = true
      this.#send(CTRL_C)
      return
    }
    // The mark itself may be torn: a few characters wait for what follows.
    const text = `${paste.tail}${chunk}`
    const end = text.indexOf(PASTE_END)
    const isOver = end >= 0
    paste.tail = isOver ? '' : text.slice(1 - PASTE_END.length)
    const inside = text.slice(0, isOver ? end : Math.max(0, text.length - paste.tail.length))
    if (paste.length < PASTE_MAX_CHARACTERS) paste.chunks.push(inside)
    paste.length += inside.length
    if (!isOver) {
      this.#wait(PASTE_MILLIS, () => this.#endPaste(true))
      return
    }
    this.#endPaste(false)
    const rest = text.slice(end + PASTE_END.length)
    if (rest !== '') this.#keys(rest)
  }

  #endPaste(isGivenUp: boolean): void {
    const paste = this.#paste
    if (paste === undefined) return
    this.#paste = undefined
    this.#isAfterPaste = isGivenUp
    this.#sendPaste(`${paste.chunks.join('')}${paste.tail}`)
  }

  /** Whether this can only be the rest of a paste that was given up: no person types many characters at once. */
  #isRestOfPaste(chunk: string): boolean {
    const end = chunk.indexOf(PASTE_END)
    if (end >= 0) {
      this.#isAfterPaste = false
      this.#sendPaste(chunk.slice(0, end))
      const rest = chunk.slice(end + PASTE_END.length)
      if (rest !== '') this.#keys(rest)
      return true
    }
    if (chunk.startsWith(ESCAPE) || [...chunk].length === 1) {
      this.#isAfterPaste = false
      return false
    }
    this.#sendPaste(chunk)
    return true
  }

  #sendPaste(text: string): void {
    if (text !== '') this.#send(`${PASTE_START}${text}${PASTE_END}`)
  }

  #send(text: string): void {
    if (text !== '') this.#emit(text)
  }

  #wait(millis: number, then: () => void): void {
    this.#callOff()
    this.#callOff = this.#timer(then, millis)
  }
}
