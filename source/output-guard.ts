import { format } from 'node:util'

const CONSOLE_METHODS = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const

/**
 * Keeps everything that is not the screen away from the terminal while the screen is on it: what a library prints to the
 * console, to stderr or as a warning of the process would shift the lines. It goes to `onText`, line by line.
 */
export class OutputGuard {
  readonly #restorers: (() => void)[] = []
  /** Stderr for whoever draws the screen: past the guard. */
  readonly stderr: NodeJS.WriteStream

  constructor(stderr: NodeJS.WriteStream, onText: (text: string) => void) {
    const write = stderr.write
    this.stderr = Object.create(stderr, {
      write: { value: write.bind(stderr) },
    }) as NodeJS.WriteStream
    stderr.write = (chunk: Uint8Array | string, ...rest: unknown[]): boolean => {
      onText(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString())
      const done = rest.find(argument => typeof argument === 'function')
      if (typeof done === 'function') queueMicrotask(() => done())
      return true
    }
    this.#restorers.push(() => {
      stderr.write = write
    })
    for (const method of CONSOLE_METHODS) {
      const original = console[method]
      console[method] = (...values: unknown[]) => onText(format(...values))
      this.#restorers.push(() => {
        console[method] = original
      })
    }
    this.#takeWarnings(onText)
  }

  /** Node's own listener prints warnings past stderr.write. */
  #takeWarnings(onText: (text: string) => void): void {
    const listeners = process.listeners('warning')
    process.removeAllListeners('warning')
    process.on('warning', warning => onText(`${warning.name}: ${warning.message}`))
    this.#restorers.push(() => {
      process.removeAllListeners('warning')
      for (const listener of listeners) process.on('warning', listener)
    })
  }

  restore(): void {
    for (const restorer of this.#restorers.splice(0).reverse()) restorer()
  }
}
