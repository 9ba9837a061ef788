import { EXIT_INTERRUPTED, EXIT_TERMINATED } from './exit-codes.ts'

/** What is needed of `process`, so that tests can send signals to nobody. */
export type SignalSource = {
  on(name: 'SIGINT' | 'SIGTERM' | 'SIGHUP', listener: () => void): unknown
  off(name: 'SIGINT' | 'SIGTERM' | 'SIGHUP', listener: () => void): unknown
}

/** A tidy end that takes longer than this is no longer waited for. */
const PATIENCE_MILLIS = 5_000

/**
 * Turns the first SIGINT, SIGTERM or SIGHUP into an abort, so that a command can end tidily; a second one, or a tidy end
 * that does not come, leaves at once through `leave`.
 */
export class StopSignals {
  readonly #abort = new AbortController()
  readonly #source: SignalSource
  readonly #leave: (exitCode: number) => void
  #exitCode: number | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(source: SignalSource, leave: (exitCode: number) => void) {
    this.#source = source
    this.#leave = leave
    source.on('SIGINT', this.#onInterrupt)
    source.on('SIGTERM', this.#onTerminate)
    source.on('SIGHUP', this.#onTerminate)
  }

  /** Aborted by the first signal, or by `stop`. */
  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** The exit code of the signal that came, or undefined. */
  get exitCode(): number | undefined {
    return this.#exitCode
  }

  /** Ends the work for another reason than a signal, e.g. because nobody reads the output any more. */
  readonly stop = (): void => this.#abort.abort()

  /** Lets the signals be as they were. */
  close(): void {
    clearTimeout(this.#timer)
    this.#source.off('SIGINT', this.#onInterrupt)
    this.#source.off('SIGTERM', this.#onTerminate)
    this.#source.off('SIGHUP', this.#onTerminate)
  }

  readonly #onInterrupt = (): void => this.#onSignal(EXIT_INTERRUPTED)
  readonly #onTerminate = (): void => this.#onSignal(EXIT_TERMINATED)

  #onSignal(exitCode: number): void {
    if (this.#exitCode !== undefined) {
      this.#leave(exitCode)
      return
    }
    this.#exitCode = exitCode
    this.#timer = setTimeout(() => this.#leave(exitCode), PATIENCE_MILLIS)
    this.#timer.unref()
    this.#abort.abort()
  }
}
