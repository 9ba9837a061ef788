import xterm, { type Terminal } from '@xterm/headless'

/** A terminal in memory: what it was sent, and what it shows because of that. */
export class ScreenTerminal {
  readonly #terminal: Terminal
  /** Everything that was written, in order. */
  raw = ''
  #settled: Promise<void> = Promise.resolve()

  constructor(columns: number, rows: number) {
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1_000 })
  }

  write(chunk: string): void {
    this.raw += chunk
    const before = this.#settled
    this.#settled = new Promise(resolve => {
      void before.then(() => this.#terminal.write(chunk, resolve))
    })
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows)
  }

  /** The rows in sight, blanks at their ends cut off, once everything written so far is drawn. */
  async lines(): Promise<readonly string[]> {
    await this.#settled
    const buffer = this.#terminal.buffer.active
    return Array.from({ length: this.#terminal.rows }, (_, row) =>
      (buffer.getLine(buffer.viewportY + row)?.translateToString(true) ?? '').trimEnd(),
    )
  }

  async text(): Promise<string> {
    return (await this.lines()).join('\n')
  }

  get isOnAlternateScreen(): boolean {
    return this.#terminal.buffer.active.type === 'alternate'
  }

  /** Waits until the screen fits; a time-out tells what is on it. */
  async waitFor(what: string | RegExp | ((text: string) => boolean), millis = 15_000): Promise<string> {
    const fits = (text: string): boolean =>
      typeof what === 'string' ? text.includes(what) : what instanceof RegExp ? what.test(text) : what(text)
    const until = Date.now() + millis
    for (;;) {
      const text = await this.text()
      if (fits(text)) return text
      if (Date.now() > until)
        throw new Error(`waited ${millis} ms for ${String(what)}; the screen shows\n${text}`)
      await new Promise(resolve => setTimeout(resolve, 10))
    }
  }
}

/** Every control sequence or control character in what a terminal was sent. */
export function controlsIn(raw: string): readonly string[] {
  return (
    raw.match(
      // CSI, OSC up to its end, other escapes, then single controls of C0 and C1.
      /\x1b\[[0-9:;<=>?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -~]|[\x00-\x1f\x7f-\x9f]/g,
    ) ?? []
  )
}

/** The sequences that this program and its terminal library send; anything else in the output came from data. */
export function isOurControl(control: string): boolean {
  return (
    control === '\n' ||
    control === '\r' ||
    // Colours, bold, inverse and their ends.
    /^\x1b\[(?:[0-9]+(?:;[0-9]+)*)?m$/.test(control) ||
    // Cursor moves, erasing, and the private modes: alternate screen, cursor, paste, synchronized output.
    /^\x1b\[[0-9;]*[ABCDEFGHJKd]$/.test(control) ||
    /^\x1b\[\?(?:25|1049|2004|2026)[hl]$/.test(control)
  )
}

/** Everything that this program and its terminal library may write, spelt out: each with what it does. */
const OUR_WRITING: readonly RegExp[] = [
  // Line ends.
  /\r?\n|\r/y,
  // Colours by the numbers of 16 and of 256, bold, dim, inverse, underline, and their ends.
  /\x1b\[(?:(?:0|1|2|4|7|22|24|27|39|49|3[0-7]|4[0-7]|9[0-7]|10[0-7]|[34]8;5;\d{1,3})(?:;|(?=m)))*m/y,
  // Cursor: up, down, right, left, next and previous line, column, place; numbers fit a screen.
  /\x1b\[\d{0,4}[ABCDEFG]|\x1b\[(?:\d{1,4}(?:;\d{1,4})?)?H/y,
  // Erasing: the rest of the line, the whole line, the rest of the screen, the screen of the start and the end.
  /\x1b\[[012]?[KJ]/y,
  // Modes: cursor, alternate screen, marked pastes, synchronized output.
  /\x1b\[\?(?:25|1049|2004|2026)[hl]/y,
]

/**
 * What in the output of this program is neither text that a reader can see nor a sequence of our own; each with a little of
 * what stands before it. A window title, a clipboard, a question to the terminal are none of ours.
 */
export function strangersIn(raw: string): readonly string[] {
  const strangers: string[] = []
  const text = /[^\x00-\x1f\x7f-\x9f]+/y
  let at = 0
  while (at < raw.length) {
    text.lastIndex = at
    const run = text.exec(raw)?.[0]
    if (run !== undefined) {
      const seen = /[\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]|[^\P{Zs} ]/u.exec(run)
      if (seen !== null)
        strangers.push(JSON.stringify(run.slice(Math.max(0, seen.index - 20), seen.index + 2)))
      at += run.length
      continue
    }
    let length = 0
    for (const rule of OUR_WRITING) {
      rule.lastIndex = at
      length = Math.max(length, rule.exec(raw)?.[0].length ?? 0)
    }
    if (length === 0) strangers.push(JSON.stringify(raw.slice(Math.max(0, at - 20), at + 12)))
    at += Math.max(length, 1)
  }
  return strangers
}
